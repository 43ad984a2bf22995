"""A database with what is served: an institution, a micro-credential, awards that were claimed and published, the public log.

Run by `run.py` in a process of its own; prints one JSON object with the addresses of what it made.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date

AWARDS = 60


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
    os.environ["TESTAMUR_DEMO"] = "yes"  # mail is kept and shown, not sent
    import django

    django.setup()
    from django.core.management import call_command

    from testamur_site.foundation.i18n.api import compile_all

    compile_all()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if os.environ.get("TESTAMUR_CACHE_TABLE"):
        call_command("createcachetable", verbosity=0)

    from testamur_site.catalogue import services as catalogue
    from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
    from testamur_site.catalogue.models import AchievementVersion
    from testamur_site.foundation.accounts.api import create_institution
    from testamur_site.foundation.jobs.api import run_pending
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing import api as issuing
    from testamur_site.log.models import Checkpoint, Shard
    from testamur_site.status.models import StatusList
    from testamur_site.wallet import api as wallet

    institution = create_institution(slug="han-river", name="Han River University", country="KR", owner=None)
    with tenant(institution):
        micro_credential = catalogue.create(institution, DESCRIPTION)
        catalogue.publish(micro_credential.versions.get())
        version = AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=micro_credential
        )
        awards = [
            issuing.award_one(
                version,
                issuing.AwardData(name=f"김미나 {n}", email=f"mina{n}@example.org", awarded_date=date(2026, 3, 5)),
                actor=None,
            )
            for n in range(AWARDS)
        ]
    run_pending(reraise=False)
    run_pending(reraise=False)
    for award in awards:
        deposit = wallet.deposit_of(award.public_id)
        assert deposit is not None
        wallet.claim(deposit, "en")
        wallet.set_public(deposit, True)
    run_pending(reraise=False)

    def _signed(public_id: str) -> str:
        award = issuing.award_by_public_id(public_id)
        assert award is not None
        return issuing.credential_bytes(award).decode()

    with tenant(institution):
        lists = list(StatusList.objects.values_list("public_id", flat=True).order_by("pk"))
    shard = Shard.objects.get()
    json.dump(
        {
            "awards": [award.public_id for award in awards],
            "lists": lists,
            "year": shard.year,
            "size": Checkpoint.objects.filter(shard=shard).order_by("-size").values_list("size", flat=True).first(),
            "credentials": [_signed(award.public_id) for award in awards],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()

"""A hundred thousand credentials revoked at once:  python -m benchmarks.revocation [--count 100000] [--mail]

Makes a database of its own in a temporary folder (SQLite; or set TESTAMUR_DATABASE_URL to an empty PostgreSQL database) with so many issued
awards of one institution, signed with one key, and does what a registrar does after that key was copied: proposes to revoke everything it
signed, has it approved by a second person, lets one worker run. Measured is the time from the approval until the public lists say so for
every one of them and stand in the log with their proofs. With `--mail` the messages to the holders are queued as well.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.revocation", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--mail", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("TESTAMUR_DATA", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
        os.environ.setdefault("TESTAMUR_STATIC_COLLECTED", "no")
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.TESTAMUR_LOG_FOLDER = Path(folder) / "log"
        if not options.mail:
            settings.TESTAMUR_AFTER_ISSUE = None
        call_command("migrate", verbosity=0)
        begun = time.perf_counter()
        institution, people = fill(options.count)
        print(f"{options.count:,} issued awards made in {time.perf_counter() - begun:.0f} s (not measured)", flush=True)
        revoke(institution, people, options.count)


def fill(count: int) -> tuple[Any, list[Any]]:
    """Awards as they are after they were issued; their signed bytes are not needed to revoke them, and are not made."""
    from datetime import date

    from django.utils import timezone

    from testamur_site.catalogue.api import create_demo, published
    from testamur_site.foundation.accounts.api import add_member, create_institution, create_user
    from testamur_site.foundation.jobs.api import run_pending
    from testamur_site.foundation.keys.api import signing_key
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing.models import Award
    from testamur_site.status import api as status

    institution = create_institution(slug="large", name="A large university", country="IE", owner=None)
    people = [create_user(f"p{n}@example.org", f"Person {n}", "correct horse battery") for n in (1, 2)]
    for person in people:
        add_member(institution, person, "issuer", actor=None)
    create_demo(institution)
    version = published(institution).first()
    key = signing_key(institution).key_id
    now = timezone.now()
    for start in range(0, count, 5000):
        entries = status.allocate(institution, min(5000, count - start))
        with tenant(institution):
            Award.objects.bulk_create(
                [
                    Award(
                        institution=institution,
                        micro_credential=version.micro_credential,
                        version=version,
                        recipient_name=f"Learner {start + n}",
                        recipient_email=f"learner{start + n}@example.org",
                        award_key=f"learner{start + n}@example.org",
                        awarded_date=date(2026, 3, 5),
                        valid_from=now,
                        state="issued",
                        content_hash="0" * 64,
                        key_id=key,
                        status_entry=entry,
                        issued_at=now,
                    )
                    for n, entry in enumerate(entries)
                ],
                batch_size=500,
            )
    run_pending()
    return institution, people


def revoke(institution: Any, people: list[Any], count: int) -> None:
    from testamur import strict_json
    from testamur.status.bitstring_status_list import decode
    from testamur_site.foundation.audit.api import verify_chain
    from testamur_site.foundation.jobs.api import run_pending
    from testamur_site.foundation.tenancy.api import tenant
    from testamur_site.issuing.revocations import queries, services
    from testamur_site.issuing.revocations.rules import Scope
    from testamur_site.issuing.rules import Reason, Why
    from testamur_site.log import api as log
    from testamur_site.status import api as status
    from testamur_site.status.models import StatusList

    services.change_rules(institution, single=True, cohort=True, actor=None)
    with tenant(institution):
        found = queries.concerned(Scope(key_id="key-1"))
    why = Why(Reason.KEY_COMPROMISE, "Rehearsal", "Incident 1")
    made = services.propose(institution, Scope(key_id="key-1"), why, expected=found, actor=people[0])
    begun, worked = time.perf_counter(), time.process_time()
    services.approve(made, actor=people[1])
    run_pending(["default"])
    set_after = time.perf_counter() - begun
    run_pending(["status", "log"])
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    bits = 0
    with tenant(institution):
        lists = list(StatusList.objects.filter(purpose="revocation"))
    for one in lists:
        content = status.published_list(one.public_id) or b""
        bits += decode(strict_json.loads(content)["credentialSubject"]["encodedList"]).count()
        if log.look_up(f"status:{one.public_id}", content).content is None:
            raise RuntimeError("a list has no proof")
    if bits != count:
        raise RuntimeError(f"{bits} bits are set, not {count}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} revoked, recorded and audited after      {set_after:6.1f} s ({count / set_after:,.0f}/s)")
    print(f"{len(lists)} lists public, with their log proofs, after  {took:6.1f} s (the aim: 300 s)")
    print(f"of that one processor's time                    {worked:6.1f} s ({count / worked:,.0f}/s)")
    print(f"memory at most {peak:.0f} MB; the audit trail is whole: {verify_chain(institution).intact}", flush=True)
    begun = time.perf_counter()
    rest = run_pending()
    if rest:
        print(
            f"{rest:,} further jobs (messages to holders, and what else follows) in {time.perf_counter() - begun:.0f} s"
        )


if __name__ == "__main__":
    main()

"""Deposits and mails of a whole cohort: what `services.deposit` does for one award, for some hundred in a few statements.

Only for what is simple and frequent: a first award, still in force, to an address that a mail can go to. Everything else is left to
`services.deposit`, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.entry_links import api as links
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import Institution, existing, insert_rows, tenant, unscoped
from testamur_site.issuing.api import Award

from .models import Deposit, HolderAddress
from .services import claim_path

TEMPLATE = "wallet/mail/awarded"
WRITER = "testamur_site.wallet.cohorts.awarded"
MANY = 20
"""From so many awards on, they are deposited together."""


@transaction.atomic
def deposit_many(institution: Institution, awards: Sequence[Award]) -> list[Award]:
    """Make the deposits of newly issued awards of an institution and queue their mails; the awards for which that has to be done one by
    one. Raises IntegrityError where somebody else does the same at this moment: then nothing was done."""
    with tenant(institution):
        already = existing(Deposit, "award_id", [award.id for award in awards])
        there = dict(Deposit.objects.filter(award__in=already).values_list("award", "told_at")) if already else {}
        new = [award for award in awards if award.id not in there and _simple(award)]
        folded = [links.folded(award.recipient_email) for award in new]
        holders = dict(HolderAddress.objects.filter(email__in=set(folded)).values_list("email", "holder"))
        now = timezone.now()
        insert_rows(
            Deposit,
            ("award_id", "holder_id"),
            ((award.id, holders.get(email)) for award, email in zip(new, folded, strict=True)),
            institution_id=institution.pk,
            told_at=now,
            created_at=now,
        )
        mail.queue_many(WRITER, TEMPLATE, _mails(institution, new), institution=institution)
    done = {award.id for award in new} | {award for award, told_at in there.items() if told_at is not None}
    return [award for award in awards if award.id not in done]


def _simple(award: Award) -> bool:
    if award.state != "issued" or award.supersedes_id is not None:
        return False
    return mail.is_address(award.recipient_email)


def _mails(institution: Institution, awards: Sequence[Award]) -> list[mail.Waiting]:
    subjects: dict[tuple[int, str], tuple[str, str]] = {}
    found = []
    for award in awards:
        key = award.version_id, award.language
        if key not in subjects:
            # The subject says who awarded what: the same for all of one version and language.
            subject = _written(award, Deposit(award=award), institution).subject
            subjects[key] = mail.spoken(award.language), subject
        about = award.public_id
        found.append(mail.Waiting(award.recipient_email, *subjects[key], about, f"award:{about}:issued"))
    return found


def awarded(about: Sequence[str]) -> list[mail.Written | None]:
    """The mails about the awards with these public identifiers, as they stand now: None for one that is not in force any more."""
    with unscoped("a mail is written by whoever sends it"):
        awards = {
            award.public_id: award
            for award in Award.objects.select_related("institution").filter(public_id__in=about, state="issued")
        }
        # Once each, not with every award: a version carries its whole description, which is read for its title.
        versions = AchievementVersion.objects.in_bulk({award.version_id for award in awards.values()})
        deposits = {made.award_id: made for made in Deposit.objects.filter(award__in=list(awards.values()))}
        for award in awards.values():
            award.version = versions[award.version_id]
        found: list[mail.Written | None] = []
        for public_id in about:
            one = awards.get(public_id)
            made = deposits.get(one.pk) if one is not None else None
            found.append(None if one is None or made is None else _written(one, made, one.institution))
        return found


def _written(award: Award, made: Deposit, institution: Institution) -> mail.Written:
    title = award.version.title_in(award.language)
    context = {"award": award, "deposit": made, "title": title, "claim_path": claim_path(made)}
    return mail.write(TEMPLATE, context, mail.spoken(award.language), institution)

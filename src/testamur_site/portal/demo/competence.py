"""The demonstration's programme that is awarded on a decision: written, proposed, reviewed, approved, published, and
open for enrolment.

What a cohort does in it is told through the pages (`make demo`); here stands what must be there before the first
learner enrols.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.accounts import api as accounts
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.quality import api as quality

from .people import OTHER_ASSESSORS, REGISTRAR, REVIEWER, STAFF

_SEATS = 40
_WEEKS = 10


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works at the university beside the registrar."""

    lead: Any
    assessor: Any
    officer: Any
    second_officer: Any


def tell(university: Institution, registrar: Any) -> None:
    """In the caller's transaction: staff, the approved programme, and one offering that began yesterday."""
    staff = _staff(university)
    quality.set_demo_policy(university, actor=registrar)
    micro_credential = catalogue.create_assessed_demo(university, actor=registrar, publish=False)
    with tenant(university):
        version = catalogue.editable_version(micro_credential)
        quality.approve_demo(version, author=staff.lead, reviewer=staff.officer, decider=staff.second_officer)
        version = catalogue.publish(version, actor=registrar)
        _open(version, staff.lead)


def _staff(university: Institution) -> Staff:
    def join(person: dict[str, str], role: str) -> Any:
        user = accounts.create_user(person["email"], person["name"], REGISTRAR["password"])
        accounts.add_member(university, user, role, actor=None)
        return user

    for person in OTHER_ASSESSORS:  # after an appeal somebody marks who has seen nothing of the learner before
        join(person, "assessor")
    return Staff(
        join(STAFF["programme_lead"], "programme_lead"),
        join(STAFF["assessor"], "assessor"),
        join(STAFF["quality_officer"], "quality_officer"),
        join(REVIEWER, "quality_officer"),
    )


def _open(version: catalogue.AchievementVersion, lead: Any) -> None:
    terms = catalogue.OfferingTerms(
        starts_on=_today() - timedelta(days=1),
        ends_on=_today() + timedelta(weeks=_WEEKS),
        enrol_until=_today() + timedelta(days=14),
        seats=_SEATS,
        mode=version.description.participation[0].uri,
        language_tags=",en,ko,",
        place="Harbour Campus, room 12",
    )
    offering = catalogue.create_offering(version, terms, actor=lead)
    catalogue.open_for_enrolment(offering, actor=lead)


def _today() -> date:
    return timezone.localdate()

"""What is read."""

from __future__ import annotations

from django.db.models import QuerySet

from testamur_site.catalogue.api import AchievementVersion, MicroCredential, published
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing.api import Award
from testamur_site.wallet.api import Holder

from .models import Participant, Rule

_WITH = ("institution", "rule", "rule__version", "holder", "award", "micro_credential")


def rule_of(version: AchievementVersion) -> Rule | None:
    """The rule of a version, or None: then it is no microdegree."""
    with tenant(version.institution):
        return Rule.objects.filter(version=version).select_related("version").first()


def open_rule(micro_credential: MicroCredential) -> Rule | None:
    """The rule by which somebody would join now."""
    version = published(micro_credential.institution).filter(micro_credential=micro_credential).first()
    return rule_of(version) if version is not None else None


def participants(institution: Institution) -> QuerySet[Participant]:
    """Who takes part at an institution, newest first."""
    with tenant(institution):
        return Participant.objects.filter(left_at=None).select_related(*_WITH)


def own_participant(institution: Institution, public_id: str) -> Participant | None:
    with tenant(institution):
        return Participant.objects.filter(public_id=public_id).select_related(*_WITH).first()


def participant_by_public_id(public_id: str) -> Participant | None:
    with unscoped("a worker is told whom to evaluate"):
        return Participant.objects.filter(public_id=public_id).select_related(*_WITH).first()


def participations(holder: Holder) -> list[Participant]:
    """What a holder takes part in, anywhere."""
    with unscoped("a holder takes part at several institutions"):
        return list(Participant.objects.filter(holder=holder, left_at=None).select_related(*_WITH))


def by_award(award: Award) -> Participant | None:
    """The participant who was awarded this, or None."""
    with tenant(award.institution):
        return Participant.objects.filter(award=award).select_related(*_WITH).first()

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from testamur_site.foundation.tenancy.api import Institution, Membership, tenant, unscoped

from .models import Invitation, User
from .rules import token_digest


def open_invitations(institution: Institution) -> QuerySet[Invitation]:
    with tenant(institution):
        return Invitation.objects.filter(accepted_at=None, withdrawn_at=None).order_by("-created_at")


def invitation_of(institution: Institution, public_id: str) -> Invitation | None:
    with tenant(institution):
        return Invitation.objects.filter(public_id=public_id).first()


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation that the secret in a link opens, while it is open."""
    with unscoped("the secret in the link finds its institution"):
        return (
            Invitation.objects.filter(
                token_digest=token_digest(token), accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
            )
            .select_related("institution")
            .first()
        )


def membership_by_person(institution: Institution, person: str) -> Membership | None:
    """The membership of the person with this public id."""
    with tenant(institution):
        return Membership.objects.select_related("user").filter(user__public_id=person).first()


def has_account(email: str) -> bool:
    return User.objects.filter(email__iexact=email).exists()


def names_of(public_ids: set[str]) -> dict[str, str]:
    """public id → name (or address) of people, for pages that show who did something."""
    return {user.public_id: str(user) for user in User.objects.filter(public_id__in=public_ids)}

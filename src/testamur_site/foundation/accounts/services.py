from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.keys import api as keys
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.tenancy.api import Institution, Logo, Membership, Role, slug_problem, tenant, unscoped

from .models import Invitation, User
from .rules import INVITATION_VALID, INVITATIONS_A_DAY, new_token, token_digest, would_leave_without_owner


class LastOwner(Exception):
    """The step would leave the institution without an owner."""


class AlreadyMember(Exception):
    """The person invited belongs to the institution already."""


class TooManyInvitations(Exception):
    """The institution has invited so many people today that somebody should look at it first."""


class InvitationClosed(Exception):
    """The invitation was used, withdrawn or has expired."""


class SlugTaken(Exception):
    """Another institution has this short name."""


class AddressTaken(Exception):
    """There is an account with this address already: sign in with it."""


def create_user(
    email: str, name: str = "", password: str | None = None, *, language: str = "", verified: bool = True
) -> User:
    """A person who can sign in. `verified`: the address is known to be theirs. Raises AddressTaken."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name, language=language)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
            return user
    except IntegrityError as error:
        raise AddressTaken from error


def change_profile(user: User, *, name: str, language: str) -> None:
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])


def may_found_institution(user: User) -> bool:
    """Where registration is open everybody may; otherwise the operator (`is_superuser`)."""
    return bool(settings.TESTAMUR_OPEN_REGISTRATION) or user.is_superuser


@transaction.atomic
def create_institution(*, slug: str, name: str, country: str, owner: User | None, **values: Any) -> Institution:
    """A new institution with its first owner. Raises SlugTaken, and ValueError for a short name of the wrong form."""
    if problem := slug_problem(slug):
        raise ValueError(f"The short name {slug!r} cannot be used ({problem}).")
    try:
        with transaction.atomic():
            institution = Institution.objects.create(slug=slug, name=name, country=country, **values)
    except IntegrityError as error:
        raise SlugTaken from error
    facts = {"slug": slug, "country": country}
    audit.record("institution.created", institution.public_id, institution=institution, actor=owner, facts=facts)
    if owner is not None:
        add_member(institution, owner, Role.OWNER, actor=owner)
    keys.signing_key(institution)  # so that its DID document names a key from the first day
    return institution


@transaction.atomic
def update_institution(
    institution: Institution, values: Mapping[str, Any], *, actor: User | None, logo: tuple[bytes, str] | None = None
) -> None:
    """Change fields of the institution, and its logo (bytes, media type) where one is given. Only what differs is written."""
    changed = [field for field, value in values.items() if getattr(institution, field) != value]
    if "slug" in changed:
        raise ValueError("The short name stands in issued credentials and cannot change.")
    for field in changed:
        setattr(institution, field, values[field])
    if changed:
        institution.save(update_fields=changed)
    if logo is not None:
        with tenant(institution):
            Logo.objects.update_or_create(institution=institution, defaults={"content": logo[0], "media_type": logo[1]})
        changed.append("logo")
    if changed:
        facts = {"fields": sorted(changed)}
        audit.record("institution.changed", institution.public_id, institution=institution, actor=actor, facts=facts)


@transaction.atomic
def add_member(institution: Institution, user: User, role: str, *, actor: User | None) -> Membership:
    """Give `user` a role; a member keeps the role they have. Raises ValueError for an unknown role."""
    role = Role(role)
    with tenant(institution):
        membership, created = Membership.objects.get_or_create(
            institution=institution, user=user, defaults={"role": role}
        )
    if created:
        audit.record(
            "member.added", user.public_id, institution=institution, actor=actor, facts={"role": str(role.value)}
        )
    return membership


def _locked_owners(institution: Institution) -> int:
    """How many owners there are; nobody else can change that before our transaction ends."""
    with tenant(institution):
        return len(Membership.objects.select_for_update().filter(role=Role.OWNER).values_list("pk", flat=True))


@transaction.atomic
def set_role(institution: Institution, membership: Membership, role: str, *, actor: User | None) -> None:
    """Change a member's role. Raises LastOwner, and ValueError for an unknown role."""
    role = Role(role).value
    owners = _locked_owners(institution)
    with tenant(institution):
        membership = Membership.objects.select_for_update().get(pk=membership.pk)
        before = membership.role
        if before == role:
            return
        if would_leave_without_owner(before, role, owners):
            raise LastOwner
        Membership.objects.filter(pk=membership.pk).update(role=role)
    audit.record(
        "member.role_changed",
        membership.user.public_id,
        institution=institution,
        actor=actor,
        facts={"from": before, "to": role},
    )


@transaction.atomic
def remove_member(institution: Institution, membership: Membership, *, actor: User | None) -> None:
    """Take a person out of the institution; their account stays. Raises LastOwner."""
    owners = _locked_owners(institution)
    with tenant(institution):
        membership = Membership.objects.select_for_update().get(pk=membership.pk)
        if would_leave_without_owner(membership.role, None, owners):
            raise LastOwner
        person, role = membership.user.public_id, membership.role
        membership.delete()
    audit.record("member.removed", person, institution=institution, actor=actor, facts={"role": role})


def invite(institution: Institution, email: str, role: str, *, actor: User, language: str) -> Invitation:
    """Invite somebody by mail; an open invitation to the same address is replaced.

    Raises AlreadyMember, TooManyInvitations, and ValueError for an unknown role.
    """
    return _invite(institution, email, role, actor=actor, language=language)[0]


@transaction.atomic
def _invite(
    institution: Institution, email: str, role: str, *, actor: User | None, language: str
) -> tuple[Invitation, str]:
    """The invitation and the address that opens it, which is told to nobody but the person invited."""
    role, email = Role(role), email.strip().lower()
    token = new_token()
    link = f"{settings.TESTAMUR_BASE_URL}/invitations/{token}"
    with tenant(institution):
        if Membership.objects.filter(user__email__iexact=email).exists():
            raise AlreadyMember
        now = timezone.now()
        if Invitation.objects.filter(created_at__gt=now - timedelta(days=1)).count() >= INVITATIONS_A_DAY:
            raise TooManyInvitations
        Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
        invitation = Invitation.objects.create(
            email=email,
            role=role,
            token_digest=token_digest(token),
            invited_by=actor,
            expires_at=now + INVITATION_VALID,
        )
        with override(language):
            role_name = str(role.label)
        mail.send(
            email,
            "accounts/mail/invitation",
            {
                "link": link,
                "role": role_name,
                "invited_by": actor.name if actor else "",
                "expires_at": invitation.expires_at,
            },
            language,
            institution=institution,
            dedupe_key=f"invitation:{invitation.public_id}",
            secret=True,
        )
    facts = {"role": str(role.value)}
    audit.record("member.invited", invitation.public_id, institution=institution, actor=actor, facts=facts)
    return invitation, link


@transaction.atomic
def found(*, slug: str, name: str, country: str, owner_email: str, language: str) -> str:
    """What the operator of a platform with closed registration does: an institution, and an invitation to its first owner.

    Returns the address that opens the invitation. Raises SlugTaken and ValueError.
    """
    institution = create_institution(slug=slug, name=name, country=country, owner=None)
    return _invite(institution, owner_email, Role.OWNER, actor=None, language=language)[1]


def invite_first_owner(institution: Institution, owner_email: str, language: str) -> str:
    """Invite an owner to an institution that has no members yet: the operator's act, after it was taken over from elsewhere.

    Returns the address that opens the invitation. Raises AlreadyMember where it has members: they invite.
    """
    with tenant(institution):
        if Membership.objects.exists():
            raise AlreadyMember
    return _invite(institution, owner_email, Role.OWNER, actor=None, language=language)[1]


@transaction.atomic
def withdraw_invitation(institution: Institution, invitation: Invitation, *, actor: User) -> bool:
    """Make an open invitation worthless. False when it was not open any more."""
    with tenant(institution):
        open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
        if not open_ones.update(withdrawn_at=timezone.now()):
            return False
    audit.record("member.invitation_withdrawn", invitation.public_id, institution=institution, actor=actor)
    return True


@transaction.atomic
def accept_invitation(token: str, user: User) -> Institution:
    """Make `user` a member by the secret in the link, once. Raises InvitationClosed."""
    with unscoped("the secret in the link finds its institution"):
        found = Invitation.objects.select_for_update(of=("self",)).filter(token_digest=token_digest(token))
        invitation = found.select_related("institution").first()
        now = timezone.now()
        if invitation is None or invitation.withdrawn_at or invitation.accepted_at or invitation.expires_at < now:
            raise InvitationClosed
        Invitation.objects.filter(pk=invitation.pk).update(accepted_at=now)
    add_member(invitation.institution, user, invitation.role, actor=user)
    return invitation.institution


@transaction.atomic
def accept_invitation_with_new_account(
    token: str, *, email: str, name: str, password: str, language: str
) -> tuple[User, Institution]:
    """Make the account and the membership together. The mail with the link proves the address. Raises as the two parts do."""
    user = create_user(email, name, password, language=language, verified=True)
    return user, accept_invitation(token, user)

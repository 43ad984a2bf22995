"""What is read. Staff queries run inside a tenant; the public ones say why they look across all institutions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from testamur_site.foundation.tenancy.api import Institution, unscoped

from .description.search import words
from .models import AchievementVersion, MicroCredential
from .rules import Completeness, Issuer
from .rules import completeness as judge

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE_SIZE = 24
MOST_ADDRESSES = 49_000  # a sitemap holds 50,000
STAFF_PAGE_SIZE = 30
_SHOWN = ("draft", "published")


def issuer_of(institution: Institution) -> Issuer:
    """What completeness needs to know of an institution."""
    return Issuer(institution.name, institution.country, tuple(institution.languages or ("en",)))


def completeness(version: AchievementVersion) -> Completeness:
    """How complete a version is by Annex I of the EU recommendation, given its institution."""
    return judge(version.description, issuer_of(version.institution))


def published_version(public_id: str) -> AchievementVersion | None:
    """The version with that public id, in the active tenant, unless it is still a draft; with what its achievement is made of."""
    found = AchievementVersion.objects.select_related("institution", "micro_credential", "image")
    return found.filter(public_id=public_id).exclude(state=AchievementVersion.State.DRAFT).first()


def published(institution: Institution) -> QuerySet[AchievementVersion]:
    """The versions of an institution by which can be awarded now, one for each micro-credential. Needs no active tenant."""
    with unscoped("the institution is given by name"):
        return (
            AchievementVersion.objects.filter(
                institution=institution,
                state=AchievementVersion.State.PUBLISHED,
                micro_credential__state=MicroCredential.State.PUBLISHED,
            )
            .select_related("micro_credential", "institution")
            .order_by("search_text", "pk")
        )


@dataclass(frozen=True)
class Row:
    """One line of the staff's list: the version that is worked on, and the one that is shown, where there are two."""

    micro_credential: MicroCredential
    draft: AchievementVersion | None
    current: AchievementVersion | None

    @property
    def shown(self) -> AchievementVersion:
        version = self.draft or self.current
        assert version is not None  # noqa: S101 - a micro-credential goes with its last draft (services.discard_draft)
        return version


def staff_list(query: str, state: str, page: str | int) -> Page[Row]:
    """The institution's micro-credentials, last changed first; `state` filters when it is one of theirs."""
    rows = MicroCredential.objects.order_by("-changed_at", "-pk")
    if state in MicroCredential.State.values:
        rows = rows.filter(state=state)
    for word in words(query):
        rows = rows.filter(
            pk__in=AchievementVersion.objects.filter(state__in=_SHOWN, search_text__contains=word).values(
                "micro_credential"
            )
        )
    found = Paginator(rows, STAFF_PAGE_SIZE).get_page(page)
    found.object_list = _with_versions(found.object_list)
    return found


def _with_versions(micro_credentials: Iterable[MicroCredential]) -> list[Row]:
    listed = list(micro_credentials)
    versions = AchievementVersion.objects.filter(micro_credential__in=listed, state__in=_SHOWN).select_related(
        "institution", "micro_credential__institution"
    )
    by_state = {(version.micro_credential_id, version.state): version for version in versions}
    rows = (
        Row(
            m,
            by_state.get((m.pk, AchievementVersion.State.DRAFT)),
            by_state.get((m.pk, AchievementVersion.State.PUBLISHED)),
        )
        for m in listed
    )
    return [row for row in rows if row.draft or row.current]


def state_counts() -> dict[str, int]:
    """How many micro-credentials the institution has in each state."""
    return {state: MicroCredential.objects.filter(state=state).count() for state in MicroCredential.State.values}


def _possible(public_id: str) -> bool:
    """Whether it can be one of our identifiers at all; PostgreSQL would stumble over a NUL in a question about another."""
    return public_id.isascii() and public_id.isprintable() and len(public_id) <= 40


def own_micro_credential(public_id: str) -> MicroCredential | None:
    """One of the active institution's; None for another's or none."""
    if not _possible(public_id):
        return None
    return MicroCredential.objects.select_related("institution").filter(public_id=public_id).first()


def versions(micro_credential: MicroCredential) -> list[AchievementVersion]:
    """All versions, newest first."""
    return list(micro_credential.versions.select_related("institution", "changed_by").order_by("-number"))


def editable_version(micro_credential: MicroCredential) -> AchievementVersion | None:
    """The version whose content may be changed now: the draft, else the published one if nothing was awarded by it."""
    found = versions(micro_credential)
    for version in found:
        if version.state == AchievementVersion.State.DRAFT:
            return version
    return next((v for v in found if v.state == AchievementVersion.State.PUBLISHED and not v.is_locked), None)


def shown_version(micro_credential: MicroCredential) -> AchievementVersion:
    """The version a member of staff looks at: the draft, else the published one."""
    found = versions(micro_credential)
    return next((v for v in found if v.state in _SHOWN), found[0])


def public_catalogue(
    page: str | int = 1, institution: Institution | None = None, size: int = PAGE_SIZE
) -> Page[AchievementVersion]:
    """Published micro-credentials, newest first, of one institution or of all. Searching and filtering is `finding`'s."""
    with unscoped("the catalogue shows what all institutions have published"):
        rows = _all_published()
        if institution is not None:
            rows = rows.filter(institution=institution)
        found = Paginator(rows.order_by("-published_at", "-pk"), size).get_page(page)
        found.object_list = list(found.object_list)
        return found


def public_micro_credential(public_id: str) -> AchievementVersion | None:
    """The version that everybody may see under the lasting address: published, also of a retired one."""
    if not _possible(public_id):
        return None
    with unscoped("published micro-credentials are public"):
        return (
            AchievementVersion.objects.filter(
                micro_credential__public_id=public_id, state=AchievementVersion.State.PUBLISHED
            )
            .select_related("micro_credential", "institution", "image")
            .first()
        )


def public_version(public_id: str) -> AchievementVersion | None:
    """A version that is or was published, for those who hold a credential made of it."""
    if not _possible(public_id):
        return None
    with unscoped("what was published stays readable"):
        return (
            AchievementVersion.objects.filter(public_id=public_id)
            .exclude(state=AchievementVersion.State.DRAFT)
            .select_related("micro_credential", "institution", "image")
            .first()
        )


def public_versions(public_ids: Iterable[str]) -> dict[str, AchievementVersion]:
    """Those of them that are or were published, by public id, in one query: what a rule names."""
    with unscoped("what was published stays readable"):
        rows = AchievementVersion.objects.filter(public_id__in=[each for each in public_ids if _possible(each)])
        rows = rows.exclude(state=AchievementVersion.State.DRAFT).select_related("micro_credential", "institution")
        return {version.public_id: version for version in rows}


def search_versions(query: str, most: int) -> list[AchievementVersion]:
    """Versions, of all institutions, that are or were published and whose texts contain every word: the current ones first."""
    with unscoped("what was published stays readable"):
        rows = AchievementVersion.objects.exclude(state=AchievementVersion.State.DRAFT).filter(
            micro_credential__state=MicroCredential.State.PUBLISHED
        )
        for word in words(query):
            rows = rows.filter(search_text__contains=word)
        return list(
            rows.select_related("micro_credential", "institution").order_by("state", "search_text", "-pk")[:most]
        )


def ever_published(institution: Institution | None, most: int) -> list[AchievementVersion]:
    """The versions that were published last, those that were replaced since among them: what is new and what changed."""
    with unscoped("what was published stays readable"):
        rows = AchievementVersion.objects.exclude(state=AchievementVersion.State.DRAFT).filter(
            micro_credential__state=MicroCredential.State.PUBLISHED, published_at__isnull=False
        )
        if institution is not None:
            rows = rows.filter(institution=institution)
        return list(rows.select_related("micro_credential", "institution").order_by("-published_at", "-pk")[:most])


def addresses() -> tuple[list[tuple[str, datetime]], list[str]]:
    """What a sitemap lists: (public identifier, changed) of published micro-credentials, and slugs of their institutions."""
    with unscoped("the catalogue shows what all institutions have published"):
        rows = MicroCredential.objects.filter(state=MicroCredential.State.PUBLISHED).order_by("-changed_at")
        listed = list(rows.values_list("public_id", "changed_at")[:MOST_ADDRESSES])
        slugs = list(rows.order_by("institution").values_list("institution__slug", flat=True).distinct())
        return listed, slugs


def public_versions_of(version: AchievementVersion) -> list[AchievementVersion]:
    """The versions of the same micro-credential that were ever published, newest first."""
    with unscoped("what was published stays readable"):
        return list(
            AchievementVersion.objects.filter(micro_credential=version.micro_credential_id)
            .exclude(state=AchievementVersion.State.DRAFT)
            .order_by("-number")
        )


def _all_published() -> QuerySet[AchievementVersion]:
    return AchievementVersion.objects.filter(
        state=AchievementVersion.State.PUBLISHED, micro_credential__state=MicroCredential.State.PUBLISHED
    ).select_related("micro_credential", "institution")

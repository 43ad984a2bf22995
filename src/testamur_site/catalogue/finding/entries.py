"""The rows of the catalogue: written with every change of what is published or offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction

from testamur_site.foundation.tenancy.api import Institution, new_public_id, tenant, unscoped

from ..description.duration import duration_in_hours
from ..description.elements import Description
from ..models import AchievementVersion, CatalogueEntry, CatalogueStamp, MicroCredential, Offering
from . import facets, tokens

# Raise it when `facets` or `tokens` say something else of the same description: `outdated` rows are made anew by the hourly job.
MADE_BY = 1
_BATCH = 200


@transaction.atomic
def refresh(micro_credential: MicroCredential) -> None:
    """Write the row anew, or take it away where nothing is published. Call it in the transaction of the change, inside the tenant."""
    # The same lock as the audit trail's, and before any row of ours: two changes of one institution wait for each other in one order.
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=micro_credential.institution_id)
    version = (
        AchievementVersion.objects.filter(
            micro_credential=micro_credential,
            state=AchievementVersion.State.PUBLISHED,
            micro_credential__state=MicroCredential.State.PUBLISHED,
        )
        .select_related("institution")
        .first()
    )
    if version is None:
        CatalogueEntry.objects.filter(micro_credential=micro_credential).delete()
    else:
        runs = runs_of(Offering.objects.filter(version__micro_credential=micro_credential))
        CatalogueEntry.objects.update_or_create(
            micro_credential=micro_credential,
            defaults={
                "institution": version.institution,
                "version": version,
                "published_at": version.published_at or version.changed_at,
                **columns(version.description, version.institution, runs),
            },
        )
    stamp(micro_credential.institution)


def columns(description: Description, institution: Institution, runs: list[facets.Run]) -> dict[str, Any]:
    """The derived columns of a row. Pure but for the model's type."""
    hours = duration_in_hours(description.workload)
    return {
        "tokens": tokens.stored(_texts(description, institution)),
        "titles": dict(description.title),
        "values": facets.of_description(description),
        "runs": facets.runs_to_json(runs),
        "hours": hours if hours is not None and hours < 10**10 else None,
        "made_by": MADE_BY,
    }


def runs_of(offerings: Iterable[Offering]) -> list[facets.Run]:
    """The open ones as values; at most fifty, by start."""
    return [
        facets.Run(
            starts_on=o.starts_on,
            self_paced=o.self_paced,
            ends_on=o.ends_on,
            enrol_until=o.enrol_until,
            price_kind=o.price_kind,
            price=o.price,
            currency=o.currency,
            mode=o.mode,
            languages=o.languages,
        )
        for o in offerings
        if o.state == Offering.State.OPEN
    ][:50]


def stamp(institution: Institution) -> None:
    """Say that something changed."""
    CatalogueStamp.objects.update_or_create(institution=institution, defaults={"token": new_public_id()})


def rebuild(*, only_outdated: bool = False) -> int:
    """Make the rows of all institutions anew, a transaction each; how many. What was published before there were rows is found too.

    Needs no active tenant. It may be stopped and run again.
    """
    with unscoped("the catalogue shows what all institutions have published"):
        published = MicroCredential.objects.filter(state=MicroCredential.State.PUBLISHED)
        if only_outdated:
            published = published.exclude(catalogue_entry__made_by=MADE_BY)
        wanted = list(published.order_by("pk").values_list("pk", flat=True))
        gone = list(
            CatalogueEntry.objects.exclude(micro_credential__state=MicroCredential.State.PUBLISHED).values_list(
                "micro_credential", flat=True
            )
        )
    for pk in [*wanted, *gone]:
        with unscoped("each row belongs to its own institution, which is set right below"):
            micro_credential = MicroCredential.objects.select_related("institution").filter(pk=pk).first()
        if micro_credential is not None:
            with tenant(micro_credential.institution):
                refresh(micro_credential)
    return len(wanted) + len(gone)


def _texts(d: Description, institution: Institution) -> Iterator[str]:
    """What can be found, the most telling first: the number of tokens is limited."""
    yield from d.title.values()
    yield from d.alternative_title.values()
    yield from d.tags
    for outcome in d.outcomes:
        yield from outcome.title.values()
        for skill in outcome.skills:
            yield from skill.concept.label.values()
    yield institution.name
    yield from (str(translated.get("name", "")) for translated in (institution.translations or {}).values())
    for area in d.thematic_areas:
        yield from area.label.values()
    for organisation in d.organisations:
        yield from organisation.name.values()
    yield from d.integration_note.values()
    yield from d.description.values()
    for alignment in d.alignments:
        yield alignment.name

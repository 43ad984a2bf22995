"""The institution's library of rubrics: kept once per content, taken out as copies, retired rather than deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from testamur_site.foundation.audit.api import record
from testamur_site.foundation.tenancy.api import Institution

from ..description import codec
from ..description.checks import faults
from ..description.elements import Description, LearningOutcome, Rubric
from ..models import RubricTemplate

MAX_TEMPLATES = 500


@transaction.atomic
def keep_rubric(
    institution: Institution, rubric: Rubric, *, origin: str = "", actor: Any = None
) -> tuple[RubricTemplate, bool]:
    """Put a copy into the library; True when it is new there. The same rubric is not kept twice. Raises ValueError (faults).

    Which outcomes its criteria show is left out: outcomes belong to a micro-credential.
    """
    kept = replace(
        rubric, key="r1", origin="", criteria=tuple(replace(criterion, outcomes=()) for criterion in rubric.criteria)
    )
    if found := faults(Description(rubrics=(kept,), outcomes=(LearningOutcome({}),))):
        raise ValueError(f"{found[0].code}: {found[0].path}")
    content = codec.to_json(kept)
    codec.from_json(Rubric, content)
    # The institution's row is the lock, so that two who keep the same rubric at once do not both find it missing.
    Institution.objects.select_for_update().get(pk=institution.pk)
    same = next((t for t in RubricTemplate.objects.filter(retired=False) if t.content == content), None)
    if same is not None:
        return same, False
    if RubricTemplate.objects.filter(retired=False).count() >= MAX_TEMPLATES:
        raise ValueError("too_many_items: rubrics")
    made = RubricTemplate.objects.create(
        institution=institution, content=content, origin=origin[:400], created_by=actor
    )
    _audit("rubric.kept", made, actor)
    return made, True


@transaction.atomic
def keep_rubrics(institution: Institution, rubrics: Sequence[tuple[Rubric, str]], *, actor: Any = None) -> int:
    """Put several (rubric, origin) into the library, all or none; how many were new. Raises ValueError as `keep_rubric`."""
    return sum(keep_rubric(institution, rubric, origin=origin, actor=actor)[1] for rubric, origin in rubrics)


@transaction.atomic
def retire_rubric(template: RubricTemplate, *, actor: Any = None) -> None:
    """Offer it no more; copies that were taken are not touched. Doing it twice is doing it once."""
    if RubricTemplate.objects.filter(pk=template.pk, retired=False).update(retired=True):
        _audit("rubric.retired", template, actor)


@transaction.atomic
def bring_rubric_back(template: RubricTemplate, *, actor: Any = None) -> None:
    """Undo `retire_rubric`."""
    if RubricTemplate.objects.filter(pk=template.pk, retired=True).update(retired=False):
        _audit("rubric.brought_back", template, actor)


def _audit(action: str, template: RubricTemplate, actor: Any) -> None:
    record(action, f"rubric:{template.public_id}", institution=template.institution, actor=actor, facts={})

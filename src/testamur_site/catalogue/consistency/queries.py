"""The rules, held against what the institution has besides. Works inside its tenant."""

from __future__ import annotations

from typing import Any

from ..description.codec import is_language_tag
from ..models import AchievementVersion, MicroCredential
from .rules import Around, RuleState, joined, judged

MAX_OTHERS = 300


def around(version: AchievementVersion) -> Around:
    """The institution's languages, and its other published micro-credentials, newest first."""
    others = (
        AchievementVersion.objects.filter(
            institution=version.institution_id,
            state=AchievementVersion.State.PUBLISHED,
            micro_credential__state=MicroCredential.State.PUBLISHED,
        )
        .exclude(micro_credential=version.micro_credential_id)
        .order_by("-published_at")
        .values_list("public_id", "content__title", "content__outcomes")[:MAX_OTHERS]
    )
    languages = tuple(tag for tag in version.institution.languages or () if is_language_tag(tag)) or ("en",)
    return Around(
        languages, tuple((public_id, title or {}, _words(title, outcomes)) for public_id, title, outcomes in others)
    )


def _words(title: Any, outcomes: Any) -> str:
    """As `rules.words_of`, from what is stored: to compare hundreds, none is read as a whole."""
    texts = [title or {}, *(outcome.get("title", {}) for outcome in outcomes or ())]
    return joined(texts)


def states(version: AchievementVersion) -> tuple[RuleState, ...]:
    """Every rule, judged for a version."""
    return judged(version.description, around(version))

"""The rules, held against what the institution has besides. Works inside its tenant."""

from __future__ import annotations

from ..description.codec import is_language_tag
from ..models import AchievementVersion, MicroCredential
from .rules import Around, RuleState, judged, words_of

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
        .order_by("-published_at")[:MAX_OTHERS]
    )
    languages = tuple(tag for tag in version.institution.languages or () if is_language_tag(tag)) or ("en",)
    return Around(languages, tuple((o.public_id, o.description.title, words_of(o.description)) for o in others))


def states(version: AchievementVersion) -> tuple[RuleState, ...]:
    """Every rule, judged for a version."""
    return judged(version.description, around(version))

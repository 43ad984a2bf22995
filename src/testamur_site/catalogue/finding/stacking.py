"""What a micro-credential counts towards: the larger ones whose rule names it, or an earlier version of it.

Rules belong to a capability above this one, which is asked through the setting TESTAMUR_STACKS_INTO: functions that give, by the public
identifier of a version that a rule names, the larger micro-credentials. Asked once for each copy of the index: whatever is published moves
its stamp, and a rule changes only with a version.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.module_loading import import_string

from testamur_site.foundation.tenancy.api import unscoped

from ..description.vocabulary import Text
from ..models import AchievementVersion

INTO = "into:"
"""So a value of the facet `stackable` begins that names the larger one: `into:PUBLIC-ID`."""
_BATCH = 500

Larger = dict[str, dict[str, Text]]


def larger() -> Larger:
    """Public identifier of a micro-credential → those it counts towards, with their titles. Needs no active tenant."""
    named: Larger = {}
    for path in settings.TESTAMUR_STACKS_INTO:
        for version, wholes in import_string(path)().items():
            named.setdefault(version, {}).update(wholes)
    found: Larger = {}
    for version, part in _micro_credentials(list(named)):
        wholes = {whole: title for whole, title in named[version].items() if whole != part}
        found.setdefault(part, {}).update(wholes)
    return found


def pairs(wholes: Iterable[str]) -> list[tuple[str, str]]:
    """The (facet, value) pairs of a micro-credential that counts towards these."""
    return [("stackable", f"{INTO}{whole}") for whole in wholes]


def _micro_credentials(versions: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    with unscoped("what was published stays readable"):
        for start in range(0, len(versions), _BATCH):
            rows = AchievementVersion.objects.exclude(state=AchievementVersion.State.DRAFT).filter(
                public_id__in=versions[start : start + _BATCH]
            )
            found += rows.values_list("public_id", "micro_credential__public_id")
    return found

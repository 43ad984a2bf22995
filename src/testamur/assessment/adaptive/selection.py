"""Which item comes next, and when it is enough.

The most informative item alone would be asked of everybody, and soon be known to everybody. So the choice is *progressive* and
*restricted* (Revuelta and Ponsoda, “A comparison of item exposure control methods in computerized adaptive testing”, J. Educational
Measurement 35, 1998): it begins at random, when hardly anything is known of the person, and becomes informative as the test goes on;
and an item that was given to too great a share of the tests rests. Content areas are kept at their shares (Kingsbury and Zara 1989).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from testamur.assessment.adaptive.estimation import Ability, verdict
from testamur.assessment.adaptive.items import Item
from testamur.errors import InputError

_COUNTED_FROM = 20  # tests; before that a share of tests says nothing


@dataclass(frozen=True, slots=True)
class Rules:
    """How a test runs.

    - `minimum` and `maximum`: how many items are asked at least and at most (1 ≤ minimum ≤ maximum ≤ 100);
    - `se`: the test ends when the standard error of θ is not greater;
    - `cut`: the ability that passes; where it is given, the test also ends when it lies clearly to one side;
    - `exposure`: the greatest share of tests in which an item is given (0 < exposure ≤ 1);
    - `areas`: the share of the test for each content area, as weights; areas that are not named have none. Empty: areas do not matter.
    """

    minimum: int = 5
    maximum: int = 20
    se: float = 0.35
    cut: float | None = None
    exposure: float = 0.3
    areas: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        numbers = 1 <= self.minimum <= self.maximum <= 100 and self.se > 0 and 0 < self.exposure <= 1
        if not numbers or any(share < 0 for share in self.areas.values()):
            raise InputError("These rules of a test contradict each other.", code="assessment.adaptive.rules")


def select(
    bank: Sequence[Item],
    asked: Collection[str],
    ability: Ability,
    rules: Rules,
    *,
    seed: int | str,
    given: Mapping[str, int] | None = None,
    tests: int = 0,
) -> Item | None:
    """The item to ask next, or None where all were asked.

    `asked` are the keys of the items of this test so far, `given` how often each item was given in the `tests` tests before. The same
    arguments choose the same item (so a page that is loaded again asks the same); give every test its own `seed`.
    """
    left = [item for item in sorted(bank, key=lambda item: item.key) if item.key not in asked]
    if not left:
        return None
    left = _of_area(left, bank, asked, rules)
    counts = given or {}
    rested = [item for item in left if counts.get(item.key, 0) < rules.exposure * max(tests, _COUNTED_FROM)]
    if rested:
        left = rested
    else:  # all have been given too often: the one given least
        least = min(counts.get(item.key, 0) for item in left)
        left = [item for item in left if counts.get(item.key, 0) == least]
    chance = random.Random(f"testamur test {seed} {len(asked)}")  # noqa: S311 - a draw that can be repeated
    information = {item.key: item.information(ability.theta) for item in left}
    most = max(information.values())
    # How far the test has come: at the last item only information counts.
    progress = min(len(asked) / max(rules.maximum - 1, 1), 1.0)
    return max(left, key=lambda item: (1 - progress) * chance.random() * most + progress * information[item.key])


def _of_area(left: list[Item], bank: Sequence[Item], asked: Collection[str], rules: Rules) -> list[Item]:
    """The items of the area that is furthest behind its share."""
    wanted = {area: share for area, share in rules.areas.items() if share > 0 and any(i.area == area for i in left)}
    if not wanted:
        return left
    had = Counter(item.area for item in bank if item.key in asked)
    total = sum(share for share in rules.areas.values() if share > 0)
    behind = max(sorted(wanted), key=lambda area: wanted[area] / total * (len(asked) + 1) - had[area])
    return [item for item in left if item.area == behind]


def stop(ability: Ability, asked: int, in_bank: int, rules: Rules) -> str:
    """Why the test ends after `asked` items: `precise`, `decided` (the cut lies clearly to one side), `maximum`, `exhausted` (the bank
    has no more), or "" where it goes on."""
    if asked >= in_bank:
        return "exhausted"
    if asked >= rules.maximum:
        return "maximum"
    if asked < rules.minimum:
        return ""
    if ability.se <= rules.se:
        return "precise"
    if rules.cut is not None and verdict(ability, rules.cut) is not None:
        return "decided"
    return ""

"""Whatever comes in, the readers answer with their own refusal and nothing else."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from testamur_site.catalogue.demo.digital_credentials import DESCRIPTION
from testamur_site.catalogue.description import codec
from testamur_site.catalogue.description.checks import faults
from testamur_site.catalogue.description.duration import duration_in_hours, hours_as_duration, parse_duration
from testamur_site.catalogue.exchange.elm import Imported, NotImportable, read_elm
from testamur_site.catalogue.exchange.tracked import Ledger
from testamur_site.catalogue.public.presentation import duration_words, present
from testamur_site.catalogue.rules import Issuer, completeness, differences

TEXT = st.text(max_size=20)
NAMES = st.sampled_from(
    ["type", "id", "title", "en", "ko", "specifiedBy", "provenBy", "grade", "noteLiteral", "learningOutcome", "prefLabel",
     "awardedBy", "awardingBody", "legalName", "creditPoint", "point", "framework", "mode", "inScheme", "label", "uri", "outcomes"]
)  # fmt: skip
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=5))
def test_any_achievement_is_imported_or_refused(members: dict[str, Any]) -> None:
    claim = {**members, "type": "LearningAchievement"}
    try:
        found = read_elm(json.dumps(claim).encode())
    except NotImportable:
        return
    assert isinstance(found, Imported)
    # What was read can be judged and shown, whatever it is.
    completeness(found.description, Issuer("x", "IE"))
    present(found.description)
    # A leaf is stored or reported, never neither: what is left over is part of what there was.
    assert set(found.left_over) <= {pair for pair in Ledger(claim).open_leaves() if _hashable(pair)}


def _hashable(pair: tuple[str, Any]) -> bool:
    return not isinstance(pair[1], list | dict)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_json_is_a_description_or_is_refused(value: Any) -> None:
    try:
        description = codec.description_from_json(value)
    except codec.DescriptionError:
        return
    assert codec.description_from_json(codec.to_json(description)) == description
    faults(description)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(DESCRIPTION.__dataclass_fields__)), JSON)
def test_one_broken_member_of_a_good_description(member: str, value: Any) -> None:
    document = {**codec.to_json(DESCRIPTION), member: value}
    description, place = None, f"/{member}"
    try:
        description = codec.description_from_json(document)
    except codec.DescriptionError as refusal:
        place = refusal.path
    assert place.startswith(f"/{member}")
    if description is not None and not faults(description):
        present(description)
        completeness(description, Issuer("x", "IE"))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="PTYMWDH0123456789.,- ", max_size=12))
def test_durations_never_break(text: str) -> None:
    parse_duration(text)
    duration_in_hours(text)
    assert isinstance(duration_words(text), str)
    try:
        written = hours_as_duration(text)
    except ValueError:
        return
    assert parse_duration(written) is not None


@given(JSON, JSON)
def test_differences_are_none_exactly_for_equals(before: Any, after: Any) -> None:
    assert differences(before, before) == []
    if before != after and not (before is None or after is None):
        found = differences(before, after)
        assert found or _same_but_for_nothing(before, after)


def _same_but_for_nothing(before: Any, after: Any) -> bool:
    """A member that is null and one that is not there are the same to a description, and so are trailing nulls of an array."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(_same_but_for_nothing(before.get(name), after.get(name)) for name in {*before, *after})
    if isinstance(before, list) and isinstance(after, list):
        length = max(len(before), len(after))
        pad = [None] * length
        return all(
            _same_but_for_nothing(b, a) for b, a in zip([*before, *pad][:length], [*after, *pad][:length], strict=True)
        )
    return bool(before == after)

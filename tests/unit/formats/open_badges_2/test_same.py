"""The copy in hand and the hosted document."""

from __future__ import annotations

from typing import Any

import pytest

from testamur.formats.open_badges_2 import first_difference

HOSTED: dict[str, Any] = {
    "@context": "https://w3id.org/openbadges/v2",
    "id": "https://issuer.example/a/1",
    "badge": "https://issuer.example/b/1",
    "recipient": {"type": "email", "hashed": False, "identity": "a@b.example"},
    "evidence": [{"id": "https://e.example/1"}],
    "count": 1,
}


def test_the_same_is_no_difference() -> None:
    assert first_difference(HOSTED, HOSTED) is None


@pytest.mark.parametrize("left_out", ["evidence", "@context", "count"])
def test_a_copy_may_say_less(left_out: str) -> None:
    assert first_difference({name: value for name, value in HOSTED.items() if name != left_out}, HOSTED) is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": "https://issuer.example/a/2"}, "/id"),
        ({"expires": "2030-01-01T00:00:00Z"}, "/expires"),
        ({"recipient": {"type": "email", "hashed": False, "identity": "x@b.example"}}, "/recipient/identity"),
        ({"evidence": [{"id": "https://e.example/1"}, {"id": "https://e.example/2"}]}, "/evidence"),
        ({"count": True}, "/count"),
        ({"count": 1.0}, "/count"),
        ({"badge": {"name": "no id"}}, "/badge"),
        ({"badge": {"id": "https://issuer.example/b/2"}}, "/badge"),
    ],
)
def test_a_copy_may_say_nothing_else(change: dict[str, Any], place: str) -> None:
    assert first_difference({**HOSTED, **change}, HOSTED) == place


def test_a_link_and_its_node_are_the_same_statement() -> None:
    assert first_difference({**HOSTED, "badge": {"id": "https://issuer.example/b/1", "name": "x"}}, HOSTED) is None

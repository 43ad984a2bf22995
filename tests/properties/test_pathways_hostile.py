"""Whatever a programme says, reading it ends with a programme or with mistakes, and deciding it with a decision that can be explained."""

from __future__ import annotations

import json
import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.shared import ROOT

from testamur.pathways import Mistake, NotAProgramme, Programme, read_programme, trials
from testamur.pathways.reading import read_values
from testamur.pathways.words import read_aloud

SETTINGS = settings(
    max_examples=int(os.environ.get("TESTAMUR_EXAMPLES", "120")),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
FILES = sorted((ROOT / "examples/programmes").glob("*.yaml"))
DOCUMENTS = [json.loads(json.dumps(read_values(path.read_bytes())[0], default=float)) for path in FILES]
PIECES: list[Any] = [
    None, True, 0, -1, 1, 3, 0.5, 1e6, "", "x", "75%", "5 years", "decision - 5 years", "9999-12-31", "0001-01-01 - 9999 years", [], ["x"],
    [[]], {}, {"value": "x"}, {"list": "x"}, {"min": 1}, {"min": 2, "max": 1}, {"all": []}, {"not": {"approved": True}},
    {"fact": {"name": "x", "is": [1, "1", True]}}, {"used_in": {}}, {"credits": {"at_least": "a"}}, {"name": "a", "count": 1},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path and path[0] not in ("language", "tests") else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [place for key, inner in items for place in places(inner, (*path, key))]


@st.composite
def mutants(draw: st.DrawFn) -> str:
    document = json.loads(json.dumps(draw(st.sampled_from(DOCUMENTS))))
    document["tests"] = document.get("tests", [])[:2]
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(places(document)))
        inner = document
        for step in way:
            inner = inner[step]
        if draw(st.booleans()) and isinstance(inner, dict):
            other = draw(st.sampled_from(places(document)))
            moved: Any = document
            for step in other:
                moved = moved[step]
            inner[last] = json.loads(json.dumps(moved))
        else:
            inner[last] = json.loads(json.dumps(draw(st.sampled_from(PIECES))))
    return json.dumps(document, indent=1)


def read(text: str) -> Programme | tuple[Mistake, ...]:
    try:
        return read_programme(text)
    except NotAProgramme as error:
        return error.mistakes


@SETTINGS
@given(mutants())
def test_a_changed_programme_is_read_or_refused_and_never_fails(text: str) -> None:
    answer = read(text)
    if isinstance(answer, tuple):
        assert answer
        assert all(mistake.line >= 1 and mistake.sentence for mistake in answer)
        return
    assert read_aloud(answer)
    assert read_aloud(answer, "ko")
    list(trials(answer))


@SETTINGS
@given(st.text(st.sampled_from("abc:{}[],-#&*!|>'\"%@ \n\t0123.~?") | st.characters(), max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    answer = read(text)
    assert isinstance(answer, tuple)
    assert answer

"""Whole programmes, written in the language, decided as a second and slow reading of the same rules decides them.

`TESTAMUR_EXAMPLES=1000 pytest tests/properties/test_pathways_programmes.py` tries more of them. Nothing here uses the engine's
model: the second reading works on the plain values of the document and tries every placement of every credential.
"""

from __future__ import annotations

import itertools
import json
import os
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur.pathways import Outcome, decide, read_case, read_programme

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "200"))
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TODAY = date(2026, 1, 1)
Json = dict[str, Any]

CATEGORIES, ISSUERS, TERMS, LANGUAGES = "abc", "xy", "12", ("en", "ko")
_SIZE = st.integers(1, 3)


@st.composite
def credentials(draw: st.DrawFn) -> list[Json]:
    held = []
    for number in range(draw(st.integers(0, 4))):
        entry: Json = {
            "id": f"c{number}",
            "achievement": draw(st.sampled_from("ABCDE")),
            "credits": draw(_SIZE),
            "category": draw(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2, unique=True)),
            "issuer": draw(st.sampled_from(ISSUERS)),
            "term": draw(st.sampled_from(TERMS)),
            "language": draw(st.sampled_from(LANGUAGES)),
            "awarded": (TODAY - timedelta(days=draw(st.integers(0, 9)))).isoformat(),
        }
        if draw(st.integers(0, 5)):
            entry["grade"] = {"percent": draw(st.integers(4, 9))}
        if draw(st.integers(0, 3)) == 0:
            entry["uses"] = [{"programme": "P", "kind": draw(st.sampled_from(["major", "minor"]))}]
        if draw(st.integers(0, 9)) == 0:
            entry["valid"] = draw(st.sampled_from([False, "unknown"]))
        held.append(entry)
    return held


_category = st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2, unique=True).map(
    lambda some: {"category": some}
)
_where = st.one_of(
    _category,
    st.sampled_from(ISSUERS).map(lambda issuer: {"issuer": issuer}),
    st.integers(4, 9).map(lambda least: {"grade": {"scale": "percent", "at_least": least}}),
    _category.map(lambda inner: {"not": inner}),
)


@st.composite
def leaves(draw: st.DrawFn, name: str) -> Json:
    leaf: Json = {"name": name, "from": draw(_category)}
    if draw(st.booleans()):
        leaf["credits"] = draw(st.integers(1, 4))
    else:
        leaf["count"] = draw(st.integers(1, 2))
    if draw(st.integers(0, 3)) == 0:
        leaf["including"] = [{"where": draw(_where), "credits": draw(_SIZE)}]
    if draw(st.integers(0, 3)) == 0:
        leaf["at_most"] = [
            draw(st.sampled_from([{"per": "term", "credits": 2}, {"where": {"issuer": "x"}, "count": 1}]))
        ]
    if draw(st.integers(0, 4)) == 0:
        leaf["same"] = "language"
    if draw(st.integers(0, 4)) == 0:
        leaf["within"] = {"period": f"{draw(st.integers(0, 6))} days", "from": "awarded"}
    return leaf


@st.composite
def programmes(draw: st.DrawFn) -> Json:
    children = [draw(leaves(f"leaf {number}")) for number in range(draw(st.integers(1, 3)))]
    root: Json = {"name": "root"}
    if draw(st.booleans()):
        root["all"] = children
    else:
        root["choose"] = {"at_least": draw(st.integers(1, len(children))), "of": children}
    if draw(st.integers(0, 2)) == 0:
        root["credits"] = draw(st.integers(1, 5))
    if draw(st.integers(0, 2)) == 0:
        root["including"] = [{"where": draw(_where), "share": draw(st.sampled_from(["50%", "25%"]))}]
    if draw(st.integers(0, 2)) == 0:
        root["at_most"] = [{"where": draw(_where), "credits": draw(_SIZE)}]
    if draw(st.integers(0, 4)) == 0:
        root["distinct"] = {"of": "issuer", "at_least": 2}
    document: Json = {
        "language": "testamur-programme/1",
        "id": "random",
        "version": "1",
        "title": "Random",
        "requires": root,
    }
    if draw(st.booleans()):
        document["counts_if"] = [{"name": "grade", "where": {"grade": {"scale": "percent", "at_least": 6}}}]
    if draw(st.integers(0, 3)) == 0:
        document["equivalent"] = [{"name": "twins", "achievements": ["A", "B"]}]
    if draw(st.integers(0, 3)) == 0:
        document["exclusive_use"] = [{"name": "exclusive", "among": {"kind": "minor"}}]
    if draw(st.integers(0, 3)) == 0:
        document["overlap"] = [{"name": "overlap", "with": {"kind": "major"}, "credits": draw(_SIZE)}]
    return document


# --- the second reading: what is not known is replaced by everything that it may be


def completions(held: list[Json]) -> list[list[Json]]:
    """Every way the unknown may turn out: a grade below all thresholds or above, a credential that is valid or not."""
    each = []
    for entry in held:
        grades = [entry["grade"]] if "grade" in entry else [{"percent": grade} for grade in range(3, 10)]
        valid = [True, False] if entry.get("valid") == "unknown" else [entry.get("valid", True)]
        each.append(
            [
                {**entry, "grade": grade, "valid": is_valid}
                for grade in (grades[0], grades[-1], *grades)
                for is_valid in valid
            ]
        )
    unique = [
        [dict(pairs) for pairs in {json.dumps(one, sort_keys=True): one for one in some}.values()] for some in each
    ]
    return [list(combination) for combination in itertools.product(*unique)]


def passes(where: Json | None, entry: Json) -> bool:
    if where is None:
        return True
    if "not" in where:
        return not passes(where["not"], entry)
    if "category" in where:
        return bool(set(where["category"]) & set(entry["category"]))
    if "issuer" in where:
        return bool(where["issuer"] == entry["issuer"])
    return bool(entry["grade"]["percent"] >= where["grade"]["at_least"])


def counts(document: Json, entry: Json) -> bool:
    if not entry["valid"] or not all(passes(clause["where"], entry) for clause in document.get("counts_if", ())):
        return False
    kinds = {use["kind"] for use in entry.get("uses", ())}
    return not ("exclusive_use" in document and "minor" in kinds)


def size(entries: list[Json]) -> int:
    return sum(entry["credits"] for entry in entries)


def met(node: Json, entries: list[Json]) -> bool | None:
    """Whether the bounds of `node` are met by what is placed there; None where a cap is broken and the placement is none."""
    for cap in node.get("at_most", ()):
        groups = [[e for e in entries if e["term"] == term] for term in TERMS] if "per" in cap else [entries]
        for group in groups:
            inside = [entry for entry in group if passes(cap.get("where"), entry)]
            if (len(inside) if "count" in cap else size(inside)) > cap.get("count", cap.get("credits")):
                return None
    if "same" in node and len({entry["language"] for entry in entries}) > 1:
        return None
    if "within" in node and entries:
        days = [date.fromisoformat(entry["awarded"]) for entry in entries]
        if (max(days) - min(days)).days > int(node["within"]["period"].split()[0]):
            return None
    if size(entries) < node.get("credits", 0) or len(entries) < node.get("count", 0):
        return False
    for portion in node.get("including", ()):
        inside = size([entry for entry in entries if passes(portion["where"], entry)])
        least = size(entries) * int(portion["share"][:-1]) / 100 if "share" in portion else portion["credits"]
        if inside < least:
            return False
    return "distinct" not in node or len({entry["issuer"] for entry in entries}) >= 2


def completed(document: Json, held: list[Json]) -> bool:
    """Whether some placement of some of the credentials meets the programme."""
    root = document["requires"]
    children = root.get("all") or root["choose"]["of"]
    least = len(children) if "all" in root else root["choose"]["at_least"]
    usable = [entry for entry in held if counts(document, entry)]
    return any(
        _placed(document, root, children, least, usable, places)
        for places in itertools.product(range(-1, len(children)), repeat=len(usable))
    )


def _placed(
    document: Json, root: Json, children: list[Json], least: int, usable: list[Json], places: tuple[int, ...]
) -> bool:
    used = [entry for entry, place in zip(usable, places, strict=True) if place >= 0]
    achievements = [entry["achievement"] for entry in used]
    if len(set(achievements)) < len(achievements) or ("equivalent" in document and {"A", "B"} <= set(achievements)):
        return False
    major = [entry for entry in used if any(use["kind"] == "major" for use in entry.get("uses", ()))]
    if any(size(major) > cap["credits"] for cap in document.get("overlap", ())):
        return False
    for entry, place in zip(usable, places, strict=True):
        if place >= 0 and not passes(children[place]["from"], entry):
            return False
    inside = [
        [entry for entry, place in zip(usable, places, strict=True) if place == number]
        for number in range(len(children))
    ]
    answers = [met(child, entries) for child, entries in zip(children, inside, strict=True)]
    whole = met(root, used)
    if None in answers or whole is not True:
        return False
    # What lies in a child that is not among the chosen ones counts nowhere: every placed child has to be met.
    return sum(map(bool, answers)) >= least and all(
        answer for answer, entries in zip(answers, inside, strict=True) if entries
    )


@SETTINGS
@given(programmes(), credentials())
def test_a_programme_is_decided_as_a_second_reading_decides_it(document: Json, held: list[Json]) -> None:
    programme = read_programme(json.dumps(document))
    case = read_case(json.dumps({"credentials": held}), unit=programme.unit, on=TODAY)
    decision = decide(programme, case)
    possible = {completed(document, completion) for completion in completions(held)}
    if possible == {True}:
        assert decision.outcome in (Outcome.HOLDS, Outcome.UNDECIDED)
    elif possible == {False}:
        assert decision.outcome in (Outcome.DOES_NOT_HOLD, Outcome.UNDECIDED)
    else:
        assert decision.outcome is Outcome.UNDECIDED
    if all("grade" in entry and entry.get("valid") != "unknown" for entry in held):
        assert decision.outcome is (Outcome.HOLDS if possible == {True} else Outcome.DOES_NOT_HOLD)


@settings(SETTINGS, max_examples=40)
@given(programmes(), credentials())
def test_the_order_of_the_credentials_does_not_matter(document: Json, held: list[Json]) -> None:
    programme = read_programme(json.dumps(document))
    one = read_case(json.dumps({"credentials": held}), unit=programme.unit, on=TODAY)
    other = read_case(json.dumps({"credentials": held[::-1]}), unit=programme.unit, on=TODAY)
    assert decide(programme, one) == decide(programme, other)

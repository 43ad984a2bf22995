"""The W3C JSON-LD 1.1 suites, expand and toRdf, case by case.

They test plain JSON-LD, which ignores what it does not know; so they run with safe mode off. What we do not support is named below with
its reason, and such a case must really fail: one that begins to pass has to be taken off the list.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shared import shared

from testamur.errors import LinkedDataError
from testamur.linked_data import Contexts, canonicalize_quads, expand, parse_nquads, to_rdf

SUITE = shared("vectors/w3c/json-ld-api/tests")
BASE = "https://w3c.github.io/json-ld-api/tests/"
# What the remote loader would fetch, handed over as a closed set.
DOCUMENTS = Contexts.with_documents(
    {
        BASE + str(path.relative_to(SUITE)): json.loads(path.read_bytes())
        for path in sorted(SUITE.rglob("*-context*.jsonld"))
    }
    | {
        BASE + str(path.relative_to(SUITE)): json.loads(path.read_bytes())
        for path in sorted(SUITE.rglob("*-in.jsonld"))
    }
)

# Every one of these is marked by the suite as a case of JSON-LD 1.0, or runs in its processing mode. Credentials are JSON-LD 1.1, so
# that mode is not offered: what 1.0 forbade and 1.1 allows comes out as in 1.1, and what 1.0 allowed and 1.1 forbids is refused.
JSON_LD_1_0 = {
    "expand": "t0026 t0071 t0115 t0116 tc029 tep02 ter21 ter24 ter32 ter42 tes01 tpi01 ttn01",
    "toRdf": "t0118 tc029 te014 te026 te071 te075 te115 te116 tep02 ter21 ter24 ter32 ter42 tpi01 ttn01",
}
UNSUPPORTED = {f"{suite}-{name}" for suite, names in JSON_LD_1_0.items() for name in names.split()}


def cases(suite: str) -> list[Any]:
    manifest = json.loads((SUITE / f"{suite}-manifest.jsonld").read_bytes())
    named = [(f"{suite}-{case['@id'][1:]}", case) for case in manifest["sequence"]]
    return [pytest.param({**case, "suite": suite, "name": name}, id=name) for name, case in named]


def is_1_0(case: dict[str, Any]) -> bool:
    option = case.get("option", {})
    return "json-ld-1.0" in (option.get("specVersion"), option.get("processingMode"))


def is_negative(case: dict[str, Any]) -> bool:
    return "jld:NegativeEvaluationTest" in case["@type"]


ALL = cases("expand") + cases("toRdf")


def test_the_suites_are_whole_and_all_of_json_ld_1_1_is_supported() -> None:
    assert (len(cases("expand")), len(cases("toRdf"))) == (385, 467)
    assert {case.values[0]["name"] for case in ALL if is_1_0(case.values[0])} >= UNSUPPORTED
    of_1_1 = [case.values[0] for case in ALL if not is_1_0(case.values[0])]
    assert (sum(map(is_negative, of_1_1)), len(of_1_1)) == (95 + 93, 367 + 448)


def run(case: dict[str, Any]) -> Any:
    option = case.get("option", {})
    arguments: dict[str, Any] = {"contexts": DOCUMENTS, "safe": False, "base": option.get("base", BASE + case["input"])}
    if "expandContext" in option:
        arguments["expand_context"] = read(option["expandContext"])
    document = read(case["input"])
    if case["suite"] == "expand":
        return expand(document, **arguments)
    return to_rdf(document, rdf_direction=option.get("rdfDirection"), **arguments)


def read(name: str) -> Any:
    return json.loads((SUITE / name).read_bytes())


def comparable(value: Any, ordered: bool = False) -> Any:
    """Arrays of expanded JSON-LD are sets, those of `@list` are not. As text, so that 1, 1.0 and true stay apart."""
    if isinstance(value, dict):
        return {key: comparable(member, key == "@list") for key, member in value.items()}
    if isinstance(value, list):
        members = [comparable(member) for member in value]
        return members if ordered else sorted(members, key=text)
    return value


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def check(case: dict[str, Any]) -> None:
    if is_negative(case):
        with pytest.raises(LinkedDataError) as refusal:
            run(case)
        assert refusal.value.facts["json_ld_error"] == case["expectErrorCode"]
        return
    result = run(case)
    if case["suite"] == "expand":
        assert text(comparable(result)) == text(comparable(read(case["expect"])))
    elif "expect" in case:
        expected = parse_nquads((SUITE / case["expect"]).read_bytes())
        assert canonicalize_quads(result).nquads == canonicalize_quads(expected).nquads


@pytest.mark.parametrize("case", ALL)
def test_case(case: dict[str, Any]) -> None:
    if case["name"] in UNSUPPORTED:
        with pytest.raises((AssertionError, LinkedDataError, pytest.fail.Exception)):
            check(case)
    else:
        check(case)


@pytest.mark.parametrize("value", [1.0, "1.1", True, 1.2])
def test_another_version_is_an_error_and_not_another_mode(value: Any) -> None:
    with pytest.raises(LinkedDataError) as refusal:
        expand({"@context": {"@version": value}}, safe=False)
    assert refusal.value.facts["json_ld_error"] == "invalid @version value"

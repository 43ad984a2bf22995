"""docs/reference/requirement-language.md is executed: every example is read, its tests run, and every key of the language is explained."""

from __future__ import annotations

import re

import pytest
from tests.shared import ROOT

from testamur.pathways import SCHEMA, read_programme, trials

PAGE = (ROOT / "docs/reference/requirement-language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
HEAD = 'language: testamur-programme/1\nid: example\nversion: "1"\ntitle: Example\nawarding_body: here\n'


def whole(example: str) -> str:
    return example if example.startswith("language:") else HEAD + example


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_comes_out_as_it_says(example: str) -> None:
    results = list(trials(read_programme(whole(example))))
    assert results
    assert {trial.name: trial.differences for trial in results if not trial.passed} == {}


def keys() -> set[str]:
    found = set(SCHEMA["properties"])
    for name in ("requirement", "condition", "portion", "mean", "within", "distinct", "clause", "statement", "award"):
        found |= set(SCHEMA["$defs"][name]["properties"])
    return found | set(SCHEMA["$defs"]["credential"]["properties"])


@pytest.mark.parametrize("key", sorted(keys()))
def test_every_key_is_explained(key: str) -> None:
    assert re.search(rf"\b{key}\b", PAGE), key

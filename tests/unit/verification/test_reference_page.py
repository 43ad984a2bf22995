"""docs/reference/checks.md is written from the catalogue: `python -m tests.unit.verification.test_reference_page` writes it anew."""

from __future__ import annotations

from tests.shared import ROOT

from testamur.verification import Outcome, Question
from testamur.verification.codes import CODES, Code
from testamur.verification.sentences import english

PAGE = ROOT / "docs/reference/checks.md"

_HEAD = """\
# The checks and what they can find

Written from `testamur.verification.codes` and its sentences by `python -m tests.unit.verification.test_reference_page`; a test fails
when the two differ.

A report consists of checks. A check has a stable *name*, a stable *code* for what was found, and an outcome: *passed*, *failed*, or
*could not be decided* (unknown). An unknown marked *informs* leaves the verdict alone; every other unknown makes it `undetermined`, and
every failure makes it `invalid`. `{…}` are the facts that a check carries; the sentence is made from them in the reader's language.
"""


def page() -> str:
    lines = [_HEAD]
    for question in Question:
        lines += [f"## {english.ENGLISH.questions[question]}", ""]
        names = dict.fromkeys(code.name for code in CODES.values() if code.question is question)
        for name in names:
            lines += [f"### `{name}`: {english.ENGLISH.names[name]}", ""]
            for code in CODES.values():
                if code.name == name and code.question is question:
                    lines += _row(code)
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _row(code: Code) -> list[str]:
    outcome = "informs" if code.outcome is Outcome.UNKNOWN and not code.required else code.outcome.value
    said = [f"- **`{code.code}`** ({outcome}) {english.ENGLISH.findings[code.code]}"]
    if code.code in english.ENGLISH.next_steps:
        said.append(f"  → {english.ENGLISH.next_steps[code.code]}")
    if code.problem:
        said.append(f"  <{code.problem}>")
    return said


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "write it anew: python -m tests.unit.verification.test_reference_page"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

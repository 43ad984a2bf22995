"""What can be refused here. Each carries a stable `code` and facts; the words are made by the pages."""

from __future__ import annotations

from typing import Any


class PathwayError(Exception):
    """Something that may not be done now. `facts` are JSON values for the sentence."""

    code = "pathways.refused"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts


class RuleRefused(PathwayError):
    """The text is no programme, or its own tests fail. Facts: `mistakes`, a list of {line, message, code, facts}; or
    `trials`, a list of {name, faults: a list of {code, facts}}."""

    code = "pathways.rule_refused"


class RuleFixed(PathwayError):
    """The rule of a version that was published, or that somebody has joined, is not changed: make a new version."""

    code = "pathways.rule_fixed"


class NotOpen(PathwayError):
    """The microdegree cannot be joined: it is not published, or has no rule."""

    code = "pathways.not_open"


class WrongState(PathwayError):
    """The participant is in another state than the action needs. Facts: `state`."""

    code = "pathways.wrong_state"

"""One university, one way to ask about a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.simulator import NOW, FixedClock, Institution

from testamur.ports import Resolver
from testamur.verification import Check, Policy, Report, TrustRegistry, Verifier


@pytest.fixture
def university() -> Institution:
    return Institution()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


Verify = Callable[..., Report]


@pytest.fixture
def verify(university: Institution, clock: FixedClock) -> Verify:
    """`verify(document, resolver=…, trust=…, **policy)`, by default with the university as the whole outside."""

    def ask(
        document: bytes | str | Mapping[str, Any],
        *,
        resolver: Resolver | None = None,
        trust: TrustRegistry | None = None,
        **policy: Any,
    ) -> Report:
        verifier = Verifier(resolver or university, trust or TrustRegistry(), clock)
        return verifier.verify(document, Policy(**policy))

    return ask


def codes(report: Report) -> set[str]:
    return {check.code for check in report.checks}


def check(report: Report, name: str) -> Check:
    """The one check with this name."""
    (found,) = [one for one in report.checks if one.name == name]
    return found

"""Every parser, fed with changed seeds for a moment: nothing comes out but what it declares. `make fuzz` does the same for longer."""

from __future__ import annotations

import pytest

from tests.fuzz import campaign
from tests.fuzz.parsers import PARSERS

INPUTS = 250


@pytest.mark.parametrize("name", PARSERS)
def test_only_declared_errors_come_out(name: str) -> None:
    parser = PARSERS[name]
    seeds = parser.as_seeds()
    if not seeds:
        pytest.skip("needs vectors/blockcerts of the shared test data (TESTAMUR_SHARED)")
    result = campaign.run(seeds, name, range(INPUTS), lambda _seed, data: parser(data), measure=False)
    assert result.failures == []


@pytest.mark.parametrize("name", PARSERS)
def test_the_seeds_are_read(name: str) -> None:
    """Without this the test above could feed a parser with what it refuses at the first byte."""
    parser = PARSERS[name]
    assert {parser(seed.data) for seed in parser.as_seeds()} <= {"read"}

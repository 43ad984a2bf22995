"""Changed documents of every format through the verifier and through the three doors. `make fuzz` does the same a hundred times."""

from __future__ import annotations

import pytest

from tests.fuzz import campaign, doors
from tests.fuzz.oracle import Broken, Oracle
from tests.fuzz.seeds import Seed, everything

FAMILIES = everything().families
DOCUMENTS, AT_A_DOOR = 120, 15


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(everything())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_changed_meaning_is_never_valid(oracle: Oracle, family: str) -> None:
    target = lambda seed, data: oracle.judge(seed, data).verdict  # noqa: E731
    result = campaign.run(everything().seeds, family, range(DOCUMENTS), target, measure=False)
    assert result.failures == []
    assert len(result.outcomes) > 1, "changes that all end alike reach nothing"


@pytest.mark.django_db
@pytest.mark.parametrize("family", FAMILIES)
def test_the_page_and_the_interface_answer(oracle: Oracle, family: str) -> None:
    with doors.site(oracle) as targets:
        for target in targets:
            result = campaign.run(everything().seeds, family, range(AT_A_DOOR), target, measure=False)
            assert result.failures == []


@pytest.mark.parametrize("family", FAMILIES)
def test_the_command_answers(oracle: Oracle, family: str) -> None:
    with doors.command_line(oracle) as target:
        result = campaign.run(everything().seeds, family, range(AT_A_DOOR), target, measure=False)
        assert result.failures == []


def test_the_oracle_notices(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verifier that calls everything valid, and one that shows what nobody signed, are found out."""
    good, other = (seed for seed in everything().of("open_badges_3") if seed.valid and "2022" in seed.name)
    forged = good.data.replace(b"Data Literacy", b"Data Magic")
    honest = oracle.seeds.verifier.verify(good.data)
    for report, data in ((honest, forged), (_showing(honest, {"name": "Data Magic"}), good.data)):
        monkeypatch.setattr("testamur.verification.verifier.Verifier.verify", lambda *_, report=report: report)
        with pytest.raises(Broken):
            oracle.judge(Seed("open_badges_3", "x", other.data), data)


def _showing(report: object, subject: dict[str, str]) -> object:
    from dataclasses import replace

    return replace(report, subject=subject)  # type: ignore[type-var]


def test_a_failure_can_be_had_again() -> None:
    first, second = (campaign.document(everything().seeds, "jwt", 7) for _ in range(2))
    assert first == second


def test_every_family_has_a_sound_seed_and_all_but_one_a_twin() -> None:
    with_twin = {seed.family for seed in everything().seeds if not seed.valid}
    assert {seed.family for seed in everything().seeds if seed.valid} == set(FAMILIES)
    assert set(FAMILIES) - with_twin <= {"clr_2"}

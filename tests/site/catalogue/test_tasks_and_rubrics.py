"""Tasks and rubrics as values: read back whole, refused when they do not hang together, addressed in credentials."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.site.catalogue.assessed import ASSESSED, LEVELS, RUBRIC, with_criterion, with_task
from tests.standing import standing

from testamur import model
from testamur.issuing import AwardDetails, Recipient, Severity, compose, lint
from testamur.linked_data import expand
from testamur_site.catalogue import services
from testamur_site.catalogue.api import (
    NoSuchTask,
    achievement_id,
    achievement_model,
    content_hash,
    needs_decision,
    outcomes_of_task,
    result_description_id,
    rubric_level_id,
    rubric_of,
    tasks_of,
)
from testamur_site.catalogue.demo import responsible_ai
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.description import codec, sections
from testamur_site.catalogue.description.checks import faults
from testamur_site.catalogue.description.elements import Assessment, Description, LearningOutcome, Task
from testamur_site.catalogue.description.tasks import free_key, is_count, is_percent, with_keys
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.tenancy.api import Institution


@pytest.fixture
@standing
def assessed(at_work: Institution) -> AchievementVersion:
    return services.create(at_work, ASSESSED).versions.get()


def test_they_are_stored_and_read_back_whole(assessed: AchievementVersion) -> None:
    assert AchievementVersion.objects.get(pk=assessed.pk).description == ASSESSED
    assert codec.description_from_json(codec.to_json(ASSESSED)) == ASSESSED


def test_what_was_described_before_there_were_tasks_reads_and_hashes_as_it_did(draft: AchievementVersion) -> None:
    """An old row has none of the new members; reading must not add any, because the hash is over what is stored."""
    old: dict[str, Any] = codec.to_json(replace(DESCRIPTION, tasks=(), rubrics=(), assessed_award=False))
    for outcome in old["outcomes"]:
        outcome.pop("key")
    draft.content = old
    before = content_hash(draft)
    assert draft.description.tasks == draft.description.rubrics == ()
    assert [outcome.key for outcome in draft.description.outcomes] == [""] * len(DESCRIPTION.outcomes)
    assert not needs_decision(draft)
    assert content_hash(draft) == before
    achievement_model(draft)


def test_outcomes_get_keys_that_are_not_given_twice() -> None:
    some = replace(DESCRIPTION, outcomes=tuple(LearningOutcome({"en": k}, key=k) for k in ("", "o4", "", "x")))
    assert [outcome.key for outcome in with_keys(some).outcomes] == ["o5", "o4", "o6", "x"]
    assert with_keys(ASSESSED) is ASSESSED
    assert free_key([], "t") == "t1"
    assert free_key(["t1", "t3", "tx", "o9"], "t") == "t4"


@pytest.mark.parametrize(
    ("description", "code", "path"),
    [
        (with_criterion(outcomes=("o9",)), "no_such_outcome", "rubrics/0/criteria/0/outcomes"),
        (with_criterion(must_pass="good"), "no_such_level", "rubrics/0/criteria/0/must_pass"),
        (with_criterion(levels=LEVELS[::-1]), "levels_not_rising", "rubrics/0/criteria/0/levels"),
        (with_criterion(levels=(LEVELS[0], LEVELS[0])), "key_twice", "rubrics/0/criteria/0/levels/1/key"),
        (with_criterion(key="data"), "key_twice", "rubrics/0/criteria/1/key"),
        (with_criterion(key="an-other"), "not_a_key", "rubrics/0/criteria/0/key"),
        (with_criterion(weight="-1"), "not_a_number", "rubrics/0/criteria/0/weight"),
        (with_criterion(weight=""), "not_a_number", "rubrics/0/criteria/0/weight"),
        (with_task(rubric="none"), "no_such_rubric", "tasks/0/rubric"),
        (with_task(key="talk"), "key_twice", "tasks/1/key"),
        (with_task(assessment="9"), "no_such_assessment", "tasks/0/assessment"),
        (with_task(assessment="0"), "no_such_assessment", "tasks/0/assessment"),
        (with_task(evidence=("file", "smoke")), "not_an_evidence_kind", "tasks/0/evidence"),
        (with_task(pass_mark="101"), "not_a_percentage", "tasks/0/pass_mark"),
        (with_task(pass_mark=""), "not_a_number", "tasks/0/pass_mark"),
        (with_task(due_after="two weeks"), "not_a_duration", "tasks/0/due_after"),
        (with_task(attempts="0"), "not_a_count", "tasks/0/attempts"),
        (with_task(attempts="01"), "not_a_count", "tasks/0/attempts"),
        (
            with_task(marking=replace(ASSESSED.tasks[0].marking, assessors="3")),
            "not_one_or_two",
            "tasks/0/marking/assessors",
        ),
        (
            with_task(marking=replace(ASSESSED.tasks[0].marking, peer_weight="1e1")),
            "not_a_percentage",
            "tasks/0/marking/peer_weight",
        ),
        (replace(ASSESSED, rubrics=()), "no_such_rubric", "tasks/0/rubric"),
        (replace(ASSESSED, tasks=(Task("t1", weight="0"),)), "no_weight", "tasks"),
    ],
)
def test_what_does_not_hang_together_is_refused_with_its_place(description: Description, code: str, path: str) -> None:
    assert faults(ASSESSED) == []
    found = [(fault.code, fault.path) for fault in faults(description)]
    assert found[:1] == ([(code, path)] if code else [])


def test_a_rubric_in_which_nothing_counts_is_refused() -> None:
    criteria = tuple(replace(criterion, weight="0") for criterion in RUBRIC.criteria)
    found = faults(replace(ASSESSED, rubrics=(replace(RUBRIC, criteria=criteria),)))
    assert [(fault.code, fault.path) for fault in found] == [("no_weight", "rubrics/0")]


@pytest.mark.parametrize(("text", "count", "percent"), [
    ("0", True, True), ("12", True, True), ("100", False, True), ("100.00", False, True), ("100.01", False, False),
    ("-1", False, False), ("+1", False, False), ("1.5", False, True), ("1.234", False, False), ("٣", False, False),
    ("1e1", False, False), ("1_0", False, False), ("NaN", False, False), ("", False, False),
])  # fmt: skip
def test_counts_and_percentages(text: str, count: bool, percent: bool) -> None:
    assert (is_count(text), is_percent(text)) == (count, percent)


def test_tasks_rubrics_and_outcomes_are_found_by_key(assessed: AchievementVersion) -> None:
    assert [task.key for task in tasks_of(assessed)] == ["essay", "talk"]
    assert rubric_of(assessed, "talk") == RUBRIC
    assert outcomes_of_task(ASSESSED, ASSESSED.tasks[0]) == ("o1", "o2")
    assert outcomes_of_task(ASSESSED, Task("t1")) == ()
    assert needs_decision(assessed)


@pytest.mark.parametrize("keys", [("x",), ("essay", "x"), ("essay", "argument", "x"), ("essay", "x", "sound")])
def test_keys_that_are_not_there_are_refused(keys: tuple[str, ...], assessed: AchievementVersion) -> None:
    with pytest.raises(NoSuchTask):
        rubric_level_id(assessed, *keys) if len(keys) == 3 else result_description_id(assessed, *keys)


def test_the_achievement_holds_every_task_criterion_and_level(assessed: AchievementVersion) -> None:
    base = achievement_id(assessed)
    found = {r.id: r for r in achievement_model(assessed, "en").result_description if "#task-" in r.id}
    assert list(found) == [
        f"{base}#task-essay",
        f"{base}#task-essay-argument",
        f"{base}#task-essay-data",
        f"{base}#task-talk",
        f"{base}#task-talk-argument",
        f"{base}#task-talk-data",
    ]
    task = found[result_description_id(assessed, "essay")]
    assert (task.name, task.result_type, task.value_min, task.value_max, task.required_value) == (
        "Essay", "Percent", "0", "100", "60",
    )  # fmt: skip
    criterion = found[result_description_id(assessed, "essay", "argument")]
    assert criterion.result_type == "RubricCriterionLevel"
    assert criterion.required_level == rubric_level_id(assessed, "essay", "argument", "sound")
    assert [(level.id, level.name, level.points) for level in criterion.rubric_criterion_level] == [
        (f"{base}#task-essay-argument-weak", "Weak", "0"),
        (f"{base}#task-essay-argument-sound", "Sound", "2"),
        (f"{base}#task-essay-argument-strong", "Strong", "4.5"),
    ]
    assert criterion.rubric_criterion_level[0].description == "No claim can be made out."
    assert found[result_description_id(assessed, "essay", "data")].required_level is None


def test_tasks_and_criteria_are_aligned_to_the_outcomes_they_show(assessed: AchievementVersion) -> None:
    base = achievement_id(assessed)
    found = {r.id.partition("#")[2]: r.alignment for r in achievement_model(assessed, "en").result_description}
    assert [(a.target_name, a.target_url, a.target_type) for a in found["task-essay"]] == [
        ("Judge a figure", f"{base}#outcome-o1", "ext:LearningOutcome"),
        ("Analyse a table", f"{base}#outcome-o2", "ext:LearningOutcome"),
    ]
    assert [a.target_url for a in found["task-talk-argument"]] == [f"{base}#outcome-o1"]


@pytest.mark.parametrize("description", [ASSESSED, responsible_ai.DESCRIPTION], ids=["small", "demo"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_credential_of_an_assessed_version_may_be_signed(
    description: Description, language: str, at_work: Institution
) -> None:
    version = services.create(at_work, description).versions.get()
    document = compose(
        model.Profile(id=at_work.did, name=at_work.name),
        achievement_model(version, language),
        Recipient(name="김하늘", email="haneul@example.org"),
        AwardDetails(id="https://example.org/c/x", valid_from=datetime(2026, 11, 25, tzinfo=UTC)),
    )
    assert [finding for finding in lint(document) if finding.severity is Severity.ERROR] == []
    expand(document)


def test_the_achievement_speaks_korean_where_it_was_written(assessed: AchievementVersion) -> None:
    found = {r.id.partition("#")[2]: r for r in achievement_model(assessed, "ko").result_description}
    assert found["task-essay"].name == "에세이"
    assert [level.name for level in found["task-talk-data"].rubric_criterion_level] == ["미흡", "적절", "우수"]


A, B, C = (Assessment({"en": name}) for name in ("Report", "Talk", "Exam"))


@pytest.mark.parametrize(
    ("now", "part_of"),
    [
        ((A, B, C), "2"),
        ((B, A, C), "1"),
        ((B, C), "1"),
        ((A, C), ""),
        ((A, Assessment({"en": "Talk"}, {"en": "Reworded"}), C), "2"),
        ((A, Assessment({"en": "Renamed"}), C), "2"),
        ((C, A, B, Assessment({"en": "New"})), "3"),
        ((B, B, B), "2"),
        ((), ""),
    ],
)
def test_a_task_follows_its_assessment(now: tuple[Assessment, ...], part_of: str, at_work: Institution) -> None:
    task = replace(ASSESSED.tasks[0], assessment="2")
    described = replace(ASSESSED, assessments=(A, B, C), tasks=(task, ASSESSED.tasks[1]))
    version = services.create(at_work, described).versions.get()
    base = sections.token(described, "assessment")
    saved = services.save_section(version, "assessment", {"assessments": now}, base=base)
    assert saved.description.assessments == now
    assert [task.assessment for task in saved.description.tasks] == [part_of, ""]

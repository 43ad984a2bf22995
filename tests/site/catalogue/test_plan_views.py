"""The pages of tasks and rubrics: who may, what is saved, what is refused in words, what two designers see of each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.site.catalogue.assessed import ASSESSED, LEVELS, RUBRIC
from tests.site.catalogue.test_design_views import form_values
from tests.standing import standing

from testamur_site.catalogue import services
from testamur_site.catalogue.api import content_hash
from testamur_site.catalogue.demo import responsible_ai
from testamur_site.catalogue.description.elements import Description, Rubric, RubricCriterion, Task
from testamur_site.catalogue.errors import Conflict
from testamur_site.catalogue.exchange import case_rubrics
from testamur_site.catalogue.models import AchievementVersion, Offering, RubricTemplate
from testamur_site.foundation.tenancy.api import Institution, tenant

BASE = "/staff/han-river/micro-credentials/"
LIBRARY = "/staff/han-river/rubrics/"
LOOK = ["plan", "consistency", "tasks/essay/preview", "rubrics/report/preview", "rubrics/report/case.json"]
CHANGE = ["tasks/essay", "tasks/new", "rubrics/report", "rubrics/new", "rubrics/import"]


@pytest.fixture
@standing
def draft(institution: Institution) -> AchievementVersion:
    """An assessed draft."""
    with tenant(institution):
        return services.create(institution, ASSESSED).versions.get()


@pytest.fixture
@standing
def locked(draft: AchievementVersion) -> AchievementVersion:
    with tenant(draft.institution):
        return services.lock_version(services.publish(draft))


def address(version: AchievementVersion, page: str) -> str:
    return f"{BASE}{version.micro_credential.public_id}/{page}"


def stored(version: AchievementVersion) -> Description:
    with tenant(version.institution):
        return AchievementVersion.objects.get(pk=version.pk).description


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("page", [*LOOK, *CHANGE])
def test_who_may_look_and_who_may_change(
    page: str, draft: AchievementVersion, viewer: Any, outsider: Any, client_for: Callable[..., Client], staff: Client
) -> None:
    assert staff.get(address(draft, page)).status_code == 200
    assert client_for(viewer).get(address(draft, page)).status_code == (403 if page in CHANGE else 200)
    theirs = address(draft, page).replace("/han-river/", "/liffey/")
    assert client_for(outsider).get(theirs).status_code == 404


@pytest.mark.parametrize("page", ["tasks/none", "rubrics/none", "tasks/none/preview", "rubrics/none/preview"])
def test_what_is_not_there_is_not_found(page: str, draft: AchievementVersion, staff: Client) -> None:
    assert staff.get(address(draft, page)).status_code == 404


@pytest.mark.parametrize("page", CHANGE)
def test_a_locked_version_leads_to_the_next(page: str, locked: AchievementVersion, staff: Client) -> None:
    answer = staff.post(address(locked, page))
    assert (answer.status_code, answer["Location"]) == (302, address(locked, "new-version"))
    assert stored(locked) == ASSESSED


# ── Tasks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("description", [ASSESSED, responsible_ai.DESCRIPTION], ids=["small", "demo"])
def test_opening_and_saving_a_task_loses_nothing(
    description: Description, staff: Client, institution: Institution
) -> None:
    with tenant(institution):
        version = services.create(institution, description).versions.get()
    for task in description.tasks:
        page = address(version, f"tasks/{task.key}")
        answer = staff.post(page, form_values(text(staff.get(page))))
        assert answer.status_code == 302, text(answer)
    assert stored(version) == description


def test_a_task_is_written_and_gets_a_key(draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, "tasks/new")
    values = form_values(text(staff.get(page)))
    assert values["rubric"] == "report", "the only rubric is offered"
    values |= {
        "title_en": "Poster",
        "due_after_number": "3",
        "due_after_unit": "W",
        "evidence": ["file", "link"],
        "peers": "2",
    }
    assert staff.post(page, values).status_code == 302
    made = stored(draft).tasks[-1]
    assert (made.key, made.title, made.due_after, made.evidence, made.marking.peers) == (
        "t1", {"en": "Poster"}, "P3W", ("file", "link"), "2",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title_en": "", "title_ko": ""}, "at least one language"),
        ({"pass_mark": "120"}, "from 0 to 100"),
        ({"weight": ""}, "required"),
        ({"peers": "0"}, "say how many reviews"),
        ({"attempts": "0"}, "greater than or equal to 1"),
        ({"evidence": []}, "required"),
        ({"rubric": "none"}, "Select a valid choice"),
    ],
)
def test_a_task_that_cannot_be_is_refused_in_words(
    changed: dict[str, Any], said: str, draft: AchievementVersion, staff: Client
) -> None:
    page = address(draft, "tasks/essay")
    answer = staff.post(page, form_values(text(staff.get(page))) | changed)
    assert answer.status_code == 422
    assert said in text(answer)
    assert stored(draft) == ASSESSED


def test_the_second_of_two_designers_is_told_and_loses_nothing(draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, "tasks/essay")
    values = form_values(text(staff.get(page)))
    staff.post(page, values | {"title_en": "Theirs"})
    answer = staff.post(page, values | {"title_en": "Mine"})
    assert answer.status_code == 409
    assert "<del>Theirs</del>" in text(answer)
    again = form_values(text(answer))
    assert again["title_en"] == "Mine"
    assert staff.post(page, again).status_code == 302
    assert stored(draft).tasks[0].title["en"] == "Mine"


def test_two_designers_at_two_tasks_do_not_meet(at_work: Institution, draft: AchievementVersion) -> None:
    essay, talk = ASSESSED.tasks
    seen = services.element_token(talk)
    services.save_task(draft, replace(essay, weight="3"), base=services.element_token(essay))
    services.save_task(draft, replace(talk, weight="4"), base=seen)
    assert [task.weight for task in stored(draft).tasks] == ["3", "4"]
    with pytest.raises(Conflict):
        services.save_task(draft, replace(talk, weight="5"), base=seen)
    services.save_task(draft, replace(talk, weight="4"), base=seen)  # the same again is no conflict


def test_tasks_are_moved_and_taken_out(draft: AchievementVersion, staff: Client) -> None:
    def do(what: str, key: str) -> list[str]:
        assert staff.post(address(draft, "plan/change"), {"do": what, "key": key}).status_code == 302
        return [task.key for task in stored(draft).tasks]

    assert do("down", "essay") == ["talk", "essay"]
    assert do("down", "essay") == ["talk", "essay"]
    assert do("up", "essay") == ["essay", "talk"]
    assert do("up", "none") == ["essay", "talk"]
    assert do("remove-task", "talk") == ["essay"]
    assert do("remove-task", "talk") == ["essay"]
    assert do("explode", "essay") == ["essay"]


def test_how_it_is_awarded_is_a_switch(draft: AchievementVersion, staff: Client) -> None:
    staff.post(address(draft, "plan/change"), {"do": "assessed", "assessed": "no"})
    assert stored(draft).assessed_award is False
    staff.post(address(draft, "plan/change"), {"do": "assessed", "assessed": "yes"})
    assert stored(draft).assessed_award is True


def test_a_rubric_that_is_used_stays(draft: AchievementVersion, staff: Client) -> None:
    answer = staff.post(address(draft, "plan/change"), {"do": "remove-rubric", "key": "report"}, follow=True)
    assert "Give the task another rubric first" in text(answer)
    assert stored(draft) == ASSESSED


def test_an_outcome_that_a_rubric_looks_at_stays(draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, "edit/outcomes")
    values = form_values(text(staff.get(page)))
    without = form_values(text(staff.post(page, values | {"remove": "outcomes-0"})))
    answer = staff.post(page, without)
    assert answer.status_code == 422
    assert "A rubric still looks at a learning outcome that you removed" in text(answer)
    assert stored(draft) == ASSESSED


# ── Rubrics ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "ko", "xx"])
def test_opening_and_saving_a_rubric_loses_nothing(language: str, draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, f"rubrics/report?in={language}")
    answer = staff.post(page, form_values(text(staff.get(page))))
    assert answer.status_code == 302, text(answer)
    assert stored(draft) == ASSESSED


def test_a_rubric_is_written_in_one_language_and_then_the_other(draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, "rubrics/new")
    values = form_values(text(staff.get(page))) | {"title": "Talk", "row-0-name": "Voice", "row-0-outcomes": ["o2"]}
    answer = staff.post(page, values | {"then": "ko"})
    assert answer["Location"] == address(draft, "rubrics/r1?in=ko")
    korean = form_values(text(staff.get(answer["Location"])))
    assert (korean["title"], korean["column-0-name"]) == ("", "아직 미흡")
    staff.post(answer["Location"], korean | {"title": "발표", "row-0-name": "목소리"})
    made = stored(draft).rubrics[-1]
    assert (made.key, made.title, made.criteria[0].name) == (
        "r1", {"en": "Talk", "ko": "발표"}, {"en": "Voice", "ko": "목소리"},
    )  # fmt: skip
    assert (len(made.criteria), made.criteria[0].outcomes) == (1, ("o2",))


def test_the_buttons_of_the_table_store_nothing(draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, "rubrics/report")
    values = form_values(text(staff.get(page)))
    answer = staff.post(page, values | {"title": "Half typed", "do": "add-column"})
    again = form_values(text(answer))
    assert (again["columns"], again["title"]) == ("4", "Half typed")
    assert stored(draft) == ASSESSED


def test_what_cannot_be_a_rubric_is_said_at_its_field(draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, "rubrics/report")
    answer = staff.post(page, form_values(text(staff.get(page))) | {"column-2-points": "1"})
    assert answer.status_code == 422
    assert 'href="#row-0-levels"' in text(answer)
    assert 'id="row-0-levels"' in text(answer)
    assert stored(draft) == ASSESSED


def test_two_designers_in_one_rubric_are_told(draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, "rubrics/report")
    values = form_values(text(staff.get(page)))
    staff.post(page, values | {"row-0-name": "Theirs"})
    answer = staff.post(page, values | {"row-0-name": "Mine"})
    assert answer.status_code == 409
    assert "<del>Theirs</del>" in text(answer)
    assert staff.post(page, form_values(text(answer))).status_code == 302
    assert stored(draft).rubrics[0].criteria[0].name["en"] == "Mine"


def test_a_rubric_too_large_for_the_table_is_not_cut(
    at_work: Institution, draft: AchievementVersion, staff: Client
) -> None:
    many = tuple(RubricCriterion(f"c{n}", {"en": f"Criterion {n}"}, levels=LEVELS) for n in range(16))
    services.save_rubric(draft, Rubric("large", {"en": "Large"}, criteria=many), base="")
    answer = staff.get(address(draft, "rubrics/large"), follow=True)
    assert answer.redirect_chain[0][0] == address(draft, "rubrics/large/preview")
    assert "too large for the table" in text(answer)


# ── The library and files ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_rubric_goes_into_the_library_once_and_comes_back_as_a_copy(
    draft: AchievementVersion, staff: Client, institution: Institution
) -> None:
    for _time in range(2):
        staff.post(address(draft, "rubrics/report/keep"))
    with tenant(institution):
        kept = RubricTemplate.objects.get()
    assert (kept.origin, kept.rubric.criteria[0].outcomes) == (draft.public_id, ())
    answer = staff.post(address(draft, "rubrics/take"), {"template": kept.public_id})
    assert answer["Location"] == address(draft, "rubrics/r1")
    copied = stored(draft).rubrics[-1]
    assert copied.origin == kept.public_id
    assert replace(copied.criteria[0], outcomes=("o1",)) == RUBRIC.criteria[0]
    assert "Report" in text(staff.get(LIBRARY))
    assert "The claim is tested against objections." in text(staff.get(f"{LIBRARY}{kept.public_id}"))


def test_the_library_is_each_institution_s_own(
    draft: AchievementVersion, staff: Client, institution: Institution, other_institution: Institution
) -> None:
    with tenant(other_institution):
        theirs, _made = services.keep_rubric(other_institution, RUBRIC)
    assert staff.get(f"{LIBRARY}{theirs.public_id}").status_code == 404
    assert staff.post(f"{LIBRARY}{theirs.public_id}/change").status_code == 404
    for odd in (theirs.public_id, "%00", "x" * 50):
        assert staff.post(address(draft, "rubrics/take"), {"template": odd}).status_code == 404
    assert "The library is empty" in text(staff.get(LIBRARY))


def test_a_rubric_of_the_library_is_retired_and_offered_again(draft: AchievementVersion, staff: Client) -> None:
    staff.post(address(draft, "rubrics/report/keep"))
    with tenant(draft.institution):
        kept = RubricTemplate.objects.get()
    assert kept.public_id in text(staff.get(address(draft, "plan")))
    staff.post(f"{LIBRARY}{kept.public_id}/change", {"do": "retire"})
    assert kept.public_id not in text(staff.get(address(draft, "plan")))
    staff.post(f"{LIBRARY}{kept.public_id}/change", {"do": "bring-back"})
    assert kept.public_id in text(staff.get(address(draft, "plan")))


def test_a_rubric_goes_out_as_a_case_file_and_comes_back_whole(draft: AchievementVersion, staff: Client) -> None:
    file = staff.get(address(draft, "rubrics/report/case.json"))
    document = json.loads(file.content)
    assert document["CFRubricCriteria"][0]["CFRubricCriterionLevels"][1]["quality"] == "Sound"
    upload = SimpleUploadedFile("rubric.json", file.content)
    answer = staff.post(address(draft, "rubrics/import"), {"file": upload, "language": "en"})
    assert answer.status_code == 302, text(answer)
    copied = stored(draft).rubrics[-1]
    assert (copied.title, copied.criteria, copied.origin) == (RUBRIC.title, RUBRIC.criteria, document["identifier"])
    assert staff.get(f"{LIBRARY}import").status_code == 200
    staff.post(f"{LIBRARY}import", {"file": SimpleUploadedFile("rubric.json", file.content), "language": "en"})
    assert "Report" in text(staff.get(LIBRARY))


def foreign(*scores: Any) -> bytes:
    levels = [{"quality": f"L{n}", "score": score} for n, score in enumerate(scores)]
    return json.dumps(
        {"title": "Theirs", "CFRubricCriteria": [{"category": "A", "CFRubricCriterionLevels": levels}]}
    ).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"nonsense", "No rubric could be read"),
        (b"[]", "No rubric was found"),
        (foreign(1, 1), "have the same points"),
        (foreign(1.111, 1.112), "have the same points"),
        (foreign("many"), "no number"),
    ],
)
def test_a_file_that_is_no_rubric_is_refused_in_words(
    data: bytes, said: str, draft: AchievementVersion, staff: Client
) -> None:
    for page in (address(draft, "rubrics/import"), f"{LIBRARY}import"):
        answer = staff.post(page, {"file": SimpleUploadedFile("rubric.json", data), "language": "en"})
        assert answer.status_code == 422
        assert said in text(answer)
    assert stored(draft) == ASSESSED


def test_a_file_of_another_system_gets_keys_and_notes() -> None:
    read = case_rubrics.read(foreign(None, None), language="ko", notes_in="en")[0]
    assert [level.key for level in read.rubric.criteria[0].levels] == ["l1", "l2"]
    assert read.rubric.title == {"ko": "Theirs"}
    assert "No scores were given" in read.notes[0]


def test_a_rubric_without_levels_is_no_file_yet(at_work: Institution, draft: AchievementVersion, staff: Client) -> None:
    services.save_rubric(draft, Rubric("bare", {"en": "Bare"}), base="")
    answer = staff.get(address(draft, "rubrics/bare/case.json"))
    assert answer.status_code == 409
    assert "needs a criterion" in text(answer)


# ── Beside the form ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_wording_of_outcomes_is_looked_at_without_saving(draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, "edit/outcomes")
    values = form_values(text(staff.get(page)))
    answer = text(staff.post(page, values | {"outcomes-0-title_en": "Understand various things", "check": "1"}))
    assert "“understand” cannot be observed" in answer
    assert "leave open what is meant: various" in answer
    assert "Verbs to choose from, those for EQF level 6 first" in answer
    assert stored(draft) == ASSESSED


def test_the_findings_stand_beside_the_meter_and_on_the_plan(
    at_work: Institution, draft: AchievementVersion, staff: Client
) -> None:
    services.save_task(draft, Task("", {"en": "Loose"}), base="")
    for page in ("", "plan", "consistency", "publish"):
        assert "has no rubric with criteria" in text(staff.get(address(draft, page))), page
    answer = staff.post(address(draft, "publish"))
    assert answer.status_code == 409
    assert "It was not published" in text(answer)


def test_partners_and_co_owners_are_entered(
    staff: Client, institution: Institution, other_institution: Institution
) -> None:
    with tenant(institution):
        version = services.create(institution, responsible_ai.DESCRIPTION).versions.get()
    page = address(version, "edit/partners")
    values = form_values(text(staff.get(page)))
    assert values["owning"] == ["policy", "computing"]
    answer = staff.post(page, values | {"here": "liffey, nowhere"})
    assert "There is no institution “nowhere”" in text(answer)
    assert staff.post(page, values | {"here": "/institutions/liffey/", "owning": ["policy"]}).status_code == 302
    assert stored(version).co_owners == ("policy", "liffey")
    assert stored(version).partners == responsible_ai.DESCRIPTION.partners
    # A partner cannot be taken out of the organisations.
    page = address(version, "edit/organisations")
    values = form_values(text(staff.get(page)))
    without = form_values(text(staff.post(page, values | {"remove": "organisations-0"})))
    assert staff.post(page, without).status_code == 422


def test_a_national_level_is_chosen_or_written(draft: AchievementVersion, staff: Client) -> None:
    page = address(draft, "edit/workload")
    values = form_values(text(staff.post(page, form_values(text(staff.get(page))) | {"add": "national_levels"})))
    both = values | {"national_levels-0-choice": "NFQ:7", "national_levels-0-framework": "Own"}
    assert "not both" in text(staff.post(page, both))
    assert staff.post(page, values | {"national_levels-0-choice": "NFQ:7"}).status_code == 302
    level = stored(draft).national_levels[0]
    assert (level.framework, level.level.notation, level.level.label["ko"]) == ("NFQ", "7", "NFQ 7수준")
    again = form_values(text(staff.get(page)))
    assert again["national_levels-0-choice"] == "NFQ:7"
    own = again | {
        "national_levels-0-choice": "",
        "national_levels-0-framework": "Own",
        "national_levels-0-name_en": "Top",
    }
    assert staff.post(page, own).status_code == 302
    assert stored(draft).national_levels[0].level.label == {"en": "Top"}


def test_conversions_are_said_beside_the_credits(draft: AchievementVersion, staff: Client) -> None:
    answer = text(staff.get(address(draft, "edit/workload")))
    assert "5 ECTS stand for 125–150 hours of work (25–30 each)" in answer


def test_what_was_taken_out_meanwhile_is_not_lost(
    at_work: Institution, draft: AchievementVersion, staff: Client
) -> None:
    task, rubric = address(draft, "tasks/talk"), address(draft, "rubrics/spare")
    services.save_rubric(draft, replace(RUBRIC, key="spare"), base="")
    opened = {page: form_values(text(staff.get(page))) for page in (task, rubric)}
    services.remove_task(draft, "talk")
    services.remove_rubric(draft, "spare")
    for page, values in opened.items():
        answer = staff.post(page, values)
        assert answer.status_code == 409, page
        assert staff.post(page, form_values(text(answer))).status_code == 302
    assert [t.key for t in stored(draft).tasks] == ["essay", "talk"]
    assert [r.key for r in stored(draft).rubrics] == ["report", "spare"]


def test_what_learners_enrolled_in_does_not_change_under_them(
    at_work: Institution, draft: AchievementVersion, staff: Client
) -> None:
    version = services.publish(draft)
    offering = Offering.objects.create(institution=at_work, version=version, starts_on=date(2027, 3, 1))
    services.save_task(version, replace(ASSESSED.tasks[0], weight="3"), base=services.element_token(ASSESSED.tasks[0]))
    Offering.objects.filter(pk=offering.pk).update(seats_taken=1)
    page = address(draft, "tasks/essay")
    answer = staff.post(page, form_values(text(staff.get(page))) | {"weight": "4"})
    assert answer.status_code == 422
    assert "Learners are enrolled in this version" in text(answer)
    assert stored(draft).tasks[0].weight == "3"


def test_where_an_approval_is_needed_it_is_said_before_and_after(
    at_work: Institution, draft: AchievementVersion, staff: Client
) -> None:
    services.set_publishing_policy(at_work, requires_approval="assessed")
    overview = text(staff.get(address(draft, "")))
    assert "Approval needed" in overview
    assert f"/staff/han-river/quality/programmes/{draft.micro_credential.public_id}" in overview
    answer = staff.post(address(draft, "publish"))
    assert answer.status_code == 409
    assert "publishes only what was approved" in text(answer)
    services.approve(draft, content_hash(draft), date(2100, 1, 1))
    assert "The approval holds until 1 January 2100." in text(staff.get(address(draft, "")))
    assert staff.post(address(draft, "publish")).status_code == 302
    # Published, it is not corrected behind the approval: neither a section, nor a task, nor the picture.
    for page in ("edit/basics", "tasks/essay"):
        values = form_values(text(staff.get(address(draft, page))))
        refused = staff.post(address(draft, page), values | {"title_en": "Another"})
        assert refused.status_code in {409, 422}, page
        assert "Begin a new version to change it" in text(refused), page
    assert stored(draft) == ASSESSED


def test_a_retired_version_does_not_come_back_without_its_approval(
    at_work: Institution, draft: AchievementVersion, staff: Client
) -> None:
    services.publish(draft)
    services.retire(draft.micro_credential)
    services.set_publishing_policy(at_work, requires_approval="all")
    answer = staff.post(address(draft, "bring-back"), follow=True)
    assert "publishes only what was approved" in text(answer)
    draft.micro_credential.refresh_from_db()
    assert draft.micro_credential.state == "retired"

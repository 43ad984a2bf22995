"""No sequence of actions agrees a result without the marks its scheme asks for, and the same marks always come to the same.

The first part drives the services with arbitrary actions of everybody; the second looks at the pure rule over arbitrary marks.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.site.assessment.conftest import (  # noqa: F401
    TASK,
    Cohort,
    _no_time_to_undo,
    at_work,
    make_cohort,
    second_assessor,
)
from tests.site.conftest import assessor, institution, make_user, programme_lead  # noqa: F401

from testamur.assessment import peers as library
from testamur.assessment.rubrics import Criterion, Level, Rubric
from testamur_site.assessment import outcome, rules
from testamur_site.assessment.errors import AssessmentError
from testamur_site.assessment.models import Mark, TaskMarking, TaskResult
from testamur_site.assessment.outcome import Given, PeerScore, judge
from testamur_site.assessment.rules import Role, Scheme, next_assessor
from testamur_site.assessment.services import allocation, marking, peers, settling, validators

LEVELS = ("weak", "sound", "strong")
RUBRIC = Rubric(
    "r",
    (
        Criterion(
            "a",
            tuple(Level(k, Decimal(p)) for k, p in zip(LEVELS, ("0", "2", "4.5"), strict=True)),
            Decimal(2),
            "sound",
        ),
        Criterion("b", tuple(Level(k, Decimal(p)) for k, p in zip(LEVELS, ("0", "1", "3"), strict=True))),
    ),
)
level = st.sampled_from(LEVELS)
marks = st.lists(st.tuples(st.sampled_from([Role.STAFF, Role.INDUSTRY, Role.PEER]), level, level), max_size=8).map(
    lambda rows: [Given(f"m{n}", role, f"k{n}", {"a": a, "b": b}) for n, (role, a, b) in enumerate(rows)]
)
schemes = st.builds(
    Scheme,
    assessors=st.integers(1, 2),
    peers=st.integers(0, 4),
    peer_weight=st.sampled_from([Decimal(0), Decimal(20), Decimal(100)]),
    industry=st.integers(0, 2),
    moderate_from=st.sampled_from([Decimal(5), Decimal(20), Decimal(100)]),
)
peer_scores = st.none() | st.builds(
    PeerScore,
    mean=st.decimals(0, 100, places=2),
    se=st.decimals(0, 20, places=2),
    weights=st.just({f"k{n}": Decimal("0.5") for n in range(8)}),
)


@given(schemes, marks, st.booleans(), peer_scores, st.booleans())
def test_an_outcome_needs_the_marks_of_its_scheme(
    scheme: Scheme, given_: list[Given], over: bool, score: PeerScore | None, sampled: bool
) -> None:
    found = judge(RUBRIC, scheme, Decimal(60), given_, peers_over=over, peers=score, sampled=sampled)
    counts = Counter(mark.role for mark in given_)
    enough = counts[Role.STAFF] >= scheme.assessors and counts[Role.INDUSTRY] >= scheme.industry
    assert found.complete == (enough and (over or not scheme.peers))
    if not found.complete:
        assert (found.percent, found.passed, dict(found.levels)) == (None, None, {})
        return
    assert found.percent is not None
    assert Decimal(0) <= found.percent <= Decimal(100)
    assert set(found.levels) == {"a", "b"}
    assert sampled == ("sample" in found.reasons)
    assert sum(Decimal(one["weight"]) for one in found.facts["marks"]) == pytest.approx(
        Decimal(1), abs=Decimal("0.0001")
    )
    assert found == judge(RUBRIC, scheme, Decimal(60), given_, peers_over=over, peers=score, sampled=sampled)
    if found.passed:
        assert found.levels["a"] != "weak"


@given(schemes, level, level, st.integers(1, 2))
def test_marks_that_agree_come_to_what_they_say(scheme: Scheme, a: str, b: str, many: int) -> None:
    given_ = [Given(f"m{n}", Role.STAFF, f"k{n}", {"a": a, "b": b}) for n in range(max(many, scheme.assessors))]
    given_ += [Given(f"i{n}", Role.INDUSTRY, f"v{n}", {"a": a, "b": b}) for n in range(scheme.industry)]
    found = judge(RUBRIC, scheme, Decimal(60), given_, peers_over=True)
    assert found.reasons == ()
    assert found.levels == {"a": a, "b": b}
    assert found.percent == outcome.score(RUBRIC, {"a": a, "b": b}).percent


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 5)), st.sets(st.integers(1, 9)))
def test_the_next_assessor_has_the_least_to_do(loads: dict[int, int], excluded: set[int]) -> None:
    chosen = next_assessor(loads, excluded)
    free = set(loads) - excluded
    assert (chosen is None) == (not free)
    if chosen is not None:
        assert chosen in free
        assert loads[chosen] == min(loads[one] for one in free)


@given(
    st.dictionaries(st.integers(1, 5), st.integers(0, 3), max_size=5),
    st.dictionaries(st.integers(1, 5), st.lists(st.integers(10, 16), unique=True), max_size=5),
)
def test_spare_reviewers_are_as_many_as_can_be(wanted: dict[int, int], free: dict[int, list[int]]) -> None:
    chosen = rules.spare(wanted, free)
    people = [person for some in chosen.values() for person in some]
    assert len(people) == len(set(people))
    assert all(len(some) <= wanted[work] and set(some) <= set(free.get(work, ())) for work, some in chosen.items())
    assert len(people) == _most([work for work in wanted for _ in range(wanted[work])], free, frozenset())


def _most(places: list[int], free: dict[int, list[int]], taken: frozenset[int]) -> int:
    """The largest number of places that can be filled, by trying everything."""
    if not places:
        return 0
    rest = _most(places[1:], free, taken)
    for person in set(free.get(places[0], ())) - taken:
        rest = max(rest, 1 + _most(places[1:], free, taken | {person}))
    return rest


@given(st.lists(st.text(min_size=2, max_size=12), min_size=1, max_size=3), st.text(max_size=60))
def test_names_are_gone_wherever_they_stand_as_words(names: list[str], text: str) -> None:
    shown = rules.without_names(f"{names[0]} {text} ({names[-1]})", names)
    for name in names:
        if name.strip() and name.strip().isalnum() and name.isascii():
            assert f" {name.strip()} " not in f" {shown} " or name.strip() in rules.REMOVED


# ── Arbitrary actions of everybody ─────────────────────────────────────────────────────────────────────────────────

ACTIONS = (
    *("finish",) * 8,
    *("validate", "review", "moderate", "reopen") * 3,
    *("settle", "claim", "begin", "close") * 2,
    *("draft", "undo", "decline", "give_back"),
)
steps = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5), level, level), min_size=20, max_size=40)
DOUBLE = {"assessors": "2", "moderate_from": "1"}
SCHEMES = (
    DOUBLE,
    {"peers": "1", "peer_weight": "30"},
    {**DOUBLE, "industry": "1"},
    {"peers": "1", "peer_weight": "100", "industry": "1"},
)


@pytest.mark.django_db
@pytest.mark.usefixtures("at_work")
@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_no_sequence_of_actions_agrees_a_result_without_its_marks(
    make_cohort: Any,  # noqa: F811
    assessor: Any,  # noqa: F811
    second_assessor: Any,  # noqa: F811
    programme_lead: Any,  # noqa: F811
    scheme: dict[str, str],
) -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=12)
    @given(drawn=steps)
    def play(drawn: list[tuple[str, int, str, str]]) -> None:
        with transaction.atomic():  # each example begins anew
            _play(drawn, make_cohort(**scheme), (assessor, second_assessor, programme_lead), seen)
            transaction.set_rollback(True)

    play()
    # The actions do reach what is asserted of.
    assert seen["agreed"], seen
    assert seen["moderated"] or scheme != DOUBLE, seen


def _play(drawn: list[tuple[str, int, str, str]], cohort: Cohort, staff: tuple[Any, ...], seen: Counter[str]) -> None:
    cohort.hand_in(2)
    scheme = Scheme.of(cohort.version.description.tasks[0].marking)
    if scheme.industry:
        values = {
            "organisation_name": "O",
            "organisation_url": "",
            "name": "V",
            "email": "v@o.example",
            "language": "en",
        }
        validators.invite(cohort.offering, TASK, **values, most=2, actor=staff[2])
    for action, number, one, two in drawn:
        with contextlib.suppress(AssessmentError):
            _act(action, number, {"argument": one, "data": two}, cohort, staff)
        for result in TaskResult.objects.filter(state="agreed"):
            _holds(result, scheme)
            seen["agreed"] += 1
            seen["moderated"] += "moderated" in result.method


def _act(action: str, number: int, levels: dict[str, str], cohort: Cohort, staff: tuple[Any, ...]) -> None:
    user = staff[2] if action == "moderate" and number else staff[number % 3]
    submission = cohort.submissions[number % 2]
    of_staff = Mark.objects.filter(submission=submission, role="staff", user__isnull=False).order_by("-pk")
    # Mostly what is in somebody's hand, sometimes what was: the latter must be refused.
    live = list(of_staff.filter(state__in=["done"] if action == "undo" else ["allocated", "draft"])) if number else []
    candidates = live or list(of_staff)
    mark = candidates[number % len(candidates)] if candidates else None
    result = TaskResult.objects.filter(submission=submission).order_by("-round")[0]
    if action == "claim":
        allocation.claim_next(cohort.institution, user)
    elif action == "settle":
        settling.settle(submission, at_once=True)
    elif action == "moderate":
        settling.moderate(result, levels, "Because.", actor=user)
    elif action == "begin":
        peers.begin(cohort.offering, TASK)
    elif action == "close" and (found := TaskMarking.objects.first()):
        peers.close(found)
    elif action == "reopen":
        settling.reopen(submission, "An appeal.", [])
    elif action in ("review", "validate"):
        role = "peer" if action == "review" else "industry"
        for other in Mark.objects.filter(submission=submission, role=role)[:2]:
            marking.finish(other, other.learner or other.validator, levels, {})
    elif mark is not None:
        holder = mark.user
        {
            "draft": lambda: marking.save_draft(mark, holder, levels, {}),
            "finish": lambda: marking.finish(mark, holder, levels, {}),
            "undo": lambda: marking.undo(mark, holder),
            "decline": lambda: marking.decline(mark, holder),
            "give_back": lambda: allocation.give_back(mark, holder),
        }.get(action, lambda: None)()


def _holds(result: TaskResult, scheme: Scheme) -> None:
    """What must be true of every agreed result, whatever happened."""
    done = Mark.objects.filter(submission=result.submission, round=result.round, state="done")
    of_staff = list(done.filter(role="staff"))
    assert len(of_staff) >= scheme.assessors
    assert len({mark.user_id for mark in of_staff}) == len(of_staff)
    if result.round == 1:
        assert done.filter(role="industry").count() >= scheme.industry
        if scheme.peers:
            assert TaskMarking.objects.get().peer_phase == "closed"
    earlier = Mark.objects.filter(submission=result.submission, round__lt=result.round, user__isnull=False)
    assert not {mark.user_id for mark in of_staff} & set(earlier.values_list("user_id", flat=True))
    named = {one["mark"] for one in result.method["marks"]}
    assert named <= set(done.values_list("public_id", flat=True))
    if "moderated" in result.method:
        decider = done.get(role="moderator").user_id
        assert decider not in {mark.user_id for mark in of_staff}


# ── Peers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.integers(2, 12), st.integers(1, 4), st.integers(0, 99))
def test_peers_are_given_the_same_load_and_never_themselves(people: int, each: int, seed: int) -> None:
    names = [str(n) for n in range(people)]
    found = library.allocate(names, each=each, seed=seed)
    expected = min(each, people - 1)
    assert {len(works) for works in found.values()} == {expected}
    assert Counter(author for works in found.values() for author in works) == dict.fromkeys(names, expected)
    assert not any(reviewer in works for reviewer, works in found.items())

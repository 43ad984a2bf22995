"""The ordinary verification says the same as the checks, whatever stands in a document, whatever its issuer publishes meanwhile, whoever
asks; and it asks the same addresses in the same order."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from tests.properties.test_verification_forms import HOSTILE, places, written
from tests.simulator import NOW, FixedClock, Institution
from tests.unit.verification.transparency.log_world import Log, serve

from testamur import linked_data
from testamur.errors import NotFound, TestamurError, Unreachable
from testamur.linked_data.forms import Forms
from testamur.log import Kind, Proof, entry_for
from testamur.log.merkle import inclusion_proof
from testamur.log.policies import Policy as TrustedLogs
from testamur.ports import Resource
from testamur.strict_json import quick
from testamur.verification import Level, LogPolicy, Policy, Report, TrustRegistry, Verdict, Verifier, ordinary
from testamur.verification.ordinary.course import Course
from testamur.verification.ordinary.standing import Standing
from testamur.verification.presenters import json_bytes, outlines, to_json
from testamur.verification.presenters import written as presented
from testamur.verification.report import Recurring
from testamur.verification.transparency.evidence import Known
from testamur.verification.trust import Institution as Listed
from testamur.verification.trust import Register

orjson = pytest.importorskip("orjson")
pytestmark = pytest.mark.skipif(not quick.AVAILABLE, reason="nothing is recognised without orjson")

TEXTS = [
    *(text for text in HOSTILE if "\ud800" not in text),
    "## Quality assurance\n\n- Accreditation: A (<https://a.example>)",
]
USUAL = "2026-01-01T00:00:00Z"
MOMENTS = [
    USUAL,
    "2026-01-01T00:00:00+09:00",
    "2999-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z",
    "today",
    "",
]


class World:
    """A university with a log, and what it publishes at this moment."""

    def __init__(self, *, demanding: bool = False) -> None:
        self.university, self.log = Institution(), Log()
        if demanding:
            serve(self.university, self.log, requiredFrom="2026-01-01T00:00:00Z")
        self.badges = [self.university.issue() for _ in range(3)]
        self.badges += [self.university.issue(evidence=(), results=()) for _ in range(3)]
        self.badges += [self.university.issue(status=False, valid_until=None) for _ in range(3)]
        self.badges += [self.university.issue(awarded_date=NOW - timedelta(days=900)) for _ in range(3)]
        self.university.revoke(self.badges[1])
        self.university.suspend(self.badges[4])
        self.pages = self.university.published()
        indexes = [self.log.record(badge) for badge in self.badges]
        self.record = {
            f"{badge['id']}.tlog-proof": self.log.proof(index)
            for badge, index in zip(self.badges, indexes, strict=True)
        }
        self.pages |= self.record
        self.pages |= self.recorded_list(self.pages[self.university.revocation_url])

    def recorded_list(self, content: bytes) -> dict[str, bytes]:
        address = self.university.revocation_url
        index = self.log.append(entry_for(Kind.STATUS_LIST, address, content))
        signed = self.log.checkpoint()
        path = inclusion_proof(signed.checkpoint.size, index, self.log.leaves)
        return {f"{address}.tlog-proof": Proof(index, tuple(path), signed).to_bytes()}

    def policies(self) -> list[Policy]:
        alone = TrustedLogs.from_text(f"log {self.log.key.key.text}\nquorum none")
        logs = [
            *(None, LogPolicy(), self.log.policy(), self.log.policy(ask=False), LogPolicy(alone, general=True)),
            *(self.log.policy(required=Level.LOGGED), self.log.policy(required=Level.WITNESSED)),
            *(self.log.policy(lists_required=True), self.log.policy(contradicts=lambda _: True)),
            *(LogPolicy(alone, known=(self.log.checkpoint(size=3),)), self.log.policy(contradicts=unreadable)),
        ]
        return [
            *(Policy(log=log) for log in logs),
            *(Policy(log=log, require_listed_issuer=True) for log in logs[:3]),
            Policy(profile="proof"),
            Policy(recipient="mina@students.example"),
            Policy(as_of=NOW - timedelta(days=1)),
        ]

    def registries(self) -> list[TrustRegistry]:
        did = self.university.did
        known = Listed("Example", frozenset({did}))
        ended = Listed("Example", frozenset({did}), until=NOW - timedelta(days=1))
        return [
            TrustRegistry(),
            TrustRegistry([Register("r", (known,), relied_on=True)]),
            TrustRegistry([Register("r", (known,))]),
            TrustRegistry([Register("r", (ended,), relied_on=True)]),
            TrustRegistry([Register("r", (known,), relied_on=True, logs=self.log.trusted())]),
            TrustRegistry(
                [Register("r", (Listed("Other", domains=frozenset({"university.example"})),), relied_on=True)]
            ),
        ]


def unreadable(_: Any) -> bool:
    raise OSError


@cache
def worlds() -> tuple[World, World]:
    return World(), World(demanding=True)


class Published:
    """Answers what it was given, and remembers who was asked for."""

    def __init__(self, pages: dict[str, bytes], *, days: float = 0, holding: bool = False) -> None:
        self.pages, self.days, self.asked = pages, days, list[str]()
        self.holding = holding

    def holds(self, url: str) -> bool:
        return self.holding and url in self.pages

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        self.asked.append(url)
        if url not in self.pages:
            raise NotFound("no such page", facts={"url": url})
        if not self.pages[url]:
            raise Unreachable("no answer", facts={"url": url})
        return Resource(url, self.pages[url], "application/json", NOW - timedelta(days=self.days))


def verify(
    content: bytes, policy: Policy, pages: dict[str, bytes], trust: TrustRegistry, **more: Any
) -> tuple[Report, list[str]]:
    outside = Published(pages, **more)
    now = NOW + timedelta(seconds=1)
    return Verifier(outside, trust, FixedClock(now)).verify(content, policy), outside.asked


def said(report: Report) -> Any:
    checks = [
        (each.name, each.question, each.outcome, each.code, dict(each.facts), each.required, each.problem)
        for each in report.checks
    ]
    told = report.written_subject()
    assert told is None or told == orjson.dumps(dict(report.subject))
    assert told is None or json_bytes(report) == orjson.dumps(to_json(report))
    return checks, to_json(report), to_json(report, "ko"), report.verified_at, report.as_of


class Counted:
    def __init__(self) -> None:
        self.made = self.left = 0
        self.verified = ordinary.verified

    def __call__(self, *arguments: Any) -> Report | None:
        report = self.verified(*arguments)
        self.made, self.left = self.made + (report is not None), self.left + (report is None)
        return report


def both_ways(cases: list[tuple[bytes, Policy, dict[str, bytes], TrustRegistry, dict[str, Any]]]) -> Counted:
    """Each of `cases` is said to be the same by both ways. Gives how often the ordinary way had an answer."""
    counted = Counted()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linked_data, "FORMS", Forms())
        patch.setattr(ordinary, "verified", lambda *_: None)
        expected = [verify(content, policy, pages, trust, **more) for content, policy, pages, trust, more in cases]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linked_data, "FORMS", Forms())
        patch.setattr(ordinary, "verified", counted)
        for world in worlds():
            for badge in [*world.badges, *world.badges, *world.badges]:
                verify(written(badge), Policy(log=world.log.policy()), world.pages, TrustRegistry())
        counted.made = counted.left = 0
        found = [verify(content, policy, pages, trust, **more) for content, policy, pages, trust, more in cases]
    for number, ((report, asked), (other, others)) in enumerate(zip(found, expected, strict=True)):
        assert said(report) == said(other), number
        assert asked == others, number
    return counted


def changed(badge: dict[str, Any], world: World, draw: random.Random) -> bytes:
    """Another document of the same form, signed by its issuer or not."""
    document = copy.deepcopy(badge)
    every = list(places(document, proof=draw.random() < 0.3))
    for _ in range(draw.choice([0, 1, 1, 2])):
        container, name = draw.choice(every)
        container[name] = draw.choice(TEXTS if draw.random() < 0.6 else [value[key] for value, key in every])
    if draw.random() < 0.5:
        document[draw.choice(["validFrom", "validUntil", "awardedDate"])] = draw.choice(MOMENTS)
    if draw.random() < 0.3 and "credentialStatus" in document:
        name = draw.choice(["statusPurpose", "statusListIndex", "statusListCredential"])
        document["credentialStatus"][name] = draw.choice(
            ["", "revocation", "suspension", "refresh", "7", "-1", "٣", "0" * 17, *world.pages]
        )
    if draw.random() < 0.7:
        document.pop("proof", None)
        try:
            document = world.university.sign(document)
        except (TestamurError, ValueError):  # what nobody would sign
            return written(badge)
    return written(document)


def published(world: World, draw: random.Random) -> dict[str, bytes]:
    """What may stand at the addresses of `world` some other time."""
    pages = dict(world.pages)
    for _ in range(draw.choice([0, 0, 1, 1, 2])):
        url = draw.choice(list(pages))
        pages[url] = draw.choice(
            [b"", b"{}", pages[url][:-9], pages[url].replace(b"2", b"3", 1), draw.choice([*pages.values()])]
        )
    if draw.random() < 0.15:
        document = json.loads(world.pages[world.university.did_url])
        draw.choice(
            [
                lambda: document.update(assertionMethod=[]),
                lambda: document.update(verificationMethod=[], assertionMethod=[]),
                lambda: document["verificationMethod"][0].update(expires="2026-02-01T00:00:00Z"),
                lambda: document.pop("service", None),
            ]
        )()
        pages[world.university.did_url] = json.dumps(document).encode()
    return pages


@pytest.mark.parametrize("round_", range(3))
def test_both_ways_say_the_same(round_: int) -> None:
    draw = random.Random(round_)
    cases: list[tuple[bytes, Policy, dict[str, bytes], TrustRegistry, dict[str, Any]]] = []
    for _ in range(80):
        world = draw.choice(worlds())
        content = (
            changed(draw.choice(world.badges), world, draw)
            if draw.random() < 0.6
            else written(draw.choice(world.badges))
        )
        pages = published(world, draw) if draw.random() < 0.5 else world.pages
        trust = draw.choice(world.registries()) if draw.random() < 0.3 else TrustRegistry()
        more = {"days": draw.choice([0, 0, 0, 2, 30]), "holding": draw.random() < 0.2}
        policies = world.policies()
        cases.append((content, draw.choice(policies if draw.random() < 0.4 else policies[:5]), pages, trust, more))
    counted = both_ways(cases)
    assert counted.made > 3
    assert counted.left > 3


def test_what_is_ordinary_is_verified_so() -> None:
    for world in worlds():
        usual = [badge for number, badge in enumerate(world.badges) if number not in (1, 4)]
        cases = [(written(badge), Policy(log=world.log.policy()), world.pages, TrustRegistry(), {}) for badge in usual]
        assert both_ways(cases).left <= 1  # the first after the other world's documents stood at the same addresses


@pytest.mark.parametrize("language", ["en", "ko"])
def test_findings_that_recur_are_written_as_the_presenter_writes_them(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linked_data, "FORMS", Forms())
    monkeypatch.setattr(presented, "_OUTLINES", known := outlines.Outlines(presented._OUTLINES._presenter, most=1000))
    draw = random.Random(81)
    kinds = set()
    for world in worlds():
        cases = [
            (badge, policy, trust)
            for badge in world.badges[2:]
            for policy in (Policy(), world.policies()[draw.randrange(14)], Policy(log=world.log.policy()))
            for trust in (TrustRegistry(), draw.choice(world.registries()))
        ]
        for badge, policy, trust in [*cases, *cases, *cases]:
            report, _ = verify(written(badge), policy, world.pages, trust, days=draw.choice([0, 0.1]))
            made, recurring = json_bytes(report, language), report.recurring()
            assert made == orjson.dumps(to_json(report, language))
            if recurring is not None:
                kinds.add(recurring.kind)
                assert recurring.of(recurring.moments, recurring.numbers) == report.checks
    assert len(kinds) > 10
    learned = [each for each in known._recurring.values() if each is not None]
    assert len(learned) > 10
    assert len(learned) == len(known._recurring)
    kept = repr(list(held(known, set())))
    for own in [badge["id"] for world in worlds() for badge in world.badges]:
        assert own not in kept


def test_a_moment_that_nobody_writes_so_leaves_findings_to_the_presenter() -> None:
    for moment, usual in [("2026-01-01T00:00:00+09:00", False), ("2026-01-01T24:00:00Z", False), (USUAL, True)]:
        findings = Recurring("kind", [USUAL, moment], [], lambda *_: ())
        assert (outlines.read_recurring(Report((), NOW), findings, "en") is not None) is usual


@pytest.mark.parametrize("somebody", [False, True])
def test_where_a_record_may_be_expected_is_said_alike(somebody: bool) -> None:
    policy = worlds()[0].log.policy() if somebody else LogPolicy()
    standing = object.__new__(Standing)
    standing.service, standing._near = None, (TrustedLogs(), ())
    host = worlds()[0].log.key.key.name.partition("/")[0]
    hosts = ("", host, f"{host}:443", f"{host}@other.example", f"other.example@{host}", f"[{host}", "other.example")
    for scheme in ("https://", "http://", "HTTPS://", "//", "did:web:", " https://", ""):
        for ending in ("/c/1", "/", "", "?/", "#/", "\t/", "/\ufffe", "/]"):
            for each in hosts:
                address = f"{scheme}{each}{ending}"
                assert standing.may_log(address, policy, NOW) == Known(NOW, policy).may_log(address)


def test_a_credential_that_is_revoked_a_moment_later_is_revoked_in_the_next_answer() -> None:
    world = World(demanding=True)
    badge = world.badges[0]
    policy = Policy(log=world.log.policy())
    for _ in range(4):
        report, _ = verify(written(badge), policy, world.pages, TrustRegistry())
        assert report.verdict is Verdict.VALID
    world.university.revoke(badge)
    report, _ = verify(written(badge), policy, {**world.pages, **world.university.published()}, TrustRegistry())
    assert report.verdict is Verdict.INVALID
    report, _ = verify(written(badge), policy, world.pages, TrustRegistry())
    assert report.verdict is Verdict.VALID


def test_nothing_of_a_document_is_kept_but_public_documents_of_its_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linked_data, "FORMS", Forms())
    world = World(demanding=True)
    document = {name: value for name, value in copy.deepcopy(world.badges[0]).items() if name != "proof"}
    document |= {
        "id": "https://own.example/1",
        "validFrom": "2026-02-03T04:05:06Z",
        "validUntil": "2996-01-01T00:00:00Z",
    }
    for number, (container, name) in enumerate(places(document)):
        if name in ("name", "description", "narrative", "value", "salt", "identityHash"):
            container[name] = f"own text {number}"
    document = world.university.sign(document)
    pages = {**world.pages, f"{document['id']}.tlog-proof": world.log.record_and_prove(document)}
    policy = Policy(log=world.log.policy())
    reports = [verify(written(document), policy, pages, TrustRegistry())[0] for _ in range(4)]
    assert {report.verdict for report in reports} == {Verdict.VALID}
    courses = [
        course
        for alike in linked_data.FORMS._forms.values()
        for form in alike
        for fitting in form._shapes
        for course in fitting.settled.values()
        if isinstance(course, Course)
    ]
    assert [len(course.standings) for course in courses] == [1]
    assert [len(standing.heads) for course in courses for standing in course.standings.values()] == [2]
    kept = repr(list(held(courses[0], set())))
    for own in ("own text", "own.example", "2026-02-03T04:05:06Z", "2996", document["proof"]["proofValue"]):
        assert own not in kept


def held(thing: Any, met: set[int]) -> Any:
    """Every text that is reached from `thing` through slots, containers and attributes."""
    if id(thing) in met:
        return
    met.add(id(thing))
    if isinstance(thing, (str, bytes)):
        yield thing
    elif isinstance(thing, dict) or hasattr(thing, "items"):
        for name, value in thing.items():
            yield from held(name, met)
            yield from held(value, met)
    elif isinstance(thing, (list, tuple, set, frozenset)):
        for value in thing:
            yield from held(value, met)
    else:
        for kind in type(thing).__mro__:
            slots = kind.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if hasattr(thing, name):
                    yield from held(getattr(thing, name), met)
        yield from held(getattr(thing, "__dict__", {}), met)

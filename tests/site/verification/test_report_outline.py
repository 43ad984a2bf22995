"""The page of a link is the same by its outline and part by part, letter for letter, whatever a document says."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.conf import LazySettings
from django.utils import timezone, translation
from tests.properties.test_verification_outlines import HOSTILE, MOMENTS, report

from testamur.verification import Report, presenters
from testamur.verification.report import Later, told_later
from testamur_site.verification import presentation, services, views
from testamur_site.verification.report_html import frame, outline, published
from testamur_site.verification.report_html.report import render

USUAL = (
    *(
        "structure.read",
        "structure.context_known",
        "structure.type_known",
        "structure.schema_met",
        "structure.terms_defined",
    ),
    *("proof.signature_true", "issuer.bound", "dates.begun", "dates.no_end", "status.clear", "recipient.not_asked"),
    *("what_it_took.criteria_only", "log.logged", "log.witnesses_not_named", "log.recorded_late", "log.list_logged"),
    "trust.issuer_unknown",
)
OTHERS = (
    ("proof.signature_false", "issuer.not_decided"),
    ("proof.signature_true", "issuer.bound", "status.revoked", "dates.expired"),
    ("proof.signature_true", "issuer.bound", "log.recorded", "log.logged", "log.not_witnessed", "trust.listed"),
)
LINK = "https://credentials.example.edu/c/Grb5beqXTrClIxo1BFDIxR0l"
ADDRESSES = (LINK, f"{LINK}?a=1&b=2", f"{LINK}/<\"'>", f"{LINK}/김미나", "x" * 400, f"{LINK}/a-b  c", "hole-1")


def subject(draw: random.Random) -> dict[str, Any]:
    words = [
        *HOSTILE,
        "# Heading\n\n* a\n* <b>",
        "javascript:alert(1)",
        "https://example.edu/?a=<&b='",
        "Data-literacy",
    ]

    def said() -> str:
        return str(draw.choice(words))

    return {
        "id": said(),
        "name": said(),
        "awardedDate": draw.choice([*MOMENTS, said()]),
        "validUntil": draw.choice([*MOMENTS, said()]),
        "issuer": {"id": said(), "name": said(), "url": said(), "parentOrg": {"name": said()}},
        "holder": {"name": said()},
        "achievement": {
            "name": said(),
            "description": said(),
            "criteria": {"id": said(), "narrative": said()},
            "alignment": [{"targetName": said(), "targetUrl": said(), "targetFramework": said()}],
        },
        "result": [{"value": said(), "name": said(), "resultType": draw.choice(["Percent", said()])}],
        "evidence": [{"id": said(), "name": said(), "description": said()}],
    }


def part_by_part(found: Report, source: str, address: str, here: str, language: str) -> bytes:
    said = presentation.arranged(presenters.to_json(found, language), language)
    made = render(said, source=source, address=address)
    return frame.page(made, verdict=said["verdictWord"], address=address, here=here)


def answered(found: Report, source: str, address: str, here: str) -> bytes | None:
    try:
        return views.framed(services.Answer(report=found, source=source), address, here)
    except UnicodeEncodeError:
        return None


@pytest.fixture(autouse=True)
def _nothing_learned() -> Iterator[None]:
    outline._outlines.cache_clear()
    yield
    outline._outlines.cache_clear()


def known(settings: LazySettings) -> list[Any]:
    made = outline._outlines(settings.TESTAMUR_OUTBOX, settings.TESTAMUR_OPEN_REGISTRATION)
    return list(made._known.values())


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_document_whose_json_is_at_hand_gives_the_same_page(language: str) -> None:
    draw = random.Random(61)
    made = report(draw, list(USUAL))
    read: list[bytes] = []

    def later(said: dict[str, Any]) -> Report:
        def written() -> bytes | None:
            read.append(orjson.dumps(said))
            return read[-1]

        subject = told_later(Later(lambda: said, written))
        return Report(made.checks, made.verified_at, "open_badges_3", subject, technical={"kind": "json"})

    with translation.override(language):
        for _ in range(40):
            said = subject(draw)
            try:
                orjson.dumps(said)
            except TypeError:  # half a surrogate has no JSON at hand
                continue
            before = copy.deepcopy(said)
            assert answered(later(said), LINK, LINK, "/verify") == part_by_part(
                Report(made.checks, made.verified_at, "open_badges_3", said), LINK, LINK, "/verify", language
            )
            assert said == before
    assert len(read) > 20


@pytest.mark.parametrize(
    "address",
    [
        *ADDRESSES,
        *(
            "http://a",
            "https://a:1/b?c#d",
            "https://",
            "http:///x",
            "https://:8/",
            "https://user@host/",
            "https://[::1]/",
        ),
        *("https://[x]/", "HTTPS://a/", "javascript:alert(1)//https://a", "https://a\n", "https://a/ b", "//a/b"),
        *("https://a/%0a", "https://a:99999999/", "https://℀.example/", "https://a/[", "https://.", "https://-?", ""),
        *("https://a/" + "x" * 2_038, "https://a/" + "x" * 2_039, None, 5),
    ],
)
def test_a_usual_link_is_what_it_is_taken_apart(address: object, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = presentation.safe_link(address)
    monkeypatch.setattr(presentation, "_USUAL_LINK", lambda _address: None)
    assert quick == presentation.safe_link(address)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_outline_gives_the_same_page(language: str, settings: LazySettings) -> None:
    draw = random.Random(75)
    with translation.override(language):
        for codes in (USUAL, *OTHERS):
            for _ in range(12):
                made = report(draw, list(codes))
                found = Report(
                    made.checks, made.verified_at, "open_badges_3", subject(draw), technical={"kind": "json"}
                )
                source, address, here = (draw.choice(ADDRESSES) for _ in range(3))
                try:
                    expected = part_by_part(found, source, address, here, language)
                except UnicodeEncodeError:
                    expected = None
                assert answered(found, source, address, here) == expected
    learned = known(settings)
    assert len([each for each in learned if each is not None]) >= len(OTHERS) + 1
    assert None not in learned


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_credentials_of_an_achievement_share_gives_the_same_page(
    language: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours are put together of what is published and what is not; nothing but what was published is kept."""
    draw = random.Random(80)
    made = report(draw, list(USUAL))
    source = f"{settings.TESTAMUR_BASE_URL}/c/Grb5beqXTrClIxo1BFDIxR0l"
    parts: list[bool] = []
    really = published.shown

    def counted(written: bytes, language: str) -> Any:
        found = really(written, language)
        parts.append(found is not None)
        return found

    monkeypatch.setattr(published, "shown", counted)
    published.forget()
    hostile = ',"achievement":{"name":"x"},"issuer":{},"holder":{}'
    with translation.override(language):
        for _ in range(15):
            shared = subject(draw)
            # Two that begin alike: the later one is not taken for the earlier.
            shared["achievement"] = {"id": "https://credentials.example.edu/a/" + "x" * 300, **shared["achievement"]}
            for number in range(4):
                said = {
                    name: value
                    for name, value in subject(draw).items()
                    if name not in ("result", "evidence", "holder", "achievement", "issuer")
                } | {"issuer": shared["issuer"], "holder": {"name": f"{hostile} {draw.choice(HOSTILE)}"}}
                said["achievement"] = shared["achievement"]
                if number == 3:
                    said |= {name: subject(draw)[name] for name in draw.sample(["result", "evidence"], 1)}
                try:
                    written = orjson.dumps(said)
                except TypeError:  # half a surrogate has no JSON at hand
                    continue
                later = told_later(Later(lambda said=said: said, lambda written=written: written))
                found = Report(made.checks, made.verified_at, "open_badges_3", later, technical={"kind": "json"})
                plain = Report(made.checks, made.verified_at, "open_badges_3", said, technical={"kind": "json"})
                expected = part_by_part(plain, source, LINK, "/verify", language)
                assert answered(found, source, LINK, "/verify") == expected
                kept = b"".join(each[-1] for held in (published._ACHIEVEMENTS, published._ISSUERS) for each in held)
                assert hostile.encode() not in kept.replace(b'\\"', b'"')
    assert parts.count(True) > 10
    assert parts.count(False) > 10


def test_nothing_of_a_document_that_is_handed_in_is_kept() -> None:
    published.forget()
    said = subject(random.Random(3)) | {"achievement": {"id": "x" * 300, "name": "Data literacy"}}
    said = {name: value for name, value in said.items() if name not in ("result", "evidence")}
    made = report(random.Random(1), list(USUAL))
    later = told_later(Later(lambda: said, lambda: orjson.dumps(said)))
    found = Report(made.checks, made.verified_at, "open_badges_3", later)
    for source in ("https://elsewhere.example/c/1", LINK):
        assert answered(found, source, LINK, "/verify")
    assert len(published._ACHIEVEMENTS) == len(published._ISSUERS) == 0


def usual(**more: Any) -> Report:
    made = report(random.Random(1), list(USUAL))
    return Report(made.checks, made.verified_at, "open_badges_3", {"name": "Data literacy", **more})


def test_what_is_rare_is_written_part_by_part() -> None:
    """What has no place in an outline: parts, a receipt, what could not be confirmed, how it was earned, another zone than UTC."""

    def quick(found: Report) -> bytes | None:
        return outline.page(found, source=LINK, address=LINK, here="/verify")

    for _ in range(3):
        written = quick(usual())
    assert written is not None
    whole = usual()
    assert quick(Report(whole.checks, whole.verified_at, subject=whole.subject, children=(whole,))) is None
    assert quick(Report(whole.checks, whole.verified_at)) is None
    assert quick(usual(receipt={"verdict": "valid"})) is None
    earned = {
        "result": [{"resultDescription": "#1", "alignment": [{"targetType": "ext:Evidence", "targetUrl": "#e"}]}],
        "evidence": [{"id": "#e", "narrative": "seen"}],
    }
    assert quick(usual(**earned)) is None
    with timezone.override("Asia/Seoul"):
        assert quick(usual()) is None
    with translation.override("fr"):
        assert quick(usual()) is None


def test_the_moment_of_each_page_is_its_own() -> None:
    at = datetime(2026, 3, 5, 0, 0, tzinfo=UTC)
    for minute in range(4):
        made = usual()
        found = Report(made.checks, at + timedelta(minutes=minute), subject={"name": "김미나"})
        assert answered(found, LINK, LINK, "/verify") == part_by_part(found, LINK, LINK, "/verify", "en")

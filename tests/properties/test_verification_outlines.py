"""Reports written by an outline are what the ordinary presenter writes, byte for byte, whatever stands in their facts."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from testamur.verification import Report, sentences
from testamur.verification.codes import CODES, found
from testamur.verification.presenters import json_bytes, outlines, to_json, written
from testamur.verification.report import Check, Outcome, Question

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
HOSTILE = (
    *(
        "did:web:example.edu",
        "a",
        "",
        " ",
        "two  blanks",
        " before",
        "after ",
        "x" * 121,
        "y" * 161,
        "가" * 200,
        "z" * 1200,
    ),
    *(
        "김미나",
        'say "no"',
        "back\\slash",
        "<script>",
        "&amp;",
        "it's",
        "{fact}",
        "%(moment)s",
        "line\nfeed",
        "tab\t",
        "nul\0",
    ),
    *(
        "\u2028\u2029",
        "\u202eright to left",
        "\u200b\ufeff",
        "\x7f\x80",
        "e\u0301",
        "𝄞",
        "\u0661",
        "2026-03-05T10:00:00Z",
        "hole-1",
    ),
)
MOMENTS = (
    "2026-03-05T10:00:00Z",
    "2026-03-05T00:00:00Z",
    "2026-12-31T23:59:59Z",
    "1000-01-01T00:00:01Z",
    "2999-02-28T12:00:00Z",
)
NO_MOMENTS = (
    "2026-02-30T10:00:00Z",
    "2026-03-05",
    "—",
    "2026-03-05T10:00:00+09:00",
    "0001-01-01T00:00:00Z",
    5,
    "2026-W10-4T10:00:00Z",
)
ODD = (None, True, 1.5, {"a": "b"}, 2**70, ["a", None, 3], ["\ud800"], "\ud800", [], [["a"]], -1)
STABLE = sorted(code for code, row in CODES.items() if row.facts)


def value(draw: random.Random, code: str, fact: str) -> Any:
    """Some value for a fact: usually of the kind that belongs there."""
    if draw.random() < 0.01:
        return draw.choice([*ODD, *NO_MOMENTS])
    for name, form in sentences.forms_of(code):
        if name == fact and form == "date":
            return draw.choice(MOMENTS)
        if name == fact and form and draw.random() < 0.95:
            return min(sentences.known_as(form))
    seed = sum(map(ord, code + fact)) % 10
    if seed == 0:
        return draw.choice([0, 1, 7_000, 10**12])
    return draw.choices(HOSTILE, k=draw.randrange(4)) if seed == 1 else draw.choice(HOSTILE)


def report(draw: random.Random, codes: list[str]) -> Report:
    checks = tuple(found(code, **{fact: value(draw, code, fact) for fact in CODES[code].facts}) for code in codes)
    return Report(
        checks,
        NOW.replace(minute=draw.randrange(60)),
        draw.choice(["open_badges_3", "unknown"]),
        {"name": draw.choice(HOSTILE)},
        technical={"kind": draw.choice(HOSTILE)},
        as_of=draw.choice([None] * 9 + [NOW]),
    )


def choices(draw: random.Random) -> Iterator[list[str]]:
    """Every code stands in some list of codes, and every list is used often enough to be learned."""
    left = draw.sample(list(CODES), len(CODES))
    while left:
        some, left = left[:6], left[6:]
        yield some


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_outline_writes_what_the_presenter_writes(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(75)
    monkeypatch.setattr(written, "_OUTLINES", known := outlines.Outlines(written._OUTLINES._presenter, most=1000))
    for codes in choices(draw):
        for _ in range(12):
            one = report(draw, codes)
            try:
                expected = orjson.dumps(to_json(one, language))
            except TypeError:
                expected = json.dumps(to_json(one, language), ensure_ascii=False).encode("utf-8", "surrogatepass")
            assert json_bytes(one, language) == expected
    learned = [each for each in known._known.values() if each is not None]
    assert len(learned) >= len(CODES) / 6
    assert not [form for form, each in known._known.items() if each is None]


def test_nothing_that_stood_in_a_report_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "_OUTLINES", known := outlines.Outlines(written._OUTLINES._presenter))
    draw = random.Random(4)
    secret = "Kim-Mina-4711"
    for _ in range(5):
        facts = dict.fromkeys(CODES["issuer.bound"].facts, secret)
        checks = (found("issuer.bound", **facts), found("dates.begun", since=draw.choice(MOMENTS)))
        json_bytes(Report(checks, NOW, secret, {"name": secret}, technical={secret: secret}), "en")
    assert [each for each in known._known.values() if each]
    assert secret not in repr(vars(known))
    assert "2026-03" not in repr(vars(known))


def test_what_the_catalogue_does_not_say_has_no_form() -> None:
    good = found("dates.no_end")
    other = Check("dates.end", Question.STILL_VALID, Outcome.FAILED, "dates.no_end", {})
    unknown = Check("dates.end", Question.STILL_VALID, Outcome.PASSED, "of.nobody", {})
    assert outlines.read(Report((good,), NOW), "en") is not None
    for checks in ((good, good), (other,), (unknown,)):
        assert outlines.read(Report(checks, NOW), "en") is None


def test_a_form_whose_outline_is_wrong_is_not_used() -> None:
    """A presenter that shortens a text differently from what it says of itself."""
    wrong: outlines.Presenter[None] = outlines.Presenter(
        write=lambda report, _language, _beside: (
            f"{report.document_type[:3]}|{report.checks[0].facts['since']}|x".encode()
        ),
        texts=(str.encode, str.encode),
        moments=lambda _: (str.encode,),
        lists=(),
        around=lambda report, _language, _beside: [report.document_type.encode()],
        marks=lambda: None,
    )
    known = outlines.Outlines(wrong)
    one = Report((found("dates.begun", since=MOMENTS[0]),), NOW, "four")
    for _ in range(4):
        assert known.written(one, "en", None) in (None, b"fou|2026-03-05T10:00:00Z|x")
    assert list(known._known.values()) == [None]


def test_outlines_are_few() -> None:
    known = outlines.Outlines(written._OUTLINES._presenter, most=3)
    for code in STABLE[:40]:
        for _ in range(2):
            known.written(report(random.Random(1), [code]), "en", None)
    assert len(known._known) <= 3
    assert len(known._met) <= 12

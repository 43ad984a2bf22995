"""Sentences: what a check found and what to do now, made late and in the reader's language.

A code has one sentence in every language and, where it refuses or cannot decide, one next step. The facts of the check are put into
`{fact}` and `{fact:form}` places, where the form is `date` (a moment written as readers write it), `reason` (the code of an error
as a clause), `rule` (a broken rule of the structure as a clause) or `word` (a term of the standards as a common word). Text that
comes out of a document is shortened and freed from control and direction characters first: a document must not be able to forge
our own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any

from testamur.verification.report import Check, Outcome, Question, Verdict
from testamur.verification.sentences import english, korean
from testamur.verification.sentences.dates import written
from testamur.verification.sentences.language import Language

__all__ = [
    "LANGUAGES",
    "forms_of",
    "known_as",
    "name",
    "next_step",
    "outcome",
    "plain",
    "question",
    "resolved",
    "sentence",
    "told",
    "verdict",
    "verdict_explained",
    "word",
]

_LANGUAGES: dict[str, Language] = {"en": english.ENGLISH, "ko": korean.KOREAN}

LANGUAGES: tuple[str, ...] = tuple(_LANGUAGES)

_LONGEST = 160
_EXTRA = {
    0x2028, 0x2029, 0xFEFF, 0x200E, 0x200F, 0x061C, 0x200B,
    *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x80, 0xA0), *range(0x20), 0x7F,
}  # fmt: skip
_CLEANED = dict.fromkeys(_EXTRA, " ")


def sentence(check: Check, language: str = "en") -> str:
    """What `check` found, as a sentence in `language` ("en" or "ko"; another one, such as "ko-KR" or "fr", falls back)."""
    chosen = _language(language)
    return _filled(chosen.findings[check.code], check.facts, chosen)


def next_step(check: Check, language: str = "en") -> str | None:
    """What the reader can do now, or None where nothing has to be done (the check passed, or it only informs)."""
    chosen = _language(language)
    template = chosen.next_steps.get(check.code)
    return _filled(template, check.facts, chosen) if template else None


def told(check: Check, language: str = "en") -> tuple[str, str | None]:
    """`sentence` and `next_step` of `check`."""
    chosen = _language(language)
    step = chosen.next_steps.get(check.code)
    sentence = _filled(chosen.findings[check.code], check.facts, chosen)
    return sentence, _filled(step, check.facts, chosen) if step else None


def question(asked: Question, language: str = "en") -> str:
    """One of the six questions, as a question in `language`."""
    return _language(language).questions[asked]


def outcome(found: Outcome, language: str = "en") -> str:
    """`passed`, `failed` or `unknown` as a short label in `language`."""
    return _language(language).outcomes[found]


def verdict(reached: Verdict, language: str = "en") -> str:
    """The verdict as a short label in `language`."""
    return _language(language).verdicts[reached]


def verdict_explained(reached: Verdict, language: str = "en") -> str:
    """The verdict as a sentence in `language` that can be read aloud."""
    return _language(language).verdict_sentences[reached]


def name(check_name: str, language: str = "en") -> str:
    """The name of a check (`status`, `issuer.binding` …) as a short label in `language`."""
    return _language(language).names[check_name]


def word(term: str, language: str = "en") -> str:
    """A term of the standards or of a report as a common word in `language`; the term itself where there is none."""
    return _language(language).words.get(term, term)


def resolved(language: str) -> str:
    """The language of `LANGUAGES` in which somebody who asks for `language` is told."""
    return _language(language).tag


def _language(tag: str) -> Language:
    known = _LANGUAGES.get(tag)
    if known is not None:
        return known
    return _LANGUAGES.get(tag.partition("-")[0].partition("_")[0].lower(), english.ENGLISH)


def forms_of(code: str, language: str = "en") -> frozenset[tuple[str, str]]:
    """The facts that the sentence and the next step of `code` name, each with the form in which it is said ("" for none)."""
    chosen = _language(language)
    templates = (chosen.findings[code], chosen.next_steps.get(code, ""))
    return frozenset((fact, form) for each in templates for _, fact, form in _pieces(each) if fact is not None)


def known_as(form: str, language: str = "en") -> frozenset[str]:
    """The values for which `language` has words of its own where they are said in this form."""
    chosen = _language(language)
    return frozenset({"reason": chosen.reasons, "rule": chosen.rules, "word": chosen.words}.get(form, ()))


_Pieces = tuple[tuple[str, str | None, str], ...]
"""Texts of a template, each with the fact that follows it (None: nothing does) and the form in which that is said."""


@cache
def _pieces(template: str) -> _Pieces:
    """A template is read once: there are some hundreds, all of them ours."""
    return tuple((text, fact, form or "") for text, fact, form, _ in Formatter().parse(template))


def _said(value: Any, form: str, language: Language) -> str:
    if not form:
        return plain(value)
    match form:
        case "date":
            return written(value, language.tag)
        case "reason":
            return _reason(str(value), language)
        case "word":
            return language.words.get(str(value)) or plain(value)
        case "rule":
            return language.rules.get(str(value), language.other_rule)
        case _:
            return plain(value)


def _reason(code: str, language: Language) -> str:
    """The clause for a code, or for its family together with the code."""
    if code in language.reasons:
        return language.reasons[code]
    family = language.reasons.get(code.partition(".")[0], "")
    return f"{family} ({plain(code)})" if family else language.other_reason.format(code=plain(code))


def _filled(template: str, facts: Mapping[str, Any], language: Language) -> str:
    filled = []
    for text, fact, form in _pieces(template):
        filled.append(text)
        if fact is not None:
            filled.append(_said(facts[fact], form, language))
    return "".join(filled)


def plain(value: Any, longest: int = _LONGEST) -> str:
    """`value` as one line of at most `longest` characters that cannot pretend to be ours: without control, line and direction signs."""
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(item, longest) for item in value)
    text = str(value)
    # What is printable holds no sign of control or direction, and no blank but the space.
    if not text.isprintable() or "  " in text or text[:1] == " " or text[-1:] == " ":
        text = " ".join(text.translate(_CLEANED).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"

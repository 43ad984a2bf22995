"""What an award says about how it was earned: from the facts of a decision to results, evidence and the rest of a credential.

Everything is said in terms of the standards (docs/decisions/0033):

* a `Result` for each task (per cent) and one for each criterion (the level that was reached); the result of a task is aligned to the
  evidence for it (`targetType` "ext:Evidence"), which is how a reader gets from one to the other;
* an `Evidence` for each piece that was handed in, with its digest (VC Data Model 2.0 §5.3). A private piece is called by that digest
  (`ni:` address, RFC 6920): it names the piece and leads nowhere;
* an `Evidence` for the assessment of each task: who assessed it in which role, whether a moderator decided, under which supervision;
* `AchievementSubject.source` is the organisation outside that assessed on behalf of the issuer.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from testamur_site.catalogue.api import (
    SUPERVISION,
    AchievementVersion,
    default_language,
    in_language,
    result_description_id,
    rubric_level_id,
)
from testamur_site.decisions.api import Assessors, AwardFacts, Piece, Route, TaskFacts

from .rules import AwardData
from .sentences import EVIDENCE_KINDS, ROUTES

INDUSTRY = "industry"


def data_of(facts: AwardFacts, valid_until: Any) -> AwardData:
    """The award that follows from the facts, worded in the language of its credential."""
    with translation.override(words_of(facts.version)):
        pieces = {task.task.key: list(_pieces(task)) for task in facts.tasks}
        records = {task.task.key: _record(task, facts.version) for task in facts.tasks}
        results = [one for task in facts.tasks for one in _results(facts.version, task, pieces, records)]
    # A piece that serves several tasks stands in the credential once.
    evidence = {one["url"]: one for key in pieces for one in (records[key], *pieces[key])}
    return AwardData(
        name=facts.name,
        email=facts.email,
        awarded_date=facts.awarded,
        valid_until=valid_until,
        language=facts.language,
        results=results,
        evidence=list(evidence.values()),
    )


def earned_of(facts: AwardFacts) -> dict[str, Any]:
    """What is said once for the whole award, as it is kept with it: `narrative`, `term`, `transcript_line`, `started`, `ended` (ISO 8601
    days or ''), `source` (`id`, `name`, `url`) or None."""
    handed_in = [task.handed_in for task in facts.tasks if task.handed_in is not None]
    ended = max(handed_in) if handed_in else None
    started = facts.starts if facts.starts and ended and facts.starts <= ended else None
    with translation.override(words_of(facts.version)):
        narrative = _narrative(facts)
    return {
        "narrative": narrative,
        "term": "/".join(day.isoformat() for day in (facts.starts, facts.ends) if day is not None),
        "transcript_line": facts.transcript_line,
        "started": started.isoformat() if started else "",
        "ended": ended.isoformat() if ended and started else "",
        "source": _source(facts),
    }


def words_of(version: AchievementVersion) -> str:
    """The language of our own words in the version's credentials: the credential's, where we speak it, else English."""
    return "ko" if default_language(version).startswith("ko") else "en"


def _results(
    version: AchievementVersion,
    task: TaskFacts,
    pieces: dict[str, list[dict[str, str]]],
    records: dict[str, dict[str, str]],
) -> Iterator[dict[str, Any]]:
    key = task.task.key
    yield {
        "description": result_description_id(version, key),
        "value": _number(task.percent),
        "evidence": [{"name": one["name"], "url": one["url"]} for one in (records[key], *pieces[key])],
    }
    for criterion, level in task.levels.items():
        yield {
            "description": result_description_id(version, key, criterion),
            "level": rubric_level_id(version, key, criterion, level),
        }


def _pieces(task: TaskFacts) -> Iterator[dict[str, str]]:
    for number, piece in enumerate(task.pieces, 1):
        kind = str(EVIDENCE_KINDS.get(piece.kind, piece.kind))
        yield {
            "url": piece.url or named_by_digest(piece.sha256),
            "name": piece.title or _("%(kind)s %(number)s") % {"kind": kind, "number": number},
            "genre": kind,
            "description": _said_of(piece),
            "digest": "" if piece.url else digest_sri(piece.sha256),
        }


def _said_of(piece: Piece) -> str:
    if piece.url:
        return _("What stands at this address is not fixed by a digest and may have changed since.")
    if piece.kind in ("link", "video", "repository"):
        return _("Private: the holder can show the address. The digest is that of the address.")
    return _("Private: the holder can show the piece. Whoever receives it can compare its digest.")


def _record(task: TaskFacts, version: AchievementVersion) -> dict[str, str]:
    """The evidence that says how a task was assessed. Its address is a place in the credential."""
    title = in_language(task.task.title, words_of(version)) or task.task.key
    facts = {"percent": _number(task.percent), "pass_mark": task.task.pass_mark}
    return {
        "url": f"#assessment-{task.task.key}",
        "name": _("Assessment: %(task)s") % {"task": title},
        "genre": str(ROUTES[task.route]),
        "description": _("%(percent)s per cent; %(pass_mark)s are needed to pass.") % facts,
        "narrative": "\n".join(f"* {line}" for line in _lines(task)),
        "digest": "",
    }


def _lines(task: TaskFacts) -> Iterator[str]:
    if task.route is Route.RECOGNITION:
        yield _("Type of assessment: recognition of prior learning, judged by the criteria of the task.")
    for one in task.assessors:
        yield _("Assessed by: %(who)s") % {"who": _who(one)}
    if task.moderated:
        yield _("The assessors differed, and a moderator decided.")
    if task.provisional:
        yield _("Assessed by a test whose questions have provisional difficulties.")
    if task.deduction:
        yield _("%(points)s per cent points were taken off.") % {"points": _number(task.deduction)}
    if task.supervision is not None:
        yield _("Supervision of this assessment: %(level)s") % {"level": _level(task.supervision.uri, task)}
    if task.identity_level:
        yield _("Identity of the learner: %(level)s") % {"level": _level(task.identity_level, task)}
    if task.handed_in is not None:
        facts = {"day": _day(task.handed_in), "attempt": task.attempt}
        yield _("Handed in on %(day)s, attempt %(attempt)s") % facts
    if task.authorship_declared is not None:
        yield _("The learner declared authorship on %(day)s.") % {"day": _day(task.authorship_declared)}
    if task.agreed is not None:
        yield _("The result was agreed on %(day)s.") % {"day": _day(task.agreed)}


def _who(one: Assessors) -> str:
    """An organisation, how many of its people, and in which role. Plain words: a name that comes from outside is no Markdown."""
    name = "".join(f"\\{letter}" if letter in "\\`*_[]<>#|~" else letter for letter in one.name)
    facts = {"name": name, "number": one.count}
    if one.role == INDUSTRY:
        return (
            ngettext(
                "%(name)s, %(number)s validator from industry",
                "%(name)s, %(number)s validators from industry",
                one.count,
            )
            % facts
        )
    if one.role == "peer":
        return (
            ngettext("%(number)s fellow learner, %(name)s", "%(number)s fellow learners, %(name)s", one.count) % facts
        )
    if one.role == "moderator":
        return ngettext("%(name)s, %(number)s moderator", "%(name)s, %(number)s moderators", one.count) % facts
    return ngettext("%(name)s, %(number)s assessor", "%(name)s, %(number)s assessors", one.count) % facts


def _level(uri: str, task: TaskFacts) -> str:
    """A level of supervision and identity in words; a concept of no list by its own label."""
    language = translation.get_language() or "en"
    concept = SUPERVISION.get(uri)
    if concept is None and task.supervision is not None and task.supervision.uri == uri:
        concept = task.supervision
    return in_language(concept.label, language) if concept else uri


def _narrative(facts: AwardFacts) -> str:
    said = [_("Awarded by decision: every task of the programme was assessed and passed.")]
    if facts.percent is not None:
        said.append(_("Overall result: %(percent)s per cent.") % {"percent": _number(facts.percent)})
    recognised = [task for task in facts.tasks if task.route is Route.RECOGNITION]
    if recognised:
        language = words_of(facts.version)
        titles = ", ".join(in_language(task.task.title, language) or task.task.key for task in recognised)
        said.append(_("By recognition of prior learning: %(tasks)s.") % {"tasks": titles})
    return " ".join(said)


def _source(facts: AwardFacts) -> dict[str, str] | None:
    """The organisation outside that assessed most; Open Badges 3.0 knows one source. The others stand in the records of the assessments."""
    counted: dict[tuple[str, str], int] = {}
    for task in facts.tasks:
        for one in task.assessors:
            if one.role == INDUSTRY:
                counted[one.name, one.url] = counted.get((one.name, one.url), 0) + one.count
    if not counted:
        return None
    name, url = max(counted, key=lambda key: (counted[key], key))
    web = url if url.startswith(("https://", "http://")) else ""
    return {"id": web or f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}", "name": name, "url": web}


def digest_sri(sha256: str) -> str:
    """A SHA-256 in hexadecimal as W3C Subresource Integrity writes it."""
    return f"sha256-{base64.b64encode(bytes.fromhex(sha256)).decode()}"


def named_by_digest(sha256: str) -> str:
    """The address of a thing that is called by its SHA-256 (RFC 6920, `ni`)."""
    return f"ni:///sha-256;{base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip('=')}"


def _day(day: Any) -> str:
    return date_format(day, "j F Y" if (translation.get_language() or "en").startswith("en") else "DATE_FORMAT")


def _number(number: Any) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

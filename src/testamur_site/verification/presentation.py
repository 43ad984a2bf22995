"""The third presenter of a report: what the page shows. It arranges the JSON presenter's values and adds none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import get_language

from testamur.verification import Question, Report, Verdict, presenters, sentences

from .receipts import presentation as receipts

_RECORD = "log."
_LEVELS = ("log.inclusion", "log.witnesses", "log.anchor")
_USUAL_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9._~/?#=&%:+-]*)?").fullmatch
"""What nobody need take apart to see that it is one."""
_PASSED_OVER = ("not_decided", "not_asked")  # the end of the codes of checks that an earlier failure made pointless


def reader_language(page: str = "") -> str:
    """The language of the report for whoever is asking: the page's, of those that the library's sentences know. The page's is the active
    one, which `page` may name."""
    return "ko" if (page or get_language() or "").startswith("ko") else "en"


def page(report: Report, language: str) -> dict[str, Any]:
    """The report as the template wants it: as `presenters.to_json`, with the checks below their questions and a word for the verdict."""
    return arranged(presenters.to_json(report, language), language)


def arranged(said: dict[str, Any], language: str) -> dict[str, Any]:
    """The same from a report's JSON, `said`, which stays as it is."""
    shown = {
        **said,
        "questions": [dict(question) for question in said["questions"]],
        "checks": [dict(check) for check in said["checks"]],
    }
    shown["verdictWord"] = sentences.verdict(Verdict(said["verdict"]), language)
    for question in shown["questions"]:
        question["checks"] = [check for check in shown["checks"] if check["question"] == question["question"]]
        # What merely informs gets a quieter mark than what could not be decided. Not so for the issuer's entitlement: that nobody known
        # to us vouches for an issuer is a doubt, and is shown as one.
        quiet = all(check["outcome"] == "unknown" and not check["required"] for check in question["checks"])
        unasked = not question["checks"] or question["question"] != Question.ENTITLED
        question["mark"] = "info" if quiet and unasked else question["outcome"]
        for check in question["checks"]:
            informs = check["outcome"] == "unknown" and not check["required"]
            check["mark"] = "info" if informs and question["question"] != Question.ENTITLED else check["outcome"]
        question["findings"] = _findings(question["checks"])
        if question["question"] == Question.ENTITLED and question["outcome"] == "passed":
            # Somebody known vouches: that is the answer, and stands before what is in doubt all the same.
            vouching = [check for check in question["checks"] if check["outcome"] == "passed"]
            question["findings"] = vouching + [check for check in question["findings"] if check not in vouching]
    shown["ladder"] = ladder(said)
    shown["reason"] = _reason(shown["checks"])
    # Valid, but from somebody whom nobody known to us vouches for: anybody can sign, under any name. That is never green.
    doubted = said["verdict"] == Verdict.VALID and shown["reason"] is not None
    shown["tone"] = "quiet" if doubted else said["verdict"]
    if said["subject"]:
        shown["subject"], shown["chain"] = of_itself(said["subject"])
        if receipt := shown["subject"].get("receipt"):
            shown["receipt"] = receipts.in_words(receipt)
    children = [arranged(child, language) for child in said.get("endorsements", ())]
    shown["parts"] = [child for child in children if child.get("relation") == "part"]
    shown["endorsements"] = [child for child in children if child.get("relation") != "part"]
    if shown["tone"] == "valid" and (part := next((each for each in shown["parts"] if each["tone"] == "quiet"), None)):
        shown["tone"], shown["reason"] = "quiet", part["reason"]  # what gathers a doubtful credential is as doubtful
    return shown


def of_itself(subject: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a document says of itself, as the page shows it, and how it was earned, which is then not told a second time."""
    return arranged_of_itself(_of_its_own(subject))


def arranged_of_itself(shown: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The same of what nobody else holds: it is changed."""
    chain = presenters.chain(shown)
    if chain:
        _leave_out_the_told(shown)
    _name_things(shown)
    return shown, chain


def _of_its_own(subject: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of what a document says in which everything that the page changes is a copy too."""
    copied = dict(subject)
    for member in ("result", "evidence"):
        if member in copied:
            copied[member] = [dict(each) for each in copied[member]]
    if achievement := copied.get("achievement"):
        copied["achievement"] = achievement = dict(achievement)
        if "alignment" in achievement:
            achievement["alignment"] = [dict(each) for each in achievement["alignment"]]
    return copied


def ladder(said: dict[str, Any]) -> dict[str, Any] | None:
    """How far a confirmed document is publicly recorded, as the page shows it: the levels, the two dates, and what a reader must know
    beside them. None where nothing was asked, and where nothing of the document could be confirmed."""
    recorded = said.get("transparency")
    if recorded is None or recorded["level"] is None:
        return None
    checks = {check["name"]: check for check in said["checks"] if check["name"].startswith(_RECORD)}
    told = [checks[name]["sentence"] for name in _LEVELS if name in checks and checks[name]["outcome"] != "passed"][:1]
    late = "log.recorded" in checks and checks["log.recorded"]["code"] == "log.recorded_late"
    if late:
        told.insert(0, checks["log.recorded"]["sentence"])
    return {**recorded, "told": told, "late": late}


def questions(language: str) -> list[str]:
    """The six questions that every report answers, for the page that has no report yet."""
    return [sentences.question(question, language) for question in Question]


def _reason(checks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The check that a reader must know beside the verdict: the first that failed, else the first necessary one that is open, else the
    doubt about an issuer for whom nobody known vouches. None where there is nothing to add."""
    failed = [check for check in checks if check["outcome"] == "failed"]
    open_ones = [check for check in checks if check["outcome"] == "unknown" and check["required"]]
    entitled = [check for check in checks if check["question"] == Question.ENTITLED]
    vouched = any(check["outcome"] == "passed" for check in entitled)
    issuer = [check for check in entitled if check["outcome"] == "unknown" and not vouched]
    return next(iter(failed + open_ones + issuer), None)


def _findings(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a reader in a hurry must know of a question: everything that failed or is in doubt; where nothing is, the last check, because
    checks build upon each other and the last one says most. That something could not be looked at at all is said once; that it is
    publicly recorded stands in the ladder."""
    failed = [check for check in checks if check["mark"] == "failed"]
    doubts = [check for check in checks if check["mark"] == "unknown"]
    passed_over = [check for check in doubts if check["code"].endswith(_PASSED_OVER)]
    told = failed + [check for check in doubts if check not in passed_over[1:]]
    return told or [check for check in checks if not check["name"].startswith(_RECORD)][-1:] or checks[-1:]


def _leave_out_the_told(subject: dict[str, Any]) -> None:
    """What the chain shows, with everything that belongs to it, is not listed a second time."""
    results, evidence = presenters.told(subject)
    for member, name, told in (("result", "resultDescription", results), ("evidence", "id", evidence)):
        if told:
            subject[member] = [item for item in subject.get(member, ()) if item.get(name) not in told]


def _name_things(subject: dict[str, Any]) -> None:
    """Give what has no name of its own the best word that it has, so that the template need not choose."""
    achievement = subject.get("achievement", {})
    subject["title"] = achievement.get("name") or subject.get("name") or ""
    if issuer := subject.get("issuer"):
        subject["issuer"] = {**issuer, "title": issuer.get("name") or issuer.get("id") or ""}
    for members, *names in (
        (subject.get("result", []), "levelName", "value", "achievedLevel", "status"),
        (subject.get("evidence", []), "name", "id"),
        (achievement.get("alignment", []), "targetName", "targetUrl"),
    ):
        for member in members:
            member["title"] = next((member[name] for name in names if member.get(name)), "")
    for result in subject.get("result", []):
        if result.get("resultType") == "Percent" and str(result["title"]).replace(".", "").isdecimal():
            result["title"] = f"{result['title']} %"
    for alignment in achievement.get("alignment", []):
        # “European Qualifications Framework (EQF), level 6” needs no framework beside it.
        framework = str(alignment.get("targetFramework") or "")
        alignment["framework"] = "" if framework in str(alignment["title"]) else framework


def safe_link(address: object) -> str:
    """`address` if it is an absolute web address, else nothing: a document must not put `javascript:` behind our words."""
    if not isinstance(address, str) or len(address) > 2_048:
        return ""
    if _USUAL_LINK(address):
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""

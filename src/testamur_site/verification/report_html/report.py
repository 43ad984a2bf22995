"""From an arranged report (`presentation.arranged`) to HTML, part by part in the order of the page."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from testamur_site.foundation.design_system import api as design

from ..own_documents import is_credential_of_ours
from .elements import date, fact, heading, icon, linked, mark, moment, shortened, soft, text, texts, title
from .words import Words, checks, words

LONGEST_FACT, LONGEST_SOURCE = 400, 160
_LONGEST_NAME, _LONGEST_TITLE, _LONGEST_TEXT = 120, 200, 600

Said = dict[str, Any]


def render(report: Said, *, source: str = "", offer: str = "", address: str = "", as_json: str = "") -> SafeString:
    """The whole report. `source`: the address that it came from. For a receipt the form hands back the `offer`; or the `address`, if it is
    one of ours: it is verified again when a receipt, or the report for engineers, is asked for. `as_json`: that report, where it is not.
    `ofItself` and `took` in the report are the markup of what the document says, where that was made before."""
    our, language = words(), get_language() or "en"
    parts = [
        '<article class="flow report" aria-labelledby="verdict">\n',
        _certificate(report, source, our, language),
        _ladder(report["ladder"], our, language) if report["ladder"] else "",
    ]
    if receipt := report.get("receipt"):
        parts.append(render_to_string("verification/receipts/inside.html", {"receipt": receipt}))
    if chain := report.get("chain"):
        context = {"subject": report["subject"], "chain": chain}
        parts.append(render_to_string("verification/how_earned.html", context))
    parts.append(_questions(report, our, language, published=is_credential_of_ours(source)))
    if report["parts"] or report["endorsements"]:
        parts.append(render_to_string("verification/inside.html", {"report": report}))
    parts.append(_actions(offer, address, our))
    if as_json:
        parts.append(_for_engineers(as_json, our))
    parts.append("</article>\n")
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped where it is made


def _for_engineers(as_json: str, our: Words) -> str:
    return (
        f'<details class="more small screen-only"><summary>{our.for_engineers}</summary>\n'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{our.report_as_json}"><pre class="small">'
        f"<code>{text(as_json)}</code></pre></div></details>\n"
    )


# --- the certificate ------------------------------------------------------------------------------------------------------------


def _certificate(report: Said, source: str, our: Words, language: str) -> str:
    reason = report["reason"]
    said = ""
    if reason:
        said = (
            f'<p class="reason">{mark(reason["outcome"], language)} <strong>{text(reason["sentence"])}</strong></p>\n'
        )
    came_from = f'<br><span class="mono">{shortened(source, LONGEST_SOURCE)}</span>' if source else ""
    return (
        f'<header class="certificate">\n<div class="split">\n<div class="flow">\n'
        f'<p class="eyebrow">{our.verification_report}</p>\n'
        f"{heading(report['verdict'], report['verdictWord'], report['tone'])}\n"
        f'<p class="lead">{text(report["verdictSentence"])}</p>\n{said}'
        f'<p class="soft small">{our.verified_on % {"moment": moment(report["verifiedAt"], language)}}{came_from}</p>\n</div>\n'
        f'<div class="flow">{_of_itself(report, our, language)}</div>\n</div>\n</header>\n'
    )


def _of_itself(report: Said, our: Words, language: str) -> str:
    if "ofItself" in report:
        return str(report["ofItself"])
    if report["subject"]:
        return of_itself(report["subject"], our, language)
    return f"<p>{our.unconfirmed}</p>" if report.get("unconfirmed") else ""


def of_itself(
    subject: Said, our: Words, language: str, *, heading: str = "", issued_by: str = "", utc: bool = False
) -> str:
    """Who has it, from whom, since when: what the document says, once it is confirmed. `heading` and `issued_by` are markup, where that
    was made before (`headed`, `issuer`); `utc`: that is known to be the reader's zone (`in_utc`)."""
    rows: list[tuple[str, str]] = []
    if name := (subject.get("holder") or {}).get("name"):
        rows.append((our.awarded_to, f"<strong>{text(name)}</strong>"))
    if not issued_by and (stated := subject.get("issuer")):
        issued_by = issuer(stated, our)
    if issued_by:
        rows.append((our.issued_by, issued_by))
    if since := subject.get("awardedDate") or subject.get("validFrom"):
        rows.append((our.awarded_on, date(since, language, utc=utc)))
    if until := subject.get("validUntil"):
        rows.append((our.valid_until, date(until, language, utc=utc)))
    rows += [(text(each.get("name") or our.result), text(each["title"])) for each in subject.get("result") or ()]
    listed = "\n".join(f"<div><dt>{label}</dt><dd>{value}</dd></div>" for label, value in rows)
    return f'<h2>{heading or headed(subject.get("title"), our)}</h2>\n<dl class="facts tight">\n{listed}\n</dl>'


def headed(name: object, our: Words) -> str:
    return title(name or our.the_credential, _LONGEST_TITLE)


def issuer(stated: Said, our: Words) -> str:
    said = linked(stated.get("url"), shortened(stated["title"], _LONGEST_NAME))
    if stated.get("name"):
        said += f'<br><span class="mono small soft">{shortened(stated.get("id") or "", 160)}</span>'
    if parent := (stated.get("parentOrg") or {}).get("name"):
        said += f'<br><span class="small soft">{our.belongs_to % {"parent": shortened(parent, _LONGEST_NAME)}}</span>'
    return said


_DONE = '<li class="done">'


def _ladder(ladder: Said, our: Words, language: str) -> str:
    """How far it is publicly recorded."""
    rungs = "".join(
        f"{_DONE if rung['outcome'] == 'passed' else '<li>'}<span>{text(rung['title'])}"
        f'<span class="visually-hidden">: {our.rungs.get(rung["outcome"], our.not_shown)}</span></span></li>'
        for rung in ladder["levels"]
    )
    recorded = ""
    if first := ladder.get("firstRecorded"):
        day = date(first, language)
        if ladder["late"]:
            day = f"<strong>{day}</strong>"
        if awarded := ladder.get("saysAwarded"):
            recorded = f"<div><dt>{our.says_awarded_on}</dt><dd>{date(awarded, language)}</dd></div>\n"
        recorded += f"<div><dt>{our.first_recorded}</dt><dd>{day} {soft(our.at_the_latest)}</dd></div>\n"
        recorded = f'<dl class="facts">\n{recorded}</dl>\n'
    told = "".join(f'<p class="soft">{text(sentence)}</p>' for sentence in ladder["told"])
    return (
        f'<section class="flow" aria-labelledby="record"><h2 id="record">{our.public_record}</h2>\n'
        f'<ol class="steps">{rungs}</ol>\n{recorded}{told}\n</section>\n'
    )


# --- the six questions ----------------------------------------------------------------------------------------------------------


def _questions(report: Said, our: Words, language: str, *, published: bool) -> str:
    asked = "".join(_question(question, report, our, language, published=published) for question in report["questions"])
    return (
        f'<section class="flow" aria-labelledby="questions"><h2 id="questions">{our.six_questions}</h2>\n'
        f'<ol class="findings">{asked}</ol></section>\n'
    )


def _question(question: Said, report: Said, our: Words, language: str, *, published: bool) -> str:
    found = "".join(f"<p>{text(check['sentence'])}{_step(check)}</p>\n" for check in question["findings"])
    found = found or f'<p class="soft">{our.not_looked_at}</p>'
    more = ""
    if report["subject"] and question["question"] == "what_it_took":
        more = report["took"] if "took" in report else what_it_took(report["subject"], our, published=published)
    return (
        f'<li id="{question["question"]}">\n{mark(question["mark"], language)}\n<h3>{text(question["title"])}</h3>\n'
        f'<div class="matter">{found}{more}{_checks(question, our, language)}</div>\n</li>'
    )


def _step(check: Said) -> str:
    return f" {soft(text(check['nextStep']))}" if check.get("nextStep") else ""


def _checks(question: Said, our: Words, language: str) -> str:
    """Every check with its facts, folded away."""
    if not question["checks"]:
        return ""
    rows = []
    for check in question["checks"]:
        values = [check["sentence"], our.code, check["code"]]
        for name, value in check["facts"].items():
            values += (str(name), fact(value, LONGEST_FACT))
        sentence, *said = texts(values)
        facts = "</dd></div><div><dt>".join(
            f'{name}</dt><dd class="mono">{value}' for name, value in zip(said[::2], said[1::2], strict=True)
        )
        rows.append(
            f"<li>{mark(check['mark'], language)}<div>\n<p>{sentence}</p>"
            f'<dl class="said soft screen-only"><div><dt>{facts}</dd></div></dl></div></li>'
        )
    return (
        f'<details class="more small prints"><summary>{checks(len(rows), language)}'
        f'<span class="visually-hidden">: {text(question["title"])}</span></summary>\n'
        f'<ul class="checks">{"".join(rows)}</ul></details>'
    )


def what_it_took(subject: Said, our: Words, *, published: bool) -> str:
    """What it took, as the document says it. `published`: it is a credential that we ourselves show to everybody
    (`is_credential_of_ours`). Then its criteria are words that an institution has published, the same in each credential of the
    achievement, and stay in memory as HTML; nothing else of it does."""
    achievement = subject.get("achievement") or {}
    parts = []
    if description := achievement.get("description"):
        parts.append(f'<p class="prose">{shortened(description, _LONGEST_TEXT)}</p>')
    if alignments := achievement.get("alignment"):
        tags = "".join(_alignment(each) for each in alignments)
        parts.append(f'<h4>{our.skills}</h4>\n<ul class="tags">{tags}</ul>')
    if pieces := subject.get("evidence"):
        parts.append(f"<h4>{our.evidence}</h4><ul>{''.join(_evidence(each, our) for each in pieces)}</ul>")
    criteria = achievement.get("criteria") or {}
    if narrative := criteria.get("narrative"):
        made = design.render_published_markdown if published else design.render_markdown
        parts.append(
            f'<details class="more prints"><summary>{our.how_assessed}</summary>'
            f'<div class="flow prose quoted">{made(str(narrative))}</div></details>'
        )
    if (link := linked(criteria.get("id"), our.criteria_at_issuer)) != our.criteria_at_issuer:
        parts.append(f"<p>{link}</p>")
    return "\n".join(parts)


def _alignment(each: Said) -> str:
    framework = f" {soft(shortened(each['framework'], 60))}" if each["framework"] else ""
    return f'<li class="tag">{linked(each.get("targetUrl"), shortened(each["title"], _LONGEST_NAME))}{framework}</li>'


def _evidence(each: Said, our: Words) -> str:
    said = linked(each.get("id"), shortened(each["title"] or our.evidence, 160))
    for member in ("description", "narrative"):
        if each.get(member):
            said += f"<br>{soft(shortened(each[member], LONGEST_FACT))}"
    return f"<li>{said}</li>"


# --- what can be done with it ---------------------------------------------------------------------------------------------------


def _actions(offer: str, address: str, our: Words) -> str:
    receipt = link = ""
    if offer or address:
        name, value = ("offer", offer) if offer else ("address", address)
        receipt = (
            f'<form method="post" action="{_address_of("verification:receipt")}">'
            f'<input type="hidden" name="{name}" value="{text(value)}">'
            f'<button class="button">{icon("file-text")} {our.make_receipt}</button></form>'
        )
    if address:
        link = (
            f'\n<a class="button plain" href="{_address_of("verification:api")}?address={quote(address, safe="")}">'
            f"{our.report_as_json}</a>"
        )
    return (
        '<div class="actions screen-only"><button type="button" class="button js-only" data-print>'
        f"{icon('printer')} {our.print_report}</button>\n{receipt}{link}</div>\n"
    )


@cache
def _address_of(name: str) -> str:
    return reverse(name)

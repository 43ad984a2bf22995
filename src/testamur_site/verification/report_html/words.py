"""Our own words in a report, in the active language: looked up once in each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils import translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    verification_report: str
    verified_on: str  # with `moment`
    belongs_to: str  # with `parent`
    the_credential: str
    awarded_to: str
    issued_by: str
    awarded_on: str
    valid_until: str
    result: str
    unconfirmed: str
    public_record: str
    rungs: dict[str, str]
    not_shown: str
    says_awarded_on: str
    first_recorded: str
    at_the_latest: str
    six_questions: str
    for_information: str
    not_looked_at: str
    code: str
    skills: str
    evidence: str
    how_assessed: str
    criteria_at_issuer: str
    print_report: str
    make_receipt: str
    for_engineers: str
    report_as_json: str


def words(language: str = "") -> Words:
    """Those of the active language, which `language` may name."""
    return _words(language or get_language() or "en")


@lru_cache(maxsize=256)
def checks(number: int, _language: str) -> str:
    return ngettext("%(number)s check, with its facts", "%(number)s checks, with their facts", number) % {
        "number": number
    }


@lru_cache(maxsize=8)
def _words(language: str) -> Words:
    with translation.override(language):
        return _looked_up()


def _looked_up() -> Words:
    return Words(
        verification_report=_("Verification report"),
        verified_on=_("Verified on %(moment)s"),
        belongs_to=_("says that it belongs to %(parent)s"),
        the_credential=_("The credential"),
        awarded_to=_("Awarded to"),
        issued_by=_("Issued by"),
        awarded_on=_("Awarded on"),
        valid_until=_("Valid until"),
        result=_("Result"),
        unconfirmed=_(
            "What it says of itself could not be confirmed, so it is not shown. Read below why, and ask the holder for the original file."
        ),
        public_record=_("Public record"),
        rungs={"passed": _("reached"), "failed": _("refused"), "not_asked": _("not asked")},
        not_shown=_("not shown"),
        says_awarded_on=_("Says awarded on"),
        first_recorded=_("First publicly recorded"),
        at_the_latest=_("at the latest"),
        six_questions=_("Six questions"),
        for_information=_("For information"),
        not_looked_at=_("This was not looked at."),
        code=_("Code"),
        skills=_("Skills and levels"),
        evidence=_("Evidence"),
        how_assessed=_("What was learned and how it was assessed"),
        criteria_at_issuer=_("The criteria, at the issuer"),
        print_report=_("Print this report"),
        make_receipt=_("Make a signed receipt"),
        for_engineers=_("For engineers: the report as JSON"),
        report_as_json=_("Report as JSON"),
    )

"""What the pages show: words for states, refusals and reasons; what may be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from testamur_site.catalogue.api import AchievementVersion, MicroCredential, published
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing.api import credential_bytes
from testamur_site.wallet.api import DepositState, Holder, Identity, deposits_of, imported_documents, own_document

from . import errors
from .forms import ELECTIVE
from .models import Agreement, Recognition, Request, SentDocument, plain
from .reading.comparison import Match, compare, statements
from .rules import Result
from .services.requests import Offered

STATES: Mapping[str, tuple[str, Promise]] = {
    "sent": ("pending", pgettext_lazy("of a request", "Waits for a decision")),
    "asked": ("required", pgettext_lazy("of a request", "The learner is asked")),
    "decided": ("done", pgettext_lazy("of a request", "Decided")),
    "withdrawn": ("cancelled", pgettext_lazy("of a request", "Taken back")),
}
RESULTS: Mapping[str, tuple[str, Promise]] = {
    Result.RECOGNISED: ("passed", pgettext_lazy("of a decision", "Recognised")),
    Result.PARTLY: ("unknown", pgettext_lazy("of a decision", "Recognised in part")),
    Result.REFUSED: ("refused", pgettext_lazy("of a decision", "Not recognised")),
}
AGREEMENT_STATES: Mapping[str, tuple[str, Promise]] = {
    "draft": ("draft", pgettext_lazy("of an agreement", "Draft")),
    "active": ("active", pgettext_lazy("of an agreement", "In force")),
    "ended": ("inactive", pgettext_lazy("of an agreement", "Ended")),
}
EVENTS: Mapping[str, Promise] = {
    "created": gettext_lazy("Agreement drafted"),
    "changed": gettext_lazy("Terms changed"),
    "activated": gettext_lazy("Put in force"),
    "ended": pgettext_lazy("of an agreement", "Ended"),
}
DIRECTIONS: Mapping[str, Promise] = {
    "incoming": gettext_lazy("We recognise theirs"),
    "outgoing": gettext_lazy("They recognise ours"),
    "both": gettext_lazy("Both"),
}
NEARNESS: Mapping[str, tuple[str, Promise]] = {
    "near": ("passed", pgettext_lazy("of two learning outcomes", "Near")),
    "somewhat": ("unknown", pgettext_lazy("of two learning outcomes", "Somewhat near")),
    "none": ("failed", pgettext_lazy("of two learning outcomes", "Nothing found")),
}
MISSING: Mapping[str, Promise] = {
    "title": gettext_lazy("Title"),
    "partner_id": gettext_lazy("Its identifier as an issuer"),
    "valid_from": gettext_lazy("Valid from"),
    "valid_until": gettext_lazy("Valid until"),
}


def state_words(request: Request) -> tuple[str, str]:
    """The pill of a request: what was decided, once it was."""
    decided = decision_of(request)
    name, word = RESULTS[decided.result] if decided is not None else STATES[request.state]
    return name, str(word)


def decision_of(request: Request) -> Recognition | None:
    return getattr(request, "recognition", None)


def title_of(target: MicroCredential | None) -> str:
    """What something is recognised as, in the reader's language."""
    if target is None:
        return _("Elective credits")
    version = published(target.institution).filter(micro_credential=target).first()
    return version.title_in(get_language()) if version is not None else _("No longer offered")


def recognised_as(recognition: Recognition) -> str:
    if recognition.target is None:
        return ""
    return _("Elective credits") if recognition.elective else recognition.target.title_in(get_language())


def targets(institution: Institution) -> list[tuple[str, str]]:
    """The micro-credentials that something may be recognised as."""
    return [(one.micro_credential.public_id, one.title_in(get_language())) for one in published(institution)]


def chosen_target(institution: Institution, chosen: str) -> MicroCredential | None:
    if chosen == ELECTIVE:
        return None
    return published(institution).get(micro_credential__public_id=chosen).micro_credential


def offerable(holder: Holder) -> list[tuple[str, str]]:
    """The credentials of a wallet that may be sent: those claimed here, and those of other platforms."""
    own = [
        (f"award:{one.award.public_id}", f"{one.award.version.title} · {one.award.institution.localised_name}")
        for one in deposits_of(holder)
        if one.state == DepositState.CLAIMED and one.award.published and one.award.successor is None
    ]
    elsewhere = [
        (f"imported:{one.public_id}", f"{one.title or _('Without a name')} · {one.issuer}")
        for one in imported_documents(holder)
    ]
    return own + elsewhere


def offered(holder: Holder, chosen: Iterable[str]) -> list[Offered]:
    """The documents behind what was chosen of `offerable`."""
    found = []
    awards = {f"award:{one.award.public_id}": one.award for one in deposits_of(holder)}
    for name in chosen:
        if name in awards:
            award = awards[name]
            found.append(Offered(credential_bytes(award), "application/json", award.url, shown=True))
        elif (document := own_document(holder, name.partition(":")[2])) is not None:
            shown = document.identity == Identity.SHOWN
            found.append(Offered(bytes(document.content), document.media_type, document.source, shown=shown))
    return found


def mapping(version: AchievementVersion | None, documents: Sequence[SentDocument]) -> list[Match]:
    """Our outcomes beside the nearest of those that were sent; empty where there is nothing to compare with."""
    if version is None:
        return []
    language = (get_language() or "en")[:2]
    ours = [
        outcome.title.get(language) or next(iter(outcome.title.values()), "")
        for outcome in version.description.outcomes
    ]
    theirs = [said for document in documents for said in statements(document.subject)]
    matched = compare([one for one in ours if one], theirs)
    if language != "en" and not any(one.theirs for one in matched):
        # Credentials are mostly written in English, whatever the reader reads.
        english = [outcome.title.get("en", "") for outcome in version.description.outcomes]
        matched = compare([one for one in english if one], theirs)
    return matched


def shown_documents(documents: Sequence[SentDocument]) -> list[dict[str, Any]]:
    return [
        {
            "document": one,
            "sent": one.sent,
            "credits": plain(one.sent.credits),
            "statements": statements(one.subject),
            "awarded": as_day(str(one.subject.get("awardedDate") or one.subject.get("validFrom") or "")),
        }
        for one in documents
    ]


def as_day(moment: str) -> date | None:
    """The day of a moment as credentials write it; None for anything else."""
    try:
        return date.fromisoformat(moment[:10])
    except ValueError:
        return None


def overdue(request: Request) -> bool:
    return request.state == "sent" and request.due < timezone.localdate()


def terms_in_words(agreement: Agreement) -> list[tuple[str, str]]:
    """The terms of an agreement as a list of names and values; what is not said is left out."""
    names = {
        "exact": _("Has to agree letter by letter"),
        "folded": _("Has to agree, whatever the case, accents and order"),
        "none": _("Does not matter"),
    }
    writers = {
        "receiving": _("The institution that recognises"),
        "sending": _("The institution that awarded"),
    }
    said = [
        (_("The other institution"), agreement.partner_name),
        (_("Its identifier as an issuer"), agreement.partner_id),
        (_("Direction"), str(DIRECTIONS[agreement.direction])),
        (_("Achievements"), "\n".join(agreement.achievements)),
        (_("Fields or tags"), ", ".join(agreement.categories)),
        (_("At least level (EQF)"), str(agreement.minimum_level or "")),
        (_("Recognised as"), title_of(agreement.target)),
        (_("Credits for each credential"), plain(agreement.credits) or _("As many as the credential says")),
        (_("At most so many credits for each person"), plain(agreement.cap) or _("Without limit")),
        (_("Name in the credential"), names[agreement.name_rule]),
        (_("Who transcribes"), writers[agreement.transcribes]),
        (_("Recognised at once"), _("Yes") if agreement.automatic else _("No, a person decides")),
    ]
    return [(name, value) for name, value in said if value]


def refusal(error: errors.RecognitionError) -> str:
    """Why something could not be done, and what to do now."""
    if isinstance(error, errors.DeskClosed):
        return _("This institution takes no requests at the moment.")
    if isinstance(error, errors.AlreadySent):
        return _("One of these credentials waits there already, or was recognised there. Open that request instead.")
    if isinstance(error, errors.NothingToSend):
        return _("Send between 1 and %(limit)s credentials.") % error.facts
    if isinstance(error, errors.NotValid):
        names = ", ".join(error.facts.get("titles", ()))
        return _(
            "Not valid now, so it cannot be recognised: %(names)s. Ask the learner, or refuse with this reason."
        ) % {"names": names}
    if isinstance(error, errors.CreditsMissing):
        return _("Say how many credits are recognised.")
    if isinstance(error, errors.Incomplete):
        lacks = ", ".join(str(MISSING[name]) for name in error.facts["missing"])
        return _("Before it can be in force, mend: %(names)s.") % {"names": lacks}
    if isinstance(error, errors.CannotBeAwarded):
        return _(
            "Nothing was decided, because the credential could not be awarded (%(code)s). See in the catalogue whether the "
            "micro-credential is published and approved."
        ) % {"code": error.facts.get("code", "")}
    return _("Somebody has decided already, or it was taken back. Look at it again.")

"""What the addresses `/problems/…` stand for: the `type` of every problem document (RFC 9457), explained to whoever opens it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.utils.translation import gettext as _

from testamur_site.verification import messages as single
from testamur_site.verification.bulk import messages as many
from testamur_site.verification.bulk import rules as limits

_FACTS = {"limit": "…", "name": "…"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of problem: the status with which it comes, and what it means, in the reader's language."""

    name: str
    status: int
    meaning: str


def kinds() -> list[Kind]:
    """Every type in the order of its status."""
    rows = [Kind(name, status.value, meaning()) for name, (status, meaning) in _KINDS.items()]
    return sorted(rows, key=lambda kind: kind.status)


def kind(name: str) -> Kind | None:
    """The type of this name; None where there is none."""
    return next((each for each in kinds() if each.name == name), None)


def _single(code: str) -> Callable[[], str]:
    return lambda: single.refusal_sentence(code, "https://…/")


def _many(code: str, **facts: object) -> Callable[[], str]:
    return lambda: many.bulk_refusal(code, {**_FACTS, **facts})


_MEGABYTES = 1024 * 1024
_BAD, _UNREAD = HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY
_KINDS: dict[str, tuple[HTTPStatus, Callable[[], str]]] = {
    "empty": (_BAD, lambda: _("The request has no body. Send a credential, or an object that names one.")),
    "two-inputs": (_BAD, lambda: _("The request gives a document and an address. Give one of them.")),
    "unknown-member": (
        _BAD,
        lambda: _("The request has a member that is not known. The description names all of them."),
    ),
    "bad-member": (_BAD, lambda: _("A member of the request has a value that it cannot have. The answer says which.")),
    "pending": (
        HTTPStatus.FORBIDDEN,
        lambda: _("The learner has not accepted this credential yet. It can be seen when they publish it."),
    ),
    "private": (
        HTTPStatus.FORBIDDEN,
        lambda: _("This credential is private. Ask its holder for the file, or to publish it."),
    ),
    "no-such-run": (HTTPStatus.NOT_FOUND, lambda: _("There is no such run, or its hour is over.")),
    "withdrawn": (
        HTTPStatus.GONE,
        lambda: _("This badge was withdrawn by its issuer. Its page says why."),
    ),
    "length-required": (
        HTTPStatus.LENGTH_REQUIRED,
        lambda: _("The body came in pieces. Send it in one piece, with Content-Length."),
    ),
    "too-large": (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        lambda: _("The body is larger than what is taken: 4 MB for one credential, 64 MB for many."),
    ),
    "media-type": (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        lambda: _("Many credentials come as a ZIP archive, as JSON Lines or as a CSV table of addresses."),
    ),
    **{
        code.replace("_", "-"): (_UNREAD, _single(code))
        for code in (
            "nothing",
            "address_not_found",
            "address_unreachable",
            "address_not_allowed",
            "address_without_credential",
            "picture_without_code",
            "picture_unreadable",
            "picture_too_large",
        )
    },
    "too-many": (_UNREAD, _many("too_many", limit=limits.MAX_ITEMS)),
    "zip-unreadable": (_UNREAD, _many("zip_unreadable")),
    "zip-encrypted": (_UNREAD, _many("zip_encrypted")),
    "zip-outside": (_UNREAD, _many("zip_outside")),
    "zip-bomb": (_UNREAD, _many("zip_bomb", limit=limits.MAX_UNPACKED // _MEGABYTES)),
    "csv-without-addresses": (_UNREAD, _many("csv_without_addresses")),
    "text-unreadable": (_UNREAD, _many("text_unreadable")),
    "too-many-requests": (
        HTTPStatus.TOO_MANY_REQUESTS,
        lambda: _("You asked very often. Wait for as many seconds as Retry-After says and try again."),
    ),
    "not-signed": (
        HTTPStatus.SERVICE_UNAVAILABLE,
        lambda: _(
            "Nothing can be signed just now, so there is no receipt. Try again in a few minutes, or ask for the report alone."
        ),
    ),
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, _many("too_many_runs")),
}

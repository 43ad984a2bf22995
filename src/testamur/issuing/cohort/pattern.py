"""What varies from one award of a cohort to the next, taken out of recipient and award without composing the credential.

`Taken.key` is equal for awards whose credentials differ in nothing but the values; `Taken.values` are these values, in an order that
depends on the key alone. `probe` makes a recipient and an award of the same key whose values are all different and occur nowhere else, so
that each can be found again in the composed document.

What is not foreseen here raises `Unshaped`: further kinds of identifiers, members in `extra`, endorsements, what is not plain text.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias

from testamur.issuing.compose import AwardDetails, Recipient
from testamur.linked_data.shapes import Unshaped
from testamur.model import Evidence, Image, Result
from testamur.model.identity import normal_email

Key: TypeAlias = tuple[Hashable, ...]


class Taken(NamedTuple):
    """`identifiers` are the positions in `values` of what stands in the document as an address; `salt` and `status_index` those of the
    salt and of the index in the status list, 0 where there is none."""

    key: Key
    values: list[str]
    identifiers: list[int]
    salt: int
    status_index: int


_TEXTS: Final = ("name", "description", "narrative", "role", "term", "license_number")
_EVIDENCE_TEXTS: Final = ("name", "description", "narrative", "genre", "audience")
_texts_of: Final = attrgetter(*_TEXTS)
_texts_of_evidence: Final = attrgetter(*_EVIDENCE_TEXTS)
_NUMBERS: Final = frozenset({type(None), int, float})
_TEXT_OR_NOTHING: Final = frozenset({type(None), str})
_ENTRY_HOLES: Final = frozenset({"id", "statusListIndex", "statusListCredential"})
BEGINNING: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://)?")


def take(recipient: Recipient, award: AwardDetails, *, results_vary: bool) -> Taken:
    """The key and the values. Where the achievement says which results are allowed, they do not vary but belong to the key.

    Raises `Unshaped`; ValueError for a datetime without a time zone, as composing does.
    """
    if recipient.identifiers or award.endorsement or award.terms_of_use:
        raise Unshaped
    if award.source is not None or award.evidence is None or award.results is None:
        raise Unshaped
    values = [_written_name(recipient.name)]
    if type(award.credits_earned) not in _NUMBERS:
        raise Unshaped
    # In the key stand: a tuple for each part, texts for beginnings of identifiers, truth values for what is there.
    key: list[Hashable] = [(repr(award.credits_earned),)]  # as text, because in Python 1 equals 1.0
    identifiers: list[int] = []

    def identifier(value: str) -> None:
        found = BEGINNING.match(value) if type(value) is str else None
        if found is None:
            raise Unshaped
        key.append(found[0])
        identifiers.append(len(values))
        values.append(value)

    email = recipient.email
    _require_texts((email, recipient.id))
    key.append(bool(email))
    if email:
        salted = normal_email(email) + recipient.salt
        values += ("sha256$" + hashlib.sha256(salted.encode()).hexdigest(), recipient.salt)
    if recipient.id:
        identifier(recipient.id)
    key.append(("credential",))
    identifier(award.id)
    begins = stamp(award.valid_from)
    values += (begins, stamp(award.awarded_date) if award.awarded_date else begins)
    stamps = [stamp(moment) if moment is not None else "" for moment in _moments(award)]
    key += map(bool, stamps)
    values += filter(None, stamps)
    until, started, ended = stamps
    if (until and until < begins) or (started and ended and ended < started):
        raise Unshaped
    texts = _texts_of(award)
    _require_texts(texts)
    key += map(bool, texts)
    values += filter(None, texts)
    if award.image is not None:
        _plain(award.image, Image)
        key.append(("image", _constant(award.image.caption)))
        identifier(award.image.id)
    for piece in award.evidence:
        _plain(piece, Evidence)
        if piece.digest_sri:
            # Who was assessed reached levels of their own: hardly two awards would share a pattern, so none is compiled.
            raise Unshaped
        key.append(("evidence",))
        texts = _texts_of_evidence(piece)
        _require_texts((piece.id, *texts))
        if piece.id:
            identifier(piece.id)
        key += map(bool, texts)
        values += filter(None, texts)
    for result in award.results:
        _plain(result, Result)
        if result.alignment or not result.value:
            raise Unshaped
        said = (result.result_description, result.status, result.achieved_level)
        if results_vary:
            key.append(("result", *map(_constant, said)))
            values.append(result.value)
        else:
            key.append(("result", *map(_constant, said), _constant(result.value)))
    service = award.refresh_service
    if service is not None:
        if len(service) != 2 or type(service.get("type")) is not str or not service.get("id"):
            raise Unshaped
        key.append(("refresh", *service, service["type"]))  # its members stand in the text in their order
        identifier(service["id"])
    index = 0
    if award.status_entry is not None:
        if not isinstance(award.status_entry, Mapping):
            raise Unshaped
        if award.status_entry.get("id") == award.status_entry.get("statusListCredential"):
            raise Unshaped
        for name, value in award.status_entry.items():
            if type(value) is not str or not value:
                raise Unshaped
            key.append(("entry", name))
            if name == "statusListIndex":
                index = len(values)
                values.append(value)
            elif name in _ENTRY_HOLES:
                identifier(value)
            else:
                key.append(value)
    if "" in values or set(map(type, values)) != {str}:
        raise Unshaped
    return Taken(tuple(key), values, identifiers, 2 if email else 0, index)


def _moments(award: AwardDetails) -> tuple[datetime | None, datetime | None, datetime | None]:
    return award.valid_until, award.activity_start_date, award.activity_end_date


def probe(recipient: Recipient, award: AwardDetails, *, results_vary: bool) -> tuple[Recipient, AwardDetails]:
    """A recipient and an award with the same key, whose values occur nowhere else."""
    nonce = secrets.token_hex(12)
    number = iter(range(1, 10_000))
    moment = iter(datetime(2001, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=day) for day in range(1, 400))

    def text(value: str | None) -> Any:
        return f"probe-{nonce}-{next(number)}" if value else value

    def identifier(value: str | None) -> Any:
        if not value:
            return value
        scheme = BEGINNING.match(value)
        match scheme and scheme[0].lower():
            case "urn:":
                digits = f"{next(number):08x}{secrets.token_hex(12)}"
                return f"{value[:4]}uuid:{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
            case "did:":
                return f"{value[:4]}web:probe-{nonce}-{next(number)}.example"
            case "https://" | "http://" if scheme is not None:
                return f"{scheme[0]}probe-{nonce}-{next(number)}.example/x"
        raise Unshaped

    def date(value: datetime | None) -> Any:
        return next(moment) if value is not None else None

    service = award.refresh_service
    if service is not None:
        service = {name: identifier(value) if name == "id" else value for name, value in service.items()}
    entry = award.status_entry
    if entry is not None:
        entry = {
            name: f"{secrets.randbelow(10**14) + 10**14}"
            if name == "statusListIndex"
            else identifier(value)
            if name in _ENTRY_HOLES
            else value
            for name, value in entry.items()
        }
    return (
        replace(
            recipient,
            name=text(recipient.name),
            email=text(recipient.email),
            id=identifier(recipient.id),
            salt=text("x"),
        ),
        replace(
            award,
            id=identifier(award.id),
            valid_from=next(moment),
            awarded_date=next(moment),
            # In this order, because the lints look at it.
            valid_until=date(award.valid_until),
            activity_start_date=date(award.activity_start_date),
            activity_end_date=date(award.activity_end_date),
            **{name: text(getattr(award, name)) for name in _TEXTS},
            image=None if award.image is None else replace(award.image, id=identifier(award.image.id)),
            evidence=tuple(
                replace(
                    piece,
                    id=identifier(piece.id),
                    **{name: text(getattr(piece, name)) for name in _EVIDENCE_TEXTS},
                )
                for piece in award.evidence
            ),
            results=tuple(replace(result, value=text(result.value)) for result in award.results)
            if results_vary
            else award.results,
            refresh_service=service,
            status_entry=entry,
        ),
    )


def _require_texts(values: Iterable[Any]) -> None:
    """What is no text and counts as nothing, an empty list say, is for the lints."""
    if not set(map(type, values)) <= _TEXT_OR_NOTHING:
        raise Unshaped


def _plain(node: Any, model: type[Any]) -> None:
    """Only what the class itself defines: nothing in `extra`, no further type."""
    if type(node) is not model or node.extra or node.type != model.TYPES:
        raise Unshaped


def _constant(value: Any) -> str | None:
    """A text that belongs to the key. One in several languages would be equal to one that is not."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, StrEnum):
        return str(value)
    raise Unshaped


def _written_name(name: str) -> str:
    """As `model.person_name` writes it."""
    return unicodedata.normalize("NFC", name.strip())


def stamp(moment: datetime) -> str:
    """As `compose` writes a moment. A cohort has few different ones. Raises `Unshaped`, ValueError without a time zone."""
    # Two moments of the hour that a clock has twice are equal in Python, which leaves `fold` out where both have one zone.
    return _stamp(moment, moment.fold)


@lru_cache(maxsize=256)
def _stamp(moment: datetime, fold: int) -> str:  # noqa: ARG001 - of the key
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone: an aware datetime")
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if len(text) != 20:  # years before 1000 are written without leading zeros
        raise Unshaped
    return text

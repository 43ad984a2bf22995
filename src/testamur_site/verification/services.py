"""From a visitor's input to a report.

1. Read the input: an address, a document, or a picture (`rules`). A PNG without a credential inside is a picture: a screenshot, say.
2. A picture is searched for QR codes; the first that holds an address or a credential takes its place.
3. An address is fetched, ours from within, others through the hardened fetcher. A web page that names a machine-readable twin
   (`<link rel="alternate">`) is followed once.
4. The bytes are verified. Every refusal on the way becomes a sentence with a next step; none becomes a server error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

from django.conf import settings

from testamur.errors import InputError, NotAllowed, NotFound, ResolutionError, TooLarge, Unreachable
from testamur.fetch import HttpResolver
from testamur.ports import Resolver, Resource
from testamur.verification import Policy, Report, TrustRegistry, Verifier
from testamur.verification.obtain import obtain

from .own_documents import PAGE_WITHOUT_CREDENTIAL, OwnDocuments
from .pictures import is_plain_png, read_qr_codes
from .rules import Given, Input, read_text

Profile = Literal["badge", "proof"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Either a `report`, or the `refusal` code of an input that never became a document. `source` is where the bytes came from."""

    report: Report | None = None
    refusal: str = ""
    source: str = ""
    content: bytes = b""


class Everywhere:
    """The resolver of this deployment: our own public documents from within, everything else through the hardened fetcher."""

    def __init__(self) -> None:
        self.own = OwnDocuments()
        self.others = HttpResolver(allowed_origins=tuple(settings.TESTAMUR_ALLOWED_ORIGINS))

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        return self.own.fetch(url, accept=accept) if self.own.serves(url) else self.others.fetch(url, accept=accept)


@cache
def trust_registry() -> TrustRegistry:
    """The registers that the deployment relies on (`TESTAMUR_TRUST_FILES`) and those that it only shows (`TESTAMUR_KNOWN_FILES`), read
    once: who may change these files decides whom readers believe. Raises at the first use where a file cannot be read."""
    relied_on = TrustRegistry.from_files(map(Path, settings.TESTAMUR_TRUST_FILES))
    known = TrustRegistry.from_files(map(Path, settings.TESTAMUR_KNOWN_FILES), relied_on=False)
    return TrustRegistry([*relied_on.registers, *known.registers])


def verifier(resolver: Resolver | None = None) -> Verifier:
    return Verifier(resolver or Everywhere(), trust_registry())


def verify_document(
    content: bytes,
    *,
    profile: Profile = "badge",
    recipient: str | None = None,
    as_of: datetime | None = None,
    resolver: Resolver | None = None,
) -> Report:
    """The report on `content` (JSON, compact JWT, baked PNG or SVG, ZIP); never raises for a hostile document."""
    judge = verifier(resolver) if resolver else verifier()
    return judge.verify(content, Policy(profile=profile, recipient=recipient or None, as_of=as_of))


def verify_input(
    given: Input,
    *,
    profile: Profile = "badge",
    recipient: str | None = None,
    as_of: datetime | None = None,
    resolver: Resolver | None = None,
) -> Answer:
    """Steps 2 to 4 of the module's procedure. With `resolver` several documents share what was fetched."""
    source = ""
    if given.given is Given.PICTURE or is_plain_png(given.content):
        try:
            texts = read_qr_codes(given.content)
        except TooLarge:
            return Answer(refusal="picture_too_large")
        except InputError:
            return Answer(refusal="picture_unreadable")
        if not texts:
            return Answer(refusal="picture_without_code")
        given = next((each for each in map(read_text, texts) if each.given is Given.ADDRESS), read_text(texts[0]))
    if given.given is Given.NOTHING:
        return Answer(refusal="nothing")
    content = given.content
    if given.given is Given.ADDRESS:
        source = given.address
        try:
            content = obtain(given.address, resolver or Everywhere())
        except NotAllowed:
            return Answer(refusal="address_not_allowed", source=source)
        except NotFound as error:
            page = error.code == PAGE_WITHOUT_CREDENTIAL
            return Answer(refusal="address_without_credential" if page else "address_not_found", source=source)
        except Unreachable:
            return Answer(refusal="address_unreachable", source=source)
        except (ResolutionError, InputError):
            return Answer(refusal="address_without_credential", source=source)
    report = verify_document(content, profile=profile, recipient=recipient, as_of=as_of, resolver=resolver)
    return Answer(report=report, source=source, content=content)

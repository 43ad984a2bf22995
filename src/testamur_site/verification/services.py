"""From a visitor's input to a report.

1. Read the input: an address, a document, or a picture (`rules`). A PNG without a credential inside is a picture: a screenshot, say.
2. A picture is searched for QR codes; the first that holds an address or a credential takes its place.
3. An address is fetched, ours from within, others through the hardened fetcher. A web page that names a machine-readable twin
   (`<link rel="alternate">`) is followed once.
4. An offline bundle stands for the credential in it, and for the log's proof beside it; keys and lists are asked for as ever.
5. The bytes are verified. Every refusal on the way becomes a sentence with a next step; none becomes a server error.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.db import DatabaseError

from testamur.errors import (
    InputError,
    NotAllowed,
    NotFound,
    ResolutionError,
    TestamurError,
    TooLarge,
    Unreachable,
)
from testamur.fetch import HttpResolver, bundle_in
from testamur.log import Checkpoint, UnwrittenProof
from testamur.log.anchors import AnchorPolicy
from testamur.log.policies import Policy as TrustedLogs
from testamur.ports import Resolver, Resource
from testamur.verification import Level, LogPolicy, Policy, Report, TrustRegistry, Verifier
from testamur.verification.obtain import obtain
from testamur_site.foundation.public_bytes.api import forget_read_ahead, holding, known, one_look
from testamur_site.log import api as log

from .own_documents import PAGE_WITHOUT_CREDENTIAL, OwnDocuments, expected_in, expected_of
from .pictures import is_plain_png, read_qr_codes
from .rules import Given, Input, read_text, same_origin

logger = logging.getLogger(__name__)

Profile = Literal["badge", "proof"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Either a `report`, or the `refusal` code of an input that never became a document. `source` is where the bytes came from."""

    report: Report | None = None
    refusal: str = ""
    source: str = ""
    content: bytes = b""


class Everywhere:
    """The resolver of this deployment: our own public documents from within, everything else through the hardened fetcher. For one piece of
    work: what it knows of whose keys and which list holds as of its beginning."""

    def __init__(self) -> None:
        self.own = OwnDocuments(_known())

    @cached_property
    def others(self) -> HttpResolver:
        return HttpResolver(allowed_origins=tuple(settings.TESTAMUR_ALLOWED_ORIGINS))

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        if self.own.serves(url):
            return self.own.fetch(url, accept=accept)
        forget_read_ahead()
        return self.others.fetch(url, accept=accept)

    def proof_at(self, url: str, *, accept: Sequence[str]) -> Resource | UnwrittenProof:
        """The same; the proof of a credential of ours before it is written (implements `log.proofs.Proving`)."""
        return self.own.unwritten_proof(url, accept) or self.fetch(url, accept=accept)


def _known() -> dict[Hashable, Any]:
    try:
        return known()
    except DatabaseError:
        return {}


@cache
def trust_registry() -> TrustRegistry:
    """The registers that the deployment relies on (`TESTAMUR_TRUST_FILES`) and those that it only shows (`TESTAMUR_KNOWN_FILES`), read
    once: who may change these files decides whom readers believe. Raises at the first use where a file cannot be read."""
    relied_on = TrustRegistry.from_files(map(Path, settings.TESTAMUR_TRUST_FILES))
    known = TrustRegistry.from_files(map(Path, settings.TESTAMUR_KNOWN_FILES), relied_on=False)
    return TrustRegistry([*relied_on.registers, *known.registers])


@lru_cache(maxsize=2)
def _read(policy: str) -> TrustedLogs:
    return TrustedLogs.from_text(policy)


def log_policy(required: Level = Level.SIGNED, *, ask: bool = True) -> LogPolicy:
    """Whom the deployment believes about public records: its own logs, the witnesses of TESTAMUR_LOG_POLICY, its own anchors.

    Nothing is required unless `required` says so: a visitor is told how far a credential is recorded. A policy that cannot be read
    believes nobody, and verifying goes on. Raises ValueError for a level that can never be reached here.
    """
    try:
        return holding(("log policy", required, ask), lambda: _log_policy(required, ask=ask))
    except DatabaseError:
        return _log_policy(required, ask=ask)


def _log_policy(required: Level, *, ask: bool) -> LogPolicy:
    try:
        trusted = _read(log.public_policy())
    except (TestamurError, OSError, ValueError, DatabaseError) as error:
        logger.warning("the policy for logs cannot be read: %s", getattr(error, "code", type(error).__name__))
        trusted = TrustedLogs()
    return LogPolicy(trusted, required, _anchors(), contradicts=_contradicts, general=True, ask=ask)


def _anchors() -> AnchorPolicy | None:
    try:
        return log.believed()
    except DatabaseError:
        return None


def _contradicts(checkpoint: Checkpoint) -> bool:
    """Whether our own log, where it can be read, is another history than the one that is shown. Thousands of credentials are proven by the
    same checkpoint."""
    try:
        return holding(checkpoint, lambda: log.contradicts(checkpoint))
    except DatabaseError:
        return False


def verifier(resolver: Resolver | None = None) -> Verifier:
    return Verifier(resolver or Everywhere(), trust_registry())


def verify_document(
    content: bytes,
    *,
    profile: Profile = "badge",
    recipient: str | None = None,
    as_of: datetime | None = None,
    resolver: Resolver | None = None,
    required: Level = Level.SIGNED,
    log_proofs: Sequence[bytes] = (),
    one_of_many: bool = False,
) -> Report:
    """The report on `content` (JSON, compact JWT, baked PNG or SVG, ZIP); never raises for a hostile document. `required` and `log_proofs`:
    the level of public record that is asked for, and proofs that the visitor gave. Of `one_of_many`
    documents no proof is asked for that nobody requires."""
    with one_look(None if one_of_many else lambda: expected_in(content)):
        judge = verifier(resolver) if resolver else verifier()
        policy = Policy(profile, recipient or None, as_of=as_of, log=log_policy(required, ask=not one_of_many))
        return judge.verify(content, policy, log_proofs=log_proofs)


def verify_input(
    given: Input,
    *,
    profile: Profile = "badge",
    recipient: str | None = None,
    as_of: datetime | None = None,
    resolver: Resolver | None = None,
    required: Level = Level.SIGNED,
    log_proofs: Sequence[bytes] = (),
    one_of_many: bool = False,
) -> Answer:
    """Steps 2 to 5 of the module's procedure. With `resolver` several documents share what was fetched."""
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
    options: dict[str, Any] = {
        "profile": profile,
        "recipient": recipient,
        "as_of": as_of,
        "required": required,
        "log_proofs": log_proofs,
        "one_of_many": one_of_many,
    }
    if given.given is Given.ADDRESS and resolver is None and same_origin(given.address, settings.TESTAMUR_BASE_URL):
        # Nothing of it comes from elsewhere, where somebody may let us wait.
        with one_look(lambda: expected_of(given.address)):
            return _obtained_and_verified(given, None, options)
    return _obtained_and_verified(given, resolver, options)


def _obtained_and_verified(given: Input, resolver: Resolver | None, options: dict[str, Any]) -> Answer:
    """Steps 3 to 5."""
    source, content = "", given.content
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
    content, inside = _out_of_bundle(content)
    options["log_proofs"] = (*options["log_proofs"], *inside)
    report = verify_document(content, resolver=resolver, **options)
    return Answer(report=report, source=source, content=content)


def _out_of_bundle(content: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """What an offline bundle is about: its credential with the log's proof of it; several as an archive of them.

    Anything else, and a bundle that is damaged or holds no credential, as it is.
    """
    try:
        bundle = bundle_in(content)
    except TestamurError:
        return content, ()
    if bundle is None or not bundle.credentials:
        return content, ()
    proofs = {resource.url: resource.content for resource in bundle.resources if resource.url.endswith(".tlog-proof")}
    if len(bundle.credentials) == 1:
        found = bundle.credentials[0]
        proof = proofs.get(f"{found.url}.tlog-proof")
        return found.content, (proof,) if proof is not None else ()
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for number, found in enumerate(bundle.credentials, 1):
            archive.writestr(f"{number}.json", found.content)
    return output.getvalue(), ()

"""What a person holds, as verified documents.

Each source gives bytes; every one is verified here like a stranger's, and what the report says becomes the holding. Sources: the
deposits of the person's wallet, and the functions named in TESTAMUR_HOLDING_SOURCES (documents of other platforms, recognised credits).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from testamur.pathways import Holding, holdings_from_report, supplemented
from testamur.verification import Report
from testamur_site.catalogue.api import public_versions
from testamur_site.foundation.keys.api import did_lines
from testamur_site.issuing.api import credential_bytes
from testamur_site.verification.api import verify_document
from testamur_site.wallet.api import DepositState, Holder, deposits_of


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a person. `url` is where it can be seen; `stated` is what an institution adds to what the document says, by the
    credential's identifier ('' for all that it brings)."""

    content: bytes
    media_type: str = "application/json"
    url: str = ""
    stated: Mapping[str, Holding] | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A document with its report, and the credentials that it brings."""

    document: Document
    report: Report
    holdings: tuple[Holding, ...]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.document.content).hexdigest()


Source = Callable[[Holder], Iterable[Document]]


def documents_of(holder: Holder) -> Iterator[Document]:
    """Everything that the person holds, from all sources. What was withdrawn is there too: that it fell matters. The sources come first:
    they add to some credentials of the wallet what those count as."""
    for path in getattr(settings, "TESTAMUR_HOLDING_SOURCES", ()):
        source: Source = import_string(path)
        yield from source(holder)
    for deposit in deposits_of(holder):
        if deposit.state == DepositState.CLAIMED and deposit.award.published and not deposit.award.successor:
            yield Document(credential_bytes(deposit.award), url=deposit.award.url)


def held_by(holder: Holder) -> list[Held]:
    """Everything that the person holds, verified now. Of two documents that bring one credential the first that stands counts.

    A credential for a micro-credential of this platform is one only from the institution that offers it: anybody could sign a document that
    names it, and a rule that names the micro-credential means the institution's.
    """
    owners = _Owners()
    found: list[Held] = []
    taken: set[str] = set()
    seen: set[str] = set()
    for document in documents_of(holder):
        digest = hashlib.sha256(document.content).hexdigest()
        if digest in seen:
            continue
        seen.add(digest)
        report = verify_document(document.content)
        brought = holdings_from_report(report, document.url or hashlib.sha256(document.content).hexdigest())
        own = [holding for holding in brought if owners.agree(holding)]
        new = tuple(_stated(holding, document) for holding in own if holding.id not in taken)
        taken.update(holding.id for holding in new)
        if new:
            found.append(Held(document, report, new))
    return found


class _Owners:
    """Who may say that somebody has a micro-credential of this platform; looked up once for each that is named."""

    def __init__(self) -> None:
        self._start = f"{settings.TESTAMUR_BASE_URL}{reverse('catalogue:achievement', args=['x'])}".removesuffix("x")
        self._dids: dict[str, frozenset[str] | None] = {}

    def agree(self, holding: Holding) -> bool:
        named = (holding.achievement, *holding.codes, *holding.continues)
        for address in {each for each in named if each.startswith(self._start)}:
            if address not in self._dids:
                self._dids[address] = self._of(address.removeprefix(self._start))
            dids = self._dids[address]
            if dids is not None and holding.issuer not in dids:
                return False
        return True

    @staticmethod
    def _of(public_id: str) -> frozenset[str] | None:
        """The identifiers that the institution has or had; None where nothing of that name was ever published here."""
        version = public_versions([public_id]).get(public_id)
        if version is None:
            return None
        return frozenset({version.institution.did, *(did for did, _line in did_lines(version.institution))})


def _stated(holding: Holding, document: Document) -> Holding:
    stated = (document.stated or {}).get(holding.id) or (document.stated or {}).get("")
    return supplemented(holding, stated) if stated is not None else holding


def without(held: Iterable[Held], award_url: str) -> list[Held]:
    """All but the microdegree itself: nothing counts towards itself."""
    rest = []
    for one in held:
        kept = tuple(holding for holding in one.holdings if holding.id != award_url)
        if kept:
            rest.append(replace(one, holdings=kept))
    return rest


def names_of(held: Iterable[Held]) -> dict[str, dict[str, Any]]:
    """What the pages say of each credential: its name, which later version it is, who issued it and where it is."""
    return {
        holding.id: {
            "name": holding.name,
            "version": holding.version if holding.continues else "",
            "issuer": _issuer_name(one.report),
            "url": one.document.url,
            "valid": {True: "valid", False: "invalid", None: "undetermined"}[holding.valid],
        }
        for one in held
        for holding in one.holdings
    }


def _issuer_name(report: Report) -> str:
    issuer = report.subject.get("issuer")
    return str(issuer.get("name", "")) if isinstance(issuer, Mapping) else ""

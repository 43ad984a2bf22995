"""Who may award: registers of institutions, and which of them the reader relies on.

*Loaded is not trusted.* A register can be loaded to be shown ("this list names the institution") without being relied on; only a
register that was loaded with `relied_on=True` answers the question "may they award it?". An institution is found by its exact
identifier (a DID or an https address) or by the domain of its identifier; nothing that a document says of itself, above all no name,
is ever compared.

A register is a JSON file::

    {
      "type": "TrustRegister",
      "name": "Universities recognised in Example Land",
      "institutions": [
        {"name": "Example University", "ids": ["did:web:example.edu"], "domains": ["example.edu"],
         "from": "2020-01-01T00:00:00Z", "until": "2030-01-01T00:00:00Z"}
      ]
    }

`ids` and `domains` may each be absent, not both. A domain stands for itself and not for its subdomains; `*.example.edu` stands for
all of its subdomains and not for itself. `from` and `until` are optional. The register may have a `logPolicy`, the text of a C2SP
tlog-policy: the logs and witnesses that are believed for its institutions. `accredits` and `accreditations` say who lets whom award:
`testamur.verification.accreditation.entries`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from testamur import strict_json
from testamur.errors import Malformed
from testamur.formats.elm import SealAuthorities
from testamur.log.policies import Policy as TrustedLogs
from testamur.verification.accreditation.entries import Accreditation, Scope
from testamur.verification.moments import moment

_USUAL_LENGTH = 500  # characters of an identifier
MAX_REGISTER_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Institution:
    """One entry of a register. Dates are aware; None means without limit.

    `accredits` says for what it may accredit others; None, that it is no accrediting body. `accreditations` are its own.
    """

    name: str
    ids: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    accredits: Scope | None = None
    accreditations: tuple[Accreditation, ...] = ()

    def in_force(self, now: datetime) -> bool:
        """Whether the entry holds at `now` (both ends belong to it)."""
        return (self.since is None or self.since <= now) and (self.until is None or now <= self.until)


@dataclass(frozen=True, slots=True)
class Register:
    """A named list of institutions, and whether the reader relies on it. `logs` are the transparency logs and witnesses that are believed
    for the institutions on it, where the reader has no policy of their own."""

    name: str
    institutions: tuple[Institution, ...]
    relied_on: bool = False
    logs: TrustedLogs | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Where an issuer was found. `matched` is the identifier or the domain by which it was found."""

    institution: Institution
    register: Register
    matched: str


class TrustRegistry:
    """All registers that are loaded. Immutable; asking is one look-up, however long the registers are.

    `seal_authorities` are the certification authorities that the reader relies on for seals of European credentials.
    """

    def __init__(self, registers: Iterable[Register] = (), *, seal_authorities: SealAuthorities | None = None) -> None:
        self.registers = tuple(registers)
        self.seal_authorities = seal_authorities or SealAuthorities()
        self._by_key: dict[str, list[Listing]] = {}
        for register in self.registers:
            for institution in register.institutions:
                for identifier in institution.ids:
                    self._by_key.setdefault(identifier, []).append(Listing(institution, register, identifier))
                for domain in institution.domains:
                    self._by_key.setdefault(_domain_key(domain), []).append(Listing(institution, register, domain))

    @classmethod
    def from_files(cls, files: Iterable[Path], *, relied_on: bool = True) -> TrustRegistry:
        """The registers in `files`, relied on as a whole or not. For configuration at start-up: files that an operator has chosen.

        Raises OSError for a file that cannot be read, and what `registries.read_register` raises.
        """
        from testamur.verification.registries import read_register  # which builds on this module

        return cls(read_register(file.read_bytes(), name=file.stem, relied_on=relied_on) for file in files)

    def listings(self, issuer: str) -> tuple[Listing, ...]:
        """Every listing of the issuer with this identifier, those of registers that are relied on first."""
        if not self._by_key:
            return ()
        found = list(self._by_key.get(issuer, ()))
        host = domain_of(issuer)
        if host:
            found += self._by_key.get(_domain_key(host), ())
            _, dot, parent = host.partition(".")
            while dot:
                found += self._by_key.get(_domain_key("*." + parent), ())
                _, dot, parent = parent.partition(".")
        return tuple(sorted(found, key=lambda listing: not listing.register.relied_on))

    def accrediting(self, body: str, at: datetime) -> Listing | None:
        """Where a register that is relied on names `body` (its identifier, or an address of its own) as an accrediting one at that time."""
        return next(
            (
                listing
                for listing in self.listings(body)
                if listing.register.relied_on
                and listing.institution.accredits is not None
                and listing.institution.in_force(at)
            ),
            None,
        )


def register_from_json(data: bytes | str, *, relied_on: bool = False) -> Register:
    """Read a register file (see the module's docstring). Raises `TooLarge` or `Malformed` (`trust.register`, with the place)."""
    document = strict_json.loads(data, max_bytes=MAX_REGISTER_BYTES)
    if not isinstance(document, dict) or document.get("type") != "TrustRegister":
        raise _malformed("the file is not an object with the type “TrustRegister”", "type")
    entries = document.get("institutions")
    if not isinstance(document.get("name"), str) or not isinstance(entries, list):
        raise _malformed("a register has a “name” and a list of “institutions”", "institutions")
    institutions = tuple(_institution(entry, f"institutions[{index}]") for index, entry in enumerate(entries))
    return Register(document["name"], institutions, relied_on, _logs(document.get("logPolicy")))


def _logs(text: Any) -> TrustedLogs | None:
    if text is None:
        return None
    try:
        return TrustedLogs.from_text(text if isinstance(text, str) else "")
    except Malformed:
        raise _malformed("“logPolicy” is a policy in the form of C2SP tlog-policy", "logPolicy") from None


def domain_of(identifier: str) -> str | None:
    """The host name that an identifier proves control of: of a `did:web`, a `did:webvh` or an https address; None for every other one.

    A port other than the usual one is a different place under different control, so it has no domain.
    """
    return _usual_domain_of(identifier) if len(identifier) <= _USUAL_LENGTH else _domain_of(identifier)


def _domain_of(identifier: str) -> str | None:
    if identifier.startswith("did:web:"):
        host = unquote(identifier.removeprefix("did:web:").partition(":")[0].partition("#")[0])
    elif identifier.startswith("did:webvh:"):  # did:webvh:<self-certifying identifier>:<host>[:<path>]
        host = unquote([*identifier.split("#")[0].split(":"), ""][3])
    elif identifier.startswith("https://"):
        try:
            host = urlsplit(identifier).netloc
        except ValueError:
            return None
    else:
        return None
    host = host.lower().rstrip(".").removesuffix(":443")
    return host if host and not set(host) & set("@:/?#[]% ") else None


_usual_domain_of = lru_cache(maxsize=512)(_domain_of)  # an issuer is met again and again


def _domain_key(domain: str) -> str:
    return "domain " + domain  # the space keeps it apart from every identifier


def _institution(entry: Any, place: str) -> Institution:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise _malformed("an institution is an object with a “name”", place)
    ids, domains = _texts(entry, "ids", place), _texts(entry, "domains", place)
    if not ids and not domains:
        raise _malformed("an institution is found by “ids” or by “domains”; it has neither", place)
    return Institution(
        name=entry["name"],
        ids=ids,
        domains=frozenset(domain.lower().rstrip(".") for domain in domains),
        since=_date(entry, "from", place),
        until=_date(entry, "until", place),
        accredits=_accredits(entry, place),
        accreditations=_accreditations(entry, place),
    )


def _accredits(entry: dict[str, Any], place: str) -> Scope | None:
    value = entry.get("accredits", False)
    if isinstance(value, bool):
        return Scope() if value else None
    if not isinstance(value, dict):
        raise _malformed("“accredits” is true, or an object with “achievementTypes” and “levels”", f"{place}.accredits")
    return _scope(value, f"{place}.accredits")


def _accreditations(entry: dict[str, Any], place: str) -> tuple[Accreditation, ...]:
    value = entry.get("accreditations", [])
    if not isinstance(value, list):
        raise _malformed("“accreditations” is a list", f"{place}.accreditations")
    return tuple(_accreditation(each, f"{place}.accreditations[{index}]") for index, each in enumerate(value))


def _accreditation(entry: Any, place: str) -> Accreditation:
    if not isinstance(entry, dict) or not isinstance(entry.get("by"), str) or not entry["by"]:
        raise _malformed("an accreditation is an object with “by”, the identifier of the body", place)
    name = entry.get("name")
    if name is not None and not isinstance(name, str):
        raise _malformed("“name” is a text", f"{place}.name")
    since, until = _date(entry, "from", place), _date(entry, "until", place)
    return Accreditation(entry["by"], name, since, until, _scope(entry, place))


def _scope(entry: dict[str, Any], place: str) -> Scope:
    return Scope(_texts(entry, "achievementTypes", place), _texts(entry, "levels", place))


def _texts(entry: dict[str, Any], key: str, place: str) -> frozenset[str]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise _malformed(f"“{key}” is a list of texts", f"{place}.{key}")
    return frozenset(value)


def _date(entry: dict[str, Any], key: str, place: str) -> datetime | None:
    if key not in entry or entry[key] is None:
        return None
    value = moment(entry[key])
    if value is None:
        raise _malformed(f"“{key}” is a date and time with a time zone", f"{place}.{key}")
    return value


def _malformed(what: str, place: str) -> Malformed:
    return Malformed(f"This register cannot be read: {what} ({place}).", code="trust.register", facts={"path": place})

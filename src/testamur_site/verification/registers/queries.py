"""What the page of the registers shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from testamur.verification import Institution, Register, TrustRegistry


@dataclass(frozen=True, slots=True)
class Overview:
    """A register: how many institutions it lists, and how many of these listings hold today."""

    register: Register
    total: int
    in_force: int


@dataclass(frozen=True, slots=True)
class Found:
    institution: Institution
    register: Register
    in_force: bool
    known_by: list[str]
    accredited_by: list[str]


def overview(registry: TrustRegistry, now: datetime) -> list[Overview]:
    """Every register, those that are relied on first."""
    rows = [
        Overview(register, len(register.institutions), sum(one.in_force(now) for one in register.institutions))
        for register in registry.registers
    ]
    return sorted(rows, key=lambda row: not row.register.relied_on)


def search(registry: TrustRegistry, query: str, now: datetime) -> list[Found]:
    """The institutions whose name contains `query`, or that a register lists under this identifier or for its domain."""
    wanted = query.casefold()
    listed = {id(listing.institution) for listing in registry.listings(query)}
    return [
        Found(
            institution,
            register,
            institution.in_force(now),
            sorted(institution.ids) + sorted(institution.domains),
            _accredited_by(registry, institution, now),
        )
        for register in sorted(registry.registers, key=lambda register: not register.relied_on)
        for institution in register.institutions
        if wanted in institution.name.casefold() or id(institution) in listed or query.lower() in institution.domains
    ]


def _accredited_by(registry: TrustRegistry, institution: Institution, now: datetime) -> list[str]:
    """The bodies that accredit the institution today, by their names where a register that is relied on has them."""
    bodies = []
    for entry in institution.accreditations:
        if (entry.since is None or entry.since <= now) and (entry.until is None or now <= entry.until):
            known = registry.accrediting(entry.by, now)
            bodies.append(known.institution.name if known else entry.by)
    return list(dict.fromkeys(bodies))

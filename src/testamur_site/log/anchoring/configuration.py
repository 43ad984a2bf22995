"""The end points: the tables `[[anchor]]` of the file that TESTAMUR_ANCHORING names, and `[costs]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography import x509
from django.conf import settings

from testamur_site.foundation.chain.api import Chain, Misconfigured, anchoring_file, chains, taken

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CONTRACT = re.compile(r"0x[0-9a-fA-F]{40}")
_EVERY = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_USUAL = {"evm": "24h", "opentimestamps": "1h", "rfc3161": "24h"}
_MEMBERS = {
    "evm": {"chain", "contract"},
    "opentimestamps": {"address", "explorer"},
    "rfc3161": {"address", "certificates"},
}


@dataclass(frozen=True, slots=True)
class EndPoint:
    """Where checkpoints are anchored. `every` is the time from one to the next. Of the rest each kind has its own:
    `chain` and `contract` (evm); `address` of the calendar and `explorer`, who is asked for headers of blocks
    (opentimestamps); `address` and `certificates` (rfc3161)."""

    name: str
    kind: str
    every: timedelta
    chain: Chain | None = None
    contract: bytes = b""
    address: str = ""
    explorer: str = ""
    certificates: tuple[x509.Certificate, ...] = field(default=(), repr=False)


def end_points() -> dict[str, EndPoint]:
    """Every end point by its name, in the order of the file. Raises Misconfigured."""
    tables = anchoring_file().get("anchor", [])
    if not isinstance(tables, list):
        raise Misconfigured("anchor", "wrong")
    found: dict[str, EndPoint] = {}
    known = chains()
    for number, table in enumerate(tables, start=1):
        made = _end_point(table, f"anchor {number}", known)
        if made.name in found:
            raise Misconfigured(f"anchor {number}.name", "twice")
        found[made.name] = made
    return found


def currency() -> str:
    """The currency of the page about costs. Raises Misconfigured."""
    table = anchoring_file().get("costs", {})
    if not isinstance(table, Mapping):
        raise Misconfigured("costs", "wrong")
    return taken(table, "costs", "currency", str, "EUR")[:10]


def _end_point(table: Any, place: str, known: Mapping[str, Chain]) -> EndPoint:
    if not isinstance(table, Mapping):
        raise Misconfigured(place, "wrong")
    kind = taken(table, place, "kind", str)
    if kind not in _USUAL:
        raise Misconfigured(f"{place}.kind", "unknown")
    name = taken(table, place, "name", str)
    if not _NAME.fullmatch(name):
        raise Misconfigured(f"{place}.name", "wrong")
    if unknown := sorted(set(table) - {"kind", "name", "every"} - _MEMBERS[kind]):
        raise Misconfigured(f"{place}.{unknown[0]}", "unknown")
    every = _EVERY.fullmatch(taken(table, place, "every", str, _USUAL[kind]))
    if every is None:
        raise Misconfigured(f"{place}.every", "wrong")
    period = int(every[1]) * _UNITS[every[2]]
    if kind == "evm":
        chain = known.get(taken(table, place, "chain", str))
        contract = taken(table, place, "contract", str)
        if chain is None or not _CONTRACT.fullmatch(contract):
            raise Misconfigured(f"{place}.{'chain' if chain is None else 'contract'}", "wrong")
        return EndPoint(name, kind, period, chain=chain, contract=bytes.fromhex(contract[2:]))
    address = _web_address(table, place, "address")
    if kind == "opentimestamps":
        return EndPoint(name, kind, period, address=address, explorer=_web_address(table, place, "explorer"))
    return EndPoint(name, kind, period, address=address, certificates=_certificates(table, place))


def _web_address(table: Mapping[str, Any], place: str, name: str) -> str:
    value = taken(table, place, name, str)
    if not value.startswith(("https://", "http://")):
        raise Misconfigured(f"{place}.{name}", "wrong")
    return value.rstrip("/")


def _certificates(table: Mapping[str, Any], place: str) -> tuple[x509.Certificate, ...]:
    """Those in the file beside the configuration: the authority's root, and what stands between."""
    path = settings.TESTAMUR_ANCHORING.parent / taken(table, place, "certificates", str)
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{place}.certificates", "unreadable") from error

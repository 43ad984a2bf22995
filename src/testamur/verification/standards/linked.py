"""The documents that an Open Badges 2.0 document leads to, each fetched from its own address, with what was found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from testamur.errors import InputError, ResolutionError
from testamur.formats import open_badges_2 as ob2
from testamur.formats.open_badges_2.rules import is_address
from testamur.ports import Resolver
from testamur.verification.codes import found
from testamur.verification.report import Check


@dataclass(frozen=True, slots=True)
class Linked:
    """The badge class and the issuer behind a document. The issuer is who answers at `issuer_address`."""

    badge: Mapping[str, Any]
    issuer: Mapping[str, Any]
    issuer_address: str


class Links:
    """Follows the links of one document. `checks` tell what was found; they are complete when `of` has returned."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self.checks: list[Check] = []

    def of(self, document: Mapping[str, Any], kind: ob2.Kind, version: ob2.Version) -> Linked | None:
        """The badge class and issuer of `document`; None where one of them was not obtained or is not what it should be."""
        if kind == "Profile":
            address = ob2.hosted_address(document)
            return Linked({}, document, address) if address is not None else None
        badge: Mapping[str, Any] = {}
        if kind == "Assertion":
            obtained = self._badge(document.get("badge"), version)
            if obtained is None:
                return None
            badge = obtained
        elif kind == "BadgeClass":
            badge = document
        issuer = (document if kind == "Endorsement" else badge).get("issuer")
        if version == "0.5":
            return self._first_issuer(badge, issuer)
        return self._issuer(badge, issuer)

    def _badge(self, value: Any, version: ob2.Version) -> Mapping[str, Any] | None:
        """A badge class at an address, or written out; one that is written out under a web address must say there what it says here."""
        if isinstance(value, Mapping):
            address = ob2.hosted_address(value)
            if version == "0.5" or address is None:
                return value if self._keeps_rules(value, "BadgeClass", version, "—") else None
        else:
            address = value if isinstance(value, str) else None
        node = self._fetched(address, "BadgeClass")
        if node is None:
            return None
        if isinstance(value, Mapping):
            difference = ob2.first_difference(value, node.document)
            if difference is not None:
                self.checks.append(
                    found("structure.linked_differs", kind="BadgeClass", address=node.address, path=difference)
                )
                return None
        return node.document if self._is(node, "BadgeClass") else None

    def _issuer(self, badge: Mapping[str, Any], value: Any) -> Linked | None:
        """An issuer is only who its own address says it is: a profile that is written out counts for nothing but its address."""
        address = value.get("id", value.get("@id")) if isinstance(value, Mapping) else value
        node = self._fetched(address if isinstance(address, str) else None, "Profile")
        if node is None or not self._is(node, "Profile"):
            return None
        self.checks.append(found("structure.linked_read", address=node.address))
        return Linked(badge, node.document, node.address)

    def _first_issuer(self, badge: Mapping[str, Any], value: Any) -> Linked | None:
        """Version 0.5 has no profiles: the issuer is an origin, and the assertion must stand there."""
        origin = value.get("origin") if isinstance(value, Mapping) else None
        if not is_address(origin):
            self.checks.append(
                found(
                    "structure.linked_broken",
                    kind="Issuer",
                    address="—",
                    path="/origin",
                    rule="missing",
                    expected="origin",
                )
            )
            return None
        return Linked(badge, value, str(origin))

    def _fetched(self, address: str | None, kind: str) -> ob2.Node | None:
        if not is_address(address):
            self.checks.append(
                found(
                    "structure.linked_broken", kind=kind, address="—", path="/id", rule="pattern", expected="https://…"
                )
            )
            return None
        try:
            return ob2.fetch_node(str(address), self._resolver)
        except ResolutionError as error:
            self.checks.append(found("structure.linked_unreachable", kind=kind, address=address, reason=error.code))
        except InputError as error:
            self.checks.append(found("structure.linked_malformed", kind=kind, address=address, reason=error.code))
        return None

    def _is(self, node: ob2.Node, kind: ob2.Kind) -> bool:
        if node.says_other_id:
            self.checks.append(found("structure.linked_other_id", kind=kind, address=node.address))
        version = ob2.version_of(node.document)
        if ob2.kind_of(node.document) != kind or version is None:
            self.checks.append(
                found(
                    "structure.linked_broken",
                    kind=kind,
                    address=node.address,
                    path="/type",
                    rule="value",
                    expected=kind,
                )
            )
            return False
        return self._keeps_rules(node.document, kind, version, node.address)

    def _keeps_rules(self, document: Mapping[str, Any], kind: ob2.Kind, version: ob2.Version, address: str) -> bool:
        broken = ob2.broken_rules(document, kind, version)
        if broken:
            first = broken[0]
            self.checks.append(
                found(
                    "structure.linked_broken",
                    kind=kind,
                    address=address,
                    path=first["path"],
                    rule=first["rule"],
                    expected=first["expected"],
                )
            )
        return not broken

"""Which tables of a capability go along when an institution leaves, and which of their columns stay behind.

A capability lists its tables as `Carried` in its `archive.py`. Every column travels but those that it names with a reason; columns whose
names sound like secrets must be named, which a test asserts for every table. References are not written as numbers of this database:
`exit/` gives each row an identity that it keeps for ever, wherever it is taken.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from django.db import models

from .models import TenantModel


class Stored(Protocol):
    """The files of a table's rows in a capability's own store. They travel only where that is asked for, named by their digests."""

    column: str
    """In which a row says what its file is called in the store; it stays behind."""
    digest: str
    """In which it says the SHA-256 of it, hexadecimal."""

    def has_file(self, values: Mapping[str, Any]) -> bool:
        """Whether a row of these values may have one: what was erased does not come back because somebody else handed in the same."""

    def open(self, name: str) -> BinaryIO:
        """Raises FileNotFoundError."""

    def keep(self, chunks: Iterable[bytes]) -> str:
        """Keep a file, and give the name under which. Raises OSError where there is no space."""


@dataclass(frozen=True, slots=True)
class Carried:
    """One table. `without`: column → why it stays behind. `fresh`: column → what makes a new value for it where there is no default.
    `only`: the conditions on rows that travel, where not all of them do. `at_first`: column → what stands in it until every table is there,
    where the database lets nothing be added below a row that is finished. `stored`: the file of a row, where it has one."""

    model: type[TenantModel]
    without: Mapping[str, str] = field(default_factory=dict)
    fresh: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)
    at_first: Mapping[str, Any] = field(default_factory=dict)
    stored: Stored | None = None

    @property
    def label(self) -> str:
        """The name of the table in an archive, for example "renewal.Cycle"."""
        return self.model._meta.label

    @property
    def values(self) -> tuple[str, ...]:
        """The columns that hold values."""
        return tuple(column.name for column in self._columns() if not column.is_relation)

    @property
    def references(self) -> dict[str, models.ForeignKey[Any, Any]]:
        """The columns that refer to other rows."""
        return {column.name: column for column in self._columns() if isinstance(column, models.ForeignKey)}

    def _columns(self) -> list[models.Field[Any, Any]]:
        own = self.model._meta.concrete_fields
        return [
            column
            for column in own
            if not column.primary_key and column.name != "institution" and column.name not in self.without
        ]


def nobodys_digest() -> str:
    """For the digest of a link's secret: one that no secret has, so that the links of the old place open nothing at the new one."""
    return secrets.token_hex(32)

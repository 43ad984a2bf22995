"""Which tables of a capability go along when an institution leaves, and which of their columns stay behind.

A capability lists its tables as `Carried` in its `archive.py`. Every column travels but those that it names with a reason; columns whose
names sound like secrets must be named, which a test asserts for every table. References are not written as numbers of this database:
`exit/` gives each row an identity that it keeps for ever, wherever it is taken.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from .models import TenantModel


@dataclass(frozen=True, slots=True)
class Carried:
    """One table. `without`: column → why it stays behind. `fresh`: column → what makes a new value for it where there is no default.
    `only`: the conditions on rows that travel, where not all of them do. `at_first`: column → what stands in it until every table is there,
    where the database lets nothing be added below a row that is finished."""

    model: type[TenantModel]
    without: Mapping[str, str] = field(default_factory=dict)
    fresh: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)
    at_first: Mapping[str, Any] = field(default_factory=dict)

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

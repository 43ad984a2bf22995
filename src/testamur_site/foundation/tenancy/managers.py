"""The query set and manager of every table that belongs to an institution."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models

from .scope import Scope, WrongTenant, active_scope

M = TypeVar("M", bound=models.Model)


def _claim(row: models.Model, scope: Scope) -> None:
    """Give a new row to the active institution, or refuse it when it says it is another's."""
    if scope.institution is None:
        return
    if row.institution_id is None:  # type: ignore[attr-defined]
        row.institution = scope.institution  # type: ignore[attr-defined]
    elif row.institution_id != scope.institution.pk:  # type: ignore[attr-defined]
        raise WrongTenant(f"This {type(row).__name__} belongs to another institution than the active one.")


class TenantQuerySet(models.QuerySet[M]):
    """Writes go through the active institution; reads are filtered by the manager that made the query set."""

    def create(self, **values: Any) -> M:
        scope = active_scope(self.model)
        row = self.model(**values)
        _claim(row, scope)
        self._for_write = True
        row.save(force_insert=True, using=self.db)
        return row

    create.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        scope = active_scope(self.model)
        rows = list(objs)
        for row in rows:
            _claim(row, scope)
        return super().bulk_create(rows, *args, **kwargs)

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> int:
        scope = active_scope(self.model)
        rows = list(objs)
        for row in rows:
            _claim(row, scope)
        return super().bulk_update(rows, *args, **kwargs)

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def update(self, **values: Any) -> int:
        if "institution" in values or "institution_id" in values:
            scope = active_scope(self.model)
            if scope.institution is not None:
                raise WrongTenant("A row cannot be handed to another institution while working for one.")
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def raw(self, *args: Any, **kwargs: Any) -> models.query.RawQuerySet:
        """SQL of one's own knows no filter: only in an `unscoped` block, where all institutions are meant."""
        if active_scope(self.model).institution is not None:
            raise WrongTenant("raw() would see the rows of all institutions.")
        return super().raw(*args, **kwargs)


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """`objects` of every TenantModel: raises UnscopedQuery without a scope, otherwise sees the active institution's rows only."""

    def get_queryset(self) -> TenantQuerySet[Any]:
        scope = active_scope(self.model)
        rows = super().get_queryset()
        return rows if scope.institution is None else rows.filter(institution=scope.institution)

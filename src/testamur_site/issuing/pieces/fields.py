"""Columns that hold a piece, and are read as the whole: the database joins the pieces wherever one of these fields is selected.

Whoever reads has the whole bytes, in a model, in `values_list` and through other tables; whoever saves a model saves the whole, so that
nobody has to know of pieces but `services.cohort.storing`, which writes them. Conditions are asked of the column as it is stored: whether
there is anything, and not what. The columns beside it (`shared`, `shared_at`, `signed_after`) say how the pieces belong together.
"""

from __future__ import annotations

from typing import Any

from django.db import NotSupportedError, models

from .rules import DOCUMENT_AT

SHARED_TEXTS = "issuing_sharedtext"


def whole_content(prefix: str, vendor: str) -> str:
    """SQL for the prepared bytes of a row; `prefix` is its table or alias, with the point."""
    own, at = f'{prefix}"content"', f'{prefix}"shared_at"'
    pieces = f's."head" || substr({own}, 1, {at}) || s."text" || substr({own}, {at} + 1) || s."tail"'
    joined = _bytes(f'(SELECT {pieces} FROM "{SHARED_TEXTS}" s WHERE s."id" = {prefix}"shared_id")', vendor)  # noqa: S608 - names of our own
    # Bytes that were emptied stay empty.
    return f'CASE WHEN {prefix}"shared_id" IS NULL OR length({own}) = 0 THEN {own} ELSE {joined} END'


def whole_signed(prefix: str, vendor: str) -> str:
    """SQL for the signed bytes of a row."""
    own, size = f'{prefix}"signed"', f'{prefix}"signed_after"'
    before = f"substr({whole_content(prefix, vendor)}, {DOCUMENT_AT + 1}, {size})"
    return f"CASE WHEN {size} IS NULL THEN {own} ELSE {_bytes(f'{before} || {own}', vendor)} END"


def _bytes(joined: str, vendor: str) -> str:
    """SQLite takes whatever is joined for text, without changing it."""
    return f"CAST({joined} AS BLOB)" if vendor == "sqlite" else joined


class _OfPieces(models.BinaryField):
    """A column that is selected as the whole of which it holds a piece."""

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Raises NotSupportedError for what is computed of the column: that would be computed of a piece."""
        if sql.startswith("(SELECT "):
            return sql, params  # its own query has joined the pieces
        column = f".{compiler.quote_name_unless_alias(self.column)}"
        if not sql.endswith(column):
            raise NotSupportedError(f"{self} is stored in pieces: select it as it is.")
        return self._whole(sql[: 1 - len(column)], compiler.connection.vendor), params

    def _whole(self, prefix: str, vendor: str) -> str:
        raise NotImplementedError

    def deconstruct(self) -> Any:
        """For the database it is a column of bytes like others."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


class ContentField(_OfPieces):
    def _whole(self, prefix: str, vendor: str) -> str:
        return whole_content(prefix, vendor)


class SignedField(_OfPieces):
    def _whole(self, prefix: str, vendor: str) -> str:
        return whole_signed(prefix, vendor)


class PieceSize(models.PositiveIntegerField):
    """Of how many bytes a piece is. A model holds the whole: where one is saved, there are no pieces."""

    def pre_save(self, model_instance: models.Model, add: bool) -> None:  # noqa: ARG002 - as Django calls it
        return None

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveIntegerField", args, kwargs


class SharedPiece(models.ForeignKey[Any, Any]):
    """Which text belongs between the pieces; none where a model is saved."""

    def pre_save(self, model_instance: models.Model, add: bool) -> None:  # noqa: ARG002 - as Django calls it
        return None

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs

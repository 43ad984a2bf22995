"""A section of the form with its repeating groups, without JavaScript.

1. Each group posts how many rows it has (`outcomes-count`); a row's fields begin with `outcomes-0`, a nested group's with
   `outcomes-0-skills-0`.
2. "Add" and "Remove" are submit buttons. They change the posted values and the form is drawn again: nothing is stored, nothing that
   was typed is lost.
3. "Save" validates all and builds the members of the description. A row that was left empty is no row.
4. A row remembers which stored element it was drawn from (`was`), so that what the form does not show is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict

from ..description import codec
from ..description.elements import Description
from ..description.vocabulary import Concept
from .fields import ConceptField, ConceptsField, WordsField

MAX_ROWS = 40


@dataclass(frozen=True)
class Context:
    """What the fields need to know of the description: its languages, its concepts, its organisations."""

    description: Description
    languages: tuple[str, ...]
    known: tuple[Concept, ...] = ()

    @classmethod
    def of(cls, description: Description, languages: Sequence[str]) -> Context:
        return cls(description, tuple(languages), tuple(codec.concepts_of(description).values()))


class ElementForm(forms.Form):
    """The fields of one element. `build(original)` makes the element from the cleaned values; `initial_of` does the reverse."""

    def __init__(self, *args: Any, context: Context, element: Any = None, **kwargs: Any) -> None:
        self.context = context
        self.element = element
        super().__init__(*args, initial=self.initial_of(element) if element is not None else None, **kwargs)
        for name, form_field in self.fields.items():
            if isinstance(form_field, WordsField):
                # A language that only this text has is shown with this text only.
                form_field.write_in(tuple(dict.fromkeys((*context.languages, *self.initial.get(name, {})))))
            elif isinstance(form_field, ConceptField):
                form_field.language = context.languages[0]
                form_field.offer(context.known)
                form_field.include(self.initial.get(name))
            elif isinstance(form_field, ConceptsField):
                form_field.offer((*context.known, *self.initial.get(name, ())))
        self.prepare()

    def prepare(self) -> None:
        """For choices that depend on the description."""

    def initial_of(self, element: Any) -> dict[str, Any]:
        return {name: getattr(element, name) for name in self.base_fields if hasattr(element, name)}

    def build(self, _nested: Mapping[str, tuple[Any, ...]]) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Group:
    """A kind of repeating group: where it stands in the description, its form, and the groups inside each row."""

    name: str
    form: type[ElementForm]
    label: str
    row_label: str
    add_label: str
    nested: tuple[Group, ...] = ()
    help: str = ""
    empty_rows: int = 0


@dataclass
class Row:
    form: ElementForm
    number: int
    prefix: str
    was: str = ""
    new: bool = False
    groups: list[RowGroup] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)  # what a reader would stumble over; decides nothing

    def is_blank(self) -> bool:
        return self.form.element is None and not self.form.has_changed() and all(g.is_blank() for g in self.groups)


@dataclass
class RowGroup:
    kind: Group
    prefix: str
    rows: list[Row]

    @property
    def count_name(self) -> str:
        return f"{self.prefix}-count"

    def is_blank(self) -> bool:
        return all(row.is_blank() for row in self.rows)


class SectionEditor:
    """A section, drawn from a description or from what was posted."""

    def __init__(
        self,
        form: type[ElementForm] | None,
        groups: tuple[Group, ...],
        context: Context,
        data: QueryDict | None = None,
        *,
        added: str = "",
    ) -> None:
        self.context = context
        self.data = data
        self.added = added
        self.form = None
        if form is not None:
            self.form = form(data, context=context, element=context.description, use_required_attribute=False)
        self.groups = [self._group(kind, kind.name, getattr(context.description, kind.name)) for kind in groups]

    def _group(self, kind: Group, prefix: str, stored: tuple[Any, ...]) -> RowGroup:
        count = len(stored) or kind.empty_rows
        if self.data is not None:
            count = _count(self.data, prefix)
        return RowGroup(
            kind, prefix, [self._row(kind, f"{prefix}-{number}", number, stored) for number in range(count)]
        )

    def _row(self, kind: Group, prefix: str, number: int, stored: tuple[Any, ...]) -> Row:
        position = str(number) if self.data is None else self.data.get(f"{prefix}-was", "")
        element = (
            stored[int(position)] if position.isascii() and position.isdigit() and int(position) < len(stored) else None
        )
        form = kind.form(self.data, prefix=prefix, context=self.context, element=element, use_required_attribute=False)
        row = Row(form, number + 1, prefix, position if element is not None else "", prefix == self.added)
        for inner in kind.nested:
            inside = getattr(element, inner.name) if element is not None else ()
            row.groups.append(self._group(inner, f"{prefix}-{inner.name}", inside))
        if row.new:
            first = next(iter(form.fields.values()), None)
            if first is not None:
                first.widget.attrs["autofocus"] = True
        return row

    def forms(self) -> Iterator[ElementForm]:
        """All forms that count: those of blank rows do not."""
        if self.form is not None:
            yield self.form
        yield from _forms(self.groups)

    def is_valid(self) -> bool:
        judged = [form.is_valid() for form in self.forms()]  # every form, so that all errors are shown at once
        return all(judged)

    def members(self) -> dict[str, Any]:
        """The members of the description that this section writes. Call it after `is_valid`."""
        built = {group.kind.name: _build(group) for group in self.groups}
        return {**(self.form.build({}) if self.form is not None else {}), **built}


def _forms(groups: list[RowGroup]) -> Iterator[ElementForm]:
    for group in groups:
        for row in group.rows:
            if not row.is_blank():
                yield row.form
                yield from _forms(row.groups)


def _build(group: RowGroup) -> tuple[Any, ...]:
    return tuple(
        row.form.build({inner.kind.name: _build(inner) for inner in row.groups})
        for row in group.rows
        if not row.is_blank()
    )


def _count(data: Mapping[str, Any], prefix: str) -> int:
    posted = str(data.get(f"{prefix}-count", "0"))
    return min(int(posted), MAX_ROWS) if posted.isascii() and posted.isdigit() and len(posted) < 4 else 0


_PREFIX = re.compile(r"[a-z_]+(-\d{1,2}-[a-z_]+)?", re.ASCII)


def with_row_added(data: QueryDict, prefix: str) -> tuple[QueryDict, str]:
    """The posted values with one more row in a group, and the new row's prefix ('' when the group is full or unknown)."""
    if not _PREFIX.fullmatch(prefix) or f"{prefix}-count" not in data:
        return data, ""
    count = _count(data, prefix)
    if count >= MAX_ROWS:
        return data, ""
    changed = data.copy()
    changed[f"{prefix}-count"] = str(count + 1)
    return changed, f"{prefix}-{count}"


def with_row_removed(data: QueryDict, row: str) -> QueryDict:
    """The posted values without a row; the rows after it move up, with everything inside them."""
    prefix, _dash, number = row.rpartition("-")
    if not _PREFIX.fullmatch(prefix) or not (number.isascii() and number.isdigit()):
        return data
    removed, count = int(number), _count(data, prefix)
    if removed >= count:
        return data
    changed = QueryDict(mutable=True)
    of_group = re.compile(rf"{re.escape(prefix)}-(\d{{1,2}})(-.+)", re.ASCII)
    for name, values in data.lists():
        match = of_group.fullmatch(name)
        if match is None or int(match[1]) < removed:
            changed.setlist(name, values)
        elif int(match[1]) > removed:
            changed.setlist(f"{prefix}-{int(match[1]) - 1}{match[2]}", values)
    changed[f"{prefix}-count"] = str(count - 1)
    return changed

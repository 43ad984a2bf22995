"""Many rows at once, for the price of one statement: what a cohort writes.

PostgreSQL takes them by COPY in its binary format, SQLite by one prepared statement; constraints and triggers are those of any INSERT or
UPDATE, and so is the scope: while one institution is worked for, no row of another can be written. Everything happens in the caller's
transaction. What a field is not given, it has by default, as in a model.

    keys = new_keys(Award, len(people))
    insert_rows(Award, ("id", "recipient_name"), zip(keys, people), institution_id=institution.pk, …)
    update_rows(Award, (), ((key,) for key in keys), values={"state": "issued"}, state="prepared")
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar

from django.db import connection, models, transaction

from .models import TenantModel, new_public_id, new_public_ids
from .scope import WrongTenant, active_scope

ROWS_OF_A_STATEMENT = 1000
T = TypeVar("T")
M = TypeVar("M", bound=models.Model)


def new_keys(model: type[models.Model], count: int) -> list[int]:
    """`count` primary keys that nobody else is given, ascending. On SQLite they are certain only inside a transaction, which locks."""
    if count <= 0:
        return []
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                # The name of the sequence is looked up once, not with every key: that is what OFFSET is for.
                "SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name OFFSET 0) AS s, "
                "generate_series(1, %s)",
                [connection.ops.quote_name(table), column, count],
            )
            return sorted(key for (key,) in cursor.fetchall())
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("Keys are given inside the transaction of the rows.")
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        return list(range(first, first + count))


def unsaved(model: type[M], values: Mapping[str, Any]) -> M:
    """A model with these values (by attribute names), as the database would give it: what its constructor does for each field costs as
    much as the rest of the row. What is not given is asked of the database when it is looked at. Not for a model that is saved."""
    made = model.__new__(model)
    made.__dict__ |= values
    made._state = state = models.base.ModelState()
    state.adding = False
    return made


def values_of(model: type[models.Model]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of all fields of a model, and the values of a row (by itself, so that no descriptor is asked) in their order."""
    names = tuple(field.attname for field in model._meta.concrete_fields)
    read = itemgetter(*names)
    return names, lambda row: read(row.__dict__)


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], **constants: Any
) -> int:
    """Insert `rows`, whose values are those of the fields `names` (attribute names: `award_id`); how many there were.

    `constants` are the same in every row. Raises IntegrityError as any INSERT, WrongTenant for rows of another institution than the active
    one, and UnscopedQuery.
    """
    given = {**_scope_of(model, names), **constants}
    fields = [_field(model, name) for name in names]
    fixed = [field for field in model._meta.concrete_fields if field not in fields and _is_written(field, given)]
    columns = [*fields, *fixed]
    makers = [_maker(field, given) for field in fixed]
    # Most are the same in every row: only what is made anew for each is made for each.
    same = [make() for make in makers]
    anew = [place for place, field in enumerate(fixed) if _made_anew(field, given)]

    def rest() -> Sequence[Any]:
        for place in anew:
            same[place] = makers[place]()
        return same

    checked = _of_tenant(model, names, rows, given)
    if fixed and not anew:
        constant = tuple(same)
        whole: Iterable[Sequence[Any]] = ((*row, *constant) for row in checked)
    else:
        whole = ((*row, *rest()) for row in checked) if fixed else checked
    return (_copy if connection.vendor == "postgresql" else _execute)(model, columns, whole)


def update_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    values: Mapping[str, Any] | None = None,
    **where: Any,
) -> list[int]:
    """Set the fields `names` of the rows with the primary keys that come first in `rows`, and in all of them `values`; the keys of those
    that were found.

    `where`: only rows in which these fields have these values (None: empty) are changed; for conditional updates.
    """
    active = _active(model)
    if active is not None:
        if "institution_id" in names or "institution_id" in (values or {}):
            raise WrongTenant("A row cannot be handed to another institution while working for one.")
        where = {**where, "institution_id": active}
    fields = [_field(model, name) for name in names]
    fixed = [(_field(model, name), value) for name, value in (values or {}).items()]
    change = _update_postgresql if connection.vendor == "postgresql" else _update_sqlite
    changed: list[int] = []
    iterator = iter(rows)
    while some := list(islice(iterator, ROWS_OF_A_STATEMENT)):
        changed += change(model, fields, fixed, some, where)
    return changed


def existing(model: type[models.Model], name: str, values: Sequence[Any], **where: Any) -> set[Any]:
    """Those of `values` that some row has in the field `name`, among the rows that have the values `where`.

    On PostgreSQL one step into an index for each value, whatever the planner believes of a table that has just been filled: there must be
    an index of these fields.
    """
    return {value for (value,) in looked_up(model, (name,), name, values, **where)}


def looked_up(
    model: type[models.Model], names: Sequence[str], name: str, values: Sequence[Any], **where: Any
) -> list[tuple[Any, ...]]:
    """The fields `names` (numbers and texts) of one row for each of `values` that some row has in the field `name`, among the rows that
    have the values `where`; in no order.

    As `existing`: a model's `filter(…__in=…)` costs a placeholder for each value, and of a table that is just being filled the planner
    believes that reading all of the institution is cheaper than five hundred looks into an index.
    """
    active = _active(model)
    if active is not None:
        where = {**where, "institution_id": active}
    field, quote = _field(model, name), connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(field.column)
    wanted = [quote(_field(model, one).column) for one in names]
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(values), ROWS_OF_A_STATEMENT * 5):
        some = list(values[start : start + ROWS_OF_A_STATEMENT * 5])
        if connection.vendor == "postgresql":
            from psycopg import Cursor

            # OFFSET keeps the planner from taking the index of a condition that many rows meet.
            fenced = f"(SELECT * FROM {table} AS o WHERE o.{column} = v.k OFFSET 0)" if field.unique else table  # noqa: S608
            conditions, given = _conditions(model, where, "t.")
            statement = (
                f"SELECT {', '.join(f't.{one}' for one in wanted)} FROM unnest(%b::{_type(field)}[]) AS v(k) "  # noqa: S608 - our own names
                f"CROSS JOIN LATERAL (SELECT {', '.join(wanted)} FROM {fenced} AS t "
                f"WHERE t.{column} = v.k{conditions} LIMIT 1) AS t"
            )
            connection.ensure_connection()
            with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
                cursor.execute(statement, [_array(field, some), *given])
                found += cursor.fetchall()
        else:
            conditions, given = _conditions(model, where)
            holes = ", ".join(["%s"] * len(some))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT {', '.join(wanted)} FROM {table} WHERE {column} IN ({holes}){conditions}",  # noqa: S608
                    [*some, *given],
                )
                found += cursor.fetchall()
    return found


def _active(model: type[models.Model]) -> int | None:
    """The institution that is worked for; None for a table of no institution, and where all are meant. Raises UnscopedQuery."""
    active = active_scope(model).institution if issubclass(model, TenantModel) else None
    return None if active is None else active.pk


def _scope_of(model: type[models.Model], names: Sequence[str]) -> dict[str, Any]:
    active = _active(model)
    return {} if active is None or "institution_id" in names else {"institution_id": active}


def _of_tenant(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], given: Mapping[str, Any]
) -> Iterable[Sequence[Any]]:
    """The rows; raises WrongTenant, at once or when it comes to the row, for one of another institution."""
    active = _active(model)
    if active is None:
        return rows
    if "institution_id" in names:
        place = names.index("institution_id")
        return (row if row[place] == active else _own(model, row, row[place], active) for row in rows)
    return _own(model, rows, given["institution_id"], active)


def _own(model: type[models.Model], found: T, institution: int | None, active: int) -> T:
    if institution != active:
        raise WrongTenant(f"This {model.__name__} belongs to another institution than the active one.")
    return found


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    for field in model._meta.concrete_fields:
        if field.attname == name:
            return field
    raise ValueError(f"{model.__name__} has no field {name}.")


def _is_written(field: models.Field[Any, Any], given: Mapping[str, Any]) -> bool:
    return not (field.primary_key and field.attname not in given and not field.has_default())


def _made_anew(field: models.Field[Any, Any], given: Mapping[str, Any]) -> bool:
    return field.attname not in given and callable(field.default) and field.default not in (dict, list)


def _maker(field: models.Field[Any, Any], given: Mapping[str, Any]) -> Any:
    if field.attname in given:
        value = given[field.attname]
        return lambda: value
    if field.default is new_public_id:
        return new_public_ids().__next__
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        raise ValueError(f"{field.attname} is set by save(): give it a value.")
    return field.get_default


def _copy(model: type[models.Model], fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]) -> int:
    from psycopg.types.json import Jsonb

    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    count = 0
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types([_type(field) for field in fields])
        for row in rows:
            count += 1
            if places:
                values = list(row)
                for place in places:
                    if values[place] is not None:
                        values[place] = Jsonb(values[place], _json)
                copy.write_row(values)
            else:
                copy.write_row(row)
    return count


def _json(value: Any) -> str:
    """Most are empty lists."""
    return json.dumps(value) if value or not isinstance(value, list) else "[]"


def _array(field: models.Field[Any, Any], values: Sequence[Any]) -> Any:
    """Values as one parameter. Of whole numbers the text that PostgreSQL reads: psycopg would look at each of them for its type."""
    if _type(field) in ("bigint", "integer", "smallint"):
        return f"{{{','.join(['NULL' if one is None else f'{one:d}' for one in values])}}}"
    return list(values)


def _type(field: models.Field[Any, Any]) -> str:
    """The type of a column as PostgreSQL calls it, without its length."""
    found = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    name = found.partition("(")[0]
    return {"timestamp with time zone": "timestamptz", "serial": "int4"}.get(name, name)


def _execute(model: type[models.Model], fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]) -> int:
    quote = connection.ops.quote_name
    columns, holes = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({holes})"  # noqa: S608 - names of our own
    convert = [_converter(field) for field in fields]
    count, iterator = 0, iter(rows)
    with connection.cursor() as cursor:
        while some := list(islice(iterator, ROWS_OF_A_STATEMENT)):
            cursor.executemany(
                statement,
                [_written(convert, row) for row in some],
            )
            count += len(some)
    return count


def _converter(field: models.Field[Any, Any]) -> Any:
    """How a value is written for SQLite; None where it stands for itself."""
    if isinstance(field, models.CharField | models.TextField | models.IntegerField | models.BooleanField):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _written(convert: Sequence[Any], row: Sequence[Any]) -> list[Any]:
    return [make(value) if make else value for make, value in zip(convert, row, strict=True)]


def _update_postgresql(
    model: type[models.Model],
    fields: Sequence[models.Field[Any, Any]],
    fixed: Sequence[tuple[models.Field[Any, Any], Any]],
    rows: list[Sequence[Any]],
    where: Mapping[str, Any],
) -> list[int]:
    from psycopg import Cursor
    from psycopg.types.json import Jsonb

    quote = connection.ops.quote_name
    pk = model._meta.pk
    arrays: list[Any] = []
    for field, column in zip((pk, *fields), zip(*rows, strict=True), strict=True):
        as_json = isinstance(field, models.JSONField)
        arrays.append([v if v is None else Jsonb(v) for v in column] if as_json else _array(field, column))
    names = ", ".join(["k", *(f"v{place}" for place in range(len(fields)))])
    casts = ", ".join(f"%b::{_type(field)}[]" for field in (pk, *fields))
    sets = ", ".join(
        [
            *(f"{quote(field.column)} = v.v{place}" for place, field in enumerate(fields)),
            *(f"{quote(field.column)} = %s" for field, _ in fixed),
        ]
    )
    conditions, values = _conditions(model, where, "t.", by_key=True)
    key = f"t.{quote(pk.column)}"
    table, keys = quote(model._meta.db_table), f"{key} = ANY(%b::{_type(pk)}[])"
    joined = f" FROM unnest({casts}) AS v({names})" if fields else ""
    matched = f"{keys} AND {key} = v.k" if fields else keys
    statement = f"UPDATE {table} AS t SET {sets}{joined} WHERE {matched}{conditions} RETURNING {key}"  # noqa: S608
    connection.ensure_connection()
    # Of psycopg itself, with the values beside the statement: Django's cursor writes bytes into its text, in twice their length.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor, _no_nested_loop(cursor):
        given = [field.get_db_prep_save(value, connection) for field, value in fixed]
        # The keys of the condition as an array: of a text the planner makes one for every row that it looks at.
        cursor.execute(statement, [*given, *(arrays if fields else ()), [row[0] for row in rows], *values])
        return [key for (key,) in cursor.fetchall()]


@contextmanager
def _no_nested_loop(cursor: Any) -> Iterator[None]:
    """For one statement, inside a transaction. Of a table that is just being filled PostgreSQL believes that hardly a row meets the
    conditions, and compares each row that does with each row that is given: a second for a thousand, where a hash takes milliseconds."""
    if not connection.in_atomic_block:
        yield
        return
    cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    cursor.execute("SET LOCAL enable_nestloop = DEFAULT")


def _update_sqlite(
    model: type[models.Model],
    fields: Sequence[models.Field[Any, Any]],
    fixed: Sequence[tuple[models.Field[Any, Any], Any]],
    rows: list[Sequence[Any]],
    where: Mapping[str, Any],
) -> list[int]:
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    conditions, values = _conditions(model, where)
    keys = [row[0] for row in rows]
    holes = ", ".join(["%s"] * len(keys))
    sets = ", ".join(f"{quote(field.column)} = %s" for field in (*fields, *(field for field, _ in fixed)))
    convert = [_converter(field) for field in fields]
    given = [field.get_db_prep_save(value, connection) for field, value in fixed]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} FROM {table} WHERE {key} IN ({holes}){conditions}", [*keys, *values])  # noqa: S608
        found = {pk for (pk,) in cursor.fetchall()}
        cursor.executemany(
            f"UPDATE {table} SET {sets} WHERE {key} = %s",  # noqa: S608
            [[*_written(convert, row[1:]), *given, row[0]] for row in rows if row[0] in found],
        )
    return [pk for pk in keys if pk in found]


def _conditions(
    model: type[models.Model], where: Mapping[str, Any], prefix: str = "", *, by_key: bool = False
) -> tuple[str, list[Any]]:
    """`by_key`: the rows are found by their primary keys. Then no index of the institution may be taken: of a table that is just being
    filled the planner believes that it has hardly a row, and reads all of them for each thousand."""
    text, values = "", []
    for name, value in where.items():
        column = f"{prefix}{connection.ops.quote_name(_field(model, name).column)}"
        if value is None:
            text += f" AND {column} IS NULL"
        else:
            text += f" AND {column} + 0 = %s" if by_key and name == "institution_id" else f" AND {column} = %s"
            values.append(value)
    return text, values

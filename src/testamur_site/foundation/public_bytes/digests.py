"""Whether several queries still give the same rows, in one question to PostgreSQL.

What `worked_out` keeps is made of up to five queries, and after every commit of anybody they are asked again. psycopg needs 0.2 ms for
each, most of it for reading rows that are then only compared. So the database hashes what each query gives, as the text of its rows, and
the hashes are compared: a twentieth of the processor time. Rows that read the same are the same; some that are equal (1.0 and 1.00) read
differently, and are then worked out anew.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from . import libpq
from .compiled import for_the_driver, is_watched

Query = tuple[str, tuple[Any, ...]]

MOST = 64
"""So many kinds of questions are planned for one connection."""

_of_thread = threading.local()


class Digest(NamedTuple):
    """What `values` gave for `question` on `driver`: a hash for each query."""

    question: libpq.Question
    values: tuple[str, ...]
    driver: Any
    found: tuple[Any, ...]


def digest_of(own: Any, queries: Sequence[Query]) -> Digest | None:
    """Of what the `queries` give now; None where that cannot be asked: of another database, of values that are neither texts nor whole
    numbers, while somebody watches, and in a transaction."""
    if own.vendor != "postgresql" or own.connection is None or not queries or is_watched(own):
        return None
    values: list[str] = []
    for _, parameters in queries:
        for value in parameters:
            if isinstance(value, bool) or not isinstance(value, (str, int)):
                return None
            values.append(value if isinstance(value, str) else str(int(value)))
    question = _question(tuple(sql for sql, _ in queries))
    rows = question.first(own.connection, values) if question is not None else None
    return Digest(question, tuple(values), own.connection, rows[0]) if question is not None and rows else None


def holds(own: Any, digest: Digest) -> bool | None:
    """Whether the queries give now what they gave; None where that cannot be asked."""
    if own.connection is not digest.driver or is_watched(own):
        return None
    rows = digest.question.first(digest.driver, digest.values)
    return rows[0] == digest.found if rows else None


def _question(texts: tuple[str, ...]) -> libpq.Question | None:
    """The question for queries of these texts: one for all values, so that it is planned once."""
    questions: dict[tuple[str, ...], libpq.Question | None] | None = getattr(_of_thread, "questions", None)
    if questions is None:
        questions = _of_thread.questions = {}
    if texts not in questions:
        if len(questions) >= MOST:
            return None
        numbered = libpq.numbered(f"SELECT {', '.join(map(_hash, texts))}")
        questions[texts] = libpq.Question(numbered) if numbered else None
    return questions[texts]


def _hash(sql: str) -> str:
    rows = f"SELECT array_agg(rows)::text FROM ({for_the_driver(sql)}) AS rows"  # noqa: S608 - the ORM wrote it
    return f"sha256(convert_to(coalesce(({rows}), ''), 'UTF8'))"

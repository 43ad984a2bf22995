"""Mistakes in a programme: a line, a place and a sentence each, so that the author finds and mends them all at once."""

from __future__ import annotations

from dataclasses import dataclass

from testamur.errors import InputError


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """`line` and `column` count from 1; `path` is the place in the document (`awards/0/requires/credits`)."""

    line: int
    column: int
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.sentence}"


class NotAProgramme(InputError):
    """The text is no programme. `mistakes` are all that were found, in the order of their lines."""

    default_code = "pathways.not_a_programme"

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(str(mistake) for mistake in mistakes), facts={"line": mistakes[0].line})
        self.mistakes = mistakes

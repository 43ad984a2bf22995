"""Mistakes in a programme: a line, a place and a fault each, so that the author finds and mends them all at once."""

from __future__ import annotations

from dataclasses import dataclass

from testamur.errors import InputError
from testamur.pathways.reading.sentences import Fault


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """`line` and `column` count from 1; `path` is the place in the document (`awards/0/requires/credits`)."""

    line: int
    column: int
    path: str
    fault: Fault

    @property
    def sentence(self) -> str:
        """What is wrong, in English; `fault.said(language)` says it in another language."""
        return self.fault.said()

    def told(self, language: str = "en") -> str:
        """The sentence with its place before it, in `language`."""
        sentence = self.fault.said(language)
        if language.startswith("ko"):
            return f"{self.line}행 {self.column}열: {sentence}"
        return f"line {self.line}, column {self.column}: {sentence}"

    def __str__(self) -> str:
        return self.told()


class NotAProgramme(InputError):
    """The text is no programme. `mistakes` are all that were found, in the order of their lines."""

    default_code = "pathways.not_a_programme"

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(str(mistake) for mistake in mistakes), facts={"line": mistakes[0].line})
        self.mistakes = mistakes

"""What speaks against an import, in words."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """An import that is not begun. `sentences` say why and what to do."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)

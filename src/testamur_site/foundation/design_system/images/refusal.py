from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


class ImageRefused(ValueError):
    """A picture that is not taken. `str()` is a sentence for the person, in the language active when it is read.

    `code` is stable: image.too_large, image.format, image.damaged, image.dimensions, image.not_square, image.hostile,
    image.text, image.too_complex. `facts` holds the numbers of the sentence.
    """

    def __init__(self, code: str, sentence: str | Promise, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.facts = facts

    def __str__(self) -> str:
        return str(self.sentence) % self.facts if self.facts else str(self.sentence)

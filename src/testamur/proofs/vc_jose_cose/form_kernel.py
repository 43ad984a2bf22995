"""What is done once for each token: is its payload a text of a known form? As a kernel it has a compiled form.

One source for two forms, as `linked_data.shapes.kernel`.
"""

from __future__ import annotations

from typing import Any

from testamur.proofs.vc_jose_cose.native_forms import figures_in, holes_of

COMPILED: bool = False  # the other form says otherwise

TEXT: int = 0
"""A hole for what JSON may have between quotation marks, which stand outside: no escape but those of one letter."""
FIGURE: int = 1
"""A hole for a whole number from 0 on of at most 15 digits."""
ADDRESS: int = 2
"""A hole for a text that is an absolute address (`proofs.urls.is_url`) in ASCII, without an escape."""
MAX_HOLES: int = 1_000


class PayloadForm:
    """JSON texts that differ in their holes alone. `parts` stand around and between them, `kinds` says what each is for, and `same` which
    earlier one must hold the same bytes, or -1. The holes for numbers are `dates`, claims by these names; with `needs_key` the payload
    does not say whose the key is."""

    def __init__(
        self, parts: list[bytes], kinds: list[int], same: list[int], dates: tuple[str, ...], needs_key: bool
    ) -> None:
        """Raises ValueError where there is not one part more than holes, where the part behind a hole does not end it, for a hole that is
        to be as a later one, and for more than `MAX_HOLES`."""
        holes = len(kinds)
        if len(parts) != holes + 1 or len(same) != holes or holes > MAX_HOLES:
            raise ValueError("one part more than holes")
        for number, kind in enumerate(kinds):
            if not -1 <= same[number] < number or kind not in (TEXT, FIGURE, ADDRESS):
                raise ValueError("an earlier hole, and a kind")
            if parts[number + 1][:1] not in ((b",", b"}", b"]") if kind == FIGURE else (b'"',)):
                raise ValueError("the end of a hole")
        if kinds.count(FIGURE) != len(dates):
            raise ValueError("a name for each number")
        self.parts = parts
        self.kinds = kinds
        self.same = same
        self.dates = dates
        self.needs_key = needs_key
        self.pool = b"".join(parts)
        self.holes = holes_of(parts, kinds, same)

    def figures(self, payload: bytes) -> tuple[int, ...] | None:
        """What stands in the holes for numbers of a text of exactly this form, which is in UTF-8; None for every other text."""
        return figures_in(self, payload)

    def dated(self, figures: tuple[int, ...]) -> dict[str, int]:
        """The claims that are dates, of what `figures` found."""
        return dict(zip(self.dates, figures, strict=True))


def known(forms: tuple[Any, ...], payload: bytes) -> tuple[Any, tuple[int, ...]] | None:
    """The first of `forms`, each a `PayloadForm`, that `payload` has, and its figures; None where it has none of them."""
    for form in forms:
        figures = form.figures(payload)
        if figures is not None:
            return form, figures
    return None

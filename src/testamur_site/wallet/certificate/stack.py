"""Many certificates in one file, quicker than many times one: what they share is laid out once.

1. `forms.typ` lays out a page for every way in which a page may turn out, with room for the name, the QR code and the address. How much
room a name takes is measured; five hundred learners of one list need a few such pages. 2. It says which page is whose, and where the
room is. 3. `stack.typ` puts on each page its form, which is embedded once, and in the room what is the learner's own. Text stays text
in both. Where each learner has other dates, forms would be more work than pages, and `each.typ` lays out page after page.

The pages are what they would be one by one (a test compares where every word stands). Nothing of them stays: the compiler forgets, and the
folder through which it is handed the forms and the codes goes with the call, and holds no name. See decision 0070.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .. import images
from .typesetting import EACH, FORMS, PAGE, STACK, alone, typeset


@dataclass(frozen=True, slots=True)
class Own:
    """What is one learner's own: the number of its form among those that are given, name and address as they are shown."""

    form: int
    name: str
    address: str


_Part = tuple[int, str, str, int, int]
"""A page for the compiler: number of the form, name, address, where its code begins among all, modules each way."""


def stacked(
    shared: Mapping[str, Any],
    forms: Sequence[Mapping[str, Any]],
    pages: Sequence[Own],
    moment: datetime,
    raster: bytes | None,
) -> bytes:
    """A PDF with a page for each of `pages`: the words of `certificate.typ`, of which `shared` has what all say and each of `forms` the
    rest; `raster` is the badge as PNG where it is no drawing. `moment` is what the file says of its making."""
    words = {**shared, "raster": raster is not None, "forms": forms}
    with TemporaryDirectory(prefix="testamur-print-") as place, alone(forget=True):
        folder = Path(place)
        for template in (PAGE, FORMS, STACK, EACH):
            (folder / template.name).write_bytes(template.read_bytes())
        if raster is not None:
            (folder / "badge.png").write_bytes(raster)
        codes = images.qr_codes([own.address for own in pages])
        (folder / "codes").write_bytes(b"".join(code.modules for code in codes))
        starts = itertools.accumulate((len(code.modules) for code in codes), initial=0)
        parts = [
            (own.form, own.name, own.address, start, code.side)
            for own, start, code in zip(pages, starts, codes, strict=False)
        ]
        if _COST_OF_A_FORM * len({own.form for own in pages}) < len(pages):
            words, parts = _laid(folder, words, pages, parts, moment)
            return typeset(folder / STACK.name, words | {"pages": parts}, moment).pdf
        return typeset(folder / EACH.name, words | {"pages": parts}, moment).pdf


_COST_OF_A_FORM = 4
"""In pages that are laid out for themselves."""


def _laid(
    folder: Path, words: dict[str, Any], pages: Sequence[Own], parts: Sequence[_Part], moment: datetime
) -> tuple[dict[str, Any], list[_Part]]:
    """Lay out the forms, into `forms.pdf`. The words with the room there is on each, and the parts with the page on which their form is."""
    kinds = list(dict.fromkeys(map(_kind, pages)))
    laid = typeset(folder / FORMS.name, words | {"kinds": kinds}, moment)
    (folder / "forms.pdf").write_bytes(laid.pdf)
    page_of = dict(zip(kinds, laid.found("<numbers>")[0], strict=True))
    spots: list[dict[str, Any]] = [{} for _ in range(max(page_of.values()) + 1)]
    for hole, where in laid.found("<hole>"):
        spots[where["page"] - 1][hole] = {axis: float(where[axis].removesuffix("pt")) for axis in "xy"}
    for (form, *_room), number in page_of.items():
        spoken = words | words["forms"][form]
        spots[number] |= {"language": spoken["language"], "text": f"{spoken['institution']}: {spoken['title']}"}
    numbered = [(page_of[_kind(own)], *part[1:]) for own, part in zip(pages, parts, strict=True)]
    return words | {"forms": spots}, numbered


_ONE_LINE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .'-]{0,19}")
_ONE_LINE_ADDRESS = re.compile(r"[\x21-\x7e]{1,58}")


def _kind(own: Own) -> tuple[int, str, str]:
    """A form with a name and an address that need the same room as those of `own`: any that stays on one line in the same font will do.
    Twenty letters at 19 points and 58 of a typewriter's at 9.5 fit where they stand, however wide they are."""
    name = "x" if _ONE_LINE_NAME.fullmatch(own.name) else own.name
    address = "x" if _ONE_LINE_ADDRESS.fullmatch(own.address) else own.address
    return own.form, name, address

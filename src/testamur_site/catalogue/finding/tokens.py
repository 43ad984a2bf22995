"""Text as the tokens of the full-text index: one column, the same answer on every database, two-syllable Korean words included.

No tokenizer of a database is asked, because each cuts differently and none finds 분석 in 데이터분석. Text is cut here instead:

1. Compatibility forms and case are folded, Latin accents taken off (ＡＩ is ai, Données is donnees).
2. A run of letters and digits of an alphabet is one token (`wdata`). A query's word finds every word that begins like it.
3. A run of Hangul, Han or Kana becomes its overlapping pairs (데이 이터), and its last character alone. A query's pairs must all be
   there; a query of one character finds every pair that begins with it.
4. What is not ASCII is written in hexadecimal of its UTF-8 form, so that nothing is left for a database to fold or cut.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_TOKENS = 20_000
MOST_WORDS = 8
LONGEST_WORD = 40
# Code points whose writing has no spaces between words, or (Hangul) joins particles and compounds.
_PAIRED = (
    (0x1100, 0x11FF), (0x3040, 0x30FF), (0x3130, 0x318F), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A token that must be there; with `begins` any token that begins with it."""

    token: str
    begins: bool = False


def stored(texts: Iterable[str]) -> str:
    """The tokens of these texts, each once, with spaces between them; at most 20,000."""
    found: dict[str, None] = {}
    for text in texts:
        for run, paired in _runs(text):
            for token in _pairs(run) if paired else (run[:LONGEST_WORD],):
                found[_written(token)] = None
        if len(found) >= MOST_TOKENS:
            break
    return " ".join(list(found)[:MOST_TOKENS])


def wanted(query: str) -> list[Wanted]:
    """What a query asks for: all of it must be there. At most eight words; [] when the query has no letter or digit."""
    found: dict[Wanted, None] = {}
    for run, paired in list(_runs(query[:200]))[:MOST_WORDS]:
        if not paired:
            found[Wanted(_written(_singular(run[:LONGEST_WORD])), begins=len(run) > 1)] = None
        elif len(run) == 1:
            found[Wanted(_written(run), begins=True)] = None
        else:
            found.update((Wanted(_written(run[at : at + 2])), None) for at in range(min(len(run) - 1, LONGEST_WORD)))
    return list(found)


def folded(text: str) -> str:
    """One form for what is compared: compatibility forms, case and Latin accents folded."""
    text = unicodedata.normalize("NFKC", text).casefold()
    if text.isascii():
        return text
    # Only the accents of Latin, Greek and Cyrillic: the marks of other scripts are letters of their own.
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", bare)


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Runs of letters and digits of one kind: (run, whether it is cut into pairs)."""
    run, kind = [], False
    for character in folded(text):
        if not (character.isalnum() or unicodedata.category(character) == "Mn"):
            if run:
                yield "".join(run), kind
            run = []
            continue
        paired = _is_paired(character)
        if run and paired != kind:
            yield "".join(run), kind
            run = []
        kind = paired
        run.append(character)
    if run:
        yield "".join(run), kind


def _is_paired(character: str) -> bool:
    point = ord(character)
    return point >= 0x1100 and any(first <= point <= last for first, last in _PAIRED)


def _pairs(run: str) -> Iterator[str]:
    yield from (run[at : at + 2] for at in range(len(run) - 1))
    yield run[-1]


def _written(token: str) -> str:
    return f"w{token}" if token.isascii() else f"u{token.encode().hex()}"


def _singular(word: str) -> str:
    """Who asks for `skills` means `skill` as well; every word that begins so is found."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") and word.isascii() else word

"""Bytes of a text table to text, without guessing where a guess could spoil a name.

Spreadsheets in Seoul write CP949, in Paris Windows-1252, in Cairo Windows-1256, and none of them says so. A wrong guess puts a
wrong name on a certificate, so the order is:

1. A byte order mark decides (UTF-8, UTF-16 little and big endian; UTF-32 is refused).
2. NUL bytes at every second place: UTF-16 without a mark.
3. What is valid UTF-8 is UTF-8: text in another encoding is practically never valid UTF-8 by accident.
4. Otherwise each of the three old encodings is tried strictly and the text it would give is looked at: CP949 must
   give Hangul standing in words of its own, Windows-1256 words wholly of Arabic letters, Windows-1252 accented letters
   among plain Latin ones. Exactly one plausible reading is taken; none or several: the person is asked, by
   `TableRefused("encoding.unknown")`.

A general detector was tried and refused (docs/decisions/0010): it always names a winner, also where only the person can know.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from .problems import TableRefused

CHOICES = ("utf-8", "utf-16", "cp949", "windows-1252", "windows-1256")
"""What a person may choose when the file does not say."""

_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the encoding it was read with, and whether the bytes proved it (`certain`) or it was only the one plausible reading."""

    text: str
    encoding: str
    certain: bool


def decode(data: bytes, *, encoding: str | None = None) -> Decoded:
    """Decode `data`. `encoding`, one of `CHOICES`, is what a person chose; it is obeyed or refused, never corrected.

    Raises `TableRefused`: `encoding.unknown`, `encoding.does_not_fit` (facts: encoding), `encoding.utf_32`, `table.not_text`.
    """
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise TableRefused("encoding.utf_32")
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return Decoded(_strict(data[len(mark) :], name), "utf-16" if "16" in name else name, certain=True)
    if encoding is not None:
        if encoding not in CHOICES:
            raise TableRefused("encoding.unknown")
        name = _utf_16_order(data) or "utf-16-le" if encoding == "utf-16" else encoding
        return Decoded(_strict(data, name), encoding, certain=True)
    order = _utf_16_order(data)
    if order:
        return Decoded(_strict(data, order), "utf-16", certain=True)
    if b"\x00" in data:
        raise TableRefused("table.not_text")
    try:
        return Decoded(data.decode("utf-8"), "utf-8", certain=True)
    except UnicodeDecodeError:
        pass
    plausible = [
        (name, text)
        for name in ("cp949", "windows-1256", "windows-1252")
        if (text := _plausible(data, name)) is not None
    ]
    if len(plausible) != 1:
        raise TableRefused("encoding.unknown")
    name, text = plausible[0]
    return Decoded(text, name, certain=False)


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise TableRefused("encoding.does_not_fit", encoding=name.removesuffix("-le").removesuffix("-be")) from error


def _utf_16_order(data: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: commas, line ends and Latin letters have a zero byte on the same side,
    and a letter like 준 (U+C900) has one on the other only now and then."""
    sample = data[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(data) % 2 or max(even, odd) * 10 < len(sample):
        return None
    if odd > 5 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 5 * odd else None


def is_no_text(beginning: bytes) -> bool:
    """Whether a file that begins so is no text in any encoding that is read without being told which."""
    marked = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return b"\x00" in beginning and not marked and _utf_16_order(beginning[: len(beginning) // 2 * 2]) is None


def _plausible(data: bytes, name: str) -> str | None:
    """The text that `name` gives, or None where that is not text somebody of that language would write."""
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if not words or any(0x80 <= ord(character) < 0xA0 for character in text):
        return None
    mixed = sum(1 for word in words if _LATIN.search(word))
    if name == "cp949":
        letters = [character for word in words for character in word if not character.isascii()]
        hangul = sum(1 for character in letters if _common_hangul(character))
        # A Korean list may hold a few Hanja or extended syllables; an Arabic or French one read as Korean is full of them.
        fits = hangul >= 0.9 * len(letters) and mixed <= 0.1 * len(words)
    elif name == "windows-1256":
        arabic = sum(1 for word in words if all("\u0600" <= character <= "\u06ff" for character in word))
        fits = arabic >= 0.8 * len(words)
    else:
        # "José", "Zoë": an accented letter has plain neighbours. A word of accented letters alone is Arabic or Korean misread.
        fits = mixed >= 0.8 * len(words)
    return text if fits else None


def _common_hangul(character: str) -> bool:
    """A syllable of KS X 1001, the 2,350 that Korean names and words are written with (two bytes from 0xA1 up in EUC-KR)."""
    if not "\uac00" <= character <= "\ud7a3":
        return False
    try:
        return len(character.encode("euc_kr")) == 2
    except UnicodeEncodeError:
        return False

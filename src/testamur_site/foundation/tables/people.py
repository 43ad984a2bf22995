"""Names in any script and e-mail addresses: made uniform where that is safe, refused with a reason where a certificate
would show something else than was typed.
"""

from __future__ import annotations

import re
import unicodedata

from .problems import CellRefused

MAX_NAME = 200
MAX_EMAIL = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets

# Marks that only help a text editor along and show nothing; losing them changes no name.
_INVISIBLE = dict.fromkeys((0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x061C, 0x00AD))
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")  # Persian and Indic spelling needs them between letters
_FORMULA = ("=", "+", "-", "@")
_LOCAL = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
_LABEL = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")
_DOTS = re.compile("[.\u3002]")  # the full stops that NFKC leaves: ours and the ideographic one
_DEVIATIONS = frozenset("ß\u1e9eς") | _JOINERS
_MANY = re.compile(r"@[^@]*[;,\s][^@]*@")


def clean_name(text: str) -> str:
    """The name in NFC with single spaces.

    Raises `CellRefused`: `name.missing`, `name.too_long` (facts: limit), `name.direction_marks`,
    `name.control_character` (facts: code_point), `name.damaged` (U+FFFD, U+FFFE and other non-characters: a conversion
    went wrong earlier), `name.formula`, `name.no_letter`.
    """
    if any(character in _BIDI for character in text):
        # They can make "gnp.exe" look like "exe.png", and a name look like another person's.
        raise CellRefused("name.direction_marks")
    name = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    for character in name:
        category, point = unicodedata.category(character), ord(character)
        if point == 0xFFFD or point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF or category in ("Cs", "Co"):
            raise CellRefused("name.damaged", code_point=f"U+{point:04X}")
        if (category == "Cc" and character not in "\t\r\n") or (category == "Cf" and character not in _JOINERS):
            raise CellRefused("name.control_character", code_point=f"U+{point:04X}")
    name = " ".join(name.split())
    if not name:
        raise CellRefused("name.missing")
    if len(name) > MAX_NAME:
        raise CellRefused("name.too_long", limit=MAX_NAME)
    if name.startswith(_FORMULA):
        raise CellRefused("name.formula")
    if not any(unicodedata.category(character).startswith("L") for character in name):
        raise CellRefused("name.no_letter")
    if _stacked(name):
        raise CellRefused("name.damaged", code_point="U+0300…")
    return name


def clean_email(text: str) -> str:
    """The address with an ASCII (IDNA) domain in lower case. The part before the @ keeps its case.

    Raises `CellRefused`: `email.missing`, `email.several`, `email.unreadable` (facts: value), `email.not_deliverable`
    (letters before the @ that ordinary mail cannot carry), `email.too_long`.
    """
    value = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip().strip("'\"")
    value = re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)
    if found := re.search(r"<([^<>]+)>\s*$", value):
        value = found[1].strip()
    if not value:
        raise CellRefused("email.missing")
    shown = value[:60]
    if _MANY.search(value):
        raise CellRefused("email.several", value=shown)
    local, at, domain = value.rpartition("@")
    if not at or not local or "@" in local:
        raise CellRefused("email.unreadable", value=shown)
    if not local.isascii():
        raise CellRefused("email.not_deliverable", value=shown)
    try:
        domain = ".".join(_ascii_label(label) for label in _DOTS.split(domain.rstrip(".")))
    except UnicodeError as error:
        raise CellRefused("email.unreadable", value=shown) from error
    labels = domain.split(".")
    if (
        not _LOCAL.match(local)
        or len(labels) < 2
        or not all(_LABEL.match(label) for label in labels)
        or labels[-1].isdigit()
    ):
        raise CellRefused("email.unreadable", value=shown)
    if len(local) > 64 or len(local) + 1 + len(domain) > MAX_EMAIL:
        raise CellRefused("email.too_long", limit=MAX_EMAIL)
    return f"{local}@{domain}"


def _ascii_label(label: str) -> str:
    """One label of a domain in ASCII.

    The codec of the standard library is IDNA 2003, which turns ß into ss and drops the joiners: "straße.de" would become another
    domain with another owner. The four letters in which IDNA 2008 deviates (UTS #46 §2.3) are therefore encoded as they stand.
    """
    if not _DEVIATIONS.intersection(label):
        return label.encode("idna").decode("ascii").lower()
    lower = "".join(character.lower() for character in label)
    if not all(character.isalnum() or character == "-" or character in _JOINERS for character in lower):
        raise UnicodeError
    return "xn--" + lower.encode("punycode").decode("ascii")


def same_person_key(email: str) -> str:
    """What two spellings of one address have in common. Providers ignore case; nobody gives two learners addresses that
    differ only by it."""
    return email.casefold()


def _stacked(name: str) -> bool:
    """More than four combining marks on one letter: no script needs them, "zalgo" text does."""
    run = 0
    for character in name:
        run = run + 1 if unicodedata.category(character) == "Mn" else 0
        if run > 4:
            return True
    return False

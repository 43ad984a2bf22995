"""What the lints look at in values, for values that stand in the holes of a pattern.

The lints have passed the probe, which has the same structure and the same constants. Here is decided of the values alone whether they
could change that verdict. The rules are narrower than the lints: what does not fit may still be right, and takes the long way to be told.

| lint                                                        | here                                                           |
|-------------------------------------------------------------|----------------------------------------------------------------|
| `json.readable`, `text.characters`                          | no control, surrogate or noncharacter; bounded length           |
| `id.absolute`, `id.document`, `privacy.email_in_id`, `status.list` | addresses of a plain form without `@` and without escapes |
| `image.data_url`                                            | all values together no longer than it allows one               |
| `identity.hash`, `identity.salt`                            | a name that does not look like a hash; a salt of eight or more |
| `status.index`                                              | a decimal number                                               |
| `dates.*`                                                   | written by us; the order is looked at (`pattern.take`) |
| `result.described`, `vocabulary.term`                       | constants of the pattern                                       |
"""

from __future__ import annotations

import re
from typing import Final

from testamur.issuing.cohort.pattern import Taken
from testamur.issuing.lints.document import MAX_IMAGE_DATA
from testamur.linked_data.shapes import Unshaped

MAX_CHARACTERS: Final = MAX_IMAGE_DATA

_BETWEEN: Final = "\x1f"
_NONCHARACTERS: Final = "\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_FORBIDDEN: Final = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f{_NONCHARACTERS}]")
# What has to be escaped in N-Quads or JSON, and what is forbidden below U+10000, without the character that stands between the values.
# Narrow sets are looked up in a table; the wide one above is asked only where a character beyond that occurs.
_NOT_PLAIN: Final = re.compile('["\\\\\x00-\x1e\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]')
_FOUR_BYTES: Final = re.compile(rb"[\xf0-\xf4]")

# Whatever has this form is an absolute IRI whose beginning, which is of the key, says how JSON-LD reads it (`shapes.tracing`).
ADDRESS: Final = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~/:=&+,;-]*)?(?:\?[A-Za-z0-9._~/:=&+,;-]*)?(?:#[A-Za-z0-9._~/:=&+,;-]*)?"
    r"|urn:uuid:[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
    r"|did:[a-z0-9]+:[A-Za-z0-9.:_-]+(?:%3A[0-9]+)?(?::[A-Za-z0-9._-]+)*"
)
_LIKE_A_HASH: Final = re.compile(r"(?:sha256|md5)\$")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,15}")


def require_fit(taken: Taken) -> list[bytes] | None:
    """The values in UTF-8 where they stand for themselves in N-Quads and JSON alike, else None.

    Raises `Unshaped` for what does not fit.
    """
    values = taken.values
    for position in taken.identifiers:
        if ADDRESS.fullmatch(values[position]) is None:
            raise Unshaped
    if _LIKE_A_HASH.match(values[0]) or (taken.salt and len(values[taken.salt]) < 8):
        raise Unshaped
    if taken.status_index and _INDEX.fullmatch(values[taken.status_index]) is None:
        raise Unshaped
    together = _BETWEEN.join(values)
    if len(together) > MAX_CHARACTERS:
        raise Unshaped
    if _NOT_PLAIN.search(together) is None:
        utf_8 = together.encode("utf-8")
        encoded = utf_8.split(b"\x1f")
        if len(encoded) == len(values) and _FOUR_BYTES.search(utf_8) is None:
            return encoded
    if any(_FORBIDDEN.search(value) for value in values):
        raise Unshaped
    return None

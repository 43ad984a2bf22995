"""Changes of a JSON document as a text: the same value spelt otherwise, or two values that two programs read differently."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(rb'"([A-Za-z@]+)"\s*:')
_VALUE = re.compile(rb':\s*("(?:[^"\\]|\\.)*"|-?[0-9.eE+]+|true|false|null)')


def mutate(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    return draw.choice(CHANGES)(data, others, draw)


def _doubled(data: bytes, _others: Sequence[bytes], draw: random.Random) -> bytes:
    """A member twice, with two values: last wins here, first wins there."""
    found = draw.choice(list(_NAME.finditer(data)))
    return (
        data[: found.start()]
        + found[0]
        + draw.choice((b'"forged"', b"null", b"[]", b"{}", b"1"))
        + b","
        + data[found.start() :]
    )


def _doubled_in_disguise(data: bytes, _others: Sequence[bytes], draw: random.Random) -> bytes:
    """The same, the first name spelt with an escape."""
    found = draw.choice(list(_NAME.finditer(data)))
    disguised = b'"\\u%04x' % found[1][0] + found[1][1:] + b'":'
    return data[: found.start()] + disguised + b'"forged",' + data[found.start() :]


def _escaped(data: bytes, _others: Sequence[bytes], draw: random.Random) -> bytes:
    """Letters as escapes, in either case: the same text."""
    found = draw.choice(list(_STRING.finditer(data)))
    form = draw.choice(("\\u%04x", "\\u%04X"))
    text = "".join(form % ord(letter) if ord(letter) < 0x10000 else letter for letter in json.loads(found[0]))
    return data[: found.start()] + b'"' + text.encode("utf-8", "surrogatepass") + b'"' + data[found.end() :]


def _spelt(data: bytes, _others: Sequence[bytes], draw: random.Random) -> bytes:
    """A value of another spelling or another kind."""
    found = draw.choice(list(_VALUE.finditer(data)))
    new = draw.choice(
        (b"1.0", b"1e0", b"10E-1", b"-0", b"1e400", b"9" * 5000, b"0x1", b"01", b"NaN", b"Infinity", b"-", b'"\\ud800"', b'"\\u0000"',
        b"'x'",
         b'"\xff"', b'"\xc0\xaf"', b"undefined", b'"\t"', b'"\\x41"', found[1].strip(b'"'), b'"' + found[1].strip(b'"') + b'"'),
    )  # fmt: skip
    return data[: found.start(1)] + new + data[found.end(1) :]


def _around(data: bytes, _others: Sequence[bytes], draw: random.Random) -> bytes:
    return draw.choice(
        (
            b"\xef\xbb\xbf" + data, b"  \n\t" + data + b" \r\n", data + b"{}", data + b",", b"[" + data + b"]", data + b"\x00",
            b"\xa0" + data,
            b"/* x */" + data, data.replace(b",", b",\n", 3), data[:-1] + b",}", b"\x0c" + data, data + b"//",
            json.dumps(data.decode()).encode(),
            b")]}'\n" + data, data.decode().encode("utf-16"), data.decode().encode("utf-16-le"), data.decode().encode("utf-32"),
        )
    )  # fmt: skip


def _reordered(data: bytes, _others: Sequence[bytes], draw: random.Random) -> bytes:
    """Members in another order, blanks elsewhere: the same document for everybody."""
    value = json.loads(data)
    names = list(value)
    draw.shuffle(names)
    return json.dumps(
        {name: value[name] for name in names}, indent=draw.choice((None, 1, 7)), ensure_ascii=draw.random() < 0.5
    ).encode()


CHANGES: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    _doubled, _doubled_in_disguise, _escaped, _spelt, _around, _reordered,
)  # fmt: skip

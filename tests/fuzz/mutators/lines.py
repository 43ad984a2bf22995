"""Changes of texts made of lines: N-Quads, histories, programmes, class lists, web pages."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from tests.fuzz.mutators import json_values, plain

_NODES = (b"_:c14n0", b"_:c14n1", b"_:b", b"<urn:x>", b"<x>", b'"x"', b'"x"@en', b'"x"^^<urn:t>', b".", b"")
_MARKS = (
    b"&a *a", b"*x", b"!!python/object:os.system x", b"<<: *a", b"- - -", b"? x", b"|", b">", b"%YAML 9.9", b"---", b"...", b"\t", b"{",
    b"[",
    b"<![foo]]>", b"<!--", b"</script>", b'<link rel="alternate" type="application/vc" href="https://[">', b"<base href='//x'>",
    b"&#x110000;",
    b'"', b"'", b";", b",", b"=1+1", b"sep=|", b"\x00", b"\xff\xfe", b"1e9", b"12:30:45", b"0o17", b"yes", b"~", b"2026-02-30",
)  # fmt: skip


def mutate(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    lines = data.split(b"\n")
    draw.choice(CHANGES)(lines, others, draw)
    return b"\n".join(lines)


def _doubled(lines: list[bytes], _others: Sequence[bytes], draw: random.Random) -> None:
    place = draw.randrange(len(lines))
    lines[place:place] = lines[place : place + draw.choice((1, 5))] * draw.choice((1, 2, 300))


def _gone(lines: list[bytes], _others: Sequence[bytes], draw: random.Random) -> None:
    place = draw.randrange(len(lines))
    del lines[place : place + draw.choice((1, 1, 4))]


def _moved(lines: list[bytes], _others: Sequence[bytes], draw: random.Random) -> None:
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _indented(lines: list[bytes], _others: Sequence[bytes], draw: random.Random) -> None:
    place = draw.randrange(len(lines))
    lines[place] = (
        draw.choice((b" ", b"  ", b"\t", b"    ")) + lines[place] if draw.random() < 0.6 else lines[place].lstrip()
    )


def _marked(lines: list[bytes], _others: Sequence[bytes], draw: random.Random) -> None:
    place = draw.randrange(len(lines))
    at = draw.randrange(len(lines[place]) + 1)
    lines[place] = lines[place][:at] + draw.choice(_MARKS) + lines[place][at:]


def _word(lines: list[bytes], _others: Sequence[bytes], draw: random.Random) -> None:
    """One word replaced by another one of the text, a number, an address, a node."""
    text = b"\n".join(lines)
    words = list(re.finditer(rb"[^\s,;:{}\[\]]+", text))
    found = draw.choice(words)
    strange = (*json_values.DATES, *json_values.ADDRESSES, *json_values.MARKUP, *map(str, json_values.NUMBERS))
    new = draw.choice(
        (draw.choice(words)[0], draw.choice(strange).encode(), draw.choice(_NODES), draw.choice(plain.WORDS))
    )
    lines[:] = (text[: found.start()] + new + text[found.end() :]).split(b"\n")


CHANGES: tuple[Callable[[list[bytes], Sequence[bytes], random.Random], None], ...] = (
    _doubled, _gone, _moved, _indented, _marked, _word, _word, _word,
)  # fmt: skip

"""What an attacker or an accident does to a document, format by format. Every change is drawn from the given source of chance.

`mutate(data, others, draw)` looks at the bytes and chooses among the changes that fit: a PNG gets its chunks exchanged, a token its
header, a JSON document its members, and anything its bytes. `others` are further sound documents, from which parts are taken.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from tests.fuzz.mutators import containers, json_text, json_values, lines, plain, tokens

LARGEST = 6_000_000
"""Bytes of a changed document: a little more than any limit of a reader, so that the limits are met."""

Mutator = Callable[[bytes, Sequence[bytes], random.Random], bytes]


def mutate(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    """One to three changes, most of them such as keep the form of the document: mere noise is refused at the first byte."""
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        mutator: Mutator = plain.mutate if draw.random() < 0.2 else _fitting(data, draw)
        try:
            changed = mutator(data, others, draw)
        except Exception:  # noqa: BLE001 - nothing left to change in that way; the libraries used here raise what they like
            changed = plain.mutate(data, others, draw)
        data = changed if len(changed) <= LARGEST else data
    return data


def _fitting(data: bytes, draw: random.Random) -> Mutator:
    start = data[:64].lstrip()
    if start.startswith(b"\x89PNG"):
        return containers.png
    if start.startswith(b"<") and b"<svg" in data[:2000]:
        return containers.svg
    if start.startswith(b"PK"):
        return containers.archive
    if start.startswith(b"%PDF"):
        return containers.pdf
    if start[:1] in (b"{", b"["):
        several = data.count(b"\n{") > 0  # JSON Lines: a history
        return lines.mutate if several else draw.choice((json_values.mutate, json_values.mutate, json_text.mutate))
    if b"~" in data and data.count(b".") >= 2:
        return draw.choice((tokens.sd_jwt, tokens.sd_jwt, tokens.jws))
    if data.count(b".") == 2 and data.isascii():
        return tokens.jws
    if data[:1] in (b"\xd2", b"\x84"):
        return tokens.cose
    return lines.mutate if b"\n" in data and b"\x00" not in data[:200] else plain.mutate

"""What must hold of the signatures that were made: each is on record before anybody has it, and no two are of different bytes under one id.

Read here by their formats, not by the code that writes them: the record of the signing process (a chain of lines), and what a worker that
opens the keys itself was about to sign (`way.watched`).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.issuing.models import PreparedCredential

_ALL = "everything that was signed is compared"


def on_record(path: Path, before: set[int]) -> Iterator[str]:
    """Faults of the signing process's record. `before`: awards (primary keys) that were signed when it began."""
    contents: dict[str, set[str]] = defaultdict(set)
    roots: dict[tuple[str, int], set[str]] = defaultdict(set)
    sizes: dict[str, int] = {}
    previous = "0" * 64
    for line in path.read_bytes().splitlines(keepends=True) if path.exists() else ():
        found = json.loads(line)
        if found["previous"] != previous:
            yield "the record of signatures is broken: a line does not follow from the one before"
        previous = hashlib.sha256(line).hexdigest()
        # A signature with ML-DSA-44 over a checkpoint is also over the time, so of those only the roots are compared.
        if found["kind"] == "award" or (found["kind"] == "checkpoint" and found["key"] == "Ed25519"):
            for row, digest in found["signatures"]:
                contents[f"{found['kind']} {row}"].add(digest)
        for name, words in found.get("remember", {}).items():
            size, _, root = words.partition(" ")
            roots[name, int(size)].add(root)
            if int(size) < sizes.get(name, 0):
                yield f"of {name} a shorter checkpoint was signed than before: a second history"
            sizes[name] = int(size)
    yield from (f"{row} was signed with a second content" for row, digests in contents.items() if len(digests) > 1)
    yield from (f"of {name} at {size} two roots were signed" for (name, size), some in roots.items() if len(some) > 1)
    with unscoped(_ALL):
        signed = PreparedCredential.objects.exclude(signed=None).exclude(award__in=before)
        there = list(signed.values_list("award__public_id", flat=True))
    for public_id in there:
        if f"award {public_id}" not in contents:
            yield f"the signature of award {public_id} is missing in the record"


def in_workers(path: Path) -> Iterator[str]:
    """Faults of what workers were about to sign with keys that they opened themselves."""
    contents: dict[str, set[str]] = defaultdict(set)
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        url, _, digest = line.rpartition(" ")
        contents[url].add(digest)
    yield from (f"{url} was signed with a second content" for url, digests in contents.items() if len(digests) > 1)
    with unscoped(_ALL):
        signed = list(PreparedCredential.objects.select_related("award").exclude(signed=None))
    for one in signed:
        if contents.get(one.award.url, {one.digest}) != {one.digest}:
            yield f"what was signed of award {one.award_id} is not what is stored: a second content"

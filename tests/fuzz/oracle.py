"""What must hold of every document, however it was changed.

1. `Verifier.verify` returns a report; both languages and the JSON form can be written from it.
2. A document is `valid` only if it means what a sound one means: the same signed statements (canonical N-Quads, the payload of a token, the
   sealed text). A holder may withhold disclosures: then it may say less, never something else.
3. Whatever the verdict, `report.subject` holds only what some sound document of ours was signed with: what was not confirmed is not there.
   It may hold less: a hosted copy may leave something out, and `[[x]]`, which JSON-LD reads as `[x]`, is not shown.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from testamur import formats, linked_data, strict_json
from testamur.errors import InputError, TestamurError
from testamur.formats import archive, blockcerts
from testamur.proofs.cose import read_cose
from testamur.verification import Report, Verdict
from testamur.verification.presenters import to_json, to_text
from tests.fuzz.seeds import Seed, Seeds

DEFAULTS = {'/holder/identifier/identityType="identifier"'}
"""What the reading says of an identifier whose kind cannot be read."""


class Broken(AssertionError):
    """A property does not hold. The message says which."""


@dataclass(slots=True)
class Oracle:
    """Judges changed documents. `meanings` are those of the valid seeds, `readings` those of all, learnt at the beginning."""

    seeds: Seeds
    meanings: set[Any] = field(default_factory=set)
    readings: list[Any] = field(default_factory=lambda: [{}])

    def __post_init__(self) -> None:
        for seed in self.seeds.seeds:
            report = self.seeds.verifier.verify(seed.data)
            if (report.verdict is Verdict.VALID) != seed.valid:
                found = [check.code for check in report.checks]
                raise Broken(f"the seed {seed.family}/{seed.name} is {report.verdict}: {found}")
            self.readings += [each.subject for each in _tree(report)]
            if seed.valid:
                self.meanings |= set(meanings(seed.data))

    def judge(self, seed: Seed, data: bytes) -> Report:
        """The report about `data`, which was made out of `seed`. Raises `Broken`, or whatever the verifier wrongly raises."""
        report = self.seeds.verifier.verify(data)
        for language in ("en", "ko"):
            to_text(report, language)
        strict_json.dumps(to_json(report))
        for each in _tree(report):
            if not self._read_before(each.subject):
                raise Broken("a confirmed subject that nobody signed")
        self.accept(seed, data, report.verdict)
        return report

    def accept(self, seed: Seed, data: bytes, verdict: str) -> str:
        """`verdict`, which some door gave about `data`. Raises `Broken` where it is `valid` and no sound document means the same."""
        if verdict == Verdict.VALID and data != seed.data:
            self._same(data)
        return verdict

    def _read_before(self, subject: Any) -> bool:
        if subject in self.readings:
            return True
        leaves = set(_leaves(subject)) - DEFAULTS
        return any(leaves <= set(_leaves(reading)) for reading in self.readings)

    def _same(self, data: bytes) -> None:
        for meaning in meanings(data):
            if meaning in self.meanings:
                continue
            if isinstance(meaning, tuple) and meaning[0] == "sd-jwt" and self._withheld(meaning):
                continue
            raise Broken("a valid document means something else")

    def _withheld(self, meaning: tuple[Any, ...]) -> bool:
        return any(
            isinstance(known, tuple) and known[0] == "sd-jwt" and known[1] == meaning[1] and meaning[2] <= known[2]
            for known in self.meanings
        )


def meanings(data: bytes) -> Iterator[Any]:
    """What the document states, in a form in which two documents that state the same are equal. Raises for what cannot be read."""
    if data.startswith(archive.SIGNATURE):
        for entry in archive.entries(data):
            with contextlib.suppress(InputError):  # a file without a credential is passed over
                yield from meanings(entry.content or b"")
        return
    read = formats.read(data)
    if read.kind == "cose":
        yield ("payload", read_cose(read.raw).payload)
    elif read.token is not None and "~" in read.token:
        token, *disclosures = read.token.split("~")
        yield ("sd-jwt", token.split(".")[1], frozenset(filter(None, disclosures)))
    elif read.token is not None:
        yield ("payload", _payload(read.token))
    elif read.credential is None or read.format == "open_badges_2":
        return  # hosted: what its address answers counts, and the reading is compared
    elif read.format == "european":
        yield ("sealed", strict_json.jcs(read.credential))
    elif read.format == "blockcerts":
        version = blockcerts.version_of(read.credential)
        yield ("blockcerts", blockcerts.local_hash(read.credential, version) if version else ())
    elif read.format == "presentation":
        for inside in _many(read.credential.get("verifiableCredential")):
            if isinstance(inside, dict):
                yield from meanings(strict_json.dumps(inside))
            elif isinstance(inside, str):
                yield from meanings(inside.encode())
    else:
        yield ("statements", _statements(read.credential))


def _statements(credential: dict[str, Any]) -> bytes:
    unsecured = {name: value for name, value in credential.items() if name != "proof"}
    try:
        return linked_data.canonicalize(unsecured)
    except TestamurError as error:  # a JCS suite signs any JSON; what is valid must be linked data all the same
        raise Broken(f"a valid document is no linked data: {error.code}") from error


def _payload(token: str) -> bytes:
    from tests.fuzz.mutators.tokens import decoded

    return decoded(token.split(".")[1].encode())


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _tree(report: Report) -> Iterator[Report]:
    """The report and those below it."""
    yield report
    for child in report.children:
        yield from _tree(child)


def _leaves(value: Any, way: str = "") -> Iterator[str]:
    """Every text and number with the names that lead to it, places in lists left out: what is withheld moves the others up."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, f"{way}/{name}")
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, way)
    else:
        yield f"{way}={json.dumps(value)}"

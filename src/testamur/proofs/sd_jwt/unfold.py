"""From the signed payload and the disclosures to the claims (RFC 9901 §7.1 steps 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from testamur.errors import Malformed, TooLarge
from testamur.proofs.result import failed, unknown
from testamur.proofs.sd_jwt.disclosure import (
    DEFAULT_HASH,
    DIGESTS,
    ELEMENT,
    HASH_NAME,
    HASHES,
    UNSAFE_HASHES,
    Disclosure,
    digest,
)
from testamur.proofs.sd_jwt.paths import Path

MAX_DEPTH = 64  # the signed payload has at most this; disclosures inside disclosures must not go deeper


@dataclass(frozen=True, slots=True)
class Unfolded:
    """`claims` without any digest; `places` says for each disclosure, by its position, where its value stands in `claims`."""

    claims: dict[str, Any]
    places: Mapping[int, Path]
    hash_name: str


def unfold(payload: Mapping[str, Any], disclosures: Sequence[str]) -> Unfolded:
    """Put the disclosed values in the place of their digests and take everything else of the mechanism out.

    Raises `Decided`: failed with `sd_jwt.hash_unsafe`, `sd_jwt.disclosure_invalid`, `sd_jwt.disclosure_repeated`,
    `sd_jwt.digest_invalid` (what stands under `_sd` or `...` has not their form), `sd_jwt.digest_repeated`,
    `sd_jwt.disclosure_misplaced` (a member where an element belongs, or the other way round), `sd_jwt.name_taken`,
    `sd_jwt.disclosure_unreferenced`, `input.json_depth`; unknown with `sd_jwt.hash_unknown`.
    """
    hash_name = hash_of(payload)
    if len(set(disclosures)) != len(disclosures):
        raise failed("sd_jwt.disclosure_repeated")
    try:
        read = [Disclosure.read(text) for text in disclosures]
    except (Malformed, TooLarge) as error:
        raise failed(error.code) from None
    by_digest = {digest(item.text, hash_name): (number, item) for number, item in enumerate(read)}
    work = _Work(by_digest)
    claims = work.member_values({name: value for name, value in payload.items() if name != HASH_NAME}, ())
    if left := len(read) - len(work.places):
        raise failed("sd_jwt.disclosure_unreferenced", count=left)
    return Unfolded(claims, work.places, hash_name)


def hash_of(payload: Mapping[str, Any]) -> str:
    """The hash that the payload names (§4.1.1), sha-256 where it names none. Raises `Decided`."""
    name = payload.get(HASH_NAME, DEFAULT_HASH)
    if not isinstance(name, str) or name.lower() in UNSAFE_HASHES:
        raise failed("sd_jwt.hash_unsafe")
    if name not in HASHES:
        raise unknown("sd_jwt.hash_unknown", hash=name[:40])
    return name


@dataclass(slots=True)
class _Work:
    by_digest: Mapping[str, tuple[int, Disclosure]]
    places: dict[int, Path] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def value(self, value: Any, path: Path) -> Any:
        if len(path) > MAX_DEPTH:
            raise failed("input.json_depth", limit=MAX_DEPTH)
        if isinstance(value, dict):
            return self.member_values(value, path)
        if isinstance(value, list):
            return self.elements(value, path)
        return value

    def member_values(self, source: Mapping[str, Any], path: Path) -> dict[str, Any]:
        if ELEMENT in source:  # the digest of an element belongs into an array, where `elements` reads it
            raise failed("sd_jwt.digest_invalid")
        plain = {name: value for name, value in source.items() if name != DIGESTS}
        result = {name: self.value(value, (*path, name)) for name, value in plain.items()}
        digests = source.get(DIGESTS, [])
        if not isinstance(digests, list):
            raise failed("sd_jwt.digest_invalid")
        for found in digests:
            match = self._match(found)
            if match is None:
                continue  # hidden, or a decoy
            number, disclosure = match
            if disclosure.name is None:
                raise failed("sd_jwt.disclosure_misplaced")
            if disclosure.name in result:
                raise failed("sd_jwt.name_taken")
            place = self.places[number] = (*path, disclosure.name)
            result[disclosure.name] = self.value(disclosure.value, place)
        return result

    def elements(self, source: list[Any], path: Path) -> list[Any]:
        result: list[Any] = []
        for item in source:
            if not isinstance(item, dict) or ELEMENT not in item:
                result.append(self.value(item, (*path, len(result))))
                continue
            if len(item) != 1:
                raise failed("sd_jwt.digest_invalid")
            match = self._match(item[ELEMENT])
            if match is None:
                continue
            number, disclosure = match
            if disclosure.name is not None:
                raise failed("sd_jwt.disclosure_misplaced")
            place = self.places[number] = (*path, len(result))
            result.append(self.value(disclosure.value, place))
        return result

    def _match(self, found: Any) -> tuple[int, Disclosure] | None:
        if not isinstance(found, str):
            raise failed("sd_jwt.digest_invalid")
        if found in self.seen:
            raise failed("sd_jwt.digest_repeated")
        self.seen.add(found)
        return self.by_digest.get(found)

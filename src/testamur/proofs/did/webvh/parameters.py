"""The parameters of a version: who may write the next one, and who must have seen it (did:webvh 1.0, "DID Method Parameters")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from testamur.errors import KeyMaterialError
from testamur.proofs.did.webvh.errors import broken
from testamur.proofs.keys import PublicKey

METHOD = "did:webvh:1.0"
MAX_LISTED = 100  # keys, hashes or witnesses of one version
_DEFAULTS: Mapping[str, Any] = {
    "updateKeys": [],
    "nextKeyHashes": [],
    "witness": {},
    "watchers": [],
    "portable": False,
    "deactivated": False,
    "ttl": 3600,
}


@dataclass(frozen=True, slots=True)
class Witnesses:
    """`keys`: the Multikeys of the witnesses, of whom `threshold` must approve. None at all where `threshold` is 0."""

    threshold: int
    keys: frozenset[str]


NOBODY = Witnesses(0, frozenset())


@dataclass(frozen=True, slots=True)
class Parameters:
    """What holds after a version."""

    update_keys: tuple[str, ...] = ()
    next_key_hashes: tuple[str, ...] = ()
    witnesses: Witnesses = NOBODY
    portable: bool = False
    deactivated: bool = False

    def followed_by(self, given: Mapping[str, Any], entry: int) -> Parameters:
        """What holds after the next version, which states `given`. Raises `ResolutionError` (`did.webvh_parameters`,
        `.webvh_version_unknown`)."""
        known = {"method", "scid", *_DEFAULTS}
        if unknown := sorted(given.keys() - known):
            raise broken("parameters", "A parameter of this history is not known.", entry, parameters=unknown[:10])
        # `null` was how early logs wrote the default; the standard asks readers to take it so.
        stated: dict[str, Any] = {
            name: _DEFAULTS.get(name) if value is None else value for name, value in given.items()
        }
        if stated.get("method", METHOD) != METHOD:
            raise broken("version_unknown", "This history follows another version of did:webvh.", entry)
        for name, is_right in _FORMS.items():
            if name in stated and not is_right(stated[name]):
                raise broken("parameters", "A parameter of this history has not its form.", entry, parameters=[name])
        after = replace(
            self,
            update_keys=tuple(stated.get("updateKeys", self.update_keys)),
            next_key_hashes=tuple(stated.get("nextKeyHashes", self.next_key_hashes)),
            witnesses=_witnesses(stated["witness"], entry) if "witness" in stated else self.witnesses,
            portable=stated.get("portable", self.portable),
            deactivated=stated.get("deactivated", self.deactivated),
        )
        if entry > 1 and after.portable and not self.portable:
            raise broken(
                "parameters", "Only its first version can make a DID portable.", entry, parameters=["portable"]
            )
        return after


def _witnesses(value: Mapping[str, Any], entry: int) -> Witnesses:
    if not value:
        return NOBODY
    threshold, listed = value.get("threshold"), value.get("witnesses")
    wrong = broken(
        "parameters", "The witnesses of this history are not stated as they must be.", entry, parameters=["witness"]
    )
    if isinstance(threshold, bool) or not isinstance(threshold, int) or not isinstance(listed, list):
        raise wrong
    names = [item.get("id") if isinstance(item, dict) else None for item in listed]
    if not all(isinstance(name, str) and name.startswith("did:key:") for name in names):
        raise wrong
    if len(names) > MAX_LISTED or len(set(names)) != len(names) or not 1 <= threshold <= len(names):
        raise wrong
    keys = [str(name).removeprefix("did:key:") for name in names]
    if not all(map(is_ed25519, keys)):
        raise wrong
    return Witnesses(threshold, frozenset(keys))


def is_ed25519(multikey: Any) -> bool:
    """The one suite of did:webvh 1.0 signs with Ed25519 alone."""
    try:
        return PublicKey.from_multikey(multikey).algorithm == "Ed25519"
    except KeyMaterialError:
        return False


def _texts(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MAX_LISTED
        and all(isinstance(item, str) for item in value)
        and len(set(value)) == len(value)
    )


_FORMS: Mapping[str, Callable[[Any], bool]] = {
    "updateKeys": lambda value: _texts(value) and all(map(is_ed25519, value)),
    "nextKeyHashes": _texts,
    "watchers": _texts,
    "witness": lambda value: isinstance(value, dict),
    "portable": lambda value: isinstance(value, bool),
    "deactivated": lambda value: isinstance(value, bool),
    "ttl": lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**31,
}

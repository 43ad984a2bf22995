"""C2SP tlog-policy: which logs and witnesses are trusted, and how many of them must have seen a checkpoint.

A policy is a file of lines that an institution can read, sign off and hand on:

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>…
    quorum <name>|none
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from testamur.errors import Malformed, ProofError

from .checkpoints import SignedCheckpoint, verified_by
from .notes import KeyType, VerifierKey, decimal

MAX_BYTES = 512 * 1024
MAX_ITEMS = 256
_WITNESS_TYPES = (KeyType.ED25519_COSIGNATURE, KeyType.ML_DSA_44)
LOG_TYPES = (KeyType.ED25519, KeyType.ML_DSA_44)


@dataclass(frozen=True, slots=True)
class Party:
    """A log or a witness: its key, and where it is spoken to ('' when the policy does not say)."""

    name: str
    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """`quorum` is the name of a witness or a group, None where no witness is asked for."""

    logs: tuple[Party, ...] = ()
    witnesses: tuple[Party, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str | None = None

    @classmethod
    def from_text(cls, text: str) -> Policy:
        """Raises Malformed, with the number of the line."""
        return _Reader().read(text)

    def satisfied_by(self, names: Iterable[str]) -> bool:
        """Whether these witnesses (by their names in the policy) are a quorum."""
        if self.quorum is None:
            return True
        witnessed = set(names)
        for group in self.groups:  # a group only names what stands before it
            if sum(member in witnessed for member in group.members) >= group.threshold:
                witnessed.add(group.name)
        return self.quorum in witnessed

    def judge(self, signed: SignedCheckpoint) -> Judgement:
        """Who, of those that this policy knows, stands for a checkpoint. Raises ProofError for a false signature of
        a known key."""
        logs = [log for log in self.logs if log.key.name == signed.checkpoint.origin]
        by_log = verified_by(signed, (log.key for log in logs))
        by_witness = verified_by(signed, (witness.key for witness in self.witnesses))
        times = {each.name: time for each in self.witnesses if (time := by_witness.get(each.key)) is not None}
        return Judgement(bool(by_log), times, self.satisfied_by(times))


@dataclass(frozen=True, slots=True)
class Judgement:
    """`by_log`: a listed log signed under its own origin. `witnesses`: by name, the time of each cosignature.
    `quorum`: whether they are enough."""

    by_log: bool
    witnesses: Mapping[str, int]
    quorum: bool

    @property
    def first_witnessed(self) -> int | None:
        """The earliest time at which a witness says it had seen this tree, in seconds since 1970."""
        return min(self.witnesses.values(), default=None)


class _Reader:
    def __init__(self) -> None:
        self.logs: list[Party] = []
        self.witnesses: list[Party] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self.defined: set[str] = set()
        self.used: set[str] = set()
        self.keys: set[bytes] = set()
        self.closed = False

    def read(self, text: str) -> Policy:
        if len(text) > MAX_BYTES or any(
            (character < " " and character not in "\t\n") or character == "\x7f" for character in text
        ):
            raise Malformed("The policy is too large, or holds a control character.", code="log.policy")
        for number, line in enumerate(text.split("\n"), 1):
            words = [word for word in line.replace("\t", " ").split(" ") if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                self._line(words)
            except (Malformed, ProofError, ValueError) as error:
                raise Malformed(
                    f"Line {number} of the policy: {error}", code="log.policy", facts={"line": number}
                ) from error
        if not self.closed:
            raise Malformed("The policy has no quorum line.", code="log.policy")
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _line(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                key = self._key(vkey, LOG_TYPES)
                self.logs.append(Party(key.name, key, words[2] if len(words) == 3 else ""))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                key = self._key(vkey, _WITNESS_TYPES)
                self._define(name)
                self.witnesses.append(Party(name, key, words[3] if len(words) == 4 else ""))
            case ["group", name, threshold, *members] if members:
                self._group(name, threshold, members)
            case ["quorum", name]:
                if self.closed:
                    raise ValueError("a second quorum")
                if name != "none" and name not in self.defined:
                    raise ValueError(f"nobody is called {name}")
                self.quorum, self.closed = None if name == "none" else name, True
            case _:
                raise ValueError("not a line of a policy")
        if len(self.logs) > MAX_ITEMS or len(self.defined) > MAX_ITEMS:
            raise ValueError("too many logs, witnesses or groups")

    def _key(self, vkey: str, types: tuple[KeyType, ...]) -> VerifierKey:
        key = VerifierKey.from_text(vkey)
        if key.type not in types:
            raise ValueError("a key of a type that is not for this")
        if key.public in self.keys:
            raise ValueError("the same key twice")
        self.keys.add(key.public)
        return key

    def _define(self, name: str) -> None:
        if name == "none" or name in self.defined:
            raise ValueError(f"the name {name} is taken")
        self.defined.add(name)

    def _group(self, name: str, threshold: str, members: list[str]) -> None:
        for member in members:
            if member not in self.defined:
                raise ValueError(f"nobody is called {member}")
            if member in self.used:
                raise ValueError(f"{member} is in a group already")
            self.used.add(member)
        count = {"all": len(members), "any": 1}.get(threshold, decimal(threshold) or 0)
        if not 1 <= count <= len(members):
            raise ValueError("the threshold does not fit the group")
        self._define(name)
        self.groups.append(Group(name, count, tuple(members)))

"""The figures of docs/explanation/log.md:  python -m benchmarks.log [--entries 1000000] [--flips 10000]

One log in a folder: appended to, published, proven from, audited, and damaged a bit at a time. Rates are given as they are on this machine
and as a share of what the machine does when it only hashes as often as the log must (`floor`): that ratio is what another machine should
come near to. Memory is the peak of the process at two sizes of the log; flat is what does not grow with it.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.log.damage import entry, flip

from testamur.fetch.log_folder import FolderStore
from testamur.log import KeyType, Policy, Proof, SecretKey, Sequencer, SignedCheckpoint, Witness
from testamur.log.audit import audit
from testamur.log.merkle import consistency_proof
from testamur.log.sequencer import prove, reader
from testamur.log.tiles import TileCache
from testamur.log.witnesses import RememberedInMemory, Request

ORIGIN = "log.example/log/2026"
NOW = 1_764_115_200
AT_ONCE = 20_000
KEYS = [SecretKey(ORIGIN, kind, bytes(range(32))) for kind in (KeyType.ED25519, KeyType.ML_DSA_44)]
WITNESSES = [SecretKey(f"witness.example/w{n}", KeyType.ED25519_COSIGNATURE, bytes([n]) * 32) for n in range(1, 4)]
POLICY = Policy.from_text(
    "".join(f"log {key.key.text}\n" for key in KEYS)
    + "".join(f"witness W{n} {key.key.text}\n" for n, key in enumerate(WITNESSES, 1))
    + "group all 2 W1 W2 W3\nquorum all\n"
)


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def hashing_floor(count: int) -> float:
    """Seconds for the hashes that `count` entries cost at the least: one leaf and one node each."""
    leaf, node = b"\x00" + bytes(66), b"\x01" + bytes(64)

    def work() -> None:
        for _ in range(count):
            hashlib.sha256(leaf).digest()
            hashlib.sha256(node).digest()

    return timed(work)


def peak() -> float:
    """The largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(what: str, figure: str) -> None:
    print(f"{what:<58} {figure}", flush=True)


def append(store: FolderStore, first: int, last: int) -> float:
    """Append entries, `AT_ONCE` at a time, each time from a freshly opened log as the site does; seconds."""
    spent = 0.0
    for start in range(first, last, AT_ONCE):
        entries = [entry(number) for number in range(start, min(start + AT_ONCE, last))]
        spent += timed(lambda entries=entries: Sequencer.open(store, ORIGIN, KEYS).append(entries, NOW))  # type: ignore[misc]
    return spent


def publish(store: FolderStore, rounds: int) -> float:
    """One new entry, its checkpoint, three cosignatures, the checkpoint published with them; seconds for `rounds` of that."""
    logs = {ORIGIN: [key.key for key in KEYS]}
    watching = [Witness([key], logs, RememberedInMemory()) for key in WITNESSES]
    known, size = [0, 0, 0], 0
    spent = 0.0
    for _round in range(rounds + 1):
        size = SignedCheckpoint.from_bytes(store.read("checkpoint") or b"").checkpoint.size

        def one(size: int = size) -> None:
            sequencer = Sequencer.open(store, ORIGIN, KEYS)
            sequencer.append([entry(size)], NOW)
            signed = SignedCheckpoint.from_bytes(store.read("checkpoint") or b"")
            lines = []
            for number, witness in enumerate(watching):
                new = signed.checkpoint.size
                path = consistency_proof(known[number], new, reader(store, new))
                answer = witness.add_checkpoint(Request(known[number], tuple(path), signed).to_bytes(), NOW)
                if answer.status != 200:
                    raise RuntimeError(f"a witness answered {answer.status}")
                lines.append(WITNESSES[number].sign(signed.checkpoint, NOW))
                known[number] = new
            sequencer.publish(SignedCheckpoint(signed.checkpoint, signed.note.with_signatures(lines)))

        took = timed(one)
        spent += took if _round else 0.0  # the first one shows the witnesses the whole log
    return spent


def proofs(store: FolderStore, size: int) -> None:
    signed = SignedCheckpoint.from_bytes(store.read("checkpoint") or b"")
    checkpoint = signed.checkpoint
    draw = random.Random(1)
    somewhere = [draw.randrange(size) for _ in range(2000)]
    together = list(range(size // 2, size // 2 + 2000))

    def make(indexes: list[int], cache: Callable[[], TileCache | None]) -> Callable[[], None]:
        def work() -> None:
            for index in indexes:
                prove(store, checkpoint, index, entry(index), cache())

        return work

    kept, of_cohort = TileCache(), TileCache()
    cold = timed(make(somewhere[:500], lambda: None)) / 500
    make(somewhere, lambda: kept)()
    warm = timed(make(somewhere, lambda: kept)) / 2000
    cohort = timed(make(together, lambda: of_cohort)) / 2000
    say("prove, nothing cached", f"{1 / cold:,.0f}/s ({cold * 1000:.2f} ms)")
    say("prove, tiles cached (1,024 tiles), entries anywhere", f"{1 / warm:,.0f}/s ({warm * 1000:.3f} ms)")
    say("prove, a cohort of 2,000 that was issued together", f"{1 / cohort:,.0f}/s ({cohort * 1000:.3f} ms)")
    path = tuple(prove(store, checkpoint, somewhere[0], entry(somewhere[0]), kept))
    proof = Proof(somewhere[0], path, signed, bytes(32)).to_bytes()
    ed25519 = _only(signed, KeyType.ED25519, KeyType.ED25519_COSIGNATURE)
    small = Proof(somewhere[0], path, ed25519, bytes(32)).to_bytes()
    say("proof: hashes in the path", f"{len(path)}")
    say("proof, log signed with Ed25519 and ML-DSA-44, 3 cosignatures", f"{len(proof):,} bytes")
    say("proof, the same without the ML-DSA-44 line", f"{len(small):,} bytes")

    def verify() -> None:
        for _ in range(200):
            read = Proof.from_bytes(proof)
            judged = POLICY.judge(read.checkpoint)
            if not (judged.by_log and judged.quorum):
                raise RuntimeError("the policy is not met")

    took = timed(verify) / 200
    say("verify a checkpoint with 3 cosignatures and both log keys", f"{took * 1000:.2f} ms")


def _only(signed: SignedCheckpoint, *kinds: KeyType) -> SignedCheckpoint:
    ids = {key.key.key_id for key in (*KEYS, *WITNESSES) if key.type in kinds}
    note = signed.note
    return SignedCheckpoint(
        signed.checkpoint, type(note)(note.text, tuple(line for line in note.signatures if line.key_id in ids))
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.log", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where the log is put; a temporary folder by default")
    options = parser.parse_args()
    size = options.entries
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        store = FolderStore(Path(folder) / "log")
        floor = hashing_floor(min(size, 1_000_000)) / min(size, 1_000_000)
        say("floor: one leaf hash and one node hash", f"{1 / floor:,.0f} entries/s")
        tenth = size // 10
        spent = append(store, 0, tenth)
        early = peak()
        spent += append(store, tenth, size)
        late = peak()
        say(f"append {size:,} entries, {AT_ONCE:,} at a time, brought to the disk", f"{size / spent:,.0f} entries/s")
        say("  as a share of the floor", f"{floor * size / spent:.1%}")
        say(f"  memory at {tenth:,} and at {size:,} entries", f"{early:.0f} MB, {late:.0f} MB")
        took = publish(store, 20) / 20
        say("one entry, checkpoint, 3 witnesses, published", f"{took * 1000:.0f} ms ({60 / took:,.0f} a minute)")
        used = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        say("on the disk", f"{used / size:.0f} bytes an entry")
        proofs(store, size)
        before = peak()
        took = timed(lambda: _sound(store))
        say("audit: everything computed again", f"{took:.1f} s ({size / took:,.0f} entries/s)")
        say("  as a share of the floor", f"{floor * size / took:.1%}")
        say("  memory before and after", f"{before:.0f} MB, {peak():.0f} MB")
        if options.flips:
            flip(Path(folder) / "log", POLICY, options.flips, say)
    sys.stdout.flush()


def _sound(store: FolderStore) -> None:
    found = audit(store.read, POLICY)
    if not found.sound:
        raise RuntimeError(found.findings[0].code)


if __name__ == "__main__":
    main()

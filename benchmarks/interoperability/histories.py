"""Histories of did:webvh: ours read by `didwebvh-ts`, and theirs by us; changed ones refused by both."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from testamur.errors import ResolutionError
from testamur.proofs.did import did_document
from testamur.proofs.did.webvh import begin, deactivate, follow, key_hash, verify_log
from testamur.proofs.keys import PrivateKey

HERE = Path(__file__).parent
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def peer(*arguments: str) -> Any:
    done = subprocess.run(["node", HERE / "webvh.mjs", *arguments], capture_output=True, text=True, cwd=HERE)
    return json.loads(done.stdout) if done.returncode == 0 else {"verified": None, "detail": done.stderr[-400:]}


def ours() -> list[tuple[str, str, bytes]]:
    """What each history is, its DID and its log: one version more each time, to its end."""
    keys = [PrivateKey.generate("Ed25519") for _ in range(4)]
    signing = [("key-1", keys[3].public)]
    committed = [key_hash(key.public_multikey) for key in keys]
    place = "university.example%3A8443:credentials"
    first = begin(
        place,
        lambda did: did_document(did, signing),
        keys[0],
        at=START,
        next_key_hashes=[committed[1]],
        portable=True,
    )
    did, log = first.did, first.content
    histories = [("our first version", did, log)]
    changed = {**did_document(did, signing), "alsoKnownAs": ["did:web:university.example%3A8443:credentials"]}
    log += follow(log, did, changed, keys[1], at=START + DAY, next_key_hashes=[committed[2]]).content
    histories.append(("our second version, with keys committed to before", did, log))
    log += b"".join(line.content for line in deactivate(log, did, keys[2], at=START + 2 * DAY))
    histories.append(("our history that was ended", did, log))
    return histories


def run(folder: Path, expect: Callable[..., None]) -> None:
    """Every case once; `expect(what, good, detail)` counts."""
    for what, did, log in ours():
        for good, content in ((True, log), (False, log.replace(b"Multikey", b"Multikez", 1))):
            (folder / "did.jsonl").write_bytes(content)
            answer = peer("read", did, str(folder / "did.jsonl"))
            verb = "reads" if good else "refuses a changed copy of"
            expect(f"didwebvh-ts {verb} {what}", answer["verified"] is good, answer["detail"])
    theirs = peer("write")
    log = b"".join(json.dumps(line).encode() + b"\n" for line in theirs.get("log", []))
    expect("we read a history of three versions by didwebvh-ts", _versions(theirs.get("did", ""), log) == 3, theirs)
    expect("we refuse a changed copy of it", _versions(theirs.get("did", ""), log.replace(b"2026-02", b"2026-01")) == 0)


def _versions(did: str, log: bytes) -> int:
    """How many versions hold; 0 where the history is refused."""
    try:
        return len(verify_log(did, log, datetime.now(UTC)).versions)
    except ResolutionError:
        return 0

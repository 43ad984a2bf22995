"""The simulated institution itself: what is dumped to a folder is what it publishes, and it verifies from there."""

from __future__ import annotations

import json
from pathlib import Path

from tests.simulator import NOW, FixedClock, Institution

from testamur.fetch import FixedResolver
from testamur.verification import Verdict, Verifier


def test_a_dumped_institution_can_be_looked_at_and_verified_from(university: Institution, tmp_path: Path) -> None:
    badge = university.issue()
    university.pages[badge["id"]] = json.dumps(badge).encode()
    files = university.dump(tmp_path)
    assert sorted(str(file.relative_to(tmp_path)) for file in files) == [
        "university.example/c/0000000000000000094567.json",
        "university.example/institutions/example/did.json",
        "university.example/status/revocation.json",
        "university.example/status/suspension.json",
    ]
    stored = dict(zip(university.published(), (file.read_bytes() for file in files), strict=True))
    verifier = Verifier(FixedResolver(stored, fetched_at=NOW), clock=FixedClock(NOW))
    assert verifier.verify(stored[badge["id"]]).verdict is Verdict.VALID


def test_two_institutions_have_two_keys_and_the_same_one_every_time() -> None:
    assert Institution("a.example").key.public.multikey == Institution("a.example").key.public.multikey
    assert Institution("a.example").key.public.multikey != Institution("b.example").key.public.multikey

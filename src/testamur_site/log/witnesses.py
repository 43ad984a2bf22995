"""Asking witnesses to cosign the newest checkpoint (C2SP tlog-witness), and publishing it with what they gave.

Issuing never waits for them: a witness that is down, slow or lying delays a level of the report, not an award. What
each one gave or refused is kept (`WitnessState`), so that an institution sees on a page whether it is being witnessed.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from testamur.errors import Malformed, ProofError, ResolutionError
from testamur.fetch.post import HttpPoster
from testamur.log import Policy, SignedCheckpoint
from testamur.log.checkpoints import verified_by
from testamur.log.merkle import consistency_proof
from testamur.log.notes import Signature, signature_lines
from testamur.log.policies import Party
from testamur.log.sequencer import reader
from testamur.log.witnesses import Request

from . import services
from .models import Checkpoint, Shard, WitnessState

log = logging.getLogger(__name__)


@lru_cache(maxsize=4)
def _read(path: str, _changed: float) -> Policy:
    return Policy.from_text(Path(path).read_text(encoding="utf-8"))


def policy() -> Policy:
    """The policy of TESTAMUR_LOG_POLICY, read again when the file changes; without a file nobody is asked for.
    Raises Malformed, OSError."""
    path = settings.TESTAMUR_LOG_POLICY
    return _read(str(path), path.stat().st_mtime) if path is not None else Policy()


def ask(year: int) -> int:
    """One round: every witness that the policy names with an address; how many cosigned.

    1. The newest checkpoint of the year. 2. To each witness: from the size that we believe it knows; where it says that
    it knows another (409), once more from that. 3. Lines that its key really made are added. 4. The checkpoint is kept
    and published with them.
    """
    shard = Shard.objects.filter(year=year, frozen_at=None).first()
    newest = Checkpoint.objects.filter(shard=shard).order_by("-size").first() if shard is not None else None
    if shard is None or newest is None:
        return 0
    believed = policy()
    signed = SignedCheckpoint.from_bytes(bytes(newest.note))
    lines: list[Signature] = []
    for witness in believed.witnesses:
        if witness.url:
            lines += _ask_one(shard, signed, witness)
    if not lines:
        return 0
    note = signed.note.with_signatures(lines)
    cosigned = SignedCheckpoint(signed.checkpoint, note)
    by_witness = verified_by(cosigned, (each.key for each in believed.witnesses))
    names = {each.name for each in believed.witnesses if each.key in by_witness}
    with transaction.atomic():
        Checkpoint.objects.select_for_update().filter(pk=newest.pk).update(
            note=note.to_bytes(), quorum_at=timezone.now() if believed.satisfied_by(names) else None
        )
        store = services.folder_of(shard)
        published = store.read("checkpoint")
        if published is not None and SignedCheckpoint.from_bytes(published).checkpoint == signed.checkpoint:
            store.write("checkpoint", note.to_bytes())
    return len(names)


def _ask_one(shard: Shard, signed: SignedCheckpoint, witness: Party) -> list[Signature]:
    state, _made = WitnessState.objects.get_or_create(shard=shard, name=witness.name)
    state.asked_at = timezone.now()
    try:
        lines = _cosignature(shard, signed, witness, state)
        state.answered_at, state.problem = timezone.now(), ""
    except (ResolutionError, Malformed, ProofError, _Refused) as error:
        # What the witness wrote is not believed and not logged: only our own code for it.
        state.problem = getattr(error, "code", "log.witness")
        log.warning("witness %s gave no cosignature: %s", witness.name, state.problem)
        lines = []
    state.save()
    return lines


class _Refused(Exception):
    """The witness answered, and not with a cosignature."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.code = f"log.witness_{status}"


def _cosignature(shard: Shard, signed: SignedCheckpoint, witness: Party, state: WitnessState) -> list[Signature]:
    """Raises ResolutionError, Malformed, ProofError, _Refused. Notes in `state` the size that the witness knows."""
    poster = HttpPoster(settings.TESTAMUR_ALLOWED_ORIGINS)
    size = signed.checkpoint.size
    old = min(state.size, size)
    for _ in range(2):
        proof = consistency_proof(old, size, reader(services.folder_of(shard), size))
        body = Request(old, tuple(proof), signed).to_bytes()
        answer = poster.post(f"{witness.url.rstrip('/')}/add-checkpoint", body, media_type="text/plain")
        if answer.status != 409:
            break
        told = answer.content.decode("ascii", "replace").strip()
        if not told.isdigit() or len(told) > 19 or not 0 <= int(told) <= size or int(told) == old:
            break
        old = int(told)
    if answer.status != 200:
        raise _Refused(answer.status)
    given = signature_lines(answer.content.decode("utf-8", "replace"))
    checked = SignedCheckpoint(signed.checkpoint, signed.note.with_signatures(given))
    if witness.key not in verified_by(checked, [witness.key]):
        raise ProofError("The witness's answer is not signed with its key.", code="log.witness_key")
    state.size = size
    return [line for line in given if line.name == witness.key.name and line.key_id == witness.key.key_id]

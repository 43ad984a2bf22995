"""Asking witnesses to cosign the newest checkpoint (C2SP tlog-witness), and publishing it with what they gave.

Issuing never waits for them: a witness that is down, slow or lying delays a level of the report, not an award. What
each one gave or refused is kept (`WitnessState`), so that an institution sees on a page whether it is being witnessed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from testamur.errors import ProofError, SignerRefused, TestamurError
from testamur.fetch.post import HttpPoster
from testamur.log import Checkpoint as Signed
from testamur.log import LogDamaged, Policy, SignedCheckpoint
from testamur.log.checkpoints import sign, signature_time, verified_by
from testamur.log.merkle import consistency_proof
from testamur.log.notes import Note, Signature, signature_lines
from testamur.log.policies import Party
from testamur.log.sequencer import reader
from testamur.log.witnesses import Request
from testamur_site.foundation.public_bytes.api import Compiled

from . import keys, services
from .models import Checkpoint, LogKey, Shard, WitnessState

log = logging.getLogger(__name__)

REST = timedelta(seconds=50)
"""A witness that failed is left alone for so long; `ask_again` comes once a minute."""

AT_ONCE = 8
"""So many witnesses are waited for side by side."""


@lru_cache(maxsize=4)
def _read(path: str, _changed: float) -> Policy:
    return Policy.from_text(Path(path).read_text(encoding="utf-8"))


def policy() -> Policy:
    """The policy of TESTAMUR_LOG_POLICY, read again when the file changes; without a file nobody is asked for.
    Raises Malformed, OSError."""
    path = settings.TESTAMUR_LOG_POLICY
    return _read(str(path), path.stat().st_mtime) if path is not None else Policy()


_VKEYS = Compiled(
    lambda: LogKey.objects.order_by("shard__year", "type").values_list("vkey"),
    "the log is one for the whole deployment",
)


def public_policy() -> str:
    """A tlog-policy for whoever verifies what is logged here: the keys of every year, and the witnesses of TESTAMUR_LOG_POLICY."""
    path = settings.TESTAMUR_LOG_POLICY
    believed = path.read_text(encoding="utf-8") if path is not None and path.exists() else "quorum none\n"
    own = [vkey for (vkey,) in _VKEYS.rows()]
    return "".join(f"log {vkey}\n" for vkey in own if vkey not in believed) + believed


def ask(year: int, *, heartbeat: bool = False) -> int:
    """One round with every witness that the policy names with an address; how many cosigned.

    1. The newest checkpoint of the year. 2. Asked are the witnesses that have not cosigned it and did not fail within the
    last minute; at a heartbeat all of them, and the log signs the same checkpoint anew. 3. To each: from the size that
    we believe it knows; where it says that it knows another (409), once more from that. They are asked side by side: one
    that is down costs the others nothing. 4. Lines that its key really made are added, and the checkpoint is kept and
    published with them.
    """
    shard = Shard.objects.filter(year=year, frozen_at=None).first()
    newest = Checkpoint.objects.filter(shard=shard).order_by("-size").first() if shard is not None else None
    if shard is None or newest is None:
        return 0
    believed = policy()
    signed = SignedCheckpoint.from_bytes(bytes(newest.note))
    states = {state.name: state for state in WitnessState.objects.filter(shard=shard)}
    have = verified_by(signed, (each.key for each in believed.witnesses))
    chosen = []
    for witness in believed.witnesses:
        state = states.get(witness.name) or WitnessState(shard=shard, name=witness.name)
        if witness.url and (heartbeat or (witness.key not in have and not _resting(state))):
            chosen.append((witness, state))
    lines = _ask_all(shard, signed, chosen) if chosen else []
    if heartbeat:
        lines += _signed_anew(shard, signed)
    if lines:
        _keep(shard, signed.checkpoint, lines, believed)
    return len({line.name for line in lines} & {witness.key.name for witness, _ in chosen})


def _signed_anew(shard: Shard, signed: SignedCheckpoint) -> Sequence[Signature]:
    """The log's own lines, with the time of now. None where the log has gone on meanwhile: then the signing process signs nothing
    older, and the newer checkpoint says more. Raises as `keys.ShardKey.sign`."""
    now = max(int(timezone.now().timestamp()), _stated(shard, signed))
    try:
        return sign(signed.checkpoint, keys.signers(shard), now).note.signatures
    except SignerRefused as refused:
        if refused.code == ROLLED_BACK and _gone_on(shard, signed.checkpoint.size):
            return ()
        raise


@transaction.atomic
def _gone_on(shard: Shard, size: int) -> bool:
    Shard.objects.select_for_update().get(pk=shard.pk)  # whoever is appending has committed then
    return Checkpoint.objects.filter(shard=shard, size__gt=size).exists()


def _stated(shard: Shard, signed: SignedCheckpoint) -> int:
    """The latest time that the log's own signatures state: it never states an earlier one, whatever the clock says."""
    lines = [(line, key.type) for key in keys.verifier_keys(shard) for line in signed.note.by(key)]
    return max((signature_time(line, kind) or 0 for line, kind in lines), default=0)


def ask_again() -> int:
    """Ask about the newest checkpoint again while it has no quorum: a witness was down, or a worker died. Raises Malformed,
    OSError for a policy that cannot be read."""
    wanted = any(witness.url for witness in policy().witnesses)
    shards = Shard.objects.filter(frozen_at=None, year__lte=timezone.now().year)
    rows = Checkpoint.objects.select_related("shard").filter(shard__in=shards).order_by("-shard__year", "-size")
    newest = rows.first() if wanted else None
    return ask(newest.shard.year) if newest is not None and newest.quorum_at is None else 0


def refuse_if_behind(shard: Shard) -> None:
    """Raises LogDamaged where witnesses know a larger log than this one, and so many that without them there is no quorum: the log and the
    database were put back from an old copy together. One witness alone cannot stop a log that others still confirm."""
    ahead = set(WitnessState.objects.filter(shard=shard, problem=AHEAD).values_list("name", flat=True))
    believed = policy() if ahead else Policy()
    if ahead and not believed.satisfied_by({each.name for each in believed.witnesses} - ahead):
        raise LogDamaged(
            "Witnesses have cosigned a larger log than this one.",
            code=ROLLED_BACK,
            facts={"witnesses": len(ahead)},
        )


def look_before_writing(year: int) -> None:
    """Before this process writes for the first time every witness is asked what it knows; afterwards what they said is remembered. Raises
    LogDamaged as `refuse_if_behind`; SignerRefused (`log.rolled_back`) where the signing process knows a larger log; Malformed,
    OSError for a policy that cannot be read."""
    shard = Shard.objects.filter(year=year, frozen_at=None).first()
    if shard is None:
        return
    place = (str(settings.TESTAMUR_LOG_FOLDER), shard.pk)
    if place not in _looked:
        ask(year, heartbeat=True)
        _looked.add(place)
    refuse_if_behind(shard)


_looked: set[tuple[str, int]] = set()
AHEAD = "log.witness_ahead"
ROLLED_BACK = "log.rolled_back"


def _resting(state: WitnessState) -> bool:
    return bool(state.problem) and state.asked_at is not None and timezone.now() - state.asked_at < REST


def _ask_all(shard: Shard, signed: SignedCheckpoint, chosen: Sequence[tuple[Party, WitnessState]]) -> list[Signature]:
    """The cosignatures that were given. The network is waited for in threads, which touch no database."""
    now = timezone.now()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        asked = [pool.submit(_cosignature, shard, signed, witness, state.size) for witness, state in chosen]
    lines: list[Signature] = []
    for (witness, state), answer in zip(chosen, asked, strict=True):
        state.asked_at = now
        try:
            lines += answer.result()
            state.answered_at, state.problem, state.size = timezone.now(), "", signed.checkpoint.size
        except (TestamurError, OSError, _Refused) as error:
            # What the witness wrote is not believed and not logged: only our own code for it.
            state.problem = getattr(error, "code", "log.witness")
            log.warning("witness %s gave no cosignature: %s", witness.name, state.problem)
        WitnessState.objects.update_or_create(
            shard=shard,
            name=state.name,
            defaults={
                "size": state.size,
                "asked_at": state.asked_at,
                "answered_at": state.answered_at,
                "problem": state.problem,
            },
        )
    return lines


def _keep(shard: Shard, checkpoint: Signed, lines: Sequence[Signature], believed: Policy) -> None:
    """With the row goes the first cosignature of each witness, into the published file the newest: a proof says since when,
    the file that somebody is still looking. Under the lock of the sequencer, so that no older checkpoint comes to stand in
    the place of a newer one."""
    now = timezone.now()
    with transaction.atomic():
        Shard.objects.select_for_update().get(pk=shard.pk)
        row = Checkpoint.objects.get(shard=shard, size=checkpoint.size)
        kept = SignedCheckpoint.from_bytes(bytes(row.note))
        there = {(line.name, line.key_id) for line in kept.note.signatures}
        note = kept.note.with_signatures([line for line in lines if (line.name, line.key_id) not in there])
        times = verified_by(SignedCheckpoint(checkpoint, note), (each.key for each in believed.witnesses))
        names = {each.name for each in believed.witnesses if each.key in times}
        row.note, row.cosigned_by, row.asked = note.to_bytes(), len(names), len(believed.witnesses)
        if times:
            # A witness may state any number; none has seen it after now.
            first = min((time for time in times.values() if time is not None), default=now.timestamp())
            row.witnessed_at = datetime.fromtimestamp(min(first, now.timestamp()), tz=UTC)
        if row.quorum_at is None and names and believed.satisfied_by(names):
            row.quorum_at = now
        row.save(update_fields=["note", "cosigned_by", "asked", "witnessed_at", "quorum_at"])
        store = services.folder_of(shard)
        published = store.read("checkpoint")
        if published is None or (there_now := SignedCheckpoint.from_bytes(published)).checkpoint != checkpoint:
            return
        newest = {(line.name, line.key_id): line for line in (*there_now.note.signatures, *lines)}
        store.write("checkpoint", Note(checkpoint.text, tuple(newest.values())).to_bytes())


class _Refused(Exception):
    """The witness answered, and not with a cosignature."""

    def __init__(self, status: int, code: str = "") -> None:
        super().__init__(status)
        self.code = code or f"log.witness_{status}"


def _cosignature(shard: Shard, signed: SignedCheckpoint, witness: Party, known: int) -> list[Signature]:
    """The lines of a witness that is believed to know the first `known` entries. Raises TestamurError, OSError,
    _Refused."""
    poster = HttpPoster(settings.TESTAMUR_ALLOWED_ORIGINS)
    size = signed.checkpoint.size
    old = min(known, size)
    for _ in range(2):
        proof = consistency_proof(old, size, reader(services.folder_of(shard), size))
        body = Request(old, tuple(proof), signed).to_bytes()
        answer = poster.post(f"{witness.url.rstrip('/')}/add-checkpoint", body, media_type="text/plain")
        if answer.status != 409:
            break
        told = answer.content.decode("ascii", "replace").strip()
        if told.isdigit() and len(told) <= 19 and int(told) > size:
            raise _Refused(answer.status, AHEAD)
        if not told.isdigit() or len(told) > 19 or not 0 <= int(told) <= size or int(told) == old:
            break
        old = int(told)
    if answer.status != 200:
        raise _Refused(answer.status)
    given = signature_lines(answer.content.decode("utf-8", "replace"))
    if witness.key not in verified_by(
        SignedCheckpoint(signed.checkpoint, Note(signed.note.text, tuple(given))), [witness.key]
    ):
        raise ProofError("The witness's answer is not signed with its key.", code="log.witness_key")
    return [line for line in given if line.name == witness.key.name and line.key_id == witness.key.key_id][:1]

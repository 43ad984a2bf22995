"""The checks about a credential's public record.

1. What the issuer says of its own log is read from its DID document, which was obtained for its key.
2. Each proof at hand is judged (`evidence`). Anybody can put one beside a credential, so one that holds counts, however many others do
   not; only two histories of one log are never forgiven. What an offline bundle holds is at hand.
3. Where the reader's policy or the issuer asks for a record and nothing at hand shows it, `<id>.tlog-proof` is asked for. It is not asked
   for otherwise: the address names one credential, and nobody has to know that it is being verified.
4. Then: is it in the log, who has seen that log, what is it anchored in, since when is it recorded; does that reach the level that the
   reader asks for; does the issuer ask for a record itself, and does the key still speak for the issuer at that place of the log.

The issuer's demand holds for everything that is verified from `requiredFrom` on, whatever date stands in it: the date in an unrecorded
credential is the word of whoever signed it, and the demand is there because that may be a thief (decision 0041).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from testamur.errors import NotFound, ProofError, ResolutionError, TestamurError
from testamur.log.checkpoints import verified_by
from testamur.log.proofs import Proof
from testamur.ports import Holding
from testamur.verification.case import Case, identifier_of
from testamur.verification.codes import found
from testamur.verification.moments import iso, moment
from testamur.verification.outside import OneVerification
from testamur.verification.report import Check, Outcome
from testamur.verification.transparency import anchored, lists
from testamur.verification.transparency.credential import entries_of
from testamur.verification.transparency.evidence import Known, Shown, forked, judge
from testamur.verification.transparency.ladder import level_of
from testamur.verification.transparency.log_policy import Level, LogPolicy
from testamur.verification.transparency.service import CutOff, TransparencyLog, service_of

MEDIA_TYPES = ("text/plain",)
MAX_PROOFS = 8
TOLERANCE = timedelta(days=1)  # between the date that a credential bears and its record: time zones, and work overnight

_AT_HAND = "at hand"


@dataclass(slots=True)
class Signed:
    """Who signed: `signers` are the methods of the true proofs that are bound to the issuer. `partial`: what is shown may be a
    selection."""

    signers: tuple[str, ...]
    bound: bool
    partial: bool = False


@dataclass(slots=True)
class _Search:
    """What was looked at. `missing` says why nothing more could be had: a code, or None where it was answered that there is nothing."""

    shown: tuple[Shown, ...]
    missing: str | None = None

    @property
    def best(self) -> Shown | None:
        """The proof that shows most; of those that show nothing, one that is refused says more than one that cannot be read."""
        return max(
            self.shown,
            key=lambda each: (each.logged, each.by_reader, each.quorum_at is not None, _refused(each)),
            default=None,
        )


@dataclass(slots=True)
class Record:
    """What was found about the record of a document; `proof` is the one that shows it, where one does."""

    checks: tuple[Check, ...] = ()
    proof: Proof | None = None


def examine(case: Case, signed: Signed, now: datetime, status: Iterable[Check] = ()) -> Record:
    """The record of `case` at `now`, the moment of the verification (never an earlier one that is asked about). `status` are the findings
    about its status."""
    policy = case.policy.log
    if not signed.bound:
        return Record((found("log.not_decided"),) if policy is not None or case.log_proofs else ())
    service, unreadable = _service(case) if signed.signers else (None, None)
    known = Known(now, _believed(case), service)
    demanded = _demanded(case, service, now)
    cut_offs = _cut_offs(service, signed)
    search = _search(case, signed, known, by_issuer=demanded or bool(cut_offs))
    if search is None and unreadable is None:
        return Record()
    search = search or _Search(())
    fork = forked(search.shown)
    best = Shown(fork) if fork is not None else search.best
    checks = [best.check if best is not None else _absent(search)]
    if best is not None and best.logged:
        checks += _around(case, best, known)
    if policy is not None:
        checks += [*required(known.policy, checks, best), *lists.checks(case, status, known)]
    if unreadable is not None:
        checks.append(found("log.demand_open", issuer=case.issuer or "—", reason=unreadable))
    holding = [each.proof for each in search.shown if each.logged and each.proof is not None and fork is None]
    if unreadable is None and service is not None and demanded:
        checks.append(_demand(case, service, holding, _why_open(best, search)))
    if service is not None and cut_offs:
        checks.append(_cut_off(case, service, cut_offs, holding, _why_open(best, search)))
    return Record(tuple(checks), best.proof if best is not None else None)


# --- what there is ------------------------------------------------------------------------------------------------------------------


def _service(case: Case) -> tuple[TransparencyLog | None, str | None]:
    """The issuer's own log, and why it could not be read."""
    try:
        return service_of(case.issuer or "", case.resolver), None
    except TestamurError as error:
        return None, error.code


def _believed(case: Case) -> LogPolicy:
    """Whom the reader believes: by their policy; where they have none, or only a general one, by a register that they rely on and that
    says it for the issuers on it."""
    policy = case.policy.log
    if policy is not None and not policy.general:
        return policy
    for listing in case.trust.listings(case.issuer or ""):
        logs = listing.register.logs
        if logs is not None and listing.register.relied_on and listing.institution.in_force(case.now):
            with suppress(ValueError):  # a level is required that its policy cannot show
                return replace(policy or LogPolicy(), logs=logs)
    return policy or LogPolicy()


def _demanded(case: Case, service: TransparencyLog | None, now: datetime) -> bool:
    """Whether the issuer asks for a record. Endorsements, and what is only leaned on, are no awards and are not recorded."""
    if service is None or service.required_from is None or case.is_endorsement or case.supporting:
        return False
    return service.required_from <= now


def _cut_offs(service: TransparencyLog | None, signed: Signed) -> dict[str, tuple[CutOff, ...]]:
    """The cut-offs of the keys that signed; none where one of them has none, for then it speaks for the issuer by itself."""
    if service is None or not service.cut_offs:
        return {}
    by_signer = {signer: service.cut_offs_of(signer) for signer in signed.signers}
    return by_signer if by_signer and all(by_signer.values()) else {}


def _search(case: Case, signed: Signed, known: Known, *, by_issuer: bool) -> _Search | None:
    """The proofs, judged; None where there is none and nobody asks for one. `by_issuer`: the issuer asks for one."""
    entries = entries_of(case)

    def looked_at(content: bytes) -> Shown:
        shown = judge(content, entries, known)
        if signed.partial and shown.check.code == "log.proof_other":
            # Of a selection the bytes are others than those that were recorded.
            return Shown(found("log.proof_of_selection"))
        return shown

    shown = tuple(looked_at(content) for content in case.log_proofs[:MAX_PROOFS])
    address = identifier_of(case.document) or ""
    policy = case.policy.log
    by_reader = policy is not None and (policy.required is not Level.SIGNED or (policy.ask and known.may_log(address)))
    if not by_issuer and not by_reader:
        if not case.is_endorsement and _at_hand(case, f"{address}.tlog-proof"):
            shown = (*shown, looked_at(case.record_resolver.fetch(f"{address}.tlog-proof", accept=MEDIA_TYPES).content))
        return _Search(shown) if shown or policy is not None else None
    if any(_enough(each, known, by_issuer=by_issuer) for each in shown):
        return _Search(shown, _AT_HAND)
    if not address.startswith(("https://", "http://")) or case.is_endorsement:
        return _Search(shown)
    try:
        answer = case.record_resolver.fetch(f"{address}.tlog-proof", accept=MEDIA_TYPES)
    except ResolutionError as error:
        return _Search(shown, None if _is_gone(error) else error.code)
    return _Search((*shown, looked_at(answer.content)))


def _at_hand(case: Case, address: str) -> bool:
    """Whether the proof stands in an offline bundle: then it came with the credential, and looking at it tells nobody anything."""
    resolver = case.record_resolver
    # The second question is dear, and the answer to the first nearly always yes.
    return isinstance(resolver, (OneVerification, Holding)) and resolver.holds(address)


def _is_gone(error: ResolutionError) -> bool:
    """Whether it was answered that there is no proof. “Not for you” is another answer: a credential may be private."""
    return isinstance(error, NotFound) and error.facts.get("status", 404) in (404, 410)


def _enough(shown: Shown, known: Known, *, by_issuer: bool) -> bool:
    """Whether a proof shows so much that no other has to be asked for."""
    if shown.checkpoint is None or (known.trusted.logs and not shown.by_reader):
        return False
    if by_issuer and known.service is not None and shown.checkpoint.origin not in known.service.origins:
        return False
    return known.trusted.quorum is None or shown.quorum_at is not None


def _refused(shown: Shown) -> bool:
    return shown.check.outcome is Outcome.FAILED


# --- what it shows ------------------------------------------------------------------------------------------------------------------


def _absent(search: _Search) -> Check:
    if search.missing is not None:
        return found("log.proof_not_obtained", reason=search.missing)
    return found("log.proof_absent")


def _around(case: Case, best: Shown, known: Known) -> Iterator[Check]:
    """Of a credential in a log: its witnesses, its anchors, and since when it is recorded."""
    yield witnessed(best, known)
    anchor = anchored.check(case, best, known)
    if anchor is not None:
        yield anchor
    yield from _recorded(case, best, anchor)


def witnessed(best: Shown, known: Known) -> Check:
    trusted = known.trusted
    if trusted.quorum is None:
        return found("log.witnesses_not_named")
    if best.quorum_at is not None:
        return found(
            "log.witnessed", witnesses=sorted(best.witnesses), count=len(best.witnesses), since=iso(best.quorum_at)
        )
    names = [witness.name for witness in trusted.witnesses]
    missing = [name for name in names if name not in best.witnesses]
    return found("log.not_witnessed", count=len(best.witnesses), of=len(names), missing=missing)


def _recorded(case: Case, best: Shown, anchor: Check | None) -> Iterator[Check]:
    """“Says awarded on” beside “first publicly recorded”: whoever has dated it back shows it."""
    # An award may be dated apart from its validity (awardedDate of Open Badges 3.0): whichever is earlier is what it claims.
    stated = (case.document.get("awardedDate"), case.document.get("validFrom", case.document.get("issuanceDate")))
    awarded = min([when for each in stated if each is not None and (when := moment(each)) is not None], default=None)
    yield from dated(awarded, recorded_since(best, anchor))


def recorded_since(best: Shown, anchor: Check | None) -> datetime | None:
    """Since when it is recorded: as old as the witnesses say who are enough, or the anchor; else as the log itself says, or one witness."""
    since = moment(anchor.facts.get("since")) if anchor is not None else None
    firm = [each for each in (best.quorum_at, since) if each is not None]
    return min(firm) if firm else best.stated_at or min(best.witnesses.values(), default=None)


def dated(awarded: datetime | None, recorded: datetime | None) -> Iterator[Check]:
    """The finding about these two dates."""
    if recorded is not None and awarded is None:
        yield found("log.recorded_undated", recorded=iso(recorded))
    elif recorded is not None and awarded is not None:
        yield found(lateness(awarded, recorded), awarded=iso(awarded), recorded=iso(recorded))


def lateness(awarded: datetime, recorded: datetime) -> str:
    """The code of that finding."""
    return "log.recorded_late" if recorded - awarded > TOLERANCE else "log.recorded"


def required(policy: LogPolicy, levels: list[Check], best: Shown | None) -> Iterator[Check]:
    """The level that the reader asks for. A log that only the issuer names is none of the reader's, where they name any."""
    if policy.required is Level.SIGNED:
        return
    counts = best is not None and best.logged and (best.by_reader or not policy.logs.logs)
    reached = level_of(levels) if counts else Level.SIGNED
    code = "log.level_reached" if reached.rank >= policy.required.rank else "log.level_missing"
    yield found(code, level=reached.value, required_level=policy.required.value)


def _demand(case: Case, service: TransparencyLog, holding: Sequence[Proof], open_because: str | None) -> Check:
    """Whether it is in a log that the issuer itself names: another one is not watched by the issuer."""
    issuer = case.issuer or "—"
    if any(proof.checkpoint.checkpoint.origin in service.origins for proof in holding):
        return found("log.demand_met", issuer=issuer)
    if open_because is not None:
        return found("log.demand_open", issuer=issuer, reason=open_because)
    return found("log.demand_missing", issuer=issuer, since=iso(service.required_from or case.now))


def _cut_off(
    case: Case,
    service: TransparencyLog,
    cut_offs: dict[str, tuple[CutOff, ...]],
    holding: Sequence[Proof],
    open_because: str | None,
) -> Check:
    """Whether one of the keys that signed still spoke for the issuer where this was recorded, or the document in which it stands: what is
    part of recorded bytes existed when they were recorded."""
    signer, cuts = next(iter(cut_offs.items()))
    cut = min(cuts, key=lambda each: (each.origin, each.index))
    facts: dict[str, Any] = {"method": signer, "origin": cut.origin, "cut": cut.index}
    around = _of_this_log(case.around, service)
    places = [*holding, *([around] if around is not None else [])]
    for place in places:
        origin = place.checkpoint.checkpoint.origin
        if any(all(each.spares(origin, place.index) for each in some) for some in cut_offs.values()):
            return found("log.key_before_cut_off", index=place.index, **facts)
    if places or open_because is None:
        return found("log.key_cut_off", **facts)
    return found("log.key_cut_off_open", reason=open_because, **facts)


def _of_this_log(proof: Proof | None, service: TransparencyLog) -> Proof | None:
    """The proof of the document around, if this issuer's own log has signed it: whoever issued that document may name any keys."""
    if proof is None:
        return None
    try:
        keys = service.keys_of(proof.checkpoint.checkpoint.origin)
        return proof if verified_by(proof.checkpoint, keys) else None
    except ProofError:
        return None


def _why_open(best: Shown | None, search: _Search) -> str | None:
    """Why it cannot be said that there is no record: nobody could be asked, or only a selection is shown. None where it can be said."""
    if best is not None and best.check.code == "log.proof_of_selection":
        return best.check.code
    return search.missing if search.missing != _AT_HAND else None

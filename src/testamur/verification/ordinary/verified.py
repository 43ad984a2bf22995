"""One ordinary verification, from bytes that were recognised to a report.

The procedure, which is that of `Verifier.verify` for one document without others in it; at each step at which something is not as it
usually is there is no answer, and the checks begin anew:

1. The form, and the conditions that are left of the schema.
2. The key that the proof names, of the issuer, by the DID document; the hashes; the signature.
3. Dates, and the bit in the status list.
4. The record: the proof beside the credential, which must record these bytes under a checkpoint that counts, and that of the list.
5. Registers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from testamur.errors import KeyMaterialError, ResolutionError
from testamur.linked_data import Matched, Recognised, sha256
from testamur.proofs.encodings import multibase_decode
from testamur.verification.accreditation.claims import may_be_claimed
from testamur.verification.case import Case
from testamur.verification.checks import answer, structure
from testamur.verification.checks import trust as registers
from testamur.verification.checks.status import ACCEPT, DECIDING
from testamur.verification.codes import found
from testamur.verification.moments import iso, moment, told
from testamur.verification.opening import OBJECT
from testamur.verification.ordinary import record
from testamur.verification.ordinary.course import PURPOSE, Course, course_of
from testamur.verification.ordinary.details import SUITE, Details
from testamur.verification.ordinary.standing import Standing
from testamur.verification.outside import Budget, OneVerification
from testamur.verification.policy import Policy
from testamur.verification.presenters.quick import reading
from testamur.verification.report import Check, Later, Outcome, Recurring, Report, checks_later, told_later
from testamur.verification.trust import TrustRegistry

_SIGNATURE_BYTES: Final = 64
_INDEX_DIGITS: Final = 16
_NOT_ASKED: Final = found("recipient.not_asked")
_NO_LIST: Final = ("", "", "")


def verified(
    content: bytes,
    recognised: Recognised,
    policy: Policy,
    outside: OneVerification,
    trust: TrustRegistry,
    budget: Budget,
) -> Report | None:
    """The report about `content`, which was `recognised`; None where the checks have to make it. Nobody gave proofs with it."""
    if policy.profile != "badge" or policy.recipient or policy.as_of is not None:
        return None
    known = recognised.matched()
    if known is None:
        return None

    def case() -> Case:
        return Case(
            document=recognised.value,
            kind="json",
            format=recognised.form.standard,
            policy=policy,
            resolver=outside,
            trust=trust,
            now=outside.now,
            size=_weight(content),
            budget=Budget(),
            raw=content,
            records=outside.records,
            names=structure.names(recognised.value, known),
            known=known,
            recognised=recognised,
        )

    course: Course | None = recognised.settled("ordinary course", lambda: course_of(case(), known, recognised))
    if course is None or not course.left.met_by(known):
        return None
    if course.narrative is not None and may_be_claimed(recognised.texts[course.narrative]):
        return None
    try:
        return _Verification(course, recognised, known, policy, outside, trust, case, content).report(budget)
    except ResolutionError:
        return None


def _weight(content: bytes) -> int:
    return max(len(content), OBJECT * content.count(b"{"))


def _is_spent(budget: Budget, content: bytes, beside: int) -> bool:
    """Whether `content` with so many bytes beside it is more than may be examined. Its objects are counted only where that decides."""
    if OBJECT * len(content) + beside <= budget.remaining:
        return False
    return not budget.spend(_weight(content) + beside)


class _Verification:
    """One document on its course."""

    __slots__ = ("_case", "_content", "_course", "_known", "_outside", "_policy", "_recognised", "_trust")

    def __init__(
        self,
        course: Course,
        recognised: Recognised,
        known: Matched,
        policy: Policy,
        outside: OneVerification,
        trust: TrustRegistry,
        case: Callable[[], Case],
        content: bytes,
    ) -> None:
        self._content = content
        self._course, self._recognised, self._known, self._case = course, recognised, known, case
        self._policy, self._outside, self._trust = policy, outside, trust

    def report(self, budget: Budget) -> Report | None:
        """None where something is not as it usually is. Raises `ResolutionError`."""
        course, recognised, outside = self._course, self._recognised, self._outside
        places, now = course.places, outside.now
        read = places.read(recognised.texts)
        if read is None:
            return None
        identifier, issuer, method, created, value = read[:5]
        signed_at = moment(created)
        standing = self._standing(issuer, method) if identifier and signed_at is not None else None
        listings = self._trust.listings(issuer)
        if standing is None or any(each.register.logs or each.institution.accreditations for each in listings):
            return None
        technical = self._signed(standing, created, value)
        if technical is None:
            return None
        begins = self._begin(read)
        ends = self._end(read, begins[0] if begins is not None else None)
        if ends is None or (begins is None and places.begins is not None):
            return None
        asked = record.Asked(self._policy, standing, outside, identifier, recognised.canonical_json, self._case)
        answered = self._answer(read, standing, asked)
        if answered is None:
            return None
        asked.awarded = self._awarded(read, begins)
        recorded = record.recorded(asked)
        if recorded is None or _is_spent(budget, self._content, len(asked.listed[2].content) if asked.listed else 0):
            return None
        listed = registers.listed(issuer, listings, now) if listings else None
        missing = self._policy.require_listed_issuer and (listed is None or listed.outcome is not Outcome.PASSED)
        made = _Findings(course, standing, recorded, listed, course.what_it_took(recognised.texts))
        technical.asked = outside.asked
        return Report(
            checks=made.told(created, begins[1] if begins is not None else "", ends, answered, missing),
            verified_at=now,
            document_type=recognised.form.standard,
            subject=told_later(Later(lambda: reading(recognised.value), self._written)),
            technical=told_later(Later(technical.made, technical.written)),
        )

    def _written(self) -> bytes | None:
        """What it says of itself, as JSON."""
        subjects = self._course.subjects
        return subjects.written(self._recognised, len(self._content)) if subjects is not None else None

    def _standing(self, issuer: str, method: str) -> Standing | None:
        standing = self._course.standings.get((issuer, method))
        if standing is not None and standing.holds(self._outside):
            return standing
        try:
            standing = Standing(issuer, method, self._course.context, PURPOSE, SUITE, self._outside)
        except LookupError:
            return None
        self._course.keep(standing)
        return standing

    def _signed(self, standing: Standing, created: str, value: str) -> Details | None:
        """The details of the proof, where it is true."""
        try:
            signature = multibase_decode(value)
        except KeyMaterialError:
            return None
        if len(signature) != _SIGNATURE_BYTES:
            return None
        canonical = self._known.canonical()
        before, after = standing.options
        options = before + created.encode() + after
        document_hash, options_hash = sha256(canonical), sha256(options)
        if not standing.key.verify(signature, options_hash + document_hash):
            return None
        return Details(standing, canonical, options, document_hash, options_hash)

    def _begin(self, read: list[str]) -> tuple[datetime, str] | None:
        """Since when it is valid; None where that is not said, or not to be read, or has not come yet."""
        at = self._course.places.begins
        since = told(read[at]) if at is not None else None
        return since if since is None or since[0] <= self._outside.now else None

    def _end(self, read: list[str], since: datetime | None) -> str | None:
        """Until when it is valid, empty where that is not said; None where it is not valid any more, or that cannot be read."""
        at = self._course.places.ends
        if at is None:
            return ""
        until = told(read[at])
        if until is None or (since is not None and until[0] < since) or until[0] < self._outside.now:
            return None
        return until[1]

    def _answer(self, read: list[str], standing: Standing, asked: record.Asked) -> tuple[str, str, str] | None:
        """That the status list says nothing against it: for which purpose, where, asked when; empty texts where there is none."""
        if self._course.places.listed is None:
            return _NO_LIST
        purpose, index, address = (read[place] for place in self._course.places.listed)
        digits = index.isascii() and index.isdigit() and len(index) <= _INDEX_DIGITS
        if purpose not in DECIDING or not digits or not address:
            return None
        resource = self._outside.fetch(address, accept=ACCEPT)
        known = standing.list_at(address, resource, PURPOSE)
        if known is None or known.usual is None:
            return None
        at = resource.fetched_at
        if not known.usual.is_clear(purpose, int(index), at, known.bits):
            return None
        if not answer.speaks_at(self._outside.now, at, known.page.good_until):
            return None
        asked.listed = known.address, resource, known
        return purpose, known.address, iso(at)

    def _awarded(self, read: list[str], begins: tuple[datetime, str] | None) -> tuple[datetime, str] | None:
        """The earliest date that it bears."""
        at = self._course.places.awarded
        awarded = told(read[at]) if at is not None else None
        if awarded is None or begins is None:
            return awarded or begins
        return awarded if awarded[0] <= begins[0] else begins


class _Findings:
    """The findings of one document, which are those of `Verifier.verify` in its order."""

    __slots__ = ("begins", "course", "ends", "list", "listed", "missing", "purpose", "recorded", "standing", "took")

    def __init__(
        self, course: Course, standing: Standing, recorded: record.Recorded, listed: Check | None, took: Check
    ) -> None:
        """`listed` is the finding about an issuer who stands in a register."""
        self.course, self.standing, self.recorded, self.listed, self.took = course, standing, recorded, listed, took

    def told(
        self, created: str, begins: str, ends: str, answered: tuple[str, str, str], missing: bool
    ) -> tuple[Check, ...]:
        """They, for a report. `begins`, `ends` and the texts of `answered` are empty where it says nothing of that; `missing`: the reader
        demands a register that names the issuer."""
        self.begins, self.ends, self.missing = bool(begins), bool(ends), missing
        self.purpose, self.list, asked_at = answered
        recorded, listed, standing = self.recorded, self.listed, self.standing
        moments = [text for text in (created, begins, ends, asked_at) if text]
        moments += recorded.moments
        if recorded.kind is None:
            return (*self._made(iter(moments), iter(recorded.numbers)),)
        kind = (
            *(self.course.kind, standing.issuer, standing.method, self.begins, self.ends, self.purpose, self.list),
            *(self.took.code, recorded.kind, missing),
            (listed.code, *listed.facts.values()) if listed is not None else None,
        )
        return checks_later(Recurring(kind, moments, [*recorded.numbers], self._made))

    def _made(self, moments: Iterator[str], numbers: Iterator[int]) -> list[Check]:
        standing, listed = self.standing, self.listed
        checks = [
            *self.course.before,
            found("proof.signature_true", suite=SUITE, method=standing.method, created=next(moments)),
            standing.bound,
            found("dates.begun", since=next(moments)) if self.begins else _NO_BEGINNING,
            found("dates.not_expired", until=next(moments)) if self.ends else _NO_END,
            found("status.clear", purpose=self.purpose, list=self.list, asked_at=next(moments))
            if self.list
            else _NONE_OFFERED,
            _NOT_ASKED,
            self.took,
            *self.recorded.made(moments, numbers),
            listed if listed is not None else found("trust.issuer_unknown", issuer=standing.issuer),
        ]
        if self.missing:
            checks.append(found("trust.required_missing"))
        return checks


_NO_END: Final = found("dates.no_end")
_NO_BEGINNING: Final = found("dates.begin_absent")
_NONE_OFFERED: Final = found("status.none_offered")

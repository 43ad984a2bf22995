"""The verifier: from bytes to a report.

It decides nothing by itself. It reads the document, hands it to the checks in their order, and sees to it that nothing is decided from
bytes that were not confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from testamur import linked_data
from testamur.errors import InputError, Malformed, ResolutionError
from testamur.formats import archive, collection
from testamur.log.proofs import Proof
from testamur.ports import Clock, Resolver
from testamur.verification import opening, ordinary, standards
from testamur.verification.accreditation import resolve as accreditation
from testamur.verification.case import Case, many
from testamur.verification.checks import dates, endorsements, proof, recipient, status, structure, trust, what_it_took
from testamur.verification.checks.examined import Examined, details
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.obtain import obtain
from testamur.verification.outside import Budget, OneVerification, SystemClock
from testamur.verification.policy import Policy
from testamur.verification.presenters.quick import reading
from testamur.verification.refresh import refreshed
from testamur.verification.report import Check, Later, Report, told_later
from testamur.verification.schemas import declared
from testamur.verification.standards import parts
from testamur.verification.transparency import checks as record
from testamur.verification.trust import TrustRegistry

_SUPPORTED = ("open_badges_3", "vc_2", "vc_1_1")
_AUTHENTICATION = "authentication"
_PARTS = archive.Limits(entry=4_000_000, total=4_000_000)  # of an archive that becomes one report
_INSIDE = ("verifiableCredential", "endorsement", "endorsementJwt")  # where other documents stand
_NO_TRUST = TrustRegistry()
_DEFAULT = Policy()


class Verifier:
    """Verifies documents with one resolver, one set of registers and one clock. Has no state; may be shared between threads.

    `resolver` fetches keys and status lists (`testamur.fetch` has several); `trust` says which institutions are known and relied on;
    `clock` says when "now" is.
    """

    def __init__(self, resolver: Resolver, trust: TrustRegistry = _NO_TRUST, clock: Clock | None = None) -> None:
        self._resolver = resolver
        self._trust = trust
        self._clock: Clock = clock or SystemClock()

    def verify(
        self, data: bytes | str | Mapping[str, Any], policy: Policy = _DEFAULT, *, log_proofs: Sequence[bytes] = ()
    ) -> Report:
        """The report about `data`: the bytes of a file (JSON, compact JWS, PNG, SVG, PDF, ZIP), their text, or a JSON object.

        1. *Read.* The credential is taken out of its container and read strictly. Everything after this looks only at it, never at
           the picture or the object around it. What cannot be read, or is of a kind that is not known here, ends with a report.
        2. *Structure.* Vocabularies, kind, schema, and that it can mean only one thing.
        3. *Proof.* Every signature, with the key that it names.
        4. *Issuer.* Whether the key is that of the issuer whom the document names.
        5. *Dates, status, holder, what it took, endorsements*: only if step 3 confirmed the bytes. Otherwise each is said to be undecided;
           in particular no address that stands in an unconfirmed document is asked for a status.
        6. *Record.* Whether a transparency log has it, and since when, only if step 4 held (`transparency`). `log_proofs` are proofs from
           elsewhere than the document's own container.
        7. *Trust.* Whether a register that the reader relies on names the issuer, only if step 4 held.
        8. *Parts.* Credentials inside, each by its own rules, as reports below this one. So with the files in a ZIP archive; of one with
           more than a few, `verify_each` gives the reports one after the other.

        What follows another standard is proven by the rules of that standard in steps 2 to 4 (`standards`).

        With the profile "proof" steps 4 to 7 are left out. Never raises because of what `data` holds; raises TypeError if it is none
        of the three kinds of value.
        """
        if not isinstance(data, (bytes, bytearray, str, Mapping)):
            raise TypeError(f"verify takes bytes, a text or a JSON object, not {type(data).__name__}")
        with linked_data.remembering():
            now = self._clock.now()
            outside = OneVerification(self._resolver, now, records=OneVerification(self._resolver, now))
            return self._report(data, policy, outside, Budget(), depth=0, log_proofs=log_proofs)

    def verify_each(
        self, name: str, data: bytes, policy: Policy = _DEFAULT
    ) -> Iterator[tuple[collection.Item, Report]]:
        """The report about each document in the file called `name`, with what it is about, in their order and one at a time.

        The file is an archive, JSON Lines or a table of addresses (`testamur.formats.collection`); any other is the one document in it. An
        address is fetched by this verifier's resolver. Raises `InputError` as `collection.items` does, for the file as a whole.
        """
        for item in collection.items(name, data):
            yield item, self.verify_item(item, policy)

    def verify_item(
        self, item: collection.Item, policy: Policy = _DEFAULT, *, log_proofs: Sequence[bytes] = ()
    ) -> Report:
        """The report about one document of a collection: what it is, what is at its address, or why it is not examined."""
        if item.error is not None:
            return self._unexamined(opening.unreadable(item.error))
        if not item.address:
            return self.verify(item.content, policy, log_proofs=(*log_proofs, *item.log_proofs))
        try:
            content = obtain(item.address, self._resolver)
        except ResolutionError as error:
            return self._unexamined(found("structure.not_obtained", address=item.address, reason=error.code))
        return self.verify(content, policy, log_proofs=log_proofs)

    def _unexamined(self, why: Check) -> Report:
        return Report(checks=(why,), verified_at=self._clock.now())

    def _report(
        self,
        data: bytes | str | Mapping[str, Any],
        policy: Policy,
        outside: OneVerification,
        budget: Budget,
        depth: int,
        *,
        refresh: bool = True,
        supporting: bool = False,
        log_proofs: Sequence[bytes] = (),
        around: Proof | None = None,
    ) -> Report:
        now = outside.now
        if isinstance(data, (bytes, bytearray)) and data.startswith((archive.SIGNATURE, archive.EMPTY)):
            return self._archive(bytes(data), policy, outside, budget, depth)
        recognised = linked_data.FORMS.recognise(data) if isinstance(data, bytes) else None
        if isinstance(data, bytes) and recognised is not None and depth == 0 and not supporting and not log_proofs:
            usual = ordinary.verified(data, recognised, policy, outside, self._trust, budget)
            if usual is not None:
                return usual
        try:
            read = opening.read(data, recognised)
        except InputError as error:
            return Report(checks=(opening.unreadable(error),), verified_at=now)
        document = opening.credential(read)
        if document is None and read.url is None:
            return Report(checks=(opening.unsupported(read),), verified_at=now, document_type=read.format)
        known = structure.known(document, read) if document is not None and read.format in _SUPPORTED else None
        case = Case(
            document=(read.credential if read.format == "sd_jwt_vc" else document) or {},
            kind=read.kind,
            format=read.format,
            policy=policy,
            resolver=outside,
            trust=self._trust,
            now=now if policy.as_of is None else min(policy.as_of, now),
            token=read.token,
            depth=depth,
            size=opening.weight(read),
            budget=budget,
            raw=read.raw,
            address=read.url,
            supporting=supporting,
            log_proofs=(*log_proofs, *read.log_proofs),
            around=around,
            records=outside.records,
            names=structure.names(document, known) if document is not None and known is not None else None,
            known=known,
            recognised=read.recognised,
        )
        if read.format in standards.SUPPORTED:
            return self._by_its_standard(case, outside)
        if read.format == "presentation":
            return self._presentation(case, outside)
        if read.format not in _SUPPORTED:
            return Report(checks=(opening.unsupported(read),), verified_at=now, document_type=read.format)
        return self._judge(case, outside, refresh=refresh)

    def _judge(self, case: Case, outside: OneVerification, *, refresh: bool) -> Report:
        if case.depth > 0 and not case.budget.spend(case.size // 2):
            return self._unexamined(found("structure.too_large", reason="linked_data.too_complex"))
        checks: list[Check] = [opening.was_read(case.kind, case.format)]
        checks += structure.checks(case)
        if case.may_name("verifiableCredential"):
            parts.allow_whole(case)
        examined = proof.examine(case)
        checks += examined.checks
        said = Later(lambda: reading(case.document))
        children: tuple[Report, ...] = ()
        if case.policy.profile == "badge":
            if refresh and examined.bound and case.depth == 0 and case.may_name("refreshService"):
                newer, about = self._refreshed(case, outside)
                if newer is not None and about is not None:
                    return replace(newer, checks=(*newer.checks, about))
                checks += [about] if about is not None else []
            checks.append(examined.binding)
            if examined.proven:
                if case.may_name("credentialSchema"):
                    checks += declared.checks(
                        case, lambda content: self._below(content, case, outside, supporting=True)
                    )
                checks += _decided(case, examined)
            else:
                checks += [*declared.not_asked(case), *_undecided(case)]
            checks += _asked_about(case, outside)
            signed = record.Signed(examined.signers, examined.bound, examined.partial)
            recorded = record.examine(case, signed, outside.now, checks)
            checks += [*recorded.checks, *trust.checks(case, bound=examined.bound)]
            if examined.proven:
                if case.may_name(*_INSIDE) or "ClrCredential" in many(case.document.get("type")):
                    held = case if recorded.proof is None else replace(case, around=recorded.proof)
                    further, children = self._inside(held, outside)
                    checks += further
                checks += self._accreditation(case, case.document, children, outside, bound=examined.bound)
            elif inside := parts.inside(case.document):
                checks.append(found("structure.parts_not_examined", count=len(inside)))
        return Report(
            checks=tuple(checks),
            verified_at=outside.now,
            as_of=_as_of(case, outside),
            document_type=case.format,
            subject=told_later(said) if examined.proven else {},
            children=children,
            technical=details(case.kind, examined.technical, outside.asked, None if examined.proven else said),
        )

    def _by_its_standard(self, case: Case, outside: OneVerification) -> Report:
        """The report about a document that is no Verifiable Credential. What it says is told in the words of Open Badges 3.0."""
        judged = standards.judge(case)
        checks: list[Check] = [opening.was_read(case.kind, case.format), *judged.checks]
        told = replace(case, document=judged.view)
        said = Later(lambda: reading(told.document))
        children: tuple[Report, ...] = ()
        if case.policy.profile == "badge":
            checks.append(judged.binding)
            if judged.proven:
                checks += declared.checks(case, lambda content: self._below(content, case, outside, supporting=True))
                checks += [*dates.checks(told, partial=False), *judged.status]
                if not told.is_endorsement:
                    checks += [*recipient.checks(told), *what_it_took.checks(told.document)]
            else:
                checks += [check for check in _undecided(told) if not (judged.status and check.name == "status")]
                checks += judged.status
            checks += _asked_about(case, outside)
            checks += record.examine(told, record.Signed(judged.signers, judged.bound), outside.now, checks).checks
            checks += trust.checks(told, bound=judged.bound)
            if judged.proven:
                further, children = endorsements.checks(told, lambda inside: self._below(inside, case, outside))
                checks += further
                checks += self._accreditation(case, judged.view, children, outside, bound=judged.bound)
        return Report(
            checks=tuple(checks),
            verified_at=outside.now,
            as_of=_as_of(case, outside),
            document_type=case.format,
            subject=told_later(said) if judged.proven else {},
            children=children,
            technical=details(case.kind, judged.technical, outside.asked, None if judged.proven else said),
        )

    def _presentation(self, case: Case, outside: OneVerification) -> Report:
        """The report about a presentation: its own signature where it has one, and every credential that it shows."""
        checks: list[Check] = [
            opening.was_read(case.kind, case.format),
            found("structure.type_known", types=list(case.types)),
        ]
        technical: tuple[Mapping[str, Any], ...] = ()
        if case.token is None and "proof" not in case.document:
            checks.append(found("proof.presentation_unsigned"))
        else:
            examined = proof.examine(replace(case, purpose=_AUTHENTICATION))
            checks += examined.checks
            technical = examined.technical
        further, children = parts.checks(
            case, lambda inside: self._report(inside, case.policy, outside, case.budget, case.depth + 1)
        )
        checks += [*(further or [found("parts.none")]), *_asked_about(case, outside)]
        return Report(
            checks=tuple(checks),
            verified_at=outside.now,
            as_of=_as_of(case, outside),
            document_type=case.format,
            subject=children[0].subject if len(children) == 1 else {},
            children=children,
            technical=details(case.kind, technical, outside.asked, None),
        )

    def _archive(self, data: bytes, policy: Policy, outside: OneVerification, budget: Budget, depth: int) -> Report:
        """The report about a ZIP archive: every file in it that holds a credential is a part. One inside another is not opened."""
        try:
            files = list(islice(archive.entries(data, _PARTS), parts.MAX_FILES + 1)) if depth == 0 else []
        except InputError as error:
            return self._unexamined(opening.unreadable(error))
        reports, passed_over = [], 0
        for entry in files[: parts.MAX_FILES]:
            report = (
                self._unexamined(
                    opening.unreadable(entry.error or Malformed("This file is damaged.", code="archive.entry_damaged"))
                )
                if entry.content is None
                else self._from_archive(entry.content, policy, outside, budget, entry.log_proofs)
            )
            if any(check.code == "structure.no_credential" for check in report.checks):
                passed_over += 1
            else:
                reports.append(report)
        checks = [found("structure.read", kind="zip", format="archive")]
        if len(files) > parts.MAX_FILES:
            checks.append(found("parts.many_files", limit=parts.MAX_FILES))
            reports = []
        elif reports:
            checks += parts.findings(len(reports), 0, reports)
            checks += [found("parts.passed_over", count=passed_over)] if passed_over else []
        else:
            checks = [found("structure.no_credential", kind="zip")]
        return Report(tuple(checks), outside.now, "archive", children=tuple(reports))

    def _from_archive(
        self, content: bytes, policy: Policy, outside: OneVerification, budget: Budget, log_proofs: Sequence[bytes]
    ) -> Report:
        """The report about one file of an archive: as if it had come alone, but all of them together may cause only so much work."""
        text = content[:1] in b"{[ \t\r\ne\xef"
        if text and not budget.spend(max(len(content), opening.OBJECT * content.count(b"{")) // 2):
            return self._unexamined(found("structure.too_large", reason="linked_data.too_complex"))
        return self._report(content, policy, outside, budget, depth=0, log_proofs=log_proofs)

    def _refreshed(self, case: Case, outside: OneVerification) -> tuple[Report | None, Check | None]:
        """The report about the newer copy that the issuer keeps, if there is one, and what is to be said about it."""

        def judge(content: bytes) -> Report:
            return self._report(content, case.policy, outside, case.budget, case.depth, refresh=False)

        return refreshed(case, judge)

    def _inside(self, case: Case, outside: OneVerification) -> tuple[list[Check], tuple[Report, ...]]:
        """What stands inside a credential: the credentials that it gathers, then those that endorse it."""
        gathered, reports = parts.checks(case, lambda inside: self._below(inside, case, outside, around=case.around))
        endorsing, endorsers = endorsements.checks(
            case, lambda inside: self._below(inside, case, outside, around=case.around)
        )
        return [*gathered, *endorsing], (*reports, *endorsers)

    def _accreditation(
        self, case: Case, view: Mapping[str, Any], inside: tuple[Report, ...], outside: OneVerification, *, bound: bool
    ) -> list[Check]:
        """The findings about who lets the issuer award. `inside` are the reports about what stands in the document."""
        if not bound or case.supporting or case.is_endorsement:
            return []
        return accreditation.checks(
            case,
            view,
            inside,
            lambda content: self._below(content, case, outside, supporting=True),
        )

    def _below(
        self,
        inside: Mapping[str, Any] | str | bytes,
        case: Case,
        outside: OneVerification,
        *,
        supporting: bool = False,
        around: Proof | None = None,
    ) -> Report:
        """The report about a document that `case` holds or leans on.

        Nobody asks it about the holder, and no register has to list its issuer.
        """
        policy = Policy(as_of=case.policy.as_of)
        return self._report(inside, policy, outside, case.budget, case.depth + 1, supporting=supporting, around=around)


def _as_of(case: Case, outside: OneVerification) -> datetime | None:
    return case.now if case.now < outside.now else None


def _asked_about(case: Case, outside: OneVerification) -> list[Check]:
    """That the report is about another moment than now: said once, at the top."""
    if case.depth > 0 or case.now >= outside.now:
        return []
    return [found("dates.as_of", as_of=iso(case.now), now=iso(outside.now))]


def _decided(case: Case, examined: Examined) -> Iterator[Check]:
    yield from dates.checks(case, partial=examined.partial)
    yield from status.checks(case, partial=examined.partial)
    if not case.is_endorsement:
        yield from recipient.checks(case)
        yield from what_it_took.checks(case.document, case.known)


def _undecided(case: Case) -> Iterator[Check]:
    yield from dates.not_decided()
    yield status.not_asked()
    if not case.is_endorsement:
        yield recipient.not_decided(case)
        yield what_it_took.not_decided()

"""Has the issuer withdrawn it? The status lists that OB 3.0 and VC 2.0 know.

1. Each entry is read; at most four are asked. An entry for a purpose that does not decide about validity only informs.
2. The list is fetched. No answer is "could not be asked": it never means "revoked" and never "fine".
3. A list that is a credential is proven like one: its own proof, its own issuer's key, its dates, its address, and the same issuer
   as the document's, all of it for the time at which the list was obtained. A list that is not proven says nothing.
4. The bit is read. A set revocation bit whose entry names a suspension list by `statusReference` is looked up there: set in both
   means suspended, set only in the first means revoked (decision 0005).
5. A 1EdTech revocation list is not signed; it counts because the signed document names its address.
6. What was read speaks for the day on which it was obtained, and for a while (`answer`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from testamur import formats, status, strict_json
from testamur.errors import InputError, NotAllowed, NotFound, ResolutionError, TestamurError
from testamur.ports import Resource
from testamur.status import StatusOutcome, StatusResult
from testamur.status.bitstring_status_list import UsualList, usual_entry
from testamur.status.remembered import REMEMBERED, digest_of, weight_of
from testamur.verification.case import Case, identifier_of, many
from testamur.verification.checks import answer, proof, structure
from testamur.verification.codes import found
from testamur.verification.moments import iso, moment
from testamur.verification.report import Check, Outcome
from testamur.verification.transparency.service import given_up, service_of

MAX_ENTRIES = 4
MAX_LIST_BYTES = 4_000_000
ACCEPT = ("application/vc", "application/vc+ld+json", "application/vc+jwt", "application/ld+json", "application/json")
_BITSTRINGS = ("BitstringStatusListEntry", "StatusList2021Entry", "RevocationList2020Status")
_LISTS = ("BitstringStatusListCredential", "StatusList2021Credential", "RevocationList2020Credential")
DECIDING = ("revocation", "suspension")


class Page:
    """What the bytes at the address of a list say, and what keeps them from meaning only one thing: that follows from them alone."""

    __slots__ = ("_issuer", "_unclear", "good_until", "is_list", "proven_for", "read", "signer", "usual")

    def __init__(self, read: formats.ReadDocument) -> None:
        self.read = read
        self._unclear: tuple[str | None] | None = None
        self.proven_for: tuple[Any, ...] | None = None  # the standing in which it was proven last
        document = read.credential or {}
        self.is_list = _is_list(document)
        try:
            self.usual: UsualList | None = UsualList(document)
        except ValueError:
            self.usual = None
        self._issuer = identifier_of(document.get("issuer"))
        self.signer = proof.lasting_method(document) if read.token is None else None
        self.good_until = moment(document.get("validUntil", document.get("expirationDate")))

    def standing_for(self, case: Case) -> tuple[Any, ...] | None:
        """Everything besides the bytes by which the list is proven for the document of `case`. It is asked each time; in the same standing
        the same bytes are proven once. None where more decides, such as a date."""
        signer = proof.lasting_signer(self.signer, case.resolver)
        if signer is None:
            return None
        try:
            service = service_of(self._issuer or "", case.resolver)
        except TestamurError:
            service = None
        return case.purpose, case.issuer, signer, service

    def unclear(self, case: Case) -> str | None:
        """The code of what is unclear in the list, which is the document of `case`; None where nothing is."""
        if self._unclear is None:
            self._unclear = (_unclear(case),)
        return self._unclear[0]


@dataclass(slots=True)
class _List:
    """A proven list, when it was obtained, and until when it is good by its own words."""

    document: dict[str, Any]
    at: datetime
    until: datetime | None
    digest: bytes
    usual: UsualList | None

    def clears(self, entry: Mapping[str, Any]) -> str | None:
        """The purpose for which the list certainly says that nothing is wrong; None where `says` has to find out."""
        read = usual_entry(entry) if self.usual is not None else None
        if read is None or self.usual is None:
            return None
        bits: status.Bits | None = REMEMBERED.get((self.digest, "bits"))
        return read[0] if bits is not None and self.usual.is_clear(*read, self.at, bits) else None

    def says(self, entry: Mapping[str, Any]) -> StatusResult:
        """What the list says about `entry`. Its bits are unpacked once for all that ask."""

        def unpack(encoded: str) -> status.Bits:
            return REMEMBERED.of((self.digest, "bits"), lambda bits: len(bits) // 8, lambda: status.decode(encoded))

        return status.read_status(entry, self.document, now=self.at, unpack=unpack)


def checks(case: Case, *, partial: bool) -> Iterator[Check]:
    """The findings about the status of `case`, whose bytes were confirmed; `partial` says that they may be a selection."""
    entries = many(case.document.get("credentialStatus"))
    if not entries:
        yield found("status.not_shown" if partial else "status.none_offered")
    elif len(entries) > MAX_ENTRIES:
        yield found("status.too_many", count=len(entries), limit=MAX_ENTRIES)
    else:
        for entry in entries:
            yield _entry(case, entry)


def not_asked() -> Check:
    """What is said instead where no signature could be confirmed: an unconfirmed document must not make us ask an address."""
    return found("status.not_asked")


def _entry(case: Case, entry: Any) -> Check:
    if not isinstance(entry, Mapping):
        return found("status.entry_malformed", term="credentialStatus")
    types = [item for item in many(entry.get("type")) if isinstance(item, str)]
    if "1EdTechRevocationList" in types:
        return _revocation_list(case, entry)
    if not any(name in types for name in _BITSTRINGS):
        return found("status.type_unknown", type=", ".join(types) or "—")
    purpose = entry.get("statusPurpose", "revocation")
    if isinstance(purpose, str) and purpose not in DECIDING:
        return found("status.purpose_informs", purpose=purpose)
    return _bitstring(case, entry)


def _bitstring(case: Case, entry: Mapping[str, Any]) -> Check:
    address = entry.get("statusListCredential", entry.get("revocationListCredential"))
    if not isinstance(address, str) or not address:
        return found("status.entry_malformed", term="statusListCredential")
    obtained = _proven_list(case, address)
    if isinstance(obtained, Check):
        return obtained
    if (purpose := obtained.clears(entry)) is not None:
        return answer.clear(case, address, obtained.at, obtained.until, purpose=purpose)
    result = obtained.says(entry)
    if result.outcome is StatusOutcome.PASSED:
        return answer.clear(case, address, obtained.at, obtained.until, purpose=result.purpose or "revocation")
    if result.outcome is StatusOutcome.UNKNOWN:
        return _undecided(result, address)
    if result.code == "status.suspended":
        return answer.suspended(case, address, obtained.at, obtained.until)
    return _revoked_or_suspended(case, entry, address, obtained)


def _revoked_or_suspended(case: Case, entry: Mapping[str, Any], address: str, revocation: _List) -> Check:
    """The revocation bit is set; does the issuer's suspension list, if the entry names one, say that this is for the time being?"""
    asked_at = iso(revocation.at)
    for reference in many(entry.get("statusReference")):
        if not isinstance(reference, str) or reference == address:
            continue
        obtained = _proven_list(case, reference)
        if isinstance(obtained, Check):
            if obtained.code == "status.list_malformed":
                continue  # an ordinary page that explains the status, as the standard foresees
            return found("status.revoked_or_suspended", list=address, reference=reference, asked_at=asked_at)
        there = {**entry, "statusPurpose": "suspension", "statusListCredential": reference}
        result = obtained.says(there)
        if result.code == "status.suspended":
            return answer.suspended(case, address, obtained.at, obtained.until)
        if result.outcome is StatusOutcome.UNKNOWN and result.code != "status.purpose_mismatch":
            return found("status.revoked_or_suspended", list=address, reference=reference, asked_at=asked_at)
    return answer.revoked(address, revocation.at)


def _proven_list(case: Case, address: str) -> _List | Check:
    """The status list credential at `address`, once it is proven; or the finding why it says nothing."""
    resource = _fetched(case, address)
    if isinstance(resource, Check):
        return resource
    content = resource.content
    digest = digest_of(content)
    try:
        page = REMEMBERED.of((digest, "page"), lambda _: weight_of(content), lambda: Page(formats.read(content)))
    except InputError as error:
        return found("status.list_malformed", list=address, reason=error.code)
    read = page.read
    document = read.credential
    if document is None or not page.is_list:
        return found("status.list_malformed", list=address, reason="status.list_type")
    if document.get("id") != address:  # otherwise another list of the same issuer could be put in its place
        return found("status.list_malformed", list=address, reason="status.list_other")
    standing = page.standing_for(case)
    if standing is not None and standing == page.proven_for and case.budget.spend(len(read.raw)):
        return _List(document, resource.fetched_at, page.good_until, digest, page.usual)
    list_case = Case(
        document=document,
        kind=read.kind,
        format=read.format,
        policy=case.policy,
        resolver=case.resolver,
        trust=case.trust,
        now=resource.fetched_at,  # it must have been good when it was obtained; for how long it speaks is another question
        token=read.token,
        depth=case.depth + 1,
        size=len(read.raw),
        budget=case.budget,
        purpose=case.purpose,
        raw=case.raw,
        records=case.records,
    )
    unclear = page.unclear(list_case)
    if unclear is not None:
        return found("status.list_not_proven", list=address, reason=unclear)
    examined = proof.examine_again(list_case, digest)
    if not examined.proven:
        reason = next(check.code for check in examined.checks if check.outcome is not Outcome.PASSED)
        return found("status.list_not_proven", list=address, reason=reason)
    if not examined.bound:
        return found("status.list_not_proven", list=address, reason=examined.binding.code)
    if given_up(
        list_case, examined.signers
    ):  # who has it now could answer at the list's address; the issuer has signed anew
        return found("status.list_not_proven", list=address, reason="log.key_cut_off")
    if list_case.issuer != case.issuer:
        return found("status.list_other_issuer", list=address, issuer=list_case.issuer or "—")
    page.proven_for = standing
    return _List(document, resource.fetched_at, page.good_until, digest, page.usual)


def _unclear(case: Case) -> str | None:
    """The code of what keeps a list from meaning only one thing, which follows from its text alone; None where nothing does."""
    return next((check.code for check in structure.meaning(case) if check.outcome is not Outcome.PASSED), None)


def _is_list(document: Mapping[str, Any]) -> bool:
    return any(isinstance(name, str) and name in _LISTS for name in many(document.get("type")))


def _undecided(result: StatusResult, address: str) -> Check:
    facts = result.facts
    match result.code:
        case "status.entry_malformed":
            return found("status.entry_malformed", term=str(facts.get("member", "credentialStatus")))
        case "status.index_out_of_range":
            return found(
                "status.index_out_of_range", list=address, index=facts.get("index"), length=facts.get("entries")
            )
        case "status.purpose_mismatch":
            return found("status.list_other_purpose", list=address, purpose=result.purpose or "—")
        case "status.list_expired":
            return found("status.list_out_of_date", list=address, until=facts.get("valid_until"))
        case _:
            return found("status.list_malformed", list=address, reason=result.code)


def _revocation_list(case: Case, entry: Mapping[str, Any]) -> Check:
    """1EdTech Revocation List 1.0: `{"revokedCredential": [{"id", "revoked"?}]}` at the entry's `id`."""
    address, credential = entry.get("id"), identifier_of(case.document)
    if not isinstance(address, str) or not address:
        return found("status.entry_malformed", term="id")
    if credential is None:
        return found("status.entry_malformed", term="credentialStatus")
    resource = _fetched(case, address)
    if isinstance(resource, Check):
        return resource
    try:
        document = strict_json.loads(resource.content, max_bytes=MAX_LIST_BYTES)
    except InputError as error:
        return found("status.list_malformed", list=address, reason=error.code)
    issuer = identifier_of(document.get("issuer")) if isinstance(document, dict) else None
    if issuer is not None and issuer != case.issuer:
        return found("status.list_other_issuer", list=address, issuer=issuer)
    result = status.read_revocation_list(credential, document)
    match result.outcome:
        case StatusOutcome.PASSED:
            return answer.clear(case, address, resource.fetched_at)
        case StatusOutcome.FAILED:
            return answer.revoked(address, resource.fetched_at)
        case StatusOutcome.UNKNOWN:
            return _undecided(result, address)


def _fetched(case: Case, address: str) -> Resource | Check:
    try:
        return case.resolver.fetch(address, accept=ACCEPT)
    except NotAllowed:
        return found("status.not_allowed", list=address)
    except NotFound:
        return found("status.not_found", list=address)
    except ResolutionError:
        return found("status.unreachable", list=address)

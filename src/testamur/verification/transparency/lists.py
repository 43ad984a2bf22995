"""The records of status lists: with them an issuer cannot show two lists, or flip a bit in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from testamur.errors import NotFound, ResolutionError
from testamur.log.entries import Entry, Kind, entry_for
from testamur.log.proofs import Proof
from testamur.status.remembered import digest_of
from testamur.verification.case import Case
from testamur.verification.codes import found
from testamur.verification.report import Check
from testamur.verification.transparency.evidence import Known, judge

MAX_LISTS = 4
_MEDIA_TYPES = ("text/plain",)


def checks(case: Case, decided: Iterable[Check], known: Known) -> Iterator[Check]:
    """The findings about the records of the status lists that decided about `case`: `decided` are the findings about its status.

    A list's proof stands at `<address of the list>.tlog-proof`; it is asked for where a record may be expected, or is required.
    """
    addresses = dict.fromkeys(
        str(check.facts["list"]) for check in decided if "list" in check.facts and "asked_at" in check.facts
    )
    for address in list(addresses)[:MAX_LISTS]:
        if not known.may_log(address) and not known.policy.lists_required:
            continue
        try:
            content = case.resolver.fetch(address).content  # it was obtained for the status, and is remembered
        except ResolutionError:
            continue
        yield recorded(case, address, content, known)


def recorded(case: Case, address: str, content: bytes, known: Known) -> Check:
    """Whether exactly this version of the list stands in the log. The list is public: its entry has no salt, and is over its bytes as
    they were served."""

    def entries(_: Proof) -> Sequence[Entry]:
        return [entry_for(Kind.STATUS_LIST, address, content)]

    required = known.policy.lists_required
    try:
        proof = case.record_resolver.fetch(f"{address}.tlog-proof", accept=_MEDIA_TYPES).content
    except NotFound:
        return found("log.list_not_logged", required=required, list=address, reason="log.proof_absent")
    except ResolutionError as error:
        return found("log.list_not_logged", required=required, list=address, reason=error.code)
    shown = judge(proof, entries, known, public=(digest_of(content), address))
    if shown.logged and shown.proof is not None:
        return found("log.list_logged", list=address, index=shown.proof.index)
    if shown.check.code == "log.proof_other":
        # Perhaps a version that is not in the log yet, perhaps one that nobody was meant to see beside another.
        return found("log.list_other", required=required, list=address)
    return found("log.list_not_logged", required=required, list=address, reason=shown.check.code)

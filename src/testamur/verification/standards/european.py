"""European Digital Credentials: the seal, the authority behind its certificate, and whether it is the issuer's.

1. An unsigned one says so: nobody signed.
2. The seal is checked over exactly the bytes of the credential in it.
3. The certificate must lead to an authority on the list that the reader relies on, today. A certificate that has expired since does not
   speak against the seal, but without a time-stamp that was itself verified nobody can say that the seal is older.
4. The organisation in the certificate must be the issuer that the document names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur import strict_json
from testamur.errors import InputError
from testamur.formats import elm
from testamur.formats.elm import ChainOutcome, Seal
from testamur.proofs.result import ProofOutcome
from testamur.verification.case import Case
from testamur.verification.checks import status
from testamur.verification.codes import found
from testamur.verification.moments import iso
from testamur.verification.report import Check
from testamur.verification.standards.judged import Judged, unbound


def judge(case: Case) -> Judged:
    """The findings about a European Digital Credential. `case.raw` are the bytes of the file, seal and all."""
    view = elm.in_words_of_3(case.document)
    known = found("structure.type_known", types=list(case.types))
    try:
        value = strict_json.loads(case.raw)
        seal = elm.read_seal(value) if isinstance(value, Mapping) and elm.is_sealed(value) else None
    except InputError as error:
        return Judged((known, found("proof.malformed", reason=error.code)), view, unbound())
    if seal is None:
        return Judged((known, found("proof.absent")), view, unbound())
    result = elm.check_seal(seal)
    if result.outcome is ProofOutcome.FAILED:
        return Judged((known, found("proof.seal_false", reason=result.code)), view, unbound())
    if result.outcome is ProofOutcome.UNKNOWN:
        return Judged((known, found("proof.not_decided", reason=result.code)), view, unbound())
    holder = elm.holder_of(seal.certificates[0])
    sealed = found(
        "proof.sealed", holder=holder.organisation or "—", authority=holder.authority or "—", created=seal.claimed_time
    )
    checks = (known, sealed, found("issuer.seal_revocation_not_asked", authority=holder.authority or "—"))
    withdrawn = tuple(status.checks(case, partial=False))
    return Judged(checks, view, _authority(case, seal), withdrawn, (_technical(seal),))


def _authority(case: Case, seal: Seal) -> Check:
    holder = elm.holder_of(seal.certificates[0])
    name, authority = holder.organisation or "—", holder.authority or "—"
    match elm.chain_outcome(seal.certificates, case.trust.seal_authorities, case.now):
        case ChainOutcome.OUT_OF_TIME:
            return found("issuer.seal_out_of_time", holder=name, until=iso(holder.until))
        case ChainOutcome.UNKNOWN:
            return found("issuer.seal_authority_unknown", holder=name, authority=authority)
        case ChainOutcome.TRUSTED:
            pass
    names, identifiers = elm.issuer_names(case.document)
    same_name = holder.organisation is not None and holder.organisation.casefold() in {
        text.casefold() for text in names
    }
    same_identifier = holder.identifier is not None and holder.identifier.rpartition("-")[2] in identifiers
    if not same_name and not same_identifier:
        return found("issuer.seal_other_name", issuer=next(iter(sorted(names)), "—"), holder=name)
    return found("issuer.sealed", holder=name, authority=authority)


def _technical(seal: Seal) -> dict[str, Any]:
    holder = elm.holder_of(seal.certificates[0])
    return {
        "suite": f"JAdES {seal.header.get('alg')}",
        "organisation": holder.organisation,
        "organizationIdentifier": holder.identifier,
        "authority": holder.authority,
        "certificateValid": [iso(holder.since), iso(holder.until)],
        "sealedBytes": len(seal.content),
    }

"""What an edition is made of: the award's signed bytes, and the place of its status in the old form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from testamur import strict_json
from testamur.errors import ProofError, SignerRefused
from testamur.formats import blockcerts
from testamur.proofs.data_integrity import add_proof
from testamur.status import entry_2021
from testamur_site.foundation.keys.api import InstitutionSigner, history_of
from testamur_site.foundation.signing.api import Refused
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.status import api as status

from ..models import Award
from . import rules


def list_address(institution: Institution, list_id: str) -> str:
    path = reverse("issuing_blockcerts:status", kwargs={"slug": institution.slug, "list_id": list_id})
    return f"{settings.TESTAMUR_BASE_URL}{path}"


def profile_address(institution: Institution) -> str:
    return f"{settings.TESTAMUR_BASE_URL}{reverse('issuing_blockcerts:profile', kwargs={'slug': institution.slug})}"


def dids_of(institution: Institution) -> list[str]:
    """Every identifier that the institution issues, or has issued, credentials under."""
    history = history_of(institution)
    return [institution.did, *([history.did] if history is not None else [])]


def content_of(award: Award, credential: bytes) -> dict[str, Any]:
    """The unsigned edition of an award, from its signed bytes. Always the same for the same award."""
    document = strict_json.loads(credential)
    entry = award.status_entry
    found = status.credential_status([entry])[entry.pk] if entry is not None else None
    in_old_form = None
    if found is not None and entry is not None:
        list_id = str(found["statusListCredential"]).rpartition("/")[2]
        in_old_form = entry_2021(list_address(award.institution, list_id), entry.index)
    return blockcerts.edition_content(document, rules.edition_id(award.url), in_old_form)


def method_of(verification_method: str) -> str:
    """The same key as JsonWebKey: the only form that the published verifier reads."""
    return f"{verification_method}-jwk"


def secured_edition(
    content: dict[str, Any], signer: InstitutionSigner, *, row: str, created: datetime, kind: str = "edition"
) -> bytes:
    """`content` signed by the institution. `row` is the public id of the award, or of the list (kind `edition_list`).
    Raises SignerRefused, SignerUnavailable, and as `add_proof`."""
    if rules.key_problem(signer.algorithm):
        raise ProofError("Editions are signed with Ed25519.", code=rules.key_problem(signer.algorithm))
    if not signer.by_process:
        return strict_json.dumps(signed_with(content, signer, signer.verification_method, created))
    item = {"row": row, "document": content, "created": created.isoformat()}
    (outcome,) = signer.secure_rows(kind, [item])
    if isinstance(outcome, Refused):
        raise SignerRefused(str(outcome), code=outcome.code, facts=outcome.facts)
    return outcome


def signed_with(content: dict[str, Any], pen: Any, verification_method: str, created: datetime) -> dict[str, Any]:
    """With a name for the proof, so that the Merkle proof can name it as the one before."""
    return add_proof(
        content,
        pen,
        verification_method=method_of(verification_method),
        created=created,
        cryptosuite="eddsa-rdfc-2022",
        proof_id=f"{content['id']}#proof",
    )

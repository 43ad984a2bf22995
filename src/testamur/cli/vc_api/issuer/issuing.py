"""`POST /issuers/{suite}/credentials/issue`: from a credential to the same credential, signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from testamur.cli.vc_api.issuer.status_lists import StatusList
from testamur.cli.vc_api.issuer.suites import Issuer
from testamur.cli.vc_api.problems import from_error, from_problems, options_of, refused
from testamur.errors import InputError, LinkedDataError, ProofError
from testamur.formats.vc_2 import check_data_model, is_version_1_1
from testamur.linked_data import DATA_INTEGRITY_V2
from testamur.proofs.date_time import format_date_time_stamp

PROOF_GENERATION_ERROR: Final = "https://w3id.org/security#PROOF_GENERATION_ERROR"


def issue(body: Mapping[str, Any], issuer: Issuer, status_list: StatusList | None) -> dict[str, Any]:
    """The secured credential for the request `{"credential": …, "options": …}`.

    1. Complete what the caller left to the issuer: its id, the date of version 1.1, the context for the proof, a status entry.
    2. Hold the credential against the data model; nothing that breaks a rule is signed.
    3. Sign it by the issuer's suite.

    Everything else stays as it was given. Raises Refused.
    """
    credential = body.get("credential")
    if not isinstance(credential, dict):
        raise refused("vc_api.credential_missing", "The request has no “credential”, or it is not an object.")
    options = options_of(body)
    credential = completed(credential, issuer)
    pointers = mandatory_pointers(options, credential)
    if problems := check_data_model(credential):
        raise from_problems(problems, "/credential")
    if status_list is not None and "credentialStatus" not in credential and not is_version_1_1(credential):
        identifier = credential.get("id")
        credential = {**credential, "credentialStatus": status_list.allocate(identifier)}
    try:
        return issuer.secure(credential, pointers)
    except (ProofError, InputError, LinkedDataError) as error:
        raise from_error(error, kind=PROOF_GENERATION_ERROR, path="/credential") from None


def completed(credential: dict[str, Any], issuer: Issuer) -> dict[str, Any]:
    """The credential with what only its issuer can say, where the caller has not said it. What is stated wrongly stays wrong."""
    result = dict(credential)
    if "issuer" not in result:
        result["issuer"] = issuer.did
    elif isinstance(result["issuer"], dict) and "id" not in result["issuer"]:
        result["issuer"] = {"id": issuer.did, **result["issuer"]}
    if is_version_1_1(result):
        result.setdefault("issuanceDate", format_date_time_stamp(datetime.now(UTC)))
        # Version 1.1 defines no proof of ours; the credential must bring the words in which it is written.
        if isinstance(result["@context"], list) and DATA_INTEGRITY_V2 not in result["@context"]:
            result["@context"] = [*result["@context"], DATA_INTEGRITY_V2]
    return result


def mandatory_pointers(options: Mapping[str, Any], credential: Mapping[str, Any]) -> list[str]:
    """`options.mandatoryPointers`: what selective disclosure can never hide.

    Where the caller does not say, it is what every credential of its version must state beside its type and subject, so that whatever is
    derived is a credential still: the issuer, and in version 1.1 the issuance date. Raises Refused.
    """
    required = ["/issuer", "/issuanceDate"] if is_version_1_1(credential) else ["/issuer"]
    found = options.get("mandatoryPointers", required)
    if not isinstance(found, list) or not all(isinstance(pointer, str) for pointer in found):
        raise refused(
            "vc_api.pointers_invalid",
            "mandatoryPointers is a list of JSON pointers.",
            path="/options/mandatoryPointers",
        )
    return found

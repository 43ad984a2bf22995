"""The rules that a proof must obey before any mathematics (Data Integrity 1.0 §2.1, §4.4): each with its own code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from testamur import strict_json
from testamur.errors import InputError, KeyMaterialError, Malformed
from testamur.proofs.data_integrity.suites import SUITES, Suite
from testamur.proofs.date_time import parse_date_time_stamp
from testamur.proofs.encodings import base64url_decode, multibase_decode
from testamur.proofs.keys.algorithms import CURVES
from testamur.proofs.result import INVALID_CHALLENGE_ERROR, INVALID_DOMAIN_ERROR, failed, unknown
from testamur.proofs.urls import is_url


def suite_of(proof: Mapping[str, Any]) -> Suite:
    """The suite that a proof names. Raises `Decided`: failed where it names none, unknown where we do not know it."""
    kind = proof.get("type")
    if not isinstance(kind, str) or not kind:
        raise failed("proof.type_invalid")
    if kind != "DataIntegrityProof":
        if kind in SUITES and SUITES[kind].check_only:
            return SUITES[kind]
        raise unknown("proof.suite_unknown", suite=kind[:80])
    name = proof.get("cryptosuite")
    if not isinstance(name, str) or not name:
        raise failed("proof.cryptosuite_invalid")
    suite = SUITES.get(name)
    if suite is None or suite.check_only:
        raise unknown("proof.suite_unknown", suite=name[:80])
    return suite


def check_members(proof: Mapping[str, Any]) -> None:
    """The form of each member, whatever the suite. Raises `Decided` (failed)."""
    if not isinstance(proof.get("proofPurpose"), str) or not proof["proofPurpose"]:
        raise failed("proof.purpose_invalid")
    if not is_url(proof.get("verificationMethod")):
        raise failed("proof.verification_method_invalid")
    if "id" in proof and not is_url(proof["id"]):
        raise failed("proof.id_invalid")
    for member in ("created", "expires"):
        if member in proof:
            _moment(proof, member)
    if "created" in proof and "expires" in proof and _moment(proof, "expires") < _moment(proof, "created"):
        raise failed("proof.expires_before_created", created=proof["created"], expires=proof["expires"])
    if "domain" in proof and not _texts(proof["domain"]):
        raise failed("proof.domain_invalid")
    for member in ("challenge", "nonce"):
        if member in proof and not isinstance(proof[member], str):
            raise failed(f"proof.{member}_invalid")


def check_expectations(
    proof: Mapping[str, Any],
    *,
    purpose: str | None,
    domain: str | Sequence[str] | None,
    challenge: str | None,
    now: datetime | None,
) -> None:
    """What the asker expects of this proof (§4.4 steps 5 to 8). Raises `Decided` (failed)."""
    if purpose is not None and proof["proofPurpose"] != purpose:
        raise failed("proof.purpose_mismatch", expected=purpose, found=proof["proofPurpose"][:80])
    if domain is not None:
        expected = {domain} if isinstance(domain, str) else set(domain)
        if expected != set(_texts(proof.get("domain"))):
            raise failed("proof.domain_mismatch", INVALID_DOMAIN_ERROR, expected=sorted(expected))
    if challenge is not None and proof.get("challenge") != challenge:
        raise failed("proof.challenge_mismatch", INVALID_CHALLENGE_ERROR)
    if now is not None and "expires" in proof and _moment(proof, "expires") < now:
        raise failed("proof.expired", expires=proof["expires"])


def signature_of(proof: Mapping[str, Any], algorithm: str) -> bytes:
    """The bytes of `proofValue`: base-58-btc with multibase header, of the length that the algorithm has. Raises `Decided` (failed)."""
    try:
        signature = multibase_decode(proof.get("proofValue"))
    except KeyMaterialError:
        raise failed("proof.value_invalid") from None
    length = 2 * CURVES[algorithm].size
    if len(signature) != length:
        raise failed("proof.value_invalid", expected_length=length, found_length=len(signature))
    return signature


def detached_jws_of(proof: Mapping[str, Any], suite: Suite, algorithm: str) -> tuple[bytes, bytes]:
    """The signature in `jws` and what precedes the hashes under it, for the suites of 2018 and 2019. Raises `Decided` (failed).

    The header must be the one that the suite prescribes, whole: a header that is chosen by the document would choose the rules.
    """
    text = proof.get("jws")
    prescribed = {"alg": suite.jws_algorithm, "b64": False, "crit": ["b64"]}
    try:
        header_text, payload, signature_text = text.split(".") if isinstance(text, str) else ("", "", "")
        header = strict_json.loads(base64url_decode(header_text), max_bytes=1024, max_depth=4)
        signature = base64url_decode(signature_text)
        # compared as JSON: in Python 0 equals False
        is_prescribed = strict_json.jcs(header) == strict_json.jcs(prescribed)
    except (ValueError, KeyMaterialError, InputError):
        raise failed("proof.value_invalid") from None
    if payload or not is_prescribed:
        raise failed("proof.value_invalid")
    if len(signature) != 2 * CURVES[algorithm].size:
        raise failed("proof.value_invalid")
    return signature, f"{header_text}.".encode("ascii")


def covered_by_stored_context(document: dict[str, Any], proof: Mapping[str, Any]) -> dict[str, Any]:
    """JCS suites keep the `@context` of the time of signing in the proof; the document's may only have grown at its end.

    Returns the document with that `@context` (vc-di-eddsa §3.3.2 steps 4 and 5). Raises `Decided` (failed) when it is no beginning.
    """
    if "@context" not in proof:
        return document
    stored, present = _listed(proof["@context"]), _listed(document.get("@context", []))
    if present[: len(stored)] != stored:
        raise failed("proof.context_mismatch")
    return {**document, "@context": proof["@context"]}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _moment(proof: Mapping[str, Any], member: str) -> datetime:
    try:
        return parse_date_time_stamp(proof[member])
    except Malformed:
        raise failed(f"proof.{member}_invalid") from None


def _texts(value: Any) -> list[str]:
    """A text or a list of texts as a list; empty for anything else."""
    values = value if isinstance(value, list) else [value]
    return values if all(isinstance(item, str) for item in values) else []

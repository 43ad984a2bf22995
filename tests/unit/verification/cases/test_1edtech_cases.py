"""The cases of 1EdTech's public validator for Open Badges 3.0, one named test each.

`expected-outcomes.json` says what their tests expect. Each case is asked in two worlds:

- *nobody answers*: no address can be reached. Theirs takes the key out of the fragment of `https://issuer#z6Mk…` and is content; ours
  says that nobody vouches for that key.
- *the issuer answers*: the issuer's profile is at its address and lists the key. Then the two must agree.

Every difference is argued in docs/explanation/disagreements.md, which this module compares with the table below.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shared import ROOT, shared
from tests.simulator import FixedClock

from testamur import formats
from testamur.errors import NotFound
from testamur.fetch import FixedResolver
from testamur.ports import Resource
from testamur.proofs.did import key_in_fragment
from testamur.proofs.jose import read_compact
from testamur.proofs.keys import PublicKey
from testamur.status import Bits, list_credential
from testamur.verification import Report, Verdict, Verifier
from testamur.verification.case import identifier_of, many

CASES = shared("vectors/1edtech/validator-cases")
NOW = datetime(2026, 11, 25, tzinfo=UTC)

VALID, INVALID, UNDETERMINED = Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED

# file → (verdict when nobody answers, verdict when the issuer answers, a code that must be among the findings in the second world)
OURS: dict[str, tuple[Verdict, Verdict, str]] = {
    "ob30/simple-did-web-method.json": (UNDETERMINED, VALID, "issuer.bound"),
    "ob30/simple-multiple-proofs.json": (UNDETERMINED, VALID, "proof.further_unknown"),
    "ob30/simple-json.png": (UNDETERMINED, VALID, "issuer.bound"),
    "ob30/simple-jwt.png": (UNDETERMINED, UNDETERMINED, "issuer.unbound_header_key"),
    "ob30/velocity.jwt": (UNDETERMINED, UNDETERMINED, "proof.method_unknown"),
    "ob30/simple-jwt_v1.png": (UNDETERMINED, UNDETERMINED, "issuer.unbound_header_key"),
    "ob30/simple-json.svg": (UNDETERMINED, VALID, "issuer.bound"),
    "ob30/simple-jwt.svg": (UNDETERMINED, UNDETERMINED, "issuer.unbound_header_key"),
    "ob30/simple-err-type.json": (INVALID, INVALID, "structure.term_undefined"),
    "ob30/simple-err-proof-method.json": (UNDETERMINED, INVALID, "proof.key_not_found"),
    "ob30/simple-err-proof-method-unknown-scheme.json": (INVALID, INVALID, "proof.method_unusable"),
    "ob30/simple-err-proof-method-unknown-did-method.json": (UNDETERMINED, UNDETERMINED, "proof.method_unknown"),
    "ob30/simple-err-proof-value.json": (INVALID, INVALID, "proof.signature_false"),
    "ob30/simple-err-expired.json": (INVALID, INVALID, "dates.expired"),
    "ob30/simple-err-issuer.json": (INVALID, INVALID, "structure.schema_broken"),
    "ob30/simple-err-credential-subject-type.json": (INVALID, INVALID, "structure.schema_broken"),
    "ob30/simple-err-evidence-type.json": (INVALID, INVALID, "structure.schema_broken"),
    "ob30/simple-err-issuer-otheridentifier-type.json": (INVALID, INVALID, "structure.schema_broken"),
    "ob30/simple-err-issued.json": (INVALID, INVALID, "dates.not_yet_valid"),
    "ob30/complete_v1.json": (INVALID, INVALID, "structure.schema_broken"),
    "ob30/bit-string-list/credential-status-revoked.json": (UNDETERMINED, INVALID, "status.revoked"),
    "ob30/endorsement-valid.json": (UNDETERMINED, VALID, "issuer.bound"),
    "ob30/endorsement-err-schema-status-refresh.json": (INVALID, INVALID, "proof.signature_false"),
}

# What theirs expects in our three words. A warning of theirs leaves the document valid.
THEIRS = {"valid": VALID, "warning": VALID, "invalid": INVALID, "error": INVALID}

OUTCOMES: list[dict[str, Any]] = json.loads((CASES / "expected-outcomes.json").read_text())
CONCERNED = {
    case["file"].removeprefix("inspector-vc/"): case
    for case in OUTCOMES
    if case["inspector"] in ("OB30", "Endorsement30")
}


class TheIssuerAnswers:
    """A world in which every https issuer has a profile that lists the key which the document spells out, and their list exists."""

    def __init__(self, document: dict[str, Any]) -> None:
        issuer = identifier_of(document.get("issuer")) or "https://nobody.example"
        self.pages: dict[str, bytes] = {}
        methods, keys = [], {}
        for proof in many(document.get("proof")):
            method = proof.get("verificationMethod", "")
            key = key_in_fragment(method)
            if key is not None and method.startswith(issuer + "#"):
                methods.append(
                    {"id": method, "type": "Multikey", "controller": issuer, "publicKeyMultibase": key.multikey}
                )
                keys[method] = key
        self.pages[issuer] = json.dumps(
            {"id": issuer, "type": "Profile", "verificationMethod": methods, "assertionMethod": list(keys)}
        ).encode()
        self._list(document, issuer)

    def _list(self, document: dict[str, Any], issuer: str) -> None:
        """Their published list is not among the cases; this one says the same: the place is set. It is signed by a key that the issuer's
        profile lists too."""
        from tests.simulator.institution import key_from

        from testamur.proofs.data_integrity import add_proof

        entry = document.get("credentialStatus")
        if not isinstance(entry, dict) or "statusListCredential" not in entry:
            return
        key = key_from("list of 1EdTech")
        url, method = entry["statusListCredential"], f"{issuer}#{key.public.multikey}"
        unsigned = list_credential(url, issuer, Bits.from_indexes({int(entry["statusListIndex"])}), valid_from=NOW)
        self.pages[url] = json.dumps(add_proof(unsigned, key, verification_method=method, created=NOW)).encode()
        profile = json.loads(self.pages[issuer])
        profile["verificationMethod"].append(
            {"id": method, "type": "Multikey", "controller": issuer, "publicKeyMultibase": key.public.multikey}
        )
        profile["assertionMethod"].append(method)
        self.pages[issuer] = json.dumps(profile).encode()

    def fetch(self, url: str, *, accept: Any = ()) -> Resource:
        if url not in self.pages:
            raise NotFound("no such page", facts={"url": url})
        return Resource(url, self.pages[url], "application/json", NOW)


def reports(file: str) -> tuple[Report, Report]:
    content = (CASES / "inspector-vc" / file).read_bytes()
    document = formats.read(content).credential or {}
    worlds = FixedResolver({}), TheIssuerAnswers(document)
    offline, answered = (Verifier(world, clock=FixedClock(NOW)).verify(content) for world in worlds)
    return offline, answered


def test_every_case_for_open_badges_3_is_judged() -> None:
    assert set(CONCERNED) == set(OURS)


@pytest.mark.parametrize("file", OURS)
def test_case(file: str) -> None:
    offline, answered = reports(file)
    assert (offline.verdict, answered.verdict) == OURS[file][:2]
    assert OURS[file][2] in {check.code for check in answered.checks}


def differing() -> set[str]:
    return {file for file, case in CONCERNED.items() if THEIRS[case["expected"]] is not OURS[file][1]}


def test_every_disagreement_is_argued_and_nothing_else() -> None:
    page = Path(ROOT / "docs/explanation/disagreements.md").read_text()
    argued = {file for file in OURS if f"`{file}`" in page}
    assert argued == differing()


@pytest.mark.parametrize("file", ["ob30/simple-jwt.png", "ob30/simple-jwt.svg", "ob30/simple-jwt_v1.png"])
def test_the_tokens_are_true_although_nobody_vouches_for_their_key(file: str) -> None:
    """Checked the other way round: the same key with the issuer's profile behind it would be accepted, so it is the binding that lacks."""
    from testamur.proofs.jose import check_jws

    token = formats.read((CASES / "inspector-vc" / file).read_bytes()).token or ""
    header, _ = read_compact(token)
    assert check_jws(token, PublicKey.from_jwk(header["jwk"])).outcome == "passed"

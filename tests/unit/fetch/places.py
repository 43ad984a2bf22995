"""Every place of a document whose address is fetched: documents that are sound up to that place, with any address put into it.

`PLACES` names them. A function takes an address and returns the document to verify; `asks` is what must be asked where the address is
fetched as it stands, so that a test can tell that it got as far as that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

from tests.simulator import NOW, Institution
from tests.simulator.institution import key_from
from tests.unit.verification.standards.badges import ORIGIN, BadgeIssuer
from tests.unit.verification.standards.test_enveloped import ISSUER, METADATA, WalletIssuer

from testamur.proofs.data_integrity import add_proof
from testamur.proofs.did import did_key_for
from testamur.proofs.jose.make import sign_compact
from testamur.status import status_entry

KEY = key_from("places")
DID, METHOD = did_key_for(KEY.public)

Document = bytes | str | dict[str, Any]
Page = Mapping[str, bytes]


def credential(**members: Any) -> dict[str, Any]:
    """A credential of an issuer who is found without a network, signed over any address, however it is spelt."""
    unsigned = Institution().unsigned(status=False)
    unsigned["issuer"] = {**unsigned["issuer"], "id": DID}
    unsigned |= members
    return add_proof(
        unsigned, KEY, verification_method=METHOD, created=NOW - timedelta(days=1), cryptosuite="eddsa-jcs-2022"
    )


def signed_by(method: str, issuer: str) -> dict[str, Any]:
    """A credential whose key must be looked up."""
    document = credential()
    document["issuer"] = {**document["issuer"], "id": issuer}
    document["proof"]["verificationMethod"] = method
    return document


def host_of(address: str) -> str:
    """The host and port of `address` as they stand in a `did:web`."""
    rest = address.partition("://")[2] or address
    return quote(rest.partition("/")[0], safe="")


def token(header: Mapping[str, Any]) -> str:
    return sign_compact({"typ": "vc+jwt", **header}, json.dumps(Institution().unsigned(status=False)).encode(), KEY)


@cache
def badges() -> BadgeIssuer:
    return BadgeIssuer()


def hosted(**change: Any) -> dict[str, Any]:
    return badges().assertion(**change)


def badge_pages() -> Page:
    return {url: json.dumps(page).encode() for url, page in badges().pages.items()}


def with_issuer(**change: Any) -> Page:
    """The pages of the issuer of Open Badges 2.0, its profile changed."""
    profile = {**badges().pages[f"{ORIGIN}/issuer"], **change}
    badge = badges().assertion()
    return {**badge_pages(), f"{ORIGIN}/issuer": json.dumps(profile).encode(), badge["id"]: json.dumps(badge).encode()}


@cache
def wallet() -> WalletIssuer:
    return WalletIssuer()


STATEMENT = "https://agency.example/accreditations/1"
ACCREDITATION = "https://vocabulary.example/#VerifiableAccreditation"


def _with_schema(address: str, kind: str) -> dict[str, Any]:
    return credential(credentialSchema=[{"id": address, "type": kind}])


def _accredited(address: str) -> dict[str, Any]:
    return credential(termsOfUse=[{"id": address, "type": ACCREDITATION}])


def _statement(address: str) -> bytes:
    """A statement about the issuer of `credential`, by itself, that leans on the one at `address`."""
    unsigned = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": DID,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": DID},
        "termsOfUse": [{"id": address, "type": ACCREDITATION}],
    }
    made = add_proof(unsigned, KEY, verification_method=METHOD, created=NOW, cryptosuite="eddsa-jcs-2022")
    return json.dumps(made).encode()


def _listed(address: str, **more: Any) -> dict[str, Any]:
    return {**status_entry("https://u.example/list", 7), "statusListCredential": address, **more}


PLACES: Mapping[str, Callable[[str], tuple[Document, Page]]] = {
    "did:web": lambda url: (signed_by(f"did:web:{host_of(url)}#key-1", f"did:web:{host_of(url)}"), {}),
    "did:web with a path": lambda url: (signed_by(f"did:web:{host_of(url)}:a#key-1", f"did:web:{host_of(url)}:a"), {}),
    "did:webvh": lambda url: (signed_by(f"did:webvh:{'Q' * 46}:{host_of(url)}#key-1", f"did:webvh:{'Q' * 46}:{host_of(url)}"), {}),
    "key at an address": lambda url: (signed_by(url + "#key-1", url), {}),
    "kid of a token": lambda url: (token({"kid": url}), {}),
    "kid with a fragment": lambda url: (token({"kid": url + "#key-1"}), {}),
    "status list": lambda url: (credential(credentialStatus=_listed(url)), {}),
    "older status list": lambda url: (credential(credentialStatus=_listed(url, type="StatusList2021Entry")), {}),
    "revocation list": lambda url: (credential(credentialStatus={"id": url, "type": "1EdTechRevocationList"}), {}),
    "schema": lambda url: (_with_schema(url, "1EdTechJsonSchemaValidator2019"), {}),
    "schema in a credential": lambda url: (_with_schema(url, "JsonSchemaCredential"), {}),
    "accreditation": lambda url: (_accredited(url), {}),
    "accreditation of who accredits": lambda url: (_accredited(STATEMENT), {STATEMENT: _statement(url)}),
    "newer copy": lambda url: (credential(refreshService={"id": url, "type": "1EdTechCredentialRefresh"}), {}),
    "Open Badges 2.0, assertion": lambda url: (hosted(id=url), badge_pages()),
    "Open Badges 1.0, verification": lambda url: (_older(url), badge_pages()),
    "Open Badges 2.0, badge": lambda url: _hosted_there(badge=url),
    "Open Badges 2.0, key": lambda url: (badges().sign(verification={"type": "signed", "creator": url}), badge_pages()),
    "Open Badges 2.0, issuer": lambda url: _badge_of(url),
    "Open Badges 2.0, revocation list": lambda url: (badges().sign(), with_issuer(revocationList=url)),
    "SD-JWT VC, issuer": lambda url: (_wallet_token(url), {}),
    "SD-JWT VC, key set": lambda url: (wallet().issue(), {METADATA: json.dumps({"issuer": ISSUER, "jwks_uri": url}).encode()}),
    "SD-JWT VC, status list": lambda url: (wallet().issue(status={"status_list": {"idx": 0, "uri": url}}), dict(wallet().pages)),
}  # fmt: skip

ADDS_NOTHING = {"schema", "schema in a credential", "accreditation", "accreditation of who accredits"}
"""Places whose address, where it cannot be asked, leaves the verdict alone (decision 0034; a body that nobody knows)."""

NEVER_FETCHED: Mapping[str, Callable[[str], Document]] = {
    "context": lambda url: {**credential(), "@context": [*credential()["@context"], url]},
    "schema of an unknown kind": lambda url: credential(credentialSchema=[{"id": url, "type": "ShaclValidator2017"}]),
    "schema of a document that is not proven": lambda url: {**_with_schema(url, "JsonSchema"), "name": "changed"},
    "accreditation of a document that is not proven": lambda url: {**_accredited(url), "name": "changed"},
    "evidence": lambda url: credential(evidence=[{"id": url, "type": ["Evidence"], "name": "x"}]),
    "image": lambda url: credential(image={"id": url, "type": "Image"}),
    "related resource": lambda url: credential(relatedResource=[{"id": url, "digestSRI": "sha384-" + "A" * 64}]),
    "terms of use": lambda url: credential(termsOfUse=[{"id": url, "type": "Terms"}]),
    "key set of a token": lambda url: token({"kid": METHOD, "jku": url, "x5u": url}),
    "status list, its id": lambda url: credential(credentialStatus={"id": url, "type": "Unknown"}),
}


def _wallet_token(issuer: str) -> str:
    """A token that names any issuer: our own maker refuses what is no address."""
    claims = {"iss": issuer, "vct": f"{ISSUER}/type", "iat": 1_790_000_000}
    return sign_compact({"typ": "dc+sd-jwt", "kid": "1"}, json.dumps(claims).encode(), wallet().key) + "~"


def _older(address: str) -> dict[str, Any]:
    """Before contexts and types; the address stands in `verify`."""
    stated = hosted(verify={"type": "hosted", "url": address}, uid="1")
    return {name: value for name, value in stated.items() if name not in ("@context", "type", "id", "verification")}


def _hosted_there(**change: Any) -> tuple[Document, Page]:
    badge = hosted(**change)
    return badge, {**badge_pages(), badge["id"]: json.dumps(badge).encode()}


def _badge_of(issuer: str) -> tuple[Document, Page]:
    badge = hosted()
    kind = {**badges().pages[f"{ORIGIN}/badge"], "issuer": issuer}
    return badge, {
        **badge_pages(),
        badge["id"]: json.dumps(badge).encode(),
        f"{ORIGIN}/badge": json.dumps(kind).encode(),
    }

"""Credentials in envelopes (JOSE, SD-JWT, COSE) and SD-JWT VC through the whole verifier."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.simulator import NOW, FixedClock, Institution
from tests.unit.verification.conftest import Verify, codes

from testamur.fetch import FixedResolver
from testamur.proofs.jose.make import sign_compact
from testamur.proofs.keys import PrivateKey
from testamur.proofs.sd_jwt import issue_sd_jwt_vc, parse_path, present_sd_jwt
from testamur.proofs.vc_jose_cose import enveloped, secure
from testamur.verification import Policy, Report, Verdict, Verifier

VALID, INVALID, UNDETERMINED = Verdict.VALID, Verdict.INVALID, Verdict.UNDETERMINED
MEDIA = ("vc+jwt", "vc+sd-jwt", "vc+cose")


def envelope(university: Institution, media_type: str, **change: Any) -> bytes:
    document = {**university.unsigned(), **change}
    return secure(document, media_type, university.key, kid=university.method)


@pytest.mark.parametrize("media_type", MEDIA)
def test_a_badge_in_an_envelope(university: Institution, verify: Verify, media_type: str) -> None:
    data = envelope(university, media_type)
    report = verify(data)
    assert report.verdict is VALID
    assert {"proof.signature_true", "issuer.bound", "status.clear"} <= codes(report)
    assert report.subject["achievement"]["name"] == "Data Literacy"
    shown = {**enveloped(data, media_type), "@context": "https://www.w3.org/ns/credentials/v2"}
    assert verify(shown).verdict is VALID


@pytest.mark.parametrize("media_type", MEDIA)
def test_a_changed_byte(university: Institution, verify: Verify, media_type: str) -> None:
    data = bytearray(envelope(university, media_type))
    place = data.index(b"~") - 20 if media_type == "vc+sd-jwt" else len(data) - 20
    data[place] = ord("A") if data[place] != ord("A") else ord("B")
    assert verify(bytes(data)).verdict is INVALID


@pytest.mark.parametrize("media_type", MEDIA)
def test_somebody_elses_key(university: Institution, verify: Verify, media_type: str) -> None:
    data = secure(university.unsigned(), media_type, PrivateKey.generate(), kid=university.method)
    assert "proof.signature_false" in codes(verify(data))


@pytest.mark.parametrize("media_type", MEDIA)
def test_a_revoked_badge_in_an_envelope(university: Institution, verify: Verify, media_type: str) -> None:
    document = university.unsigned()
    university.revoke(document)
    data = secure(document, media_type, university.key, kid=university.method)
    assert "status.revoked" in codes(verify(data))


def test_what_the_holder_did_not_show_is_not_called_absent(university: Institution, verify: Verify) -> None:
    document = university.unsigned()
    secured = secure(
        document, "vc+sd-jwt", university.key, kid=university.method, disclosable=[parse_path("validUntil")]
    ).decode()
    assert "dates.not_expired" in codes(verify(secured))
    hidden = secured.split("~")[0] + "~"
    report = verify(hidden)
    assert "dates.end_not_shown" in codes(report)


ISSUER = "https://issuer.example"
METADATA = "https://issuer.example/.well-known/jwt-vc-issuer"
LIST = "https://issuer.example/status/1"


class WalletIssuer:
    """An issuer of SD-JWT VC with its metadata and a status list, in both of which a test may change something."""

    def __init__(self) -> None:
        self.key = PrivateKey.generate("P-256")
        jwk = {**self.key.public.jwk, "kid": "1"}
        self.pages: dict[str, bytes] = {METADATA: json.dumps({"issuer": ISSUER, "jwks": {"keys": [jwk]}}).encode()}
        self.list(b"\x00\x01")

    def list(self, content: bytes, key: PrivateKey | None = None, **change: Any) -> None:
        packed = base64.urlsafe_b64encode(zlib.compress(content, 9)).rstrip(b"=").decode()
        claims = {"iss": ISSUER, "sub": LIST, "iat": 1_790_000_000, "status_list": {"bits": 1, "lst": packed}, **change}
        header = {"typ": "statuslist+jwt", "kid": "1"}
        self.pages[LIST] = sign_compact(header, json.dumps(claims).encode(), key or self.key).encode()

    def issue(self, **change: Any) -> str:
        claims = {
            "iss": ISSUER,
            "vct": "https://issuer.example/types/micro-credential",
            "given_name": "Mina",
            "family_name": "Kim",
            "email": "mina@example.org",
            "iat": 1_790_000_000,
            "exp": 1_900_000_000,
            "status": {"status_list": {"idx": 0, "uri": LIST}},
            **change,
        }
        stated = {name: value for name, value in claims.items() if value is not None}
        return issue_sd_jwt_vc(stated, self.key, [parse_path("email")], kid="1").compact

    def verify(self, token: str, **policy: Any) -> Report:
        return Verifier(FixedResolver(self.pages, fetched_at=NOW), clock=FixedClock(NOW)).verify(
            token, Policy(**policy)
        )


@pytest.fixture
def wallet() -> WalletIssuer:
    return WalletIssuer()


def test_an_sd_jwt_vc(wallet: WalletIssuer) -> None:
    report = wallet.verify(wallet.issue(), recipient="mina@example.org")
    assert report.verdict is VALID
    assert report.document_type == "sd_jwt_vc"
    assert {"proof.signature_true", "issuer.bound", "status.clear", "recipient.matches"} <= codes(report)
    assert report.subject["holder"]["name"] == "Mina Kim"


def test_what_was_not_disclosed_is_not_there(wallet: WalletIssuer) -> None:
    shown = present_sd_jwt(wallet.issue(), []).compact
    assert "recipient.not_comparable" in codes(wallet.verify(shown, recipient="mina@example.org"))


@pytest.mark.parametrize(
    ("change", "verdict", "code"),
    [
        ({"exp": 1_791_000_000}, INVALID, "dates.expired"),
        ({"nbf": 1_850_000_000}, INVALID, "dates.not_yet_valid"),
        ({"status": {"status_list": {"idx": 8, "uri": LIST}}}, INVALID, "status.revoked"),
        ({"status": {"status_list": {"idx": 99, "uri": LIST}}}, UNDETERMINED, "status.index_out_of_range"),
        ({"status": {"status_list": {"idx": 0, "uri": "https://else.example/1"}}}, UNDETERMINED, "status.unreachable"),
        ({"iss": "https://else.example"}, UNDETERMINED, "proof.key_unreachable"),
    ],
)
def test_one_thing_changed_in_an_sd_jwt_vc(
    wallet: WalletIssuer, change: dict[str, Any], verdict: Verdict, code: str
) -> None:
    report = wallet.verify(wallet.issue(**change))
    assert (report.verdict, code in codes(report)) == (verdict, True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": PrivateKey.generate("P-256")}, "status.list_not_proven"),
        ({"iss": "https://else.example"}, "status.list_other_issuer"),
        ({"sub": "https://issuer.example/status/2"}, "status.list_malformed"),
        ({"exp": 1_791_000_000}, "status.list_out_of_date"),
    ],
)
def test_one_thing_changed_in_its_list(wallet: WalletIssuer, change: dict[str, Any], code: str) -> None:
    wallet.list(b"\x00\x01", **change)
    report = wallet.verify(wallet.issue())
    assert (report.verdict, code in codes(report)) == (UNDETERMINED, True)


def test_a_changed_disclosure(wallet: WalletIssuer) -> None:
    token, disclosure, _ = wallet.issue().split("~")
    salt, name, _ = json.loads(base64.urlsafe_b64decode(disclosure + "=="))
    forged = base64.urlsafe_b64encode(json.dumps([salt, name, "jun@example.org"]).encode()).rstrip(b"=").decode()
    assert wallet.verify(f"{token}~{forged}~").verdict is INVALID


def test_the_moments_fit_the_clock() -> None:
    assert datetime.fromtimestamp(1_790_000_000, UTC) < NOW < datetime.fromtimestamp(1_850_000_000, UTC)

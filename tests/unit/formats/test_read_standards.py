"""Documents of every standard and container are told apart and read."""

from __future__ import annotations

import io
import json
from typing import Any

import pypdf
import pytest
from tests.shared import shared
from tests.unit.formats.elm.sealing import CREDENTIAL, Authority, Sealer

from testamur.errors import InputError, TooLarge
from testamur.formats import format_of, read

BADGE: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
}
MERKLE = {"type": "DataIntegrityProof", "cryptosuite": "merkle-proof-2019"}
RECEIPT = {"targetHash": "00", "merkleRoot": "00"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (BADGE, "open_badges_3"),
        ({**BADGE, "proof": MERKLE}, "blockcerts"),
        ({**BADGE, "proof": [{"type": "DataIntegrityProof"}, MERKLE]}, "open_badges_3"),
        ({"badge": {}, "signature": RECEIPT, "@context": "https://w3id.org/openbadges/v2"}, "blockcerts"),
        ({"document": {}, "receipt": RECEIPT}, "blockcerts"),
        ({**BADGE, "type": ["VerifiablePresentation"]}, "presentation"),
        (CREDENTIAL, "european"),
        ({"@context": {"obi": "https://w3id.org/openbadges#"}, "type": "BadgeClass"}, "open_badges_2"),
        ({"badge": {"issuer": {}}, "recipient": "a@b.example"}, "open_badges_2"),
        ({"badge": {}}, "unknown"),
    ],
)
def test_the_standard_is_told(document: dict[str, Any], expected: str) -> None:
    assert format_of(document) == expected
    assert read(json.dumps(document).encode()).format == expected


def test_a_sealed_credential_is_read_out_of_its_seal() -> None:
    sealed = json.dumps(Sealer(Authority()).seal(CREDENTIAL)).encode()
    found = read(sealed)
    assert (found.format, found.credential, found.raw) == ("european", CREDENTIAL, sealed)


def test_a_seal_around_something_else_is_no_credential() -> None:
    assert read(json.dumps(Sealer(Authority()).seal({"a": 1}))).format == "unknown"


def test_a_broken_seal_is_refused() -> None:
    with pytest.raises(InputError):
        read('{"payload": "{}", "signatures": []}')


def test_the_envelope_for_uploads_is_taken_off() -> None:
    found = read(json.dumps({"credential": CREDENTIAL, "deliveryDetails": {}}))
    assert (found.format, found.credential) == ("european", CREDENTIAL)


def test_a_pdf_with_a_credential() -> None:
    content = json.dumps(BADGE).encode()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(10, 10)
    writer.add_attachment("badge.json", content)
    target = io.BytesIO()
    writer.write(target)
    found = read(target.getvalue())
    assert (found.kind, found.format, found.raw) == ("pdf", "open_badges_3", content)


def test_a_pdf_without_one() -> None:
    with pytest.raises(InputError) as refused:
        read(b"%PDF-1.7")
    assert refused.value.code == "pdf.unreadable"


def test_only_blockcerts_may_carry_their_pictures() -> None:
    picture = {"image": "x" * 1_500_000}
    assert read(json.dumps({**BADGE, "proof": MERKLE, **picture})).format == "blockcerts"
    with pytest.raises(TooLarge):
        read(json.dumps({**BADGE, **picture}))
    with pytest.raises(TooLarge):
        read(json.dumps({**BADGE, "proof": MERKLE, "image": "x" * 4_000_001}))
    with pytest.raises(TooLarge):
        read(json.dumps({**BADGE, "proof": MERKLE, **picture, "evidence": [{}] * 3_000}))


def test_the_large_certificate_of_blockcerts() -> None:
    path = shared("vectors/blockcerts/v2/ethereum-main-valid-2.0.json")
    assert read(path.read_bytes()).format == "blockcerts"

"""COSE_Sign1: the published examples, every algorithm, and everything that is no such message."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest

from testamur.errors import InputError, ProofError
from testamur.proofs.cose import check_cose, read_cose, sign_cose
from testamur.proofs.keys import PrivateKey, PublicKey

KEYS = {
    "ES256": PrivateKey("P-256", bytes(range(1, 33))),
    "ES384": PrivateKey("P-384", bytes(range(1, 49))),
    "ES512": PrivateKey("P-521", bytes(range(66))),
    "EdDSA": PrivateKey("Ed25519", bytes(range(32))),
    "RS256": PrivateKey.generate("RSA"),
}
KEY = KEYS["EdDSA"]
GOOD = sign_cose(b"payload", KEY, content_type="text/plain", typ="x", kid="key-1")


def message(protected: Any, unprotected: Any = None, payload: Any = b"payload", tag: int | None = 18) -> bytes:
    """Signed with KEY over whatever header is given."""
    head = protected if isinstance(protected, bytes) else cbor2.dumps(protected)
    signed = cbor2.dumps(["Signature1", head, b"", payload if isinstance(payload, bytes) else b""])
    value = [head, {} if unprotected is None else unprotected, payload, KEY.sign(signed)]
    return cbor2.dumps(value if tag is None else cbor2.CBORTag(tag, value))


def result(data: bytes, key: PublicKey = KEY.public) -> tuple[str, str]:
    found = check_cose(data, key)
    return found.outcome.value, found.code


def test_the_example_of_rfc_9052() -> None:
    """Appendix C.2.1, ES256 with the key `11` of appendix C.7.1."""
    key = PublicKey.from_jwk(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8",
            "y": "IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4",
        }
    )
    data = bytes.fromhex(
        "d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4"
        "d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36"
    )
    assert result(data, key) == ("passed", "cose.verified")
    assert read_cose(data).payload == b"This is the content."
    assert result(data.replace(b"content", b"kontent"), key) == ("failed", "cose.signature_false")


@pytest.mark.parametrize("name", KEYS)
def test_each_algorithm(name: str) -> None:
    data = sign_cose(b"payload", KEYS[name], content_type="text/plain", typ="x")
    found = check_cose(data, KEYS[name].public)
    assert (found.code, found.facts["algorithm"]) == ("cose.verified", name)
    assert data == sign_cose(b"payload", KEYS[name], content_type="text/plain", typ="x")
    assert result(data, PrivateKey.generate(KEYS[name].algorithm).public) == ("failed", "cose.signature_false")
    other = KEYS["ES256" if name != "ES256" else "EdDSA"].public
    assert result(data, other) == ("failed", "cose.key_algorithm_mismatch")


def test_the_header_is_written_whole_and_signed() -> None:
    found = read_cose(GOOD)
    assert dict(found.protected) == {1: -8, 3: "text/plain", 4: b"key-1", 16: "x"}
    assert dict(found.unprotected) == {}
    assert found.payload == b"payload"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (message({1: -8}), ("passed", "cose.verified")),
        (message({1: -8}, tag=None), ("passed", "cose.verified")),
        (message({1: -19}), ("passed", "cose.verified")),
        (message({1: -8}, {4: b"any", 99: [1]}), ("passed", "cose.verified")),
        (message({}), ("failed", "cose.algorithm_invalid")),
        (message(b""), ("failed", "cose.algorithm_invalid")),
        (message({}, {1: -8}), ("failed", "cose.algorithm_invalid")),
        (message({1: True}), ("failed", "cose.algorithm_invalid")),
        (message({1: b"x"}), ("failed", "cose.algorithm_invalid")),
        (message({1: -8, 2: [99]}), ("failed", "cose.critical_header")),
        (message({1: -8}, {2: [99]}), ("failed", "cose.critical_header")),
        (message({1: -7}), ("failed", "cose.key_algorithm_mismatch")),
        (message({1: 5}), ("unknown", "cose.algorithm_unknown")),
        (message({1: "x"}), ("unknown", "cose.algorithm_unknown")),
        (message({1: -47}), ("unknown", "cose.algorithm_unknown")),
    ],
    ids=range(15),
)
def test_the_header_with_one_thing_changed(data: bytes, expected: tuple[str, str]) -> None:
    assert result(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xd2",
        b"junk",
        GOOD + b"\x00",
        GOOD + b"\xff",
        GOOD[:-1],
        message({1: -8}, tag=98),
        message({1: -8}, tag=17),
        message({1: -8}, {1: -8}),
        message([1]),
        message({1: -8}, []),
        message({1: -8}, payload=None),
        message({1: -8}, payload="payload"),
        message(b"\xa2\x01\x27\x01\x27"),
        message(b"\xa1\x01\x27\x00"),
        cbor2.dumps([b"", {}, b""]),
        cbor2.dumps({1: 2}),
        b"\x81" * 100_000,
        b"\x9b\x00\x00\x00\x7f\xff\xff\xff\xff",
        b"\xd8\x1d\x00",
        cbor2.dumps(18),
    ],
    ids=range(21),
)
def test_what_is_no_message(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_cose(data)
    assert caught.value.code == "cose.syntax"
    assert result(data) == ("failed", "cose.syntax")


def test_what_is_too_large() -> None:
    assert result(b"\x00" * 1_200_001) == ("failed", "input.too_large")


def test_a_key_that_does_not_sign() -> None:
    class Koblitz:
        algorithm = "secp256k1"
        public_multikey = "z"

        def sign(self, data: bytes) -> bytes:
            return b""

    with pytest.raises(ProofError) as caught:
        sign_cose(b"", Koblitz(), content_type="x", typ="x")
    assert caught.value.code == "cose.key_algorithm_mismatch"

"""Keys: one spelling per key, nothing unsound is read, nothing secret is shown."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from tests.shared import shared

from testamur.errors import KeyMaterialError
from testamur.ports import Signer
from testamur.proofs.encodings import base64url_decode, base64url_encode, multibase_decode, multibase_encode
from testamur.proofs.keys import PrivateKey, PublicKey
from testamur.proofs.keys.algorithms import CURVES

W3C_PAIRS = [
    ("vc-di-eddsa/TestVectors/keyPair.json", None, "Ed25519"),
    ("vc-di-eddsa/TestVectors/proof-set-chain/multiKeyPairs.json", "keyPair1", "Ed25519"),
    ("vc-di-eddsa/TestVectors/proof-set-chain/multiKeyPairs.json", "keyPair2", "Ed25519"),
    ("vc-di-eddsa/TestVectors/proof-set-chain/multiKeyPairs.json", "keyPair3", "Ed25519"),
    ("vc-di-eddsa/TestVectors/proof-set-chain/multiKeyPairs.json", "keyPair4", "Ed25519"),
    ("vc-di-ecdsa/TestVectors/p256KeyPair.json", None, "P-256"),
    ("vc-di-ecdsa/TestVectors/p384KeyPair.json", None, "P-384"),
]
JOSE_METHODS = ["vm-ed25519.json", "vm-p256.json", "vm-p384.json", "vm-p521.json"]
SECRETS = {
    "Ed25519": bytes(range(32)),
    "P-256": bytes(range(1, 33)),
    "P-384": bytes(range(1, 49)),
    "P-521": bytes(range(66)),
}
ALGORITHMS = list(SECRETS)


def private(algorithm: str) -> PrivateKey:
    return PrivateKey(algorithm, SECRETS[algorithm])


def refusal(call: Any, *arguments: Any, **named: Any) -> KeyMaterialError:
    with pytest.raises(KeyMaterialError) as caught:
        call(*arguments, **named)
    return caught.value


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def rsa_jwk(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "n": base64url_encode(numbers.n.to_bytes(key.key_size // 8, "big")), "e": "AQAB"}


@pytest.mark.parametrize(("path", "member", "algorithm"), W3C_PAIRS)
def test_the_key_pairs_of_the_w3c_vectors(path: str, member: str | None, algorithm: str) -> None:
    pair = json.loads(shared("vectors/w3c/" + path).read_text())
    pair = pair[member] if member else pair
    secret = pair.get("secretKeyMultibase") or pair["privateKeyMultibase"]
    key = PrivateKey.from_secret_multikey(secret)
    assert key.algorithm == algorithm
    assert key.public_multikey == pair["publicKeyMultibase"]
    assert key.secret_multikey == secret
    assert PublicKey.from_multikey(pair["publicKeyMultibase"]) == key.public


@pytest.mark.parametrize("name", JOSE_METHODS)
def test_the_jwk_pairs_of_the_w3c_jose_vectors(name: str) -> None:
    method = json.loads(shared("vectors/w3c/jose-cose-inputs/tests/input/" + name).read_text())
    public = PublicKey.from_jwk(method["publicKeyJwk"])
    assert PrivateKey.from_jwk(method["secretKeyJwk"]).public == public
    assert public.thumbprint == method["publicKeyJwk"]["kid"]
    assert public.jwk.items() <= method["publicKeyJwk"].items()


def test_the_thumbprint_example_of_rfc_8037() -> None:
    key = PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    assert key.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_signature_of_rfc_8032_test_1() -> None:
    key = PrivateKey("Ed25519", bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.public.raw.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88215")


def test_the_deterministic_signature_of_rfc_6979_p256_sample() -> None:
    key = PrivateKey("P-256", bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"))
    assert key.sign(b"sample").hex().upper() == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_form_leads_back_to_the_same_key(algorithm: str) -> None:
    key = private(algorithm)
    assert PublicKey.from_multikey(key.public.multikey) == key.public
    assert PublicKey.from_jwk(key.public.jwk) == key.public
    assert PublicKey.from_raw(algorithm, key.public.raw) == key.public
    assert PrivateKey.from_secret_multikey(key.secret_multikey).public == key.public
    assert PrivateKey.from_jwk(key.secret_jwk).public == key.public
    assert PublicKey.from_jwk({**key.public.jwk, "kid": "any", "use": "sig", "key_ops": ["verify"]}) == key.public
    assert hash(PublicKey.from_jwk(key.public.jwk)) == hash(key.public)


def test_a_bbs_key_is_read_and_has_no_other_form() -> None:
    key = PublicKey.from_multikey(BLS)
    assert (key.algorithm, len(key.raw), key.multikey) == ("BLS12-381-G2", 96, BLS)
    assert PublicKey.from_raw("BLS12-381-G2", key.raw) == key
    assert refusal(lambda: key.jwk).code == refusal(lambda: key.thumbprint).code == "key_material.no_jwk"
    assert not key.verify(bytes(80), b"data")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signatures_are_deterministic_hold_and_hold_for_nothing_else(algorithm: str) -> None:
    key = private(algorithm)
    signature = key.sign(b"data")
    assert len(signature) == 2 * CURVES[algorithm].size
    assert signature == key.sign(b"data")
    assert key.public.verify(signature, b"data")
    assert not key.public.verify(signature, b"datum")
    assert not key.public.verify(signature[:-1], b"data")
    assert not key.public.verify(signature + b"\0", b"data")
    assert not key.public.verify(b"", b"data")
    assert not key.public.verify(bytes(len(signature)), b"data")
    assert not PrivateKey.generate(algorithm).public.verify(signature, b"data")


def test_a_private_key_is_a_signer() -> None:
    assert isinstance(private("Ed25519"), Signer)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_generated_keys_differ_and_have_full_length(algorithm: str) -> None:
    first, second = PrivateKey.generate(algorithm), PrivateKey.generate(algorithm)
    assert first.secret_multikey != second.secret_multikey
    assert PrivateKey.from_secret_multikey(first.secret_multikey).public == first.public


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_secret_is_not_shown(algorithm: str) -> None:
    key = private(algorithm)
    for text in (repr(key), str(key), f"{key}"):
        assert key.secret_multikey[2:] not in text
        assert key.public.multikey in text
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(key)


def test_secp256k1_and_rsa_verify(rsa_key: rsa.RSAPrivateKey) -> None:
    koblitz = ec.derive_private_key(7, ec.SECP256K1())
    numbers = koblitz.public_key().public_numbers()
    key = PublicKey.from_jwk(
        {
            "kty": "EC",
            "crv": "secp256k1",
            "x": base64url_encode(numbers.x.to_bytes(32, "big")),
            "y": base64url_encode(numbers.y.to_bytes(32, "big")),
        }
    )
    r, s = decode_dss_signature(koblitz.sign(b"data", ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert key.multikey.startswith("zQ3s")
    assert key.verify(signature, b"data")
    assert not key.verify(signature, b"datum")

    modulus = PublicKey.from_jwk(rsa_jwk(rsa_key))
    plain = rsa_key.sign(b"data", padding.PKCS1v15(), hashes.SHA256())
    pss = rsa_key.sign(b"data", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    assert modulus.verify(plain, b"data")
    assert modulus.verify(pss, b"data", rsa_padding="PS256")
    assert not modulus.verify(plain, b"data", rsa_padding="PS256")
    assert not modulus.verify(pss, b"data")
    assert not modulus.verify(plain, b"datum")
    assert modulus.jwk == rsa_jwk(rsa_key)
    assert refusal(getattr, modulus, "multikey").code == "key_material.no_multikey"
    assert refusal(modulus.verify, plain, b"data", rsa_padding="RS1").code == "key_material.unsupported"


def test_a_short_rsa_key_is_refused() -> None:
    weak = rsa.generate_private_key(65537, 1024)
    error = refusal(PublicKey.from_jwk, rsa_jwk(weak))
    assert (error.code, error.facts["bits"]) == ("key_material.weak", 1024)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"e": "AQ"}, "key_material.jwk"),
        ({"e": "Ag"}, "key_material.jwk"),
        ({"e": "AAEAAQ"}, "key_material.jwk"),
        ({"e": "AQAB="}, "key_material.base64url"),
        ({"e": ""}, "key_material.jwk"),
        ({"e": 65537}, "key_material.jwk"),
        ({"e": "_" * 12}, "key_material.jwk"),
        ({"n": "A" * 9000}, "key_material.jwk"),
        ({"n": base64url_encode(b"\xff" * 1100)}, "key_material.jwk"),
        ({"n": base64url_encode(b"\xff" * 255 + b"\xfe")}, "key_material.jwk"),
        ({"alg": "HS256"}, "key_material.jwk"),
        ({"k": "AQAB"}, "key_material.private_in_public"),
        ({"use": "enc"}, "key_material.jwk"),
        ({"key_ops": ["sign"]}, "key_material.jwk"),
        ({"key_ops": "verify"}, "key_material.jwk"),
    ],
)
def test_an_rsa_jwk_with_one_thing_wrong(rsa_key: rsa.RSAPrivateKey, change: dict[str, Any], code: str) -> None:
    good = rsa_jwk(rsa_key)
    assert PublicKey.from_jwk(good)
    assert refusal(PublicKey.from_jwk, {**good, **change}).code == code


ED = private("Ed25519").public.jwk
EC = private("P-256").public.jwk
ONE_THING_WRONG = [
    (ED, {"kty": None}, "key_material.jwk"),
    (ED, {"crv": None}, "key_material.jwk"),
    (ED, {"x": None}, "key_material.jwk"),
    (ED, {"crv": "X25519"}, "key_material.unsupported"),
    (ED, {"kty": "oct"}, "key_material.unsupported"),
    (ED, {"kty": "EC"}, "key_material.unsupported"),
    (ED, {"x": ED["x"] + "="}, "key_material.base64url"),
    (ED, {"x": ED["x"][:-1] + chr(ord(ED["x"][-1]) + 1)}, "key_material.base64url"),
    (ED, {"x": " " + ED["x"]}, "key_material.base64url"),
    (ED, {"x": base64url_encode(b"\x01" * 31)}, "key_material.length"),
    (ED, {"x": base64url_encode(b"\x02" + bytes(31))}, "key_material.not_on_curve"),
    (ED, {"x": base64url_encode(b"\xff" * 32)}, "key_material.not_on_curve"),
    (ED, {"x": base64url_encode(b"\x01" + bytes(31))}, "key_material.weak"),
    (ED, {"d": ED["x"]}, "key_material.private_in_public"),
    (ED, {"alg": "ES256"}, "key_material.jwk"),
    (ED, {"alg": []}, "key_material.jwk"),
    (ED, {"alg": {}}, "key_material.jwk"),
    (ED, {"use": []}, "key_material.jwk"),
    (ED, {"kty": []}, "key_material.jwk"),
    (ED, {"crv": {}}, "key_material.jwk"),
    (ED, {"use": "enc"}, "key_material.jwk"),
    (EC, {"y": EC["x"]}, "key_material.not_on_curve"),
    (EC, {"y": None}, "key_material.jwk"),
    (EC, {"crv": "P-384"}, "key_material.length"),
    (EC, {"crv": "secp256k1"}, "key_material.not_on_curve"),
    (EC, {"crv": "P-521"}, "key_material.length"),
    (EC, {"crv": "P-192"}, "key_material.unsupported"),
    (EC, {"crv": ["P-256"]}, "key_material.jwk"),
    (EC, {"x": base64url_encode(bytes(32)), "y": base64url_encode(bytes(32))}, "key_material.not_on_curve"),
    (EC, {"x": base64url_encode(b"\0" + base64url_decode(EC["x"]))}, "key_material.length"),
    (EC, {"d": EC["x"]}, "key_material.private_in_public"),
    (EC, {"alg": "ES384"}, "key_material.jwk"),
]


@pytest.mark.parametrize(("good", "change", "code"), ONE_THING_WRONG, ids=range(len(ONE_THING_WRONG)))
def test_a_curve_jwk_with_one_thing_wrong(good: dict[str, str], change: dict[str, Any], code: str) -> None:
    assert PublicKey.from_jwk(good)
    changed = {name: value for name, value in {**good, **change}.items() if value is not None}
    assert refusal(PublicKey.from_jwk, changed).code == code


def test_what_is_no_object_is_no_jwk() -> None:
    assert refusal(PublicKey.from_jwk, ["kty"]).code == "key_material.jwk"
    assert refusal(PrivateKey.from_jwk, ED).code == "key_material.jwk"


MULTIKEY = private("Ed25519").public.multikey
BLS = (
    "zUC7EK3ZakmukHhuncwkbySmomv3FmrkmS36E4Ks5rsb6VQSRpoCrx6Hb8e2Nk6UvJFSdy"
    "w9NK1scFXJp21gNNYFjVWNgaqyGnkyhtagagCpQb5B7tagJu3HDbjQ8h5ypoHjwBb"
)
BAD_MULTIKEYS = [
    ("", "key_material.multibase"),
    ("z", "key_material.multibase"),
    (MULTIKEY[1:], "key_material.multibase"),
    ("u" + MULTIKEY[1:], "key_material.multibase"),
    (MULTIKEY + " ", "key_material.multibase"),
    (MULTIKEY + "\n", "key_material.multibase"),
    (MULTIKEY + "0", "key_material.multibase"),
    ("z" + "2" * 600, "key_material.multibase"),
    ("z1" + MULTIKEY[1:], "key_material.unsupported"),
    (multibase_encode(b"\xeb\x01" + bytes(96)), "key_material.not_on_curve"),
    (multibase_encode(b"\xeb\x01\xc0" + bytes(95)), "key_material.weak"),
    (multibase_encode(b"\xeb\x01" + multibase_decode(BLS)[2:-1]), "key_material.length"),
    (multibase_encode(b"\x8a\x26" + bytes(31) + b"\1"), "key_material.private_in_public"),
    (multibase_encode(b"\xed\x01" + bytes(33)), "key_material.length"),
    (multibase_encode(b"\xed\x01"), "key_material.length"),
    (multibase_encode(b"\x80\x24\x04" + bytes(64)), "key_material.length"),
    (multibase_encode(b"\x80\x24\x04" + bytes(32)), "key_material.not_on_curve"),
    (multibase_encode(b"\x80\x24\x02" + b"\xff" * 32), "key_material.not_on_curve"),
    (private("Ed25519").secret_multikey, "key_material.private_in_public"),
    (private("P-384").secret_multikey, "key_material.private_in_public"),
]


@pytest.mark.parametrize(("text", "code"), BAD_MULTIKEYS, ids=range(len(BAD_MULTIKEYS)))
def test_a_multikey_with_one_thing_wrong(text: str, code: str) -> None:
    assert PublicKey.from_multikey(MULTIKEY)
    assert refusal(PublicKey.from_multikey, text).code == code


def test_a_multikey_is_a_text() -> None:
    assert refusal(PublicKey.from_multikey, {"a": 1}).code == "key_material.multibase"


@pytest.mark.parametrize(
    ("encoded", "code"),
    [
        ("0000000000000000000000000000000000000000000000000000000000000000", "key_material.weak"),
        ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "key_material.weak"),
        ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "key_material.weak"),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "key_material.weak"),
        ("0100000000000000000000000000000000000000000000000000000000000080", "key_material.not_on_curve"),
        ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "key_material.not_on_curve"),
    ],
)
def test_ed25519_points_under_which_anything_would_verify_are_refused(encoded: str, code: str) -> None:
    assert refusal(PublicKey.from_raw, "Ed25519", bytes.fromhex(encoded)).code == code


def test_the_older_secret_multikey_with_the_public_half_is_read_when_the_halves_agree() -> None:
    key = private("Ed25519")
    long = multibase_encode(b"\x80\x26" + SECRETS["Ed25519"] + key.public.raw)
    assert PrivateKey.from_secret_multikey(long).secret_multikey == key.secret_multikey
    other = PrivateKey("Ed25519", bytes(32)).public.raw
    assert (
        refusal(PrivateKey.from_secret_multikey, multibase_encode(b"\x80\x26" + SECRETS["Ed25519"] + other)).code
        == "key_material.mismatch"
    )


@pytest.mark.parametrize(
    ("algorithm", "secret", "code"),
    [
        ("Ed25519", bytes(31), "key_material.length"),
        ("P-256", bytes(32), "key_material.secret"),
        ("P-256", b"\xff" * 32, "key_material.secret"),
        ("P-384", bytes(32), "key_material.length"),
        ("secp256k1", bytes(range(32)), "key_material.unsupported"),
        ("RSA", b"", "key_material.secret"),
    ],
)
def test_what_is_no_secret_key(algorithm: str, secret: bytes, code: str) -> None:
    assert refusal(PrivateKey, algorithm, secret).code == code


def test_secrets_of_unknown_sorts_are_refused() -> None:
    assert refusal(PrivateKey.from_secret_multikey, MULTIKEY).code == "key_material.unsupported"
    assert refusal(PrivateKey.generate, "secp256k1").code == "key_material.unsupported"
    assert (
        refusal(PrivateKey.from_secret_multikey, multibase_encode(b"\x86\x26" + bytes(32))).code
        == "key_material.secret"
    )


def test_a_private_jwk_whose_halves_disagree_is_refused() -> None:
    for algorithm in ALGORITHMS:
        jwk = private(algorithm).secret_jwk
        other = PrivateKey.generate(algorithm).secret_jwk["d"]
        assert refusal(PrivateKey.from_jwk, {**jwk, "d": other}).code == "key_material.mismatch"


@pytest.mark.parametrize("text", ["=", "A", "AA=", "A A", "AB", "é", "AA\n", None, 5])
def test_base64url_has_one_spelling(text: object) -> None:
    assert base64url_decode("AA") == b"\0"
    assert refusal(base64url_decode, text).code == "key_material.base64url"


def test_multibase_keeps_leading_zeros() -> None:
    assert multibase_decode(multibase_encode(b"\0\0\1")) == b"\0\0\1"

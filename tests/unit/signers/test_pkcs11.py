"""Keys in a PKCS #11 token, against SoftHSM 2: they sign what our verifier believes, they do not come out, and trouble is told in words."""

from __future__ import annotations

import multiprocessing
import resource
import threading
from pathlib import Path

import pytest
from tests.softhsm import Token, new_token
from tests.unit.signers.accepting import accepted, signed_credential

from testamur.errors import KeyMaterialError, SignerRefused, SignerUnavailable
from testamur.proofs.keys import PublicKey
from testamur.signers import ManagedSigner, destroy_key, new_key, open_signer, pkcs11_token

pkcs11 = pytest.importorskip("pkcs11")
curves = pytest.importorskip("pkcs11.util.ec")
# python-pkcs11 ends a search also when its session is gone already, and complains where nobody can listen.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def keys(token: Token) -> dict[str, ManagedSigner]:
    return {
        algorithm: new_key(
            token.uri(f"issuer {algorithm}".replace(" ", "%20")), algorithm, environment=token.environment
        )
        for algorithm in ("Ed25519", "P-256", "P-384")
    }


@pytest.mark.parametrize(
    ("algorithm", "suite"),
    [("Ed25519", "eddsa-rdfc-2022"), ("P-256", "ecdsa-rdfc-2019"), ("P-384", "ecdsa-rdfc-2019")],
)
def test_a_credential_that_a_token_signed_is_accepted(
    keys: dict[str, ManagedSigner], algorithm: str, suite: str
) -> None:
    signed = signed_credential(keys[algorithm], suite)
    assert accepted(signed)
    assert not accepted(signed.replace(b"Data Literacy", b"Data Mastery"))


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256"])
def test_the_private_value_cannot_be_read(token: Token, keys: dict[str, ManagedSigner], algorithm: str) -> None:
    held = pkcs11_token._token(keys[algorithm]._uri, token.environment)  # type: ignore[attr-defined]

    def read(session: object) -> bytes:
        private = held.private_key(session, keys[algorithm]._uri)  # type: ignore[attr-defined]
        assert private[pkcs11.Attribute.SENSITIVE]
        assert not private[pkcs11.Attribute.EXTRACTABLE]
        assert private[pkcs11.Attribute.NEVER_EXTRACTABLE]
        return private[pkcs11.Attribute.VALUE]

    with pytest.raises(SignerUnavailable) as refused:
        held.run(read)
    assert refused.value.facts["error"] == "AttributeSensitive"


def test_a_key_that_could_leave_the_token_is_refused(token: Token) -> None:
    uri = pkcs11_token.Pkcs11Uri(token.label, "loose")
    attribute = pkcs11.Attribute

    def make_loose(session: object) -> None:
        curve = curves.encode_named_curve_parameters("secp256r1")
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, {attribute.EC_PARAMS: curve}, local=True)  # type: ignore[attr-defined]
        loose = {attribute.SENSITIVE: False, attribute.EXTRACTABLE: True}
        parameters.generate_keypair(store=True, label="loose", private_template=loose)

    pkcs11_token._token(uri, token.environment).run(make_loose, writing=True)
    with pytest.raises(SignerRefused) as refused:
        open_signer(token.uri("loose"), environment=token.environment)
    assert refused.value.code == "signer.extractable"


def test_many_signatures_in_one_session(token: Token, keys: dict[str, ManagedSigner]) -> None:
    messages = [b"credential %d" % number for number in range(300)]
    signatures = keys["Ed25519"].sign_many(messages)
    public = keys["Ed25519"].public
    assert all(public.verify(one, message) for one, message in zip(signatures, messages, strict=True))
    assert keys["Ed25519"].sign_many([]) == []


def test_threads_share_a_key(keys: dict[str, ManagedSigner]) -> None:
    made: dict[int, list[bytes]] = {}

    def work(number: int) -> None:
        made[number] = keys["P-256"].sign_many([b"%d/%d" % (number, one) for one in range(20)])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(
        keys["P-256"].public.verify(signature, b"%d/%d" % (number, one))
        for number in range(4)
        for one, signature in enumerate(made[number])
    )


@pytest.mark.parametrize("loss", ["closed", "library started anew"])
def test_a_lost_session_is_opened_again(token: Token, keys: dict[str, ManagedSigner], loss: str) -> None:
    signer = keys["Ed25519"]
    held = pkcs11_token._token(signer._uri, token.environment)  # type: ignore[attr-defined]
    signer.sign(b"before")
    before = held._session
    if loss == "closed":
        held._session.close()
    else:
        held._library().reinitialize()
    assert signer.public.verify(signer.sign(b"after"), b"after")
    assert held._session is not before


def _sign_in_child(signer: ManagedSigner, answer: object) -> None:
    answer.put(signer.sign(b"in the child"))  # type: ignore[attr-defined]


def test_a_forked_process_opens_its_own_session(keys: dict[str, ManagedSigner]) -> None:
    context = multiprocessing.get_context("fork")
    answer = context.SimpleQueue()
    child = context.Process(target=_sign_in_child, args=(keys["Ed25519"], answer))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert keys["Ed25519"].public.verify(answer.get(), b"in the child")
    assert keys["Ed25519"].public.verify(keys["Ed25519"].sign(b"here"), b"here")


def test_a_wrong_pin_is_told_and_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    token = new_token("Wrong-PIN")
    asked = []
    monkeypatch.setattr(pkcs11_token, "read_secret", lambda *_args, **_named: asked.append(1) or "not-the-pin")
    environment = {"TESTAMUR_PKCS11_MODULE": token.module, "TESTAMUR_PKCS11_PIN": "not-the-pin"}
    with pytest.raises(SignerRefused) as refused:
        open_signer(token.uri("any"), environment=environment)
    assert refused.value.code == "signer.wrong_pin"
    assert "Wrong-PIN" in str(refused.value)
    assert "not-the-pin" not in f"{refused.value} {refused.value.facts}"
    assert asked == [1]


def test_what_is_not_there_is_told(token: Token) -> None:
    def code_of(uri: str, **other: str) -> str:
        with pytest.raises(SignerRefused) as refused:
            open_signer(uri, environment={**token.environment, **other})
        return refused.value.code

    assert code_of(token.uri("nobody")) == "signer.no_such_key"
    assert code_of("pkcs11:token=Elsewhere;object=x") == "signer.no_such_token"
    assert code_of(token.uri("nobody") + "?module-path=/nowhere/lib.so") == "signer.no_module"
    assert code_of(token.uri("nobody"), TESTAMUR_PKCS11_PIN_SOURCE="/nowhere/pin") == "signer.no_secret"
    assert code_of(token.uri("nobody"), TESTAMUR_PKCS11_PIN_SOURCE="") == "signer.no_secret"
    assert code_of(token.uri("nobody"), TESTAMUR_PKCS11_MODULE="") == "signer.no_module"
    new_token("Twins")
    new_token("Twins")
    assert code_of("pkcs11:token=Twins;object=x") == "signer.ambiguous_token"


def _fill(token: Token, answer: object) -> None:
    """SoftHSM keeps its objects as files: a limit on the size of files is what a full device is elsewhere."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        new_key(token.uri("one-too-many"), "P-256", environment=token.environment)
    except (SignerRefused, SignerUnavailable) as error:
        answer.put((error.code, str(error)))  # type: ignore[attr-defined]


def test_a_full_token_is_told(token: Token, keys: dict[str, ManagedSigner]) -> None:
    full = new_token("Full")
    context = multiprocessing.get_context("fork")
    answer = context.SimpleQueue()
    child = context.Process(target=_fill, args=(full, answer))
    child.start()
    child.join(30)
    assert not answer.empty()
    code, sentence = answer.get()
    assert code == "signer.no_answer"  # SoftHSM says of its full disk only that something went wrong
    assert "“Full”" in sentence
    assert "Nothing was signed or lost" in sentence
    assert keys["P-256"].public.verify(keys["P-256"].sign(b"still"), b"still")


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        ("DeviceMemory", "signer.full", "no room"),
        ("PinLocked", "signer.pin_locked", "security officer"),
        ("TokenWriteProtected", "signer.read_only", "write-protected"),
        ("MechanismInvalid", "signer.algorithm", "P-256"),
    ],
)
def test_what_other_devices_answer_is_told(token: Token, error: str, code: str, word: str) -> None:
    def fail(session: object) -> None:
        raise getattr(pkcs11, error)

    with pytest.raises(SignerRefused) as refused:
        pkcs11_token._token(pkcs11_token.Pkcs11Uri(token.label, "x"), token.environment).run(fail)
    assert refused.value.code == code
    assert word in str(refused.value)


def test_a_key_is_never_overwritten(token: Token, keys: dict[str, ManagedSigner]) -> None:
    with pytest.raises(SignerRefused) as refused:
        new_key(keys["Ed25519"].uri, environment=token.environment)
    assert refused.value.code == "signer.key_exists"
    opened = open_signer(keys["Ed25519"].uri, environment=token.environment)
    assert opened.public_multikey == keys["Ed25519"].public_multikey


def test_a_key_is_destroyed_with_both_halves(token: Token) -> None:
    signer = new_key(token.uri("short-lived"), environment=token.environment)
    assert destroy_key(signer.uri, environment=token.environment)
    assert not destroy_key(signer.uri, environment=token.environment)
    with pytest.raises(SignerRefused) as refused:
        signer.sign(b"after the end")
    assert refused.value.code == "signer.no_such_key"


def test_a_false_public_half_is_found_before_anything_is_handed_out(
    token: Token, keys: dict[str, ManagedSigner]
) -> None:
    signer = open_signer(keys["Ed25519"].uri, environment=token.environment)
    other = new_key(token.uri("other"), environment=token.environment)
    signer._public = PublicKey.from_multikey(other.public_multikey)  # type: ignore[attr-defined]
    with pytest.raises(SignerRefused) as refused:
        signer.sign(b"x")
    assert refused.value.code == "signer.false_signature"


def test_other_kinds_of_key_are_not_made(token: Token) -> None:
    with pytest.raises(KeyMaterialError):
        new_key(token.uri("rsa"), "RSA", environment=token.environment)


def test_without_the_library_it_says_what_to_install(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pkcs11", None)
    with pytest.raises(SignerRefused) as refused:
        open_signer("pkcs11:token=Other;object=x", environment=token.environment)
    assert 'pip install "testamur[pkcs11]"' in str(refused.value)


def test_no_secret_is_shown(token: Token, keys: dict[str, ManagedSigner]) -> None:
    pin = Path(token.environment["TESTAMUR_PKCS11_PIN_SOURCE"].removeprefix("file:")).read_text().strip()
    assert pin not in repr(keys["Ed25519"]) + keys["Ed25519"].uri


@pytest.mark.parametrize("at", [0, 11, 12, 29])
def test_one_false_signature_among_many_is_found(
    keys: dict[str, ManagedSigner], at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = keys["Ed25519"]
    texts = [b"%d" % number for number in range(30)]
    honest = signer.sign_many(texts)
    verify_many = PublicKey.verify_many

    def noticed(key: PublicKey, signatures: list[bytes], data: list[bytes]) -> list[bool]:
        damaged = [bytes(64) if text == texts[at] else one for one, text in zip(signatures, data, strict=True)]
        return verify_many(key, damaged, data)

    assert signer.sign_many(texts) == honest
    monkeypatch.setattr(PublicKey, "verify_many", noticed)
    with pytest.raises(SignerRefused) as refused:
        signer.sign_many(texts)
    assert refused.value.code == "signer.false_signature"

"""Key URIs: read strictly, one spelling, and never with a secret in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.errors import KeyMaterialError, SignerRefused
from testamur.signers.secrets import read_secret
from testamur.signers.uris import FileUri, KmsUri, Pkcs11Uri, is_key_uri, parse


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("pkcs11:token=T;object=o", Pkcs11Uri("T", "o")),
        ("pkcs11:object=%EC%97%B4%EC%87%A0;token=My%20token", Pkcs11Uri("My token", "열쇠")),
        ("pkcs11:token=T;id=%00%FFab", Pkcs11Uri("T", id=b"\x00\xffab")),
        ("pkcs11:token=T;object=o;type=private;serial=123;slot-id=7", Pkcs11Uri("T", "o", serial="123", slot=7)),
        (
            "pkcs11:token=T;object=o?module-path=/usr/lib/x.so&pin-source=file:/run/pin",
            Pkcs11Uri("T", "o", module="/usr/lib/x.so", pin_source="file:/run/pin"),
        ),
        ("awskms:alias/issuer", KmsUri("alias/issuer")),
        ("awskms:alias/a/b?region=ap-northeast-2", KmsUri("alias/a/b", "ap-northeast-2")),
        (
            "awskms:arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab",
            KmsUri("arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab"),
        ),
        ("file:keys/issuer.jwe", FileUri(Path("keys/issuer.jwe"))),
        ("file:///etc/testamur/key%20one", FileUri(Path("/etc/testamur/key one"))),
    ],
)
def test_what_is_read(text: str, read: object) -> None:
    found = parse(text)
    assert found == read
    assert is_key_uri(text)
    again = parse(found.text)
    assert again.text == found.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "key.json",
        "pkcs11:",
        "pkcs11:token=T",
        "pkcs11:object=o",
        "pkcs11:token=T;object=o;object=p",
        "pkcs11:token=T;object=",
        "pkcs11:token=T;object=o;unknown=1",
        "pkcs11:token=T;object=%FF",
        "pkcs11:token=T;object=o;type=cert",
        "pkcs11:token=T;object=o;slot-id=-1",
        "pkcs11:token=T;object=o?pin-source=|echo%20pin",
        "pkcs11:token=T;object=o\nx",
        "awskms:",
        "awskms:alias/a b",
        "awskms:alias/../x?region=eu-west-1&region=eu-west-2",
        "awskms:alias/x?region=http://evil.example",
        "file:",
        "file:%00",
        "https://example.com/key",
        "pkcs11:token=T;object=" + "o" * 2000,
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(KeyMaterialError) as refused:
        parse(text)
    assert refused.value.code == "key_material.uri"


def test_a_pin_in_a_uri_is_refused_and_not_repeated() -> None:
    for text in ("pkcs11:token=T;object=o?pin-value=1234secret", "pkcs11:token=T;pin-value=1234secret"):
        with pytest.raises(KeyMaterialError) as refused:
            parse(text)
        assert "1234secret" not in f"{refused.value} {refused.value.facts}"
        assert "pin-source" in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, f"pkcs11:{text}", f"pkcs11:token=T;object={text}", f"awskms:{text}", f"file:{text}"):
        try:
            found = parse(candidate)
        except KeyMaterialError:
            continue
        assert parse(found.text).text == found.text


def test_secrets_come_from_files_and_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "a pin"
    path.write_text("12 34\n")
    assert read_secret(str(path), {}, what="PIN") == "12 34"
    assert read_secret(f"file:{str(path).replace(' ', '%20')}", {}, what="PIN") == "12 34"
    assert read_secret("env:PIN", {"PIN": "5"}, what="PIN") == "5"
    for content in ("", "one\ntwo\n", "x" * 5000):
        path.write_text(content)
        with pytest.raises(SignerRefused) as refused:
            read_secret(str(path), {}, what="PIN")
        assert refused.value.code == "signer.no_secret"
        assert "two" not in str(refused.value)
    with pytest.raises(SignerRefused):
        read_secret("env:PIN", {}, what="PIN")

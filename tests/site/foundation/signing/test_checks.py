"""What an operator is told before going live, and what a visitor is told when nothing can be signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from testamur.errors import SignerUnavailable
from testamur_site.config.middleware import SigningAway
from testamur_site.foundation.signing.checks import where_the_keys_are


def found(settings: Any, tmp_path: Path, **changed: Any) -> set[str]:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"
    for name, value in changed.items():
        setattr(settings, f"TESTAMUR_{name}", value)
    messages = where_the_keys_are()
    assert all(message.hint for message in messages)
    return {str(message.id) for message in messages}


def test_what_is_told_of_where_the_keys_are(settings: Any, tmp_path: Path) -> None:
    assert found(settings, tmp_path) == {"signing.W001", "signing.W002"}
    assert found(settings, tmp_path, ENVIRONMENT="production") == {"signing.E001", "signing.W002"}
    assert found(settings, tmp_path, SEALED_KEYS_IN_PRODUCTION=True) == {"signing.W001", "signing.W002"}
    assert found(settings, tmp_path, SIGNING_SOCKET=tmp_path / "socket") == {"signing.W002"}
    assert found(settings, tmp_path, NEW_KEYS="pkcs11:token=Testamur") == set()


def test_a_key_encryption_key_that_others_can_read(settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "key-encryption-key"
    path.write_text("x")
    path.chmod(0o644)
    assert "signing.E002" in found(settings, tmp_path)
    path.chmod(0o600)
    assert "signing.E002" not in found(settings, tmp_path)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Nothing can be signed just now"), ("ko", "지금은 서명할 수 없습니다")]
)
def test_a_page_that_needed_a_signature_says_so(rf: RequestFactory, client: Client, language: str, words: str) -> None:
    middleware = SigningAway(lambda _: pytest.fail("not asked"))
    with translation.override(language):
        response = middleware.process_exception(rf.get("/"), SignerUnavailable("x", code="signing.no_process"))
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "120")
    assert words in response.content.decode()
    assert middleware.process_exception(rf.get("/"), ValueError()) is None

"""One institution, three documents of it, and an upload."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.simulator import NOW, FixedClock, Institution

from testamur.verification import TrustRegistry, Verifier
from testamur_site.verification import services


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Institution:
    simulated = Institution()
    monkeypatch.setattr(services, "Everywhere", lambda: simulated)
    judge = lambda resolver=None: Verifier(resolver or simulated, TrustRegistry([]), FixedClock(NOW))  # noqa: E731
    monkeypatch.setattr(services, "verifier", judge)
    return simulated


@pytest.fixture
def three(university: Institution) -> list[tuple[str, bytes]]:
    """A genuine credential, the same with another name, and a revoked one."""
    good = university.issue(name="김미나")
    revoked = university.issue(name="Jo Park")
    university.revoke(revoked)
    text = json.dumps(good, ensure_ascii=False)
    return [
        ("good.json", text.encode()),
        ("changed.json", text.replace("김미나", "김나미").encode()),
        ("revoked.json", json.dumps(revoked).encode()),
    ]


@pytest.fixture
def start(client: Client) -> Callable[..., str]:
    """Upload files; the address of the run."""

    def upload(*files: tuple[str, bytes], status: int = 302) -> str:
        response = client.post("/verify/many", {"files": [SimpleUploadedFile(name, data) for name, data in files]})
        assert response.status_code == status, response.content.decode()
        return response["Location"] if status == 302 else response.content.decode()

    return upload

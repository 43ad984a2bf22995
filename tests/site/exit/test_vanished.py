"""An institution that is gone: its database and its folders deleted, no network. What its holders have is enough."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from tests.site.exit.conftest import wipe, witnessed

from testamur.fetch import BundleResolver, write_bundle
from testamur.ports import Resource
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.wallet import offline
from testamur_site.wallet.models import Deposit

Alone = Callable[..., dict[str, Any]]


@pytest.fixture
def left_behind(shown: Deposit, settings: Any, tmp_path: Path) -> dict[str, Path]:
    """The holder's bundle and a verifier's policy, after everything else was lost."""
    with witnessed(settings, tmp_path) as policy:
        files = {"bundle": tmp_path / "bundle.zip", "policy": tmp_path / "policy.txt"}
        files["bundle"].write_bytes(offline.bundle_of(shown.award))
        files["policy"].write_text(policy)
    return files


def is_proof_of_a_credential(url: str) -> bool:
    return "/c/" in url and url.endswith(".tlog-proof")


@pytest.mark.django_db
def test_the_holders_bundle_alone_is_valid_and_witnessed(left_behind: dict[str, Path], verify_alone: Alone) -> None:
    wipe()
    shutil.rmtree(django_settings.TESTAMUR_LOG_FOLDER)
    assert not Institution.objects.exists()
    report = verify_alone(left_behind["bundle"], "--log-policy", left_behind["policy"], "--require-level", "witnessed")
    assert (report["verdict"], report["status"]) == ("valid", 0)
    assert report["transparency"]["level"] == "witnessed"


def test_without_a_policy_it_is_valid_as_signed(left_behind: dict[str, Path], verify_alone: Alone) -> None:
    report = verify_alone(left_behind["bundle"])
    assert (report["verdict"], report["status"]) == ("valid", 0)


def test_a_changed_credential_is_invalid(left_behind: dict[str, Path], verify_alone: Alone, tmp_path: Path) -> None:
    resources = {resource.url: resource for resource in BundleResolver(left_behind["bundle"]).resources}
    own = next(url for url in resources if "/c/" in url and not url.endswith(".tlog-proof"))
    document = json.loads(resources[own].content)
    document["credentialSubject"]["achievement"]["name"] = "Surgery"
    changed = json.dumps(document).encode()
    resources[own] = Resource(own, changed, resources[own].media_type, resources[own].fetched_at)
    (tmp_path / "changed.zip").write_bytes(write_bundle(resources.values()))
    report = verify_alone(tmp_path / "changed.zip")
    assert (report["verdict"], report["status"]) == ("invalid", 1)


def test_the_proof_of_another_credential_raises_no_level(
    left_behind: dict[str, Path], verify_alone: Alone, private: Deposit, tmp_path: Path
) -> None:
    other = BundleResolver(offline.bundle_of(private.award))
    proof = next(resource for resource in other.resources if resource.url == f"{private.award.url}.tlog-proof")
    resources = [
        Resource(each.url, proof.content, each.media_type, each.fetched_at)
        if is_proof_of_a_credential(each.url)
        else each
        for each in BundleResolver(left_behind["bundle"]).resources
    ]
    (tmp_path / "borrowed.zip").write_bytes(write_bundle(resources))
    report = verify_alone(tmp_path / "borrowed.zip", "--log-policy", left_behind["policy"], "--require-level", "logged")
    assert report["verdict"] != "valid"


def test_the_bundle_holds_nothing_of_other_holders(left_behind: dict[str, Path], private: Deposit) -> None:
    with zipfile.ZipFile(io.BytesIO(left_behind["bundle"].read_bytes())) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert private.award.public_id.encode() not in everything
    assert b"Jun Park" not in everything

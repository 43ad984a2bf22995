"""What was published: every version is kept, stands in the log, and has its proof beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.standing import standing

from testamur.errors import SignerRefused
from testamur.log import Kind, Proof
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.log import api as log
from testamur_site.status import api, jobs, services
from testamur_site.status.models import PublishedVersion, StatusEntry, StatusList


@pytest.fixture
@standing
def entry(institution: Institution) -> StatusEntry:
    """A fresh entry, whose lists were published and recorded by the worker."""
    (made,) = api.allocate(institution, 1)
    run_pending()
    return made


def address(institution: Institution, entry: StatusEntry, purpose: str = "revocation") -> str:
    with tenant(institution):
        return StatusList.objects.get(pair=entry.pair_id, purpose=purpose).url


def path_of(url: str) -> str:
    return "/status/" + url.rpartition("/")[2]


def proves(client: Client, url: str) -> bool:
    """What a verifier does: the proof at the address leads from the bytes at the address to the checkpoint."""
    content = client.get(path_of(url)).content
    proof = Proof.from_bytes(client.get(path_of(url) + ".tlog-proof").content)
    entry = proof.entry_of(Kind.STATUS_LIST, url, content, personal=False)
    return entry is not None and proof.includes(entry)


def test_a_list_is_published_with_its_proof_before_anybody_asks(
    institution: Institution, entry: StatusEntry, client: Client
) -> None:
    with tenant(institution):
        assert sorted(PublishedVersion.objects.values_list("status_list__purpose", flat=True)) == [
            "revocation",
            "suspension",
        ]
    assert proves(client, address(institution, entry))
    assert proves(client, address(institution, entry, "suspension"))


def test_the_proof_follows_the_list(institution: Institution, entry: StatusEntry, client: Client) -> None:
    url = address(institution, entry)
    before = client.get(path_of(url) + ".tlog-proof")
    assert (before.status_code, before["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert before["Cache-Control"] == "public, max-age=60", "the next version has another one"
    assert before["Access-Control-Allow-Origin"] == "*"
    api.set_revoked(institution, [entry.pk])
    content = client.get(path_of(url)).content  # somebody was quicker than the worker
    waiting = client.get(path_of(url) + ".tlog-proof")
    assert waiting.status_code == 503  # 404 would say: was never recorded
    assert (waiting["Cache-Control"], waiting["Retry-After"]) == ("no-store", "10")
    run_pending()
    assert client.get(path_of(url)).content == content
    assert proves(client, url)
    assert client.get(path_of(url) + ".tlog-proof").content != before.content


def test_no_list_no_proof(client: Client, db: None) -> None:
    assert client.get("/status/nothing-there.tlog-proof").status_code == 404
    assert client.post("/status/nothing-there.tlog-proof").status_code == 405


def test_every_version_is_kept_and_handed_over(
    institution: Institution, other_institution: Institution, entry: StatusEntry
) -> None:
    api.set_revoked(institution, [entry.pk])
    run_pending()
    versions = list(api.list_versions(institution))
    assert [(one.purpose, one.version) for one in versions] == [
        ("revocation", 1),
        ("suspension", 1),
        ("revocation", 2),
    ]
    assert versions[-1].content == api.published_list(versions[-1].public_id)
    assert versions[-1].url == address(institution, entry)
    assert (versions[0].size, versions[0].content != versions[-1].content) == (131_072, True)
    assert list(api.list_versions(other_institution)) == []


def test_many_changes_before_the_worker_comes_are_one_version(institution: Institution, entry: StatusEntry) -> None:
    others = api.allocate(institution, 30)
    for one in others:
        api.set_revoked(institution, [one.pk])
    run_pending()
    versions = [one.version for one in api.list_versions(institution) if one.purpose == "revocation"]
    assert versions == [1, 31]


def test_the_version_that_carried_a_change_is_found_with_its_place_in_the_log(
    institution: Institution, entry: StatusEntry
) -> None:
    versions = api.set_revoked(institution, [entry.pk])
    version = versions[entry.pair_id, "revocation"]
    with tenant(institution):
        assert api.carrier(entry, version) is None, "not published yet"
        run_pending()
        key = api.carrier(entry, version)
        assert key is not None
        index = log.places([key])[key].index
    api.set_revoked(institution, [api.allocate(institution, 1)[0].pk])
    run_pending()
    with tenant(institution):
        assert api.carrier(entry, version) == key, "the first that said so, not the newest"
        assert log.places([key])[key].index == index


def test_a_list_is_signed_anew_before_its_day_is_over(
    institution: Institution, entry: StatusEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant(institution):
        signed: Any = StatusList.objects.get(purpose="revocation").published_at

    def after(hours: int) -> int:
        monkeypatch.setattr(services.timezone, "now", lambda: signed + timedelta(hours=hours))
        jobs.sign_anew(_NoJob())  # type: ignore[arg-type]
        with tenant(institution):
            return PublishedVersion.objects.count()

    assert after(1) == 2
    assert after(23) == 4


def test_a_key_that_is_out_of_reach_holds_up_nobody_elses_lists(
    institution: Institution, other_institution: Institution, entry: StatusEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.allocate(other_institution, 1)
    run_pending()
    after, real = timezone.now() + timedelta(hours=23), services.signing_key

    def signing_key(of: Institution, **options: Any) -> Any:
        if of == institution:
            raise SignerRefused("The device refuses.")
        return real(of, **options)

    monkeypatch.setattr(services, "signing_key", signing_key)
    monkeypatch.setattr(services.timezone, "now", lambda: after)
    with pytest.raises(SignerRefused):
        jobs.sign_anew(_NoJob())  # type: ignore[arg-type]
    for one, signed_anew in ((institution, False), (other_institution, True)):
        with tenant(one):
            assert {each.published_at == after for each in StatusList.objects.all()} == {signed_anew}


class _NoJob:
    def progress(self, _done: int) -> None:
        pass

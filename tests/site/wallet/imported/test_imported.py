"""Credentials of other platforms in the wallet: added, looked at again, gone with their holder."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.site.wallet.elsewhere import Neighbour, neighbour
from tests.standing import standing

from testamur_site.foundation.jobs.api import enqueue, run_pending
from testamur_site.foundation.jobs.models import Job
from testamur_site.foundation.tenancy.api import unscoped
from testamur_site.verification.api import Input
from testamur_site.verification.rules import read_file
from testamur_site.wallet import services as wallet
from testamur_site.wallet.imported import api, rules
from testamur_site.wallet.imported.models import ImportedDocument
from testamur_site.wallet.models import Deposit, Holder

HERS = {"name": "김미나", "email": "mina@example.org"}


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Neighbour:
    return neighbour(monkeypatch)


@pytest.fixture
@standing
def holder(claimed: Deposit) -> Holder:
    assert claimed.holder is not None
    return claimed.holder


def given(content: bytes) -> Input:
    return read_file(content)


def refused(holder: Holder, content: bytes) -> str:
    with pytest.raises(api.ImportRefused) as caught:
        api.add(holder, given(content))
    assert not ImportedDocument.objects.filter(holder=holder, content=content).exists()
    return caught.value.code


def queued(holder: Holder) -> int:
    with unscoped("the queue of all"):
        return Job.objects.filter(path__endswith="holdings_changed", args__holder=holder.public_id).count()


def test_kept_are_the_bytes_and_what_was_found(university: Neighbour, holder: Holder) -> None:
    content = university.credential(**HERS)
    before = queued(holder)
    kept = api.add(holder, given(content))
    kept.refresh_from_db()
    assert bytes(kept.content) == content
    assert (kept.verdict, kept.identity, kept.finding) == ("valid", "shown", {})
    assert kept.issuer == university.profile.name
    assert queued(holder) == before + 1, "a microdegree may be reached by it"
    assert [one.content for one in api.documents_of(holder)] == [content]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda content: content.replace(b"Data Literacy", b"Data Mastery"), "not_genuine"),
        (lambda content: content.replace(b"University", b"Univercity"), "not_genuine"),
        (lambda _: b"", "nothing"),
        (lambda _: b"no credential", "not_readable"),
        (lambda _: b'{"a": 1}', "not_readable"),
    ],
)
def test_what_is_no_genuine_credential_is_refused(
    university: Neighbour, holder: Holder, change: Any, code: str
) -> None:
    content = university.credential(**HERS)
    changed = change(content)
    if changed == content:
        pytest.fail("the case changes nothing")
    assert refused(holder, changed) == code


def test_somebody_elses_is_refused_and_says_why(university: Neighbour, holder: Holder) -> None:
    assert refused(holder, university.credential(name="Nobody", email="other@example.org")) == "about_another"


def test_what_cannot_be_compared_is_kept_and_counts_for_nothing(university: Neighbour, holder: Holder) -> None:
    kept = api.add(holder, given(university.credential(name="김미나", email=None)))
    assert kept.identity == "not_shown"
    assert list(api.documents_of(holder)) == []


def test_any_address_of_the_holder_will_do(university: Neighbour, holder: Holder) -> None:
    content = university.credential(name="김미나", email="mina@work.example")
    assert refused(holder, content) == "about_another"
    holder.addresses.create(email="mina@work.example")
    assert api.add(holder, given(content)).identity == "shown"


def test_the_same_twice_and_too_many(university: Neighbour, holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    content = university.credential(**HERS)
    api.add(holder, given(content))
    with pytest.raises(api.ImportRefused, match="already"):
        api.add(holder, given(content))
    monkeypatch.setattr(rules, "MAXIMUM_DOCUMENTS", 1)
    assert refused(holder, university.credential(**HERS)) == "too_many"
    monkeypatch.setattr(rules, "MAXIMUM_DOCUMENTS", 100)
    monkeypatch.setattr(rules, "MAXIMUM_TOGETHER", len(content) + 10)
    assert refused(holder, university.credential(**HERS)) == "too_much"
    monkeypatch.setattr(rules, "MAXIMUM_BYTES", 100)
    assert refused(holder, university.credential(**HERS)) == "too_large"


def test_revoked_elsewhere_is_found_on_the_next_day(university: Neighbour, holder: Holder) -> None:
    document = university.issue(**HERS)
    kept = api.add(holder, given(json.dumps(document).encode()))
    before = queued(holder)
    api.look_again(kept)
    assert queued(holder) == before, "nothing changed, nobody is told"
    university.revoke(document)
    jobs_run()
    kept.refresh_from_db()
    assert kept.verdict == "invalid"
    assert kept.finding["code"] == "status.revoked"
    assert queued(holder) == before + 1


def jobs_run() -> None:
    enqueue("testamur_site.wallet.imported.jobs.look_again_at_all", {})
    run_pending()


def test_deleted_by_the_holder_and_with_the_holder(university: Neighbour, holder: Holder) -> None:
    kept = api.add(holder, given(university.credential(**HERS)))
    before = queued(holder)
    api.delete(kept)
    api.delete(kept)
    assert queued(holder) == before + 1
    api.add(holder, given(university.credential(**HERS)))
    wallet.forget(holder)
    assert not ImportedDocument.objects.exists()


def test_the_pages(university: Neighbour, holder: Holder, holder_client: Client) -> None:
    page = holder_client.get("/wallet/elsewhere/")
    assert page.status_code == 200
    assert "None yet" in page.content.decode()
    assert page.content.decode().count('type="file"') == 1
    refused_page = holder_client.post("/wallet/elsewhere/", {"address": "nothing of the kind"})
    assert refused_page.status_code == 422
    assert "Not added" in refused_page.content.decode()
    file = SimpleUploadedFile("badge.json", university.credential(**HERS), "application/json")
    made = holder_client.post("/wallet/elsewhere/", {"file": file})
    assert made.status_code == 302
    document = ImportedDocument.objects.get()
    page = holder_client.get(made["Location"])
    assert page.status_code == 200
    assert holder_client.get("/wallet/").content.decode().count(document.title)
    got = holder_client.get(f"/wallet/elsewhere/{document.public_id}/file")
    assert got.content == bytes(document.content)
    assert "attachment" in got["Content-Disposition"]
    assert holder_client.post(f"/wallet/elsewhere/{document.public_id}/look-again").status_code == 302
    assert holder_client.get(f"/wallet/elsewhere/{document.public_id}/delete").status_code == 200
    assert holder_client.post(f"/wallet/elsewhere/{document.public_id}/delete").status_code == 302
    assert holder_client.get(f"/wallet/elsewhere/{document.public_id}").status_code == 404


def test_nobody_else_sees_it(university: Neighbour, holder: Holder, client: Client) -> None:
    kept = api.add(holder, given(university.credential(**HERS)))
    session = client.session
    session["wallet_holder"] = Holder.objects.create(name="Somebody").pk
    session.save()
    for path in ("", "/file", "/delete"):
        assert client.get(f"/wallet/elsewhere/{kept.public_id}{path}").status_code == 404

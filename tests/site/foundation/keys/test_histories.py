"""The did:webvh of an institution: written with keys that lie on no server, served, chosen, ended."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.standing import aside, standing

from testamur.proofs.did.webvh import did_webvh_url, key_hash, verify_log
from testamur.proofs.keys import PrivateKey
from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.keys import services as keys
from testamur_site.foundation.keys.api import did_document, did_log, history_of, issuing_did, set_service, signing_key
from testamur_site.foundation.keys.identifiers import histories, queries, update_keys
from testamur_site.foundation.keys.identifiers.histories import Ceremony, CeremonyRefused
from testamur_site.foundation.keys.identifiers.models import DidVersion, PreparedUpdateKey
from testamur_site.foundation.keys.identifiers.update_keys import UpdateKeyUnreadable
from testamur_site.foundation.keys.proposals import carrying_out
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SERVICE = {"type": "TransparencyLog", "serviceEndpoint": {"origin": ["a.example/log/2026"]}}


@pytest.fixture(autouse=True)
@aside
def key_file(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"


@pytest.fixture
@standing
def second(institution: Institution, make_user: Callable[..., User]) -> User:
    user = make_user("second@han-river.example", "Sam Second")
    add_member(institution, user, "owner", actor=None)
    return user


def prepared(institution: Institution, actor: User) -> PrivateKey:
    """A next key, prepared and read back as an administrator would."""
    made = histories.prepare(institution, actor)
    return update_keys.read(made.sealed.encode(), made.passphrase)


@pytest.fixture
def started(institution: Institution, owner: User) -> PrivateKey:
    """A history with one version; the key that may write the next one."""
    key = prepared(institution, owner)
    histories.start(institution, key, owner, now=NOW - timedelta(days=10))
    return key


def verified(institution: Institution) -> Any:
    history = history_of(institution) or queries.ended_histories(institution)[-1]
    return verify_log(history.did, did_log(institution) or b"", datetime.now(UTC))


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(CeremonyRefused) as caught:
        call()
    return caught.value.code


# --- update keys -------------------------------------------------------------------------------------------------------------


def test_a_sealed_key_opens_with_its_passphrase_however_it_was_written_down() -> None:
    made = update_keys.make()
    assert re.fullmatch(r"([A-Z0-9]{4}-){5}[A-Z0-9]{4}", made.passphrase)
    for written in (
        made.passphrase,
        made.passphrase.lower(),
        made.passphrase.replace("-", " "),
        f" {made.passphrase}\n",
    ):
        assert key_hash(update_keys.read(made.sealed.encode(), written).public_multikey) == made.key_hash


def test_anybody_can_open_it_without_us(tmp_path: Path) -> None:
    """A key that outlives the platform: OpenSSL reads the file."""
    made = update_keys.make()
    (tmp_path / "key.pem").write_text(made.sealed)
    secret = f"pass:{made.passphrase.replace('-', '')}"
    done = subprocess.run(
        ["openssl", "pkey", "-in", str(tmp_path / "key.pem"), "-passin", secret, "-noout", "-text"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ED25519 Private-Key" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda sealed, words: (sealed, "WRON-GPAS-SPHR-ASEX-XXXX-XXXX"), "passphrase"),
        (lambda sealed, words: (sealed, ""), "passphrase"),
        (lambda sealed, words: (b"", words), "file"),
        (lambda sealed, words: (b"\x89PNG\r\n", words), "file"),
        (lambda sealed, words: (sealed + b"x" * 5000, words), "file"),
        (lambda sealed, words: (sealed.replace(b"ENCRYPTED ", b""), words), "file"),
        (lambda sealed, words: (sealed[:80], words), "file"),
        (lambda sealed, words: (sealed.replace(b"M", b"\xff"), words), "file"),
    ],
)
def test_files_that_are_no_update_keys(change: Callable[[bytes, str], tuple[bytes, str]], code: str) -> None:
    made = update_keys.make()
    with pytest.raises(UpdateKeyUnreadable) as caught:
        update_keys.read(*change(made.sealed.encode(), made.passphrase))
    assert caught.value.code == code


def test_a_file_cannot_ask_for_hours_of_work() -> None:
    import base64

    made = update_keys.make()
    body = base64.b64decode("".join(made.sealed.splitlines()[1:-1]))
    found = re.search(rb"\x02\x02(..)", body, re.DOTALL)
    assert found is not None
    costly = body.replace(found[0], b"\x02\x02\x7f\xff", 1)
    pem = (
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        + base64.b64encode(costly)
        + b"\n-----END ENCRYPTED PRIVATE KEY-----\n"
    )
    assert update_keys._is_cheap_to_open(pem), "32,767 is nothing"
    count = base64.b64encode(costly.replace(b"\x02\x02\x7f\xff", b"\x02\x04\x7f\xff\xff\xff", 1))
    assert not update_keys._is_cheap_to_open(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + count)


# --- versions ----------------------------------------------------------------------------------------------------------------


def test_the_first_version(institution: Institution, owner: User, started: PrivateKey, client: Client) -> None:
    history = history_of(institution)
    assert history is not None
    assert history.did.endswith(":localhost%3A8000:institutions:han-river")
    assert did_webvh_url(history.did).endswith("/institutions/han-river/did.jsonl")
    answer = client.get("/institutions/han-river/did.jsonl")
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("text/jsonl", "*")
    found = verify_log(history.did, answer.content, NOW)
    assert found.document == did_document(institution, history.did)
    assert found.parameters.portable
    assert found.parameters.next_key_hashes == (key_hash(started.public_multikey),)


def test_the_two_documents_name_each_other(institution: Institution, started: PrivateKey) -> None:
    history = history_of(institution)
    assert history is not None
    assert did_document(institution)["alsoKnownAs"] == [history.did]
    assert verified(institution).document["alsoKnownAs"] == [institution.did]


def test_a_change_is_written_with_the_key_that_was_committed_to(
    institution: Institution, owner: User, started: PrivateKey
) -> None:
    history = history_of(institution)
    assert history is not None
    assert not histories.is_behind(history)
    set_service(institution, "transparency-log", SERVICE)
    keys.rotate(institution, owner)
    assert histories.is_behind(history)
    following = prepared(institution, owner)
    histories.write_version(institution, Ceremony(started, following), owner)
    history = history_of(institution)
    assert history is not None
    assert not histories.is_behind(history)
    found = verified(institution)
    assert len(found.versions) == 2
    assert found.document["service"][0]["id"] == f"{history.did}#transparency-log"
    assert f"{history.did}#key-2" in found.document["assertionMethod"]
    assert refused(lambda: histories.write_version(institution, Ceremony(started, following), owner)) == "present_key"
    last = prepared(institution, owner)
    histories.write_version(institution, Ceremony(following, last), owner, now=datetime.now(UTC) + timedelta(seconds=2))
    actions = [entry.action for entry in entries(institution, action="did_history.")]
    assert actions == ["did_history.version_written", "did_history.key_prepared"] * 2 + [
        "did_history.started",
        "did_history.key_prepared",
    ]


def test_the_server_keeps_no_update_key(institution: Institution, owner: User, started: PrivateKey) -> None:
    """After the version is written only the hash is left, in the database and in the audit trail."""
    with unscoped("the test looks for the key everywhere"):
        assert not PreparedUpdateKey.objects.exists()
        lines = "".join(DidVersion.objects.values_list("line", flat=True))
    assert started.public_multikey not in lines
    assert key_hash(started.public_multikey) in lines


@pytest.mark.parametrize(
    ("present", "following", "code"),
    [
        ("thief", "prepared", "present_key"),
        ("right", "thief", "next_key"),
        ("right", "right", "next_key"),
    ],
)
def test_other_keys_write_nothing(
    institution: Institution, owner: User, started: PrivateKey, present: str, following: str, code: str
) -> None:
    given = {"right": started, "prepared": prepared(institution, owner), "thief": PrivateKey.generate("Ed25519")}
    before = did_log(institution)
    ceremony = Ceremony(given[present], given[following])
    assert refused(lambda: histories.write_version(institution, ceremony, owner)) == code
    assert did_log(institution) == before


def test_nothing_is_committed_to_that_was_not_given_back(institution: Institution, owner: User) -> None:
    lost = prepared(institution, owner)
    found = prepared(institution, owner)
    assert refused(lambda: histories.start(institution, lost, owner)) == "next_key"
    histories.start(institution, found, owner)
    assert refused(lambda: histories.start(institution, found, owner)) == "exists"
    assert refused(lambda: histories.write_version(institution, Ceremony(found, found), owner)) == "not_prepared"


def test_two_versions_within_a_second(institution: Institution, owner: User) -> None:
    first = prepared(institution, owner)
    histories.start(institution, first, owner, now=NOW)
    ceremony = Ceremony(first, prepared(institution, owner))
    assert refused(lambda: histories.write_version(institution, ceremony, owner, now=NOW)) == "too_soon"
    histories.write_version(institution, ceremony, owner, now=NOW + timedelta(seconds=1))


def test_another_institution_has_another_history(
    institution: Institution, other_institution: Institution, owner: User, started: PrivateKey, client: Client
) -> None:
    assert client.get("/institutions/liffey/did.jsonl").status_code == 404
    assert refused(lambda: histories.write_version(other_institution, Ceremony(started, started), owner)) == "none"


# --- choosing ----------------------------------------------------------------------------------------------------------------


def test_new_credentials_are_issued_under_what_was_chosen(
    institution: Institution, owner: User, started: PrivateKey
) -> None:
    history = history_of(institution)
    assert history is not None
    assert issuing_did(institution) == institution.did
    assert not histories.choose(institution, False, owner)
    assert histories.choose(institution, True, owner)
    assert issuing_did(institution) == history.did
    assert signing_key(institution, did=issuing_did(institution)).verification_method == f"{history.did}#key-1"
    assert histories.choose(institution, False, owner)
    assert issuing_did(institution) == institution.did
    assert histories.must_follow(institution), "what was issued under it is still about"


def test_a_history_that_is_behind_is_not_chosen(institution: Institution, owner: User, started: PrivateKey) -> None:
    keys.rotate(institution, owner)
    assert refused(lambda: histories.choose(institution, True, owner)) == "behind"


def test_a_used_history_goes_along_with_every_change(
    institution: Institution, owner: User, second: User, started: PrivateKey
) -> None:
    histories.choose(institution, True, owner)
    one = carrying_out.propose_rotation(institution, owner, reason="Once a year.")
    assert refused(lambda: carrying_out.carry_out(institution, one, second)) == "needed"
    assert signing_key(institution).key_id == "key-1", "nothing was done"
    ceremony = Ceremony(started, prepared(institution, second))
    carrying_out.carry_out(institution, one, second, ceremony=ceremony)
    history = history_of(institution)
    assert history is not None
    assert f"{history.did}#key-2" in verified(institution).document["assertionMethod"]
    assert not histories.is_behind(history)


def test_the_end(institution: Institution, owner: User, second: User, started: PrivateKey, client: Client) -> None:
    one = carrying_out.propose_end_of_history(institution, owner, reason="We move.")
    assert refused(lambda: carrying_out.carry_out(institution, one, second)) == "needed"
    thief = PrivateKey.generate("Ed25519")
    assert refused(lambda: carrying_out.carry_out(institution, one, second, present=thief)) == "present_key"
    carrying_out.carry_out(institution, one, second, present=started)
    assert history_of(institution) is None
    assert issuing_did(institution) == institution.did
    found = verified(institution)
    assert found.parameters.deactivated
    assert client.get("/institutions/han-river/did.jsonl").status_code == 200, "the end is to be seen"
    assert "alsoKnownAs" not in did_document(institution)
    again = prepared(institution, owner)
    histories.start(institution, again, owner)
    assert len(verified(institution).versions) == 1


def test_a_history_whose_key_is_lost_is_given_up_and_blocks_nothing(
    institution: Institution, owner: User, second: User, started: PrivateKey
) -> None:
    histories.choose(institution, True, owner)
    before = did_log(institution)
    rotation = carrying_out.propose_rotation(institution, owner, reason="Once a year.")
    assert refused(lambda: carrying_out.carry_out(institution, rotation, second)) == "needed"
    one = carrying_out.propose_to_abandon(institution, owner, reason="The stick is broken.")
    carrying_out.carry_out(institution, one, second)
    assert issuing_did(institution) == institution.did
    assert did_log(institution) == before, "it stays as it is"
    carrying_out.carry_out(institution, rotation, second)
    assert signing_key(institution).key_id == "key-2"
    histories.start(institution, prepared(institution, owner), owner)
    assert entries(institution, action="did_history.abandoned").count() == 1


# --- pages -------------------------------------------------------------------------------------------------------------------


def upload(pem: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("update-key.pem", pem.encode(), content_type="application/x-pem-file")


def passphrase_on(page: str) -> str:
    found = re.search(r"(?:[A-Z0-9]{4}-){5}[A-Z0-9]{4}", page)
    assert found is not None
    return found[0]


def test_the_ceremony_on_the_pages(institution: Institution, owner: User, client_for: Callable[[User], Client]) -> None:
    browser, base = client_for(owner), "/staff/han-river/keys/history"
    assert "There is no history yet" in browser.get(base).content.decode()
    assert "No next key is prepared" in browser.get(f"{base}/write").content.decode()
    assert browser.get(f"{base}/next-key.pem").status_code == 404
    words = passphrase_on(browser.post(f"{base}/prepare").content.decode())
    saved = browser.get(f"{base}/next-key.pem")
    assert saved["Content-Disposition"].startswith("attachment")
    pem = saved.content.decode()
    assert words not in browser.get(base).content.decode(), "it is shown once"

    wrong = browser.post(f"{base}/write", {"next_file": upload(pem), "next_passphrase": "ABCD-" * 5 + "ABCD"})
    assert wrong.status_code == 422
    assert "The passphrase does not open this file" in wrong.content.decode()
    given = {"next_file": upload(pem), "next_passphrase": words, "portable": "on"}
    page = browser.post(f"{base}/write", given, follow=True).content.decode()
    assert "The version is written." in page
    assert browser.get(f"{base}/next-key.pem").status_code == 404, "only its hash is left"

    later = datetime.now(UTC) - timedelta(seconds=30)
    with tenant(institution):
        version = DidVersion.objects.get()
        assert version.made_at > later
    keys.rotate(institution, owner)
    assert "The history is behind" in browser.get(base).content.decode()
    following = passphrase_on(browser.post(f"{base}/prepare").content.decode())
    second_pem = browser.get(f"{base}/next-key.pem").content.decode()
    swapped = {
        "present_file": upload(second_pem),
        "present_passphrase": following,
        "next_file": upload(second_pem),
        "next_passphrase": following,
    }
    refusal = browser.post(f"{base}/write", swapped)
    assert refusal.status_code == 422
    assert "not the update key that the last version committed to" in refusal.content.decode()
    assert following not in refusal.content.decode(), "a passphrase is not said back"


def test_the_choice_on_the_page(
    institution: Institution, owner: User, started: PrivateKey, client_for: Callable[[User], Client]
) -> None:
    browser, address = client_for(owner), "/staff/han-river/keys/history/choose"
    assert browser.get(address).status_code == 200
    browser.post(address, {"identifier": "webvh"})
    assert issuing_did(institution).startswith("did:webvh:")
    browser.post(address, {"identifier": "web"})
    assert issuing_did(institution) == institution.did
    assert browser.post(address, {"identifier": "x"}).status_code == 422
    keys.rotate(institution, owner)
    behind = browser.post(address, {"identifier": "webvh"})
    assert behind.status_code == 422
    assert "does not say yet" in behind.content.decode()


def test_a_proposal_asks_for_the_keys_where_the_history_goes_along(
    institution: Institution, owner: User, second: User, started: PrivateKey, client_for: Callable[[User], Client]
) -> None:
    histories.choose(institution, True, owner)
    one = carrying_out.propose_rotation(institution, owner, reason="Once a year.")
    address = f"/staff/han-river/keys/proposals/{one.public_id}"
    browser = client_for(second)
    page = browser.get(address).content.decode()
    assert 'name="present_file"' in page
    assert "No next key is prepared" in page
    assert browser.post(address).status_code == 422
    assert signing_key(institution).key_id == "key-1"

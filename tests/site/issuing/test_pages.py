"""The staff pages: what they show, who may open them, and the whole way of a list through the browser's forms."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from tests.standing import standing

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.jobs.api import Job, run_pending
from testamur_site.foundation.tables.api import read_table
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, Batch
from testamur_site.issuing.services import drafts

from .conftest import ADA, class_list, publish_one

Browser = Callable[..., Client]
AWARDS = "/staff/han-river/awards/"
BATCHES = "/staff/han-river/batches/"
FORM = {
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "language": "en",
    "awarded_date": "2026-03-05",
    "valid_until": "",
    "again": "a-nonce",
    "evidence-TOTAL_FORMS": "3",
    "evidence-INITIAL_FORMS": "0",
    "evidence-0-name": "Essay",
    "evidence-0-url": "https://example.org/essay",
    "evidence-0-description": "",
}
LIST = class_list(
    "김민준,minjun@example.org,2026-03-05", "Ada,ada@example.org,03/05/2026", "محمد,m@example.org,2026-03-05"
)


@pytest.fixture
def browser(client_for: Browser, issuer: Any) -> Client:
    return client_for(issuer)


@pytest.fixture
@standing
def award(version: AchievementVersion, institution: Institution) -> api.Award:
    with tenant(institution):
        return api.award_one(version, ADA)


def upload(
    browser: Client, version: AchievementVersion, content: bytes = LIST, name: str = "list.csv", **more: Any
) -> Any:
    values = {"version": version.public_id, "file": SimpleUploadedFile(name, content), "language": "en", "encoding": ""}
    return browser.post(f"{BATCHES}new", values | more)


def text(response: Any) -> str:
    return response.content.decode()


def test_one_learner_is_previewed_and_then_issued(
    browser: Client, version: AchievementVersion, institution: Institution
) -> None:
    address = f"{AWARDS}new?m={version.micro_credential.public_id}"
    assert "Award one learner" in text(browser.get(address))
    preview = browser.post(address, FORM)
    assert preview.status_code == 200
    assert "This will be issued" in text(preview)
    assert "Ada Lovelace" in text(preview)
    with tenant(institution):
        assert not Award.objects.exists()
    again = browser.post(address, FORM | {"edit": "yes"})
    assert 'value="Ada Lovelace"' in text(again)
    done = browser.post(address, FORM | {"confirm": "yes"}, follow=True)
    assert "The credential is issued." in text(done)
    with tenant(institution):
        award = Award.objects.get()
    assert (award.state, award.evidence[0]["url"]) == ("issued", "https://example.org/essay")
    assert browser.get(f"{AWARDS}{award.public_id}/credential.json").content == api.credential_bytes(award)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "Ada\u202e"}, "change the direction of writing"),
        ({"email": "ada"}, "is not an e-mail address"),
        ({"awarded_date": "2999-01-01"}, "is in the future"),
        ({"valid_until": "2026-01-01"}, "before it was awarded"),
        ({"result_0": "101"}, "must be between"),
        ({"evidence-0-url": "javascript:alert(1)"}, "is not a web address"),
        ({"evidence-TOTAL_FORMS": "nonsense"}, "ManagementForm"),
    ],
)
def test_a_form_is_refused_in_words_and_nothing_is_written(
    browser: Client, version: AchievementVersion, institution: Institution, change: dict[str, str], sentence: str
) -> None:
    response = browser.post(f"{AWARDS}new?m={version.micro_credential.public_id}", FORM | {"confirm": "yes"} | change)
    assert response.status_code == 422
    assert sentence in text(response) or "ManagementForm" in sentence
    with tenant(institution):
        assert not Award.objects.exists()


def test_awarding_the_same_person_needs_the_choice(browser: Client, award: api.Award) -> None:
    address = f"{AWARDS}new?m={award.micro_credential.public_id}"
    refused = browser.post(address, FORM | {"confirm": "yes"})
    assert "holds the micro-credential already" in text(refused)
    for _ in range(2):  # a double click
        browser.post(address, FORM | {"confirm": "yes", "award_again": "on"})
    with tenant(award.institution):
        assert Award.objects.count() == 2


def test_without_a_choice_the_micro_credentials_are_offered(browser: Client, version: AchievementVersion) -> None:
    assert version.micro_credential.public_id in text(browser.get(f"{AWARDS}new"))
    assert version.micro_credential.public_id in text(browser.get(f"{AWARDS}new?m=unknown"))


def test_revoking_suspending_reinstating_and_correcting_by_pages(browser: Client, award: api.Award) -> None:
    page = f"{AWARDS}{award.public_id}/"
    assert browser.post(f"{page}suspend", {"reason": ""}).status_code == 422
    assert "Suspend this credential?" in text(browser.get(f"{page}suspend"))
    browser.post(f"{page}suspend", {"reason": "administrative", "note": "Fees"})
    shown = text(browser.get(page))
    assert "Administrative reason" in shown
    assert "Fees" in shown
    moved = browser.post(f"{page}reinstate")
    assert moved.url != page
    browser.get(moved.url)
    corrected = browser.post(f"{moved.url}correct", FORM | {"name": "Ada King", "confirm": "yes"})
    assert "Ada King" in text(browser.get(corrected.url))
    browser.post(f"{corrected.url}revoke", {"reason": "issued_in_error"})
    assert "Issued in error" in text(browser.get(corrected.url))
    late = browser.post(f"{corrected.url}revoke", {"reason": "issued_in_error"}, follow=True)
    assert "not possible any more" in text(late)
    assert browser.get(f"{corrected.url}correct").status_code == 302
    assert "To the newer credential" in text(browser.get(page))


def test_the_list_of_awards_is_searched(browser: Client, award: api.Award) -> None:
    with tenant(award.institution):
        api.award_one(award.version, api.AwardData(name="김민준", email="m@example.org", awarded_date=ADA.awarded_date))
    for query, found in (("lovelace", 1), ("민준", 1), ("example.org", 2), ("nobody", 0), ("state=revoked", 0)):
        parameter = query if "=" in query else f"q={query}"
        rows = text(browser.get(f"{AWARDS}?{parameter}")).count("<tr>")
        assert rows == (found + 1 if found else 0)


def test_a_class_list_from_upload_to_issue(
    browser: Client, version: AchievementVersion, institution: Institution
) -> None:
    draft = upload(browser, version)
    assert draft.status_code == 302
    shown = text(browser.get(draft.url))
    assert "can mean 3 May 2026 or 5 March 2026" in shown
    assert "Issue 2 credentials" in shown
    refused = browser.get(f"{draft.url}refused.csv")
    assert refused["Content-Type"].startswith("text/csv")
    table = read_table(refused.content)
    assert table.header == ("Why refused", "Name", "Email", "Award date")
    assert table.rows[0][1][1:] == ("Ada", "ada@example.org", "03/05/2026")
    started = browser.post(f"{draft.url}start")
    assert browser.post(f"{draft.url}start").url == started.url
    running = text(browser.get(draft.url))
    assert 'hx-trigger="every 2s"' in running
    assert '<noscript><meta http-equiv="refresh"' in running
    assert "HX-Refresh" not in browser.get(f"{draft.url}progress").headers
    run_pending()
    assert browser.get(f"{draft.url}progress")["HX-Refresh"] == "true"
    assert "Finished" in text(browser.get(draft.url))
    with tenant(institution):
        assert Award.objects.filter(state="issued").count() == 2
    mended = refused.content.decode("utf-8-sig").replace("03/05/2026", "2026-05-03").encode()
    second = upload(browser, version, mended)
    assert "Issue 1 credential" in text(browser.get(second.url))


def test_what_somebody_else_has_judged_anew_meanwhile_is_not_issued_unseen(
    browser: Client, version: AchievementVersion, institution: Institution
) -> None:
    """Two registrars at one list: one looks at the dry run, the other maps its columns anew, and both the numbers stay the same."""
    draft = upload(browser, version)

    def pressed() -> str:
        found = re.search(r'name="shown" value="([0-9a-f]+)"', text(browser.get(draft.url)))
        assert found is not None
        return found[1]

    seen = pressed()
    with tenant(institution):
        batch = Batch.objects.get()
    drafts.judge_again(batch, batch.columns, award_again=True, default_date=None)
    assert "Look at its present state" in text(browser.post(f"{draft.url}start", {"shown": seen}, follow=True))
    with tenant(institution):
        assert (Batch.objects.get().state, Award.objects.count()) == ("draft", 0)
    browser.post(f"{draft.url}start", {"shown": pressed()})
    with tenant(institution):
        assert (Batch.objects.get().state, Award.objects.count()) == ("issuing", 2)


def test_undo_says_what_it_will_do(browser: Client, version: AchievementVersion, institution: Institution) -> None:
    draft = upload(browser, version)
    browser.post(f"{draft.url}start")
    assert "2 awards that are not signed yet will be cancelled" in text(browser.get(f"{draft.url}undo"))
    run_pending()
    assert "2 credentials that were issued will be revoked" in text(browser.get(f"{draft.url}undo"))
    browser.post(f"{draft.url}undo", {"reason": "issued_in_error"})
    run_pending()
    assert "Undone" in text(browser.get(draft.url))
    with tenant(institution):
        assert set(Award.objects.values_list("state", flat=True)) == {"revoked"}


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "list.csv", "The file is empty"),
        (b"name,email\n", "list.csv", "no rows below"),
        (b"%PDF-1.7", "list.csv", "not a class list"),
        (b"PK\x03\x04garbage", "list.xlsx", "cannot be read"),
        ("name,email\nJosé,a@example.org\nمحمد,b@example.org\n".encode("utf-16"), "list.csv", ""),
        (
            "name,email\nJosé,a@example.org\n".encode("cp1252") + "محمد,b@example.org\n".encode("cp1256"),
            "list.csv",
            "Choose the encoding below",
        ),
    ],
)
def test_hostile_and_broken_files(
    browser: Client, version: AchievementVersion, institution: Institution, content: bytes, name: str, sentence: str
) -> None:
    response = upload(browser, version, content, name)
    assert response.status_code == (422 if sentence else 302)
    assert sentence in text(response)
    with tenant(institution):
        assert Batch.objects.exists() is not bool(sentence)


def test_columns_are_chosen_by_hand(browser: Client, version: AchievementVersion) -> None:
    draft = upload(browser, version, class_list("Ada,ada@example.org", header="Wer,Wohin"), default_date="2026-03-05")
    assert "Missing: Name, E-mail" in text(browser.get(draft.url))
    page = f"{draft.url}columns"
    assert "Wohin" in text(browser.get(page))
    assert "<bdi>ada@example.org</bdi></p>" in text(browser.get(page)), "its first cells stand beside the choice"
    assert browser.post(page, {"column_0": "email", "column_1": "email"}).status_code == 422
    browser.post(page, {"column_0": "name", "column_1": "email", "default_date": "2026-03-05"})
    assert "Issue 1 credential" in text(browser.get(draft.url))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_our_own_template_is_understood(browser: Client, version: AchievementVersion, kind: str, language: str) -> None:
    browser.cookies["language"] = language
    response = browser.get(f"{BATCHES}template/{version.micro_credential.public_id}.{kind}")
    table = read_table(response.content)
    assert table.header[0] == ("Name" if language == "en" else "이름")
    draft = upload(browser, version, response.content, f"template.{kind}")
    with tenant(version.institution):
        batch = Batch.objects.get(public_id=draft.url.rstrip("/").rpartition("/")[2])
        assert "" not in batch.columns, dict(zip(batch.header, batch.columns, strict=True))
        assert [row.verdict for row in batch.rows.all()] == ["refused"], "the example must not be awarded by mistake"
    if kind == "xlsx":
        assert load_workbook(io.BytesIO(response.content)).active.max_row == 2


def test_a_discarded_draft_is_gone(browser: Client, version: AchievementVersion, institution: Institution) -> None:
    draft = upload(browser, version)
    assert browser.post(f"{draft.url}discard").status_code == 302
    assert browser.get(draft.url).status_code == 404


def test_an_interrupted_award_can_be_carried_on(
    browser: Client, version: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("testamur_site.issuing.services.awards.issue", lambda *_: iter(()))
        done = browser.post(f"{AWARDS}new?m={version.micro_credential.public_id}", FORM | {"confirm": "yes"})
    assert "Being signed" in text(browser.get(done.url))
    browser.post(f"{done.url}finish")
    assert "Signed file (JSON)" in text(browser.get(done.url))


def test_a_stuck_batch_offers_to_carry_on(browser: Client, version: AchievementVersion) -> None:
    draft = upload(browser, version)
    browser.post(f"{draft.url}start")
    with tenant(version.institution):
        Job.objects.update(status="failed")
    assert "Nothing is working on this batch" in text(browser.get(draft.url))
    browser.post(f"{draft.url}carry-on")
    run_pending()
    assert "Finished" in text(browser.get(draft.url))


PAGES = [
    # address, the right it asks for, does it change something
    ("awards/", "view", False),
    ("awards/new", "issue", False),
    ("awards/{award}/", "view", False),
    ("awards/{award}/credential.json", "view", False),
    ("awards/{award}/correct", "issue", False),
    ("awards/{award}/mail", "issue", True),
    ("awards/{award}/revoke", "revoke", True),
    ("awards/{award}/suspend", "revoke", True),
    ("awards/{award}/reinstate", "revoke", True),
    ("batches/", "view", False),
    ("batches/new", "issue", False),
    ("batches/template/{micro_credential}.csv", "view", False),
    ("batches/{batch}/", "view", False),
    ("batches/{batch}/progress", "view", False),
    ("batches/{batch}/columns", "issue", False),
    ("batches/{batch}/refused.csv", "issue", False),
    ("batches/{batch}/undo", "revoke", True),
]


@pytest.mark.parametrize(("address", "right", "changes"), PAGES)
def test_who_may_open_what(
    address: str,
    right: str,
    changes: bool,
    award: api.Award,
    client_for: Browser,
    owner: Any,
    issuer: Any,
    designer: Any,
    viewer: Any,
    outsider: Any,
) -> None:
    with tenant(award.institution):
        batch = api.draft_batch(award.version, LIST)
    path = "/staff/han-river/" + address.format(
        award=award.public_id, batch=batch.public_id, micro_credential=award.micro_credential.public_id
    )
    assert client_for(None).get(path).url.startswith("/accounts/login/")
    assert client_for(outsider).get(path).status_code == 404
    for user in (designer, viewer):
        assert client_for(user).get(path).status_code == (200 if right == "view" else 403)
    for user in (owner, issuer):
        assert client_for(user).get(path).status_code in (200, 302)
    if changes:
        assert client_for(viewer).post(path).status_code == 403
        assert client_for(outsider).post(path).status_code == 404


@pytest.mark.parametrize("address", [page[0] for page in PAGES if "{award}" in page[0] or "{batch}" in page[0]])
def test_another_institutions_objects_are_not_there(
    address: str, other_institution: Institution, outsider: Any, award: api.Award, client_for: Browser
) -> None:
    """The same person, asking through the institution they do belong to."""
    with tenant(award.institution):
        batch = api.draft_batch(award.version, LIST)
    path = "/staff/liffey/" + address.format(award=award.public_id, batch=batch.public_id)
    assert client_for(outsider).get(path).status_code == 404
    assert client_for(outsider).post(path).status_code in (404, 405)


def test_another_institutions_micro_credential_is_not_awarded(
    other_institution: Institution, version: AchievementVersion, browser: Client
) -> None:
    foreign = publish_one(other_institution)
    assert upload(browser, foreign).status_code == 422
    assert browser.get(f"{BATCHES}template/{foreign.micro_credential.public_id}.csv").status_code == 404
    assert "What do you want to award?" in text(browser.get(f"{AWARDS}new?m={foreign.micro_credential.public_id}"))


def test_pages_before_anything_is_published(browser: Client) -> None:
    for address in (AWARDS, BATCHES, f"{AWARDS}new", f"{BATCHES}new"):
        assert browser.get(address).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"{AWARDS}?q=%00",
        f"{AWARDS}?m=%00&batch=%00&state=%00&page=%00",
        f"{AWARDS}%00/",
        f"{AWARDS}new?m=%00",
        f"{BATCHES}%00/",
        f"{BATCHES}new?m=%00",
        f"{BATCHES}template/%00.csv",
        "/status/%00",
    ],
)
def test_no_address_breaks_the_database(browser: Client, path: str) -> None:
    """PostgreSQL refuses a NUL in any text; the platform refuses it before any view is asked."""
    assert browser.get(path).status_code == 400


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_nul_in_a_cell_is_no_text(browser: Client, version: AchievementVersion, encoding: str) -> None:
    response = upload(browser, version, "Name,Email\nA\x00da,ada@example.org\n".encode(encoding))
    assert response.status_code == 422
    assert "neither a CSV nor an XLSX" in text(response)

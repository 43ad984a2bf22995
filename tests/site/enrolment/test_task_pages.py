"""Task pages as plain forms: instructions, draft, evidence, handing in, receipt; and what two windows or a broken upload do."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.standing import aside

from testamur_site.enrolment import queries, services
from testamur_site.enrolment.evidence import store
from testamur_site.enrolment.models import Enrolment, EvidenceItem, Submission
from testamur_site.enrolment.rules import SubmissionState
from testamur_site.enrolment.work import uploads
from testamur_site.foundation.tenancy.api import tenant, unscoped

from . import examples

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
@aside
def _own_store(settings: Any, tmp_path: Any) -> None:
    settings.TESTAMUR_DATA = tmp_path


def address(mina: Enrolment, rest: str = "", task: str = "report") -> str:
    return f"/learn/{mina.public_id}/tasks/{task}/{rest}"


def draft_of(mina: Enrolment) -> Submission:
    with tenant(mina.institution):
        return Submission.objects.get(enrolment=mina, task_key="report")


def pieces_of(mina: Enrolment) -> list[EvidenceItem]:
    with tenant(mina.institution):
        return queries.evidence_of(draft_of(mina))


def save(browser: Client, mina: Enrolment, **values: Any) -> Any:
    sent = {"revision": "0", "note": "", "help_used": "", **values}
    return browser.post(address(mina, "draft"), sent)


def stored_files(tmp: Any) -> list[str]:
    return sorted(
        path.name
        for folder in ("evidence", "evidence-incoming")
        for path in (tmp / folder).rglob("*")
        if path.is_file()
    )


def test_the_page_says_what_is_asked_and_how_it_is_judged(mina: Enrolment, her_browser: Client) -> None:
    page = her_browser.get(address(mina)).content.decode()
    assert "<strong>say what it hides</strong>" in page
    assert "Names what the figures hide." in page
    assert "At least “Sound” is needed to pass." in page
    assert "by the end of the day wherever you are" in page
    assert "2 of 2 left" in page
    in_groups = "Say in the word to those who mark what was yours."
    assert in_groups not in page
    assert in_groups in her_browser.get(address(mina, task="briefing")).content.decode()
    assert her_browser.get(address(mina, task="nothing")).status_code == 404


def test_an_extension_stands_in_the_learners_words(mina: Enrolment, her_browser: Client) -> None:
    with tenant(mina.institution):
        services.extend(mina, task_key="report", days=5, reason="agreed")
    assert "With 5 days that were granted to you." in her_browser.get(address(mina)).content.decode()


def test_a_draft_keeps_everything_that_one_form_brings(mina: Enrolment, her_browser: Client) -> None:
    answer = save(
        her_browser,
        mina,
        note="A word.",
        help_used="A colleague read it.",
        file=[SimpleUploadedFile("my report.pdf", PDF), SimpleUploadedFile("notes.txt", "메모".encode())],
        address_kind="link",
        url="https://example.org/data",
        public="on",
        text_title="Summary",
        text="What the figures hide.",
    )
    assert answer.status_code == 302
    draft = draft_of(mina)
    assert (draft.note, draft.help_used, draft.state) == ("A word.", "A colleague read it.", SubmissionState.DRAFT)
    found = {item.title: item for item in pieces_of(mina)}
    assert set(found) == {"my report.pdf", "notes.txt", "example.org", "Summary"}
    assert found["my report.pdf"].media_type == "application/pdf"
    assert found["my report.pdf"].sha256 == hashlib.sha256(PDF).hexdigest()
    assert found["notes.txt"].media_type == "text/plain"
    assert (found["example.org"].sha256, found["example.org"].public) == ("", True)


def test_what_was_typed_is_not_lost_when_one_piece_is_refused(mina: Enrolment, her_browser: Client) -> None:
    answer = save(her_browser, mina, note="A word.", text="Kept.", address_kind="link", url="http://example.org/")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "must begin with https://" in page
    assert 'value="http://example.org/"' in page
    assert [item.text for item in pieces_of(mina)] == ["Kept."]
    assert draft_of(mina).note == "A word."
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    again = save(
        her_browser, mina, revision=revision[1], note="A word.", url="https://example.org/", address_kind="link"
    )
    assert again.status_code == 302
    assert len(pieces_of(mina)) == 2, "the text was not added twice"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("tool.exe", b"MZ\x90\x00" + b"\x00" * 60, "program"),
        ("run.txt", b"#!/bin/sh\nrm -rf /\n", "script"),
        ("empty.pdf", b"", "nothing in it"),
    ],
)
def test_files_that_are_not_taken(
    mina: Enrolment, her_browser: Client, tmp_path: Any, name: str, content: bytes, words: str
) -> None:
    answer = save(her_browser, mina, file=SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert stored_files(tmp_path) == []


def test_a_file_beyond_the_limit_leaves_nothing(
    mina: Enrolment, her_browser: Client, tmp_path: Any, settings: Any
) -> None:
    settings.TESTAMUR_EVIDENCE_MEBIBYTES = 1
    save(her_browser, mina, file=SimpleUploadedFile("a.pdf", PDF.ljust(1024 * 1024)))
    assert len(stored_files(tmp_path)) == 1
    answer = save(her_browser, mina, revision="1", file=SimpleUploadedFile("a.pdf", PDF.ljust(1024 * 1024 + 1)))
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()
    assert len(stored_files(tmp_path)) == 1


def test_a_full_disk_is_said_and_leaves_nothing(
    mina: Enrolment, her_browser: Client, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", no_space)
    answer = save(her_browser, mina, note="A word.", file=SimpleUploadedFile("a.pdf", PDF))
    assert answer.status_code == 422
    assert "no space left" in answer.content.decode()
    assert draft_of(mina).note == "A word."
    assert stored_files(tmp_path) == []


def test_an_upload_that_breaks_off_leaves_nothing(mina: Enrolment, her_browser: Client, tmp_path: Any) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 70_000:
                raise OSError("connection reset")
            return super().read(min(size or 8192, 8192) if size and size > 0 else 8192)

    boundary = "b0undary"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'.encode()
    body = head + PDF + b"x" * 200_000
    her_browser.raise_request_exception = False
    answer = her_browser.generic(
        "POST", address(mina, "draft"), b"", content_type=f"multipart/form-data; boundary={boundary}",
        **{"wsgi.input": Broken(body), "CONTENT_LENGTH": str(len(body) + 100)},
    )  # fmt: skip
    assert answer.status_code >= 400
    assert stored_files(tmp_path) == []
    with unscoped("a test looks"):
        assert not EvidenceItem.objects.exists()


def test_a_body_that_ends_in_the_middle_is_said_and_keeps_no_half_file(
    mina: Enrolment, her_browser: Client, tmp_path: Any
) -> None:
    boundary = "b0undary"

    def part(name: str, content: bytes, more: str = "") -> bytes:
        return (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"
        )

    body = part("revision", b"0") + part("note", b"A word.") + part("help_used", b"")
    body += part("file", PDF * 50, '; filename="a.pdf"')[:-900]
    answer = her_browser.generic("POST", address(mina, "draft"), body, f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 422
    assert "Choose it again" in answer.content.decode()
    assert draft_of(mina).note == "A word."
    assert stored_files(tmp_path) == []


def test_a_forged_request_uploads_nothing(mina: Enrolment, tmp_path: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = examples.browser_of(mina).cookies
    answer = save(browser, mina, file=SimpleUploadedFile("a.pdf", PDF))
    assert answer.status_code == 403
    assert stored_files(tmp_path) == []


def test_two_windows_are_told_of_each_other(mina: Enrolment, her_browser: Client) -> None:
    save(her_browser, mina, note="first")
    seen = str(draft_of(mina).revision)
    save(her_browser, mina, revision=seen, note="second")
    conflict = save(her_browser, mina, revision=seen, note="third", text="Added all the same.")
    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "second" in page
    assert "third" in page
    assert draft_of(mina).note == "second"
    assert len(pieces_of(mina)) == 1
    save(her_browser, mina, revision=str(draft_of(mina).revision), note="third")
    assert draft_of(mina).note == "third"


def test_a_window_that_knows_of_no_draft_does_not_overwrite_one(mina: Enrolment, her_browser: Client) -> None:
    save(her_browser, mina, note="from the first window")
    assert save(her_browser, mina, note="from the second window").status_code == 409
    assert draft_of(mina).note == "from the first window"


def hand_in(browser: Client, mina: Enrolment, **values: str) -> Any:
    page = browser.get(address(mina, "submit")).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    return browser.post(address(mina, "submit"), {"seen": seen[1], **values})


def test_handing_in_needs_evidence_and_the_statement_and_gives_a_receipt(mina: Enrolment, her_browser: Client) -> None:
    save(her_browser, mina, note="A word.")
    assert "Add more evidence" in hand_in(her_browser, mina, declared="on").content.decode()
    save(her_browser, mina, revision="2", note="A word.", file=SimpleUploadedFile("a.pdf", PDF), do="go_on")
    refused = hand_in(her_browser, mina)
    assert refused.status_code == 422
    assert "Tick the statement of authorship." in refused.content.decode()
    done = hand_in(her_browser, mina, declared="on")
    assert done.status_code == 302
    receipt = her_browser.get(done.url).content.decode()
    assert hashlib.sha256(PDF).hexdigest() in receipt
    assert draft_of(mina).public_id in receipt
    assert her_browser.get(address(mina, "submit")).url == done.url
    assert save(her_browser, mina, revision="9", note="changed").url == address(mina)
    assert draft_of(mina).note == "A word."


def test_what_is_handed_in_is_what_was_seen(mina: Enrolment, her_browser: Client) -> None:
    save(her_browser, mina, text="One.")
    page = her_browser.get(address(mina, "submit")).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    save(her_browser, mina, revision=str(draft_of(mina).revision), text="Two.")
    refused = her_browser.post(address(mina, "submit"), {"seen": seen[1], "declared": "on"})
    assert refused.status_code == 422
    assert "changed in another window" in refused.content.decode()
    assert draft_of(mina).state == SubmissionState.DRAFT


def test_taking_back_and_handing_in_again(mina: Enrolment, her_browser: Client) -> None:
    submission = examples.handed_in(mina)
    path = f"/learn/submissions/{submission.public_id}/withdraw"
    assert her_browser.get(path).status_code == 200
    assert her_browser.post(path).url == address(mina)
    page = her_browser.get(address(mina)).content.decode()
    assert "My analysis" in page
    assert "Taken back" in page


def test_what_came_back_says_why(mina: Enrolment, her_browser: Client) -> None:
    submission = examples.handed_in(mina)
    with tenant(mina.institution):
        services.return_for_resubmission(submission, "Name your sources.", None)
    assert "Name your sources." in her_browser.get(address(mina)).content.decode()
    assert "Name your sources." in her_browser.get(f"/learn/submissions/{submission.public_id}").content.decode()


def test_evidence_goes_out_as_an_attachment_in_a_sandbox(mina: Enrolment, her_browser: Client) -> None:
    save(her_browser, mina, file=SimpleUploadedFile("보고서.pdf", PDF))
    item = pieces_of(mina)[0]
    answer = her_browser.get(f"/learn/evidence/{item.public_id}")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (answer["Content-Type"], answer["Content-Length"]) == ("application/pdf", str(len(PDF)))
    assert "sha-256=:" in answer["Repr-Digest"]
    assert "no-store" in answer["Cache-Control"]


def test_markup_is_never_served_under_its_own_type(mina: Enrolment, her_browser: Client) -> None:
    save(her_browser, mina, file=SimpleUploadedFile("a.html", b"<!doctype html><script>alert(1)</script>", "text/html"))
    answer = her_browser.get(f"/learn/evidence/{pieces_of(mina)[0].public_id}")
    assert answer["Content-Type"] == "application/octet-stream"
    answer.close()


def test_a_portfolio_piece_is_used_again_and_deleted_before_use(mina: Enrolment, her_browser: Client) -> None:
    her_browser.post("/learn/evidence/", {"text": "For several tasks.", "text_title": "Essay"})
    with tenant(mina.institution):
        item = EvidenceItem.objects.get()
    save(her_browser, mina, again=item.public_id)
    assert pieces_of(mina) == [item]
    save(her_browser, mina, revision="2", remove=item.public_id)
    assert pieces_of(mina) == []
    assert her_browser.post(f"/learn/evidence/{item.public_id}/delete").url == "/learn/evidence/"
    submission = examples.handed_in(mina)
    with tenant(mina.institution):
        kept = submission.pieces.get().item
    her_browser.post(f"/learn/evidence/{kept.public_id}/delete")
    with tenant(mina.institution):
        assert list(EvidenceItem.objects.all()) == [kept]


def test_a_wish_about_an_address_may_change_after_it_was_handed_in(mina: Enrolment, her_browser: Client) -> None:
    save(her_browser, mina, address_kind="link", url="https://example.org/work")
    hand_in(her_browser, mina, declared="on")
    item = pieces_of(mina)[0]
    her_browser.post(f"/learn/evidence/{item.public_id}/visibility", {"public": "yes"})
    assert pieces_of(mina)[0].public


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_is_drawn_in_both_languages(
    mina: Enrolment, her_browser: Client, language: str, client_for: Callable[..., Client]
) -> None:
    her_browser.cookies["language"] = language
    submission = examples.handed_in(mina)
    for path in (
        "/learn/evidence/", "/learn/about-me", "/learn/about-me/delete", address(mina), address(mina, task="briefing"),
        f"/learn/{mina.public_id}/", f"/learn/{mina.public_id}/withdraw", f"/learn/submissions/{submission.public_id}",
        f"/learn/submissions/{submission.public_id}/withdraw", f"/learn/enrol/{mina.offering.public_id}",
    ):  # fmt: skip
        answer = her_browser.get(path)
        assert answer.status_code == 200, path
        assert f'<html lang="{language}"' in answer.content.decode(), path


def test_no_more_than_so_many_files_at_once(mina: Enrolment, her_browser: Client) -> None:
    many = [SimpleUploadedFile(f"{n}.txt", b"text %d" % n) for n in range(uploads.MOST_FILES + 3)]
    save(her_browser, mina, file=many)
    assert len(pieces_of(mina)) == uploads.MOST_FILES

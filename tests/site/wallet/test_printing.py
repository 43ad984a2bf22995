"""All certificates of a batch in files for printing: who counts now is in them, in the order of the list, and nobody else."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from tests.standing import standing

from testamur.formats import pdf
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit.models import AuditEntry
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.issuing.models import Award
from testamur_site.wallet import certificate
from testamur_site.wallet.certificate import printing
from testamur_site.wallet.certificate.pdf import shown_name

from .conftest import MINA

pytestmark = pytest.mark.django_db
PEOPLE = ("김미나", "Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra")


@pytest.fixture
@standing
def batch(institution: Institution, version: AchievementVersion, issuer: User) -> issuing.Batch:
    lines = "".join(
        f"{name},learner{n}@example.org,2026-03-05,{'2027-03-05' if name == 'Alan Turing' else ''}\n"
        for n, name in enumerate(PEOPLE)
    )
    with tenant(institution):
        draft = issuing.draft_batch(
            version, f"name,email,date,valid until\n{lines}".encode(), language="en", actor=issuer
        )
        started = issuing.start_batch(draft, actor=issuer)
    run_pending()
    with tenant(institution):
        found = issuing.own_batch(started.public_id)
    assert found is not None
    return found


def award_of(name: str) -> Award:
    return Award.objects.select_related("institution", "version").get(recipient_name=name)


def pages(content: bytes) -> list[str]:
    return [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(content)).pages]


def names_in(content: bytes, people: tuple[str, ...] = PEOPLE) -> list[str]:
    return [next(name for name in people if name in text) for text in pages(content)]


def test_a_page_for_each_in_the_order_of_the_list(
    institution: Institution, batch: issuing.Batch, django_assert_max_num_queries: Any
) -> None:
    with tenant(institution):
        certificate.printed(batch, 1)
        with django_assert_max_num_queries(1):
            made = certificate.printed(batch, 1)
        assert made is not None
        content, count = made
        addresses = [award_of(name).url for name in PEOPLE]
    assert count == 5
    assert names_in(content) == list(PEOPLE)
    for text, address in zip(pages(content), addresses, strict=True):
        assert address in text.replace("\u200b", "").replace("\n", "")
        assert "What counts is the signed credential at this address" in text.replace("\n", " ")
    assert pdf.attachments(content) == []


def test_each_is_in_the_language_of_its_learner(institution: Institution, batch: issuing.Batch) -> None:
    with tenant(institution):
        Award.objects.filter(recipient_name="김미나").update(language="ko")
        made = certificate.printed(batch, 1)
    assert made is not None
    korean, english, *_others = pages(made[0])
    assert ("수여일" in korean, "Awarded on" in korean) == (True, False)
    assert ("수여일" in english, "Awarded on" in english) == (False, True)
    assert "Data" in english
    assert "데이터" in korean


def test_who_does_not_count_is_left_out_and_a_corrected_name_takes_its_place(
    institution: Institution, batch: issuing.Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant(institution):
        issuing.revoke(award_of("Ada Lovelace"), issuing.Reason.ISSUED_IN_ERROR)
        issuing.suspend(award_of("Grace Hopper"), issuing.Reason.ISSUED_IN_ERROR)
        old = award_of("Edsger Dijkstra")
        for name in ("Edsger W. Dijkstra", "Edsger Wybe Dijkstra"):
            data = issuing.AwardData(name=name, email=old.recipient_email, awarded_date=date(2026, 3, 5))
            issuing.correct(old, data)
            run_pending()
            old = award_of(name)
        later = datetime(2027, 6, 1, tzinfo=UTC)
        monkeypatch.setattr(printing, "timezone", SimpleNamespace(now=lambda: later))
        made = certificate.printed(batch, 1)
        assert certificate.left_out(batch) == 3
        assert [(part.awards, part.first, part.last) for part in certificate.parts(batch)] == [(2, 2, 6)]
        assert made is not None
        assert names_in(made[0], ("김미나", "Edsger Wybe Dijkstra")) == ["김미나", "Edsger Wybe Dijkstra"]
        issuing.revoke(old, issuing.Reason.ISSUED_IN_ERROR)
        made = certificate.printed(batch, 1)
    assert made is not None
    assert made[1] == 1


def test_parts_hold_the_same_rows_whatever_happens(
    institution: Institution, batch: issuing.Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "PART", 2)
    with tenant(institution):
        before = certificate.parts(batch)
        assert [(part.number, part.first, part.last, part.awards) for part in before] == [
            (2, 2, 3, 2),
            (3, 4, 5, 2),
            (4, 6, 6, 1),
        ]
        issuing.revoke(award_of("Grace Hopper"), issuing.Reason.ISSUED_IN_ERROR)
        assert [part.number for part in certificate.parts(batch)] == [2, 3, 4]
        made = certificate.printed(batch, 3)
        assert made is not None
        assert names_in(made[0]) == ["Alan Turing"]
        issuing.revoke(award_of("Alan Turing"), issuing.Reason.ISSUED_IN_ERROR)
        assert certificate.printed(batch, 3) is None
        assert [part.number for part in certificate.parts(batch)] == [2, 4]


@pytest.mark.django_db(transaction=True)  # as the pages run: no transaction is open but those that they open themselves
def test_the_page_and_the_file(
    institution: Institution, batch: issuing.Batch, issuer: User, client_for: Callable[[User | None], Client]
) -> None:
    client = client_for(issuer)
    here = reverse("wallet:certificates", args=[institution.slug, batch.public_id])
    assert here in client.get(reverse("issuing:batch", args=[institution.slug, batch.public_id])).content.decode()
    page = client.get(here).content.decode()
    assert "5 certificates" in page
    assert "2–6" in page
    for paper, width in (("a4", 595), ("us-letter", 612)):
        answer = client.post(here, {"part": "1", "paper": paper})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer["Content-Disposition"] == f'attachment; filename="certificates-{batch.public_id}-1.pdf"'
        assert "no-store" in answer["Cache-Control"]
        assert int(pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].mediabox.width) == width
    with tenant(institution):
        entries = AuditEntry.objects.filter(action="certificates.printed")
        assert [entry.facts for entry in entries] == [{"part": 1, "certificates": 5}] * 2
    for wrong in ({"part": "x"}, {"part": "1", "paper": "a3"}, {"part": "9" * 30}, {"part": "²"}, {}):
        assert client.post(here, wrong).status_code == 404
    assert client.post(here, {"part": "7"}).url == here


def test_nothing_to_print_is_said(
    institution: Institution, batch: issuing.Batch, issuer: User, client_for: Callable[[User | None], Client]
) -> None:
    with tenant(institution):
        for name in PEOPLE:
            issuing.revoke(award_of(name), issuing.Reason.ISSUED_IN_ERROR)
    page = client_for(issuer).get(reverse("wallet:certificates", args=[institution.slug, batch.public_id]))
    assert "Nothing to print yet" in page.content.decode()


def test_a_name_is_never_a_program(
    institution: Institution, batch: issuing.Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hostile(award: Award) -> str:
        award.recipient_name = '#panic("x") ] $ " \\ */ #read("/etc/passwd") \u202e' + "W" * 150
        return shown_name(award)

    monkeypatch.setattr(printing, "shown_name", hostile)
    with tenant(institution):
        made = certificate.printed(batch, 1)
    assert made is not None
    assert ["#panic" in text for text in pages(made[0])] == [True] * 5


def test_another_institution_s_batch_is_not_there(
    batch: issuing.Batch, outsider: User, other_institution: Institution, client_for: Callable[[User | None], Client]
) -> None:
    for slug in ("han-river", other_institution.slug):
        here = reverse("wallet:certificates", args=[slug, batch.public_id])
        assert client_for(outsider).get(here).status_code == 404


def test_an_award_without_a_batch_has_no_part(
    institution: Institution, version: AchievementVersion, batch: issuing.Batch
) -> None:
    with tenant(institution):
        issuing.award_one(version, MINA, actor=None)
        assert sum(part.awards for part in certificate.parts(batch)) == 5

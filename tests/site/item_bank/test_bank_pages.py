"""The staff pages: from an empty list to an open bank, tables out and in, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.site.item_bank import examples
from tests.standing import standing

from testamur_site.foundation.audit.api import AuditEntry
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.item_bank.banks import calibration, services
from testamur_site.item_bank.banks.tables import read_csv, write_csv
from testamur_site.item_bank.models import Calibration, Item, ItemBank

BASE = "/staff/han-river/item-banks/"
SETTINGS = {
    "title": "Reading figures", "description": "", "minimum": "4", "maximum": "8", "standard_error": "0.4", "exposure": "30",
    "minutes": "", "seconds_each": "", "areas": "percent: 2\nrates: 1",
}  # fmt: skip
ITEM = {
    "key": "q1", "kind": "choice", "text_en": "What is 20 % of 50?", "text_ko": "", "options_en": "5\n10\n20", "options_ko": "",
    "right": "2", "answer": "", "tolerance": "", "area": "percent", "a": "1.2", "b": "-0.5", "source": "",
}  # fmt: skip


@pytest.fixture
def browser(designer: Any, client_for: Callable[[Any], Client]) -> Client:
    return client_for(designer)


@pytest.fixture
@standing
def bank(institution: Institution) -> ItemBank:
    return examples.open_bank(institution, 12)


def one(bank: ItemBank, page: str = "") -> str:
    return f"{BASE}{bank.public_id}/{page}"


def upload(bank: ItemBank, browser: Client, table: bytes) -> Any:
    return browser.post(one(bank, "import"), {"table": SimpleUploadedFile("items.csv", table, "text/csv")})


def test_from_nothing_to_an_open_bank(browser: Client, institution: Institution) -> None:
    assert "No item bank yet" in browser.get(BASE).content.decode()
    assert browser.post(f"{BASE}new", SETTINGS).status_code == 302
    with tenant(institution):
        bank = ItemBank.objects.get()
        assert (bank.areas, bank.exposure) == ({"percent": 2.0, "rates": 1.0}, 0.3)
    refused = browser.post(one(bank, "open"), follow=True).content.decode()
    assert "needs at least as many items" in refused
    for number in range(4):
        sent = {**ITEM, "key": f"q{number}", "text_en": f"Question {number}?"}
        assert browser.post(one(bank, "items/new"), sent).status_code == 302
    assert "The bank is open" in browser.post(one(bank, "open"), follow=True).content.decode()
    page = browser.get(one(bank)).content.decode()
    assert "The parameters are provisional" in page
    assert bank.public_id in page
    with tenant(institution):
        actions = set(AuditEntry.objects.values_list("action", flat=True))
        assert {"item_bank.created", "item_bank.item_added", "item_bank.opened"} <= actions


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"key": "-x"}, "beginning with a letter or a digit"),
        ({"text_en": ""}, "at least one language"),
        ({"options_en": "10"}, "Two to eight options"),
        ({"options_en": "10\n10"}, "stands twice"),
        ({"right": "4"}, "which option is right"),
        ({"right": ""}, "which option is right"),
        ({"a": "0"}, "0.05"),
        ({"b": "7"}, "6"),
        ({"text_ko": "50의 20%는?"}, "needs all options"),
        ({"kind": "number", "answer": "ten"}, "no number"),
        ({"kind": "number", "answer": "10", "tolerance": "-1"}, "no number"),
    ],
)
def test_an_item_that_cannot_be_asked_is_refused_at_its_field(
    browser: Client, bank: ItemBank, change: dict[str, str], sentence: str
) -> None:
    answer = browser.post(one(bank, "items/new"), {**ITEM, "key": "new", **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with tenant(bank.institution):
        assert not Item.objects.filter(key="new").exists()


def test_a_name_is_given_once(browser: Client, bank: ItemBank) -> None:
    answer = browser.post(one(bank, "items/new"), {**ITEM, "key": "item001"})
    assert "has an item of this name already" in answer.content.decode()


def test_settings_that_contradict_each_other(browser: Client, bank: ItemBank) -> None:
    for change in (
        {"minimum": "9"},
        {"standard_error": "0"},
        {"exposure": "1"},
        {"areas": "a: 1\na: 2"},
        {"areas": "a: 0"},
        {"minutes": "0"},
    ):
        assert browser.post(one(bank, "edit"), {**SETTINGS, **change}).status_code == 422, change
    assert browser.post(one(bank, "edit"), {**SETTINGS, "minutes": "20"}).status_code == 302


def test_an_item_is_edited_retired_and_brought_back(browser: Client, bank: ItemBank) -> None:
    with tenant(bank.institution):
        item = Item.objects.get(key="item001")
    page = one(bank, f"items/{item.pk}/")
    assert "Question 1?" in browser.get(page).content.decode()
    assert browser.post(page, {**ITEM, "text_en": "Reworded?"}).status_code == 302
    item.refresh_from_db()
    assert (item.key, item.text, item.version) == ("item001", {"en": "Reworded?"}, 1)
    assert browser.post(one(bank, f"items/{item.pk}/retire")).status_code == 302
    item.refresh_from_db()
    assert item.state == "retired"
    assert "item001" in browser.get(one(bank) + "?list=retired").content.decode()
    assert browser.post(one(bank, f"items/{item.pk}/bring-back")).status_code == 302
    item.refresh_from_db()
    assert item.state == "active"


def test_a_table_goes_out_and_comes_in_again_unchanged(browser: Client, bank: ItemBank) -> None:
    table = browser.get(one(bank, "items.csv")).content
    shown = upload(bank, browser, table)
    assert shown.status_code == 200
    page = shown.content.decode()
    assert "Import these items" not in page, "nothing would change"
    with tenant(bank.institution):
        before = [services.data_of(item) for item in Item.objects.all()]
        assert [row.item for row in read_csv(table)] == sorted(before, key=lambda item: (item.area, item.key))


def test_a_table_is_looked_at_before_it_is_taken(browser: Client, bank: ItemBank) -> None:
    table = (
        "key,kind,text_en,options_en,right,answer,a,b\n"
        'new1,choice,What?,"yes\nno",1,,1.1,0.2\n'
        "bad,choice,What?,yes,1,,1,0\n"
        "item001,number,Half of 9?,,,4.5,1,0\n"
    )
    page = upload(bank, browser, table.encode()).content.decode()
    assert "Two to eight options" in page
    with tenant(bank.institution):
        assert Item.objects.count() == 12
    signed = page.split('name="confirmed" value="')[1].split('"')[0]
    done = browser.post(one(bank, "import"), {"confirmed": signed}, follow=True).content.decode()
    assert "1 item was added, 1 was changed." in done
    with tenant(bank.institution):
        assert Item.objects.get(key="new1").right == 0
        assert Item.objects.get(key="item001").answer == "4.5"
    assert (
        "choose the table again"
        in browser.post(one(bank, "import"), {"confirmed": signed[:-2]}, follow=True).content.decode()
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "must name the columns"),
        (b"key,kind,text_en\n", "has no rows"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "no text table"),
        (b"key,kind,text_en\n" + b"x,choice,y\n" * 2001, "more than 2000 rows"),
        (b'key,kind,text_en\n"x,choice,y\n', "cannot be read as CSV"),
    ],
)
def test_tables_that_cannot_be_read(browser: Client, bank: ItemBank, table: bytes, sentence: str) -> None:
    answer = upload(bank, browser, table)
    assert answer.status_code == 422
    assert sentence.replace("no text", "not a text") in answer.content.decode()


def test_formulas_leave_as_text_and_come_back(bank: ItemBank) -> None:
    item = examples.choice("q1", text={"en": "=1+1 is?"}, options=[{"en": "-2"}, {"en": "2"}])
    table = write_csv([item])
    assert "'=1+1 is?" in table
    assert [row.item for row in read_csv(table.encode())] == [item]


def test_a_calibration_is_asked_for_computed_and_taken_over(browser: Client, bank: ItemBank) -> None:
    assert "nothing to compute from" in browser.post(one(bank, "calibrate"), follow=True).content.decode()
    learner = examples.learner_of(bank)
    with tenant(bank.institution):
        examples.sit(learner, 0.5)
    assert "being computed" in browser.post(one(bank, "calibrate"), follow=True).content.decode()
    with tenant(bank.institution):
        made = calibration.run(Calibration.objects.select_related("bank__institution").get())
        assert made.sittings == 1
        assert {tuple(one["findings"]) for one in made.results} == {("too_few",)}
        # As if two hundred had sat it.
        results = [
            {**one, "a": 1.5, "b": 0.25, "answers": 240, "findings": [], "calibrated": True} for one in made.results[:2]
        ]
        Calibration.objects.update(results=results)
    page = browser.get(one(bank, "calibration")).content.decode()
    assert "2 items can be taken over" in page
    assert (
        "new parameters are in use"
        in browser.post(one(bank, "calibration"), {"step": "apply"}, follow=True).content.decode()
    )
    with tenant(bank.institution):
        taken = Item.objects.filter(a=1.5, b=0.25)
        assert taken.count() == 2
        assert all("n = 240" in item.source for item in taken)
    assert browser.post(one(bank, "calibration"), {"step": "apply"}).status_code == 302, "once"


def test_a_bank_that_was_sat_is_closed_not_deleted(browser: Client, bank: ItemBank) -> None:
    learner = examples.learner_of(bank)
    with tenant(bank.institution):
        examples.sit(learner, 0.5)
    assert "so it stays" in browser.post(one(bank, "discard"), follow=True).content.decode()
    assert "The bank is closed" in browser.post(one(bank, "close"), follow=True).content.decode()


def test_other_roles_and_institutions_see_nothing(
    bank: ItemBank, viewer: Any, outsider: Any, client_for: Callable[[Any], Client]
) -> None:
    for person in (viewer, outsider):
        assert client_for(person).get(one(bank)).status_code in (403, 404)
    assert client_for(outsider).get(f"/staff/liffey/item-banks/{bank.public_id}/").status_code == 404


def test_a_large_bank_is_shown_in_pages_and_searched(browser: Client, institution: Institution) -> None:
    bank = examples.open_bank(institution, 60)
    page = browser.get(one(bank)).content.decode()
    assert page.count("Provisional") == 50
    found = browser.get(one(bank) + "?q=question 7?").content.decode()
    assert "item007" in found
    assert "item001" not in found
    assert "No item fits" in browser.get(one(bank) + "?q=zebra").content.decode()


def test_the_lead_sees_every_test_and_gives_more_time(
    bank: ItemBank, programme_lead: Any, viewer: Any, client_for: Callable[[Any], Client]
) -> None:
    learner = examples.learner_of(bank)
    page = f"/staff/han-river/tests/{learner.offering.public_id}/quiz/"
    lead = client_for(programme_lead)
    assert "Not begun" in lead.get(page).content.decode()
    assert lead.post(page, {"learner": learner.public_id, "percent": "900"}).status_code == 422
    assert lead.post(page, {"learner": "stranger", "percent": "25"}).status_code == 422
    assert "+25 %" in lead.post(page, {"learner": learner.public_id, "percent": "25"}, follow=True).content.decode()
    with tenant(bank.institution):
        examples.sit(learner, 2.0)
    assert "Reached" in lead.get(page).content.decode()
    assert lead.get(page.replace("quiz", "essay")).status_code == 404
    assert client_for(viewer).get(page).status_code in (403, 404)

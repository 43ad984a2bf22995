"""Cut-offs by place in the log, the requirement of the log, and what the DID document says of both."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.standing import aside, standing

from testamur import strict_json
from testamur.log import commitment_of, handle_of
from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import did_document, keys_of, rotate, signing_key
from testamur_site.foundation.keys.proposals import carrying_out
from testamur_site.foundation.keys.proposals import queries as proposals
from testamur_site.foundation.keys.proposals.services import ProposalRefused
from testamur_site.foundation.tenancy.api import Institution, unscoped
from testamur_site.log import services as log
from testamur_site.log.api import Kind, Record, monitor, record
from testamur_site.log.cut_offs import actions, queries, rules, services
from testamur_site.log.cut_offs.models import KeyCutOff
from testamur_site.log.models import Entry, Shard
from testamur_site.log.monitor.models import Alarm

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
YEAR = timezone.now().year
DAY = timedelta(days=1)


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


def awarded(institution: Institution, *numbers: int, sequenced: bool = True) -> None:
    record(
        [Record(Kind.ISSUE, f"urn:uuid:{n}", b"{}", f"award:{n}:issued", f"award:{n}") for n in numbers], institution
    )
    if sequenced:
        log.sequence()


def key(institution: Institution, fragment: str) -> Any:
    return next(one for one in keys_of(institution) if one.fragment == fragment)


def endpoint(institution: Institution) -> dict[str, Any]:
    (service,) = did_document(institution)["service"]
    assert service["id"] == f"{institution.did}#transparency-log"
    assert service["type"] == "TransparencyLog"
    return service["serviceEndpoint"]


# --- rules -------------------------------------------------------------------------------------------------------------------


def test_a_cut_off_only_moves_to_an_earlier_place() -> None:
    told = [("key-1", (2026, 9), "a"), ("key-1", (2026, 5), "b"), ("key-1", (2027, 0), "c"), ("key-2", (2025, 7), "d")]
    assert rules.effective(told) == {"key-1": ((2026, 5), "b"), "key-2": ((2025, 7), "d")}


@pytest.mark.parametrize(
    ("before", "after", "alone"),
    [
        (None, NOW + DAY, True),
        (None, NOW + DAY - timedelta(seconds=1), False),
        (None, NOW - DAY, False),
        (NOW + 9 * DAY, NOW + 2 * DAY, True),
        (NOW + 2 * DAY, NOW + 9 * DAY, False),
        (NOW + 2 * DAY, None, False),
        (None, None, False),
    ],
)
def test_what_one_person_alone_may_require(before: datetime | None, after: datetime | None, alone: bool) -> None:
    assert rules.one_may_require(before, after, NOW) == alone


# --- the service -------------------------------------------------------------------------------------------------------------


def test_the_document_says_where_the_log_is(institution: Institution) -> None:
    assert services.announce(institution)
    assert not services.announce(institution), "nothing changed"
    found = endpoint(institution)
    assert found["origin"][0] == f"localhost:8000/log/{YEAR}"
    shard = Shard.objects.get(year=YEAR)
    assert found["vkey"][:2] == [one.vkey for one in shard.keys.all()]
    assert "requiredFrom" not in found
    assert "cutOffs" not in found


def test_the_coming_year_is_announced_before_it_comes(institution: Institution) -> None:
    services.announce(institution, datetime(2031, 11, 29, tzinfo=UTC))
    assert Shard.objects.filter(year=2032).count() == 0
    services.announce(institution, datetime(2031, 12, 2, tzinfo=UTC))
    assert "localhost:8000/log/2032" in endpoint(institution)["origin"]


def test_a_change_of_keys_is_recorded_with_the_service_in_it(institution: Institution, settings: Any) -> None:
    settings.TESTAMUR_AFTER_KEY_CHANGE = "testamur_site.log.jobs.record_keys"
    rotate(institution, None)
    run_pending()
    recorded = {bytes(entry.commitment) for entry in Entry.objects.filter(kind=Kind.ISSUER_KEYS)}
    assert commitment_of(strict_json.jcs(did_document(institution))) in recorded
    assert endpoint(institution)["origin"]


# --- the requirement ---------------------------------------------------------------------------------------------------------


def test_the_log_is_required_from_a_day_to_come(institution: Institution, owner: User) -> None:
    day = timezone.now().replace(microsecond=0) + 3 * DAY
    services.require(institution, day, owner)
    assert endpoint(institution)["requiredFrom"] == day.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert entries(institution, action="log_requirement.")[0].facts == {"from": None, "to": day.isoformat()}
    with pytest.raises(services.NeedsTwo):
        services.require(institution, day + DAY, owner)


def test_less_is_required_when_two_agree(
    institution: Institution, owner: User, second: User, client_for: Callable[[User], Client]
) -> None:
    services.require(institution, timezone.now() + 3 * DAY, owner)
    browser, address = client_for(owner), "/staff/han-river/keys/public-log"
    silent = browser.post(address, {"required_from": ""})
    assert silent.status_code == 422
    assert "Say why" in silent.content.decode()
    shown = browser.post(address, {"required_from": "", "reason": "A mistake."}, follow=True).content.decode()
    assert "No longer require the public log" in shown
    assert "requiredFrom" in endpoint(institution)
    (one,) = proposals.proposals(institution)
    carrying_out.carry_out(institution, one, second)
    assert "requiredFrom" not in endpoint(institution)


def test_the_requirement_on_the_page(
    institution: Institution, owner: User, client_for: Callable[[User], Client]
) -> None:
    browser, address = client_for(owner), "/staff/han-river/keys/public-log"
    assert browser.get(address).status_code == 200
    day = (timezone.now() + 5 * DAY).date().isoformat()
    assert browser.post(address, {"required_from": day}).status_code == 302
    assert endpoint(institution)["requiredFrom"] == f"{day}T00:00:00Z"
    assert browser.post(address, {"required_from": day}).status_code == 302
    assert entries(institution, action="log_requirement.").count() == 1
    assert browser.post(address, {"required_from": "9999-01-01"}).status_code == 422


# --- cut-offs ----------------------------------------------------------------------------------------------------------------


def test_the_list_of_keys_says_which_are_cut_off(
    institution: Institution, owner: User, second: User, client_for: Callable[[User], Client]
) -> None:
    awarded(institution, 1)
    browser = client_for(owner)
    assert "Cut off" not in browser.get("/staff/han-river/keys").content.decode()
    carrying_out.carry_out(
        institution, actions.propose_cut_off(institution, "key-1", None, owner, reason="A stick was lost."), second
    )
    page = browser.get("/staff/han-river/keys").content.decode()
    assert "Cut off" in page
    assert 'class="pill quiet"' not in page, "a key that is cut off is not merely retired"


def test_from_now_on_a_key_counts_for_nothing(institution: Institution, owner: User, second: User) -> None:
    awarded(institution, 1, 2)
    awarded(institution, 3, sequenced=False)
    one = actions.propose_cut_off(institution, "key-1", None, owner, reason="A stick was lost.")
    with pytest.raises(ProposalRefused):
        carrying_out.carry_out(institution, one, owner)
    carrying_out.carry_out(institution, one, second)
    log.sequence()
    assert signing_key(institution).key_id == "key-2"
    (cut,) = queries.cut_offs(institution)
    waiting = Entry.objects.get(subject="award:3")
    assert waiting.index is not None
    assert waiting.index < cut.index, "what waited for its place is honest"
    told = endpoint(institution)["cutOffs"]
    expected = {
        "key": f"{institution.did}#key-1",
        "origin": f"localhost:8000/log/{YEAR}",
        "index": cut.index,
        "reason": "key_compromise",
    }
    assert told == [expected]
    listed = [method["id"] for method in did_document(institution)["verificationMethod"]]
    assert f"{institution.did}#key-1" in listed, "a key with a cut-off stays in the document"
    notice = Entry.objects.get(kind=Kind.KEY_CUT_OFF)
    assert bytes(notice.commitment) == commitment_of(strict_json.jcs(expected)), "the log holds what the document says"
    assert bytes(notice.handle) == handle_of(f"{institution.did}#key-1")
    assert [entry.action for entry in entries(institution)[:2]] == ["key.cut_off", "key.rotated"]


def test_from_an_earlier_place_on(institution: Institution, owner: User, second: User) -> None:
    awarded(institution, 1, 2)
    place = queries.next_place(YEAR)
    awarded(institution, 3, 4)
    found = queries.effect(institution, key(institution, "key-1"), place)
    assert (found.before, found.after) == (2, 2)
    one = actions.propose_cut_off(institution, "key-1", place, owner, reason="Two awards are not ours.")
    carrying_out.carry_out(institution, one, second)
    awarded(institution, 5)
    (cut,) = queries.cut_offs(institution)
    assert (cut.shard.year, cut.index) == place
    after = queries.awards_after(institution, key(institution, "key-1"), place)
    assert [queries.award_of(entry) for entry in after] == ["3", "4"], "5 was signed with the new key"


def test_moved_to_an_earlier_place_and_never_to_a_later_one(institution: Institution, owner: User) -> None:
    awarded(institution, 1, 2, 3)
    services.cut_off(institution, "key-1", (YEAR, 2), owner)
    services.cut_off(institution, "key-1", (YEAR, 1), owner)
    services.cut_off(institution, "key-1", (YEAR, 3), owner)
    assert endpoint(institution)["cutOffs"][0]["index"] == 1
    assert signing_key(institution).key_id == "key-2", "rotated once"
    before = Entry.objects.count()
    services.cut_off(institution, "key-1", (YEAR, 1), owner)
    assert Entry.objects.count() == before, "doing it again changes nothing"


@pytest.mark.parametrize(("fragment", "year"), [("key-9", YEAR), ("key-1", 1999)])
def test_no_such_key_or_place(institution: Institution, owner: User, fragment: str, year: int) -> None:
    awarded(institution, 1)
    with pytest.raises(services.NoSuchPlace):
        services.cut_off(institution, fragment, (year, 0), owner)
    assert signing_key(institution).key_id == "key-1"


def test_alone_one_can_stop_a_thief_at_once_but_not_judge_the_past(institution: Institution, owner: User) -> None:
    awarded(institution, 1)
    past = actions.propose_cut_off(institution, "key-1", (YEAR, 0), owner, reason="Perhaps since last week.")
    with pytest.raises(ProposalRefused) as caught:
        carrying_out.carry_out(institution, past, owner)
    assert caught.value.code == "too_early"
    from testamur_site.foundation.keys.proposals.services import close

    close(institution, past.public_id, owner)
    now = actions.propose_cut_off(institution, "key-1", None, owner, reason="A stick was lost.")
    carrying_out.carry_out(institution, now, owner)
    assert signing_key(institution).key_id == "key-2"
    assert entries(institution, action="key_proposal.carried_out")[0].facts["alone"] is True


def test_the_place_of_a_moment(institution: Institution) -> None:
    awarded(institution, 1)
    awarded(institution, 2)
    first, last = Entry.objects.filter(kind=Kind.ISSUE).order_by("index")
    Entry.objects.filter(pk=first.pk).update(sequenced_at=timezone.now() - 3 * DAY)
    assert first.index is not None
    assert queries.place_at(timezone.now() - DAY) == (YEAR, last.index)
    assert queries.place_at(timezone.now()) == (YEAR, (last.index or 0) + 1)
    assert queries.place_at(datetime(2001, 1, 1, tzinfo=UTC)) is None


def test_what_others_awarded_is_not_counted(
    institution: Institution, other_institution: Institution, owner: User
) -> None:
    awarded(institution, 1)
    awarded(other_institution, 2)
    found = queries.effect(institution, key(institution, "key-1"), (YEAR, 0))
    assert (found.before, found.after) == (0, 1)


# --- pages -------------------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_a_cut_off_would_mean_and_proposes_it(
    institution: Institution, owner: User, second: User, client_for: Callable[[User], Client], settings: Any
) -> None:
    awarded(institution, 1, 2, 3)
    index = Entry.objects.get(subject="award:2").index
    browser, address = client_for(owner), "/staff/han-river/keys/copied"
    assert "Withdraw the key" in browser.get(address).content.decode()
    asked = browser.get(address, {"key": "key-1", "since": "place", "year": YEAR, "index": index}).content.decode()
    assert "/staff/han-river/awards/2/" in asked
    assert "/staff/han-river/awards/1/" not in asked
    silent = browser.post(address, {"key": "key-1", "since": "place", "year": YEAR, "index": index})
    assert silent.status_code == 422
    given = {"key": "key-1", "since": "place", "year": YEAR, "index": index, "reason": "Two are not ours."}
    shown = browser.post(address, given, follow=True).content.decode()
    assert "1 lie before that place and 2 after it" in shown
    (one,) = proposals.proposals(institution)
    page = client_for(second).post(f"/staff/han-river/keys/proposals/{one.public_id}", follow=True).content.decode()
    assert "Carried out" in page
    (cut,) = queries.cut_offs(institution)
    there = client_for(second).get(f"/staff/han-river/keys/cut-offs/{cut.public_id}").content.decode()
    assert "/staff/han-river/awards/3/" in there
    table = browser.get(f"{address}/awards.csv", {"key": "key-1", "year": YEAR, "index": index})
    rows = list(csv.DictReader(io.StringIO(table.content.decode())))
    assert [row["award"] for row in rows] == ["2", "3"]
    assert rows[0].keys() == {"log", "place", "recorded_at", "award", "address"}


@pytest.mark.parametrize(
    "given",
    [
        {"key": "key-1", "since": "place", "year": "2026"},
        {"key": "key-1", "since": "place", "year": str(YEAR), "index": "999999"},
        {"key": "key-1", "since": "place", "year": "1999", "index": "1"},
        {"key": "key-1", "since": "moment"},
        {"key": "key-1", "since": "moment", "moment": "2999-01-01T00:00"},
        {"key": "key-1", "since": "moment", "moment": "1999-01-01T00:00"},
        {"key": "key-7", "since": "now"},
        {"key": "key-1", "since": "moment", "moment": "x"},
        {"key": "key-1", "since": "place", "year": str(YEAR), "index": "9" * 30},
    ],
)
def test_places_that_are_none(
    institution: Institution, owner: User, client_for: Callable[[User], Client], given: dict[str, str]
) -> None:
    awarded(institution, 1)
    browser = client_for(owner)
    assert browser.get("/staff/han-river/keys/copied", given).status_code == 422
    assert browser.post("/staff/han-river/keys/copied", {**given, "reason": "x"}).status_code == 422
    assert queries.cut_offs(institution) == []
    assert proposals.proposals(institution) == []


@pytest.mark.parametrize(
    "given",
    [{}, {"key": "key-1"}, {"key": "key-1", "year": "٢", "index": "1"}, {"key": "x", "year": "2026", "index": "0"}],
)
def test_tables_of_nothing(
    institution: Institution, owner: User, client_for: Callable[[User], Client], given: dict[str, str]
) -> None:
    assert client_for(owner).get("/staff/han-river/keys/copied/awards.csv", given).status_code == 404


def test_a_cut_off_of_another_institution_is_not_there(
    institution: Institution,
    other_institution: Institution,
    outsider: User,
    owner: User,
    client_for: Callable[[User], Client],
) -> None:
    awarded(institution, 1)
    cut = services.cut_off(institution, "key-1", (YEAR, 0), owner)
    assert client_for(outsider).get(f"/staff/liffey/keys/cut-offs/{cut.public_id}").status_code == 404
    with unscoped("the test counts all"):
        assert KeyCutOff.objects.count() == 1


def test_awards_are_handed_over_to_be_issued_again(
    institution: Institution, owner: User, client_for: Callable[[User], Client], settings: Any
) -> None:
    settings.TESTAMUR_REISSUE = "tests.site.log.test_cut_offs.reissued"
    REISSUED.clear()
    awarded(institution, *range(1, 120))
    place = Entry.objects.get(subject="award:10").index
    cut = services.cut_off(institution, "key-1", (YEAR, place or 0), owner)
    browser, address = client_for(owner), f"/staff/han-river/keys/cut-offs/{cut.public_id}"
    assert "Revoke first what you did not award" in browser.get(f"{address}/reissue").content.decode()
    page = browser.post(f"{address}/reissue", follow=True).content.decode()
    assert "110 awards are being issued again." in page
    run_pending()
    assert sorted(int(award) for award in REISSUED) == list(range(10, 120))
    assert entries(institution, action="key.reissue_asked")[0].facts == {"awards": 110}


REISSUED: list[str] = []


def reissued(_job: Any, awards: list[str], actor: str) -> None:
    assert actor
    REISSUED.extend(awards)


def test_the_last_comparison_in_which_all_was_in_order_is_suggested(
    institution: Institution, owner: User, client_for: Callable[[User], Client]
) -> None:
    assert queries.last_clean(institution) is None
    record([Record(Kind.POLICY, f"policy {n}", b"{}", f"policy:{n}", f"policy:{n}") for n in (1, 2)], institution)
    log.sequence()
    assert monitor() == []
    found = queries.last_clean(institution)
    assert found is not None
    assert found[:2] == (YEAR, 2)
    page = client_for(owner).get("/staff/han-river/keys/copied").content.decode()
    assert "The last comparison of your awards with the log" in page
    with unscoped("the test raises an alarm"):
        Alarm.objects.create(institution=institution, code="log.foreign_entry", key="sample")
    assert queries.last_clean(institution) is None

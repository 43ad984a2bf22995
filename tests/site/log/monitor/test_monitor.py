"""The monitor finds what an attacker does who has the log's key, or writes to the database, and is silent about honest
work. One thing is changed in each case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.standing import aside, standing

from testamur.log import Entry as Recorded
from testamur.log import Kind, Sequencer, commitment_of, handle_of
from testamur.log.secured import secured
from testamur.log.tiles import read_bundle, write_bundle
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.audit.api import entries as trail
from testamur_site.foundation.audit.models import AuditEntry
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.mail.models import Message
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing import api as issuing
from testamur_site.issuing.models import Award, PreparedCredential
from testamur_site.log import keys, services
from testamur_site.log.api import Record, forget, monitor, record
from testamur_site.log.models import Entry, Shard, WitnessState
from testamur_site.log.monitor import services as monitoring
from testamur_site.log.monitor.models import Alarm, Watch
from testamur_site.log.witnesses import AHEAD


@pytest.fixture
@standing
def version(institution: Institution) -> AchievementVersion:
    with tenant(institution):
        micro_credential = catalogue.create(institution, DESCRIPTION)
        catalogue.publish(micro_credential.versions.get())
        return AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=micro_credential
        )


@pytest.fixture
@aside
def award(institution: Institution, version: AchievementVersion, owner: Any) -> Callable[[int], Award]:
    def make(number: int) -> Award:
        data = issuing.AwardData(name="김미나", email=f"mina{number}@example.org", awarded_date=date(2026, 3, 5))
        with tenant(institution):
            made = issuing.award_one(version, data, actor=owner)
        run_pending()
        return made

    return make


@pytest.fixture
@standing
def honest(award: Callable[[int], Award]) -> list[Award]:
    """Three credentials, in the log, and a monitor that has seen them."""
    made = [award(number) for number in range(3)]
    assert monitor() == []
    assert Watch.objects.get().position["size"] == Entry.objects.filter(index__isnull=False).count()
    return made


def codes(found: list[Alarm]) -> list[str]:
    return sorted(alarm.code for alarm in found)


def append(*entries: Recorded) -> None:
    """With the stolen keys of the log."""
    shard = Shard.objects.get()
    sequencer = Sequencer.open(services.folder_of(shard), shard.origin, keys.signers(shard))
    sequencer.append([each.to_bytes() for each in entries], int(timezone.now().timestamp()))


def test_honest_work_raises_nothing(
    institution: Institution, honest: list[Award], award: Callable[[int], Award], owner: Any
) -> None:
    with tenant(institution):
        data = issuing.AwardData(name="김민아", email="mina0@example.org", awarded_date=date(2026, 3, 5))
        issuing.correct(honest[0], data, actor=owner)
        issuing.revoke(honest[1], issuing.Reason.ISSUED_IN_ERROR, actor=owner)
    run_pending()
    award(9)
    forget(f"award:{honest[2].public_id}")
    assert monitor() == []
    assert monitor(timezone.now() + timedelta(hours=2)) == []


def test_an_entry_that_nobody_recorded(honest: list[Award]) -> None:
    append(Recorded(Kind.ISSUE, handle_of("https://localhost/c/forged"), bytes(32)))
    (alarm,) = monitor()
    assert (alarm.code, alarm.institution) == ("monitor.foreign_entry", None)
    assert alarm.facts["kind"] == "issue"
    assert alarm.facts["handle"] == handle_of("https://localhost/c/forged").hex()
    assert monitor() == [], "it is told once"


def test_what_a_worker_that_died_left_behind_is_ours(
    institution: Institution, honest: list[Award], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Record(Kind.ACHIEVEMENT, "https://localhost/achievements/x", b"{}", "version:x", "version:x")
    record([made], institution)
    whole = Sequencer.append

    def append_and_die(self: Sequencer, entries: list[bytes], time: int) -> range:
        whole(self, entries, time)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Sequencer, "append", append_and_die)
        with pytest.raises(KeyboardInterrupt):
            services.sequence()
    assert monitor() == []


def test_a_row_without_an_award(institution: Institution, honest: list[Award]) -> None:
    """Somebody writes to the table of entries, and lets the worker append it."""
    record(
        [Record(Kind.ISSUE, "https://localhost/c/forged", b"{}", "award:forged:issued", "award:forged")], institution
    )
    services.sequence()
    (alarm,) = monitor()
    assert (alarm.code, alarm.institution) == ("monitor.no_award", institution)
    assert alarm.facts["subject"] == "award:forged"


def test_a_second_credential_under_one_identifier(institution: Institution, honest: list[Award]) -> None:
    address = honest[0].url
    subject = f"award:{honest[0].public_id}"
    record([Record(Kind.ISSUE, address, b"{}", "another key", subject)], institution)
    services.sequence()
    assert codes(monitor()) == ["monitor.other_credential", "monitor.twice"]


def test_an_award_that_nothing_in_the_audit_trail_led_to(institution: Institution, honest: list[Award]) -> None:
    """Somebody writes award, credential and entry into the database, past the platform."""
    with tenant(institution):
        forged = Award.objects.get(pk=honest[0].pk)
        forged.pk, forged.public_id, forged.award_key, forged.status_entry = None, "forged", "forged", None
        forged.save(force_insert=True)
        content = issuing.credential_bytes(honest[0])
        PreparedCredential.objects.create(award=forged, content=b"", digest="", key_id="", signed=content)
    subject = "award:forged"
    record([Record(Kind.ISSUE, forged.url, secured(content), f"{subject}:issued", subject)], institution)
    services.sequence()
    assert codes(monitor()) == ["monitor.untraced"]


def test_a_credential_that_does_not_open_its_entry(honest: list[Award]) -> None:
    """Somebody changed the salt, so that the true credential looks forged."""
    Entry.objects.filter(subject=f"award:{honest[0].public_id}").update(salt=bytes(32))
    assert codes(monitor()) == ["monitor.other_credential"], "what is old is looked at, too"


def test_a_row_that_was_changed(honest: list[Award]) -> None:
    row = Entry.objects.filter(kind=Kind.ISSUE).first()
    Entry.objects.filter(pk=row.pk).update(commitment=commitment_of(b"other", bytes(32)))
    (alarm,) = monitor()
    assert (alarm.code, alarm.facts["index"]) == ("monitor.changed_entry", row.index)


def test_a_row_that_was_removed(honest: list[Award]) -> None:
    Entry.objects.filter(kind=Kind.ISSUE).first().delete()
    assert "monitor.foreign_entry" in codes(monitor())


def test_a_database_that_knows_nothing_any_more(honest: list[Award]) -> None:
    Watch.objects.all().delete()
    Entry.objects.all().delete()
    assert "monitor.foreign_entry" in codes(monitor())


def test_an_entry_that_gets_its_number_while_we_look(honest: list[Award]) -> None:
    row = Entry.objects.filter(kind=Kind.ISSUE).first()
    assert row.shard is not None
    entry = Recorded(Kind(row.kind), bytes(row.handle), bytes(row.commitment))
    assert monitoring._appended_just_now(row.shard, row.index, entry)
    assert not monitoring._appended_just_now(row.shard, row.index + 1, entry), "its number is another one"


@pytest.mark.parametrize("late", [True, False])
def test_an_award_that_does_not_reach_the_log(institution: Institution, honest: list[Award], late: bool) -> None:
    row = Entry.objects.filter(kind=Kind.ISSUE).order_by("-pk").first()
    waiting = Record(Kind.ISSUE, "urn:uuid:late", b"{}", "late", row.subject)
    record([waiting], institution)
    if late:
        Entry.objects.filter(key="late").update(recorded_at=timezone.now() - timedelta(minutes=11))
    assert codes(monitor()) == (["monitor.not_logged"] if late else [])


def test_an_award_that_was_never_recorded(institution: Institution, honest: list[Award], award: Any) -> None:
    made = award(7)
    Entry.objects.filter(subject=f"award:{made.public_id}").update(index=None, shard=None)
    Entry.objects.filter(subject=f"award:{made.public_id}").delete()
    found = monitor(timezone.now() + timedelta(minutes=11))
    assert "monitor.unrecorded" in codes(found)


def replace(folder: Path, entries: list[bytes]) -> None:
    """A log begun anew in the place of the old one, with its keys."""
    shard = Shard.objects.get()
    (folder / "2026").rename(folder / "old")
    Sequencer.open(services.folder_of(shard), shard.origin, keys.signers(shard)).append(entries, 1_800_000_000)


def stored() -> list[bytes]:
    store = services.folder_of(Shard.objects.get())
    size = Entry.objects.filter(index__isnull=False).count()
    return [content for _number, content in services._stored(store, 0, size)]


def year_folder(settings: Any) -> Path:
    return Path(settings.TESTAMUR_LOG_FOLDER)


def test_another_history(honest: list[Award], settings: Any) -> None:
    entries = stored()
    replace(year_folder(settings), [entries[1], entries[0], *entries[2:], entries[0]])
    assert "monitor.fork" in codes(monitor())
    assert Watch.objects.get().position["size"] == len(entries), "it is not taken for seen"


def test_a_shorter_log(honest: list[Award], settings: Any) -> None:
    replace(year_folder(settings), stored()[:-1])
    assert codes(monitor()) == ["monitor.rolled_back"]


def test_a_log_that_was_always_shorter(honest: list[Award], settings: Any) -> None:
    """What the monitor remembered is removed as well: the database still knows."""
    Watch.objects.all().delete()
    replace(year_folder(settings), stored()[:-1])
    assert codes(monitor()) == ["monitor.rolled_back"]


def test_entries_that_are_served_otherwise(honest: list[Award]) -> None:
    append(Recorded(Kind.ACHIEVEMENT, bytes(32), bytes(32)))
    store = services.folder_of(Shard.objects.get())
    size = len(stored()) + 1
    path = f"tile/entries/000.p/{size}"
    entries = read_bundle(store.read(path) or b"")
    store.write(path, write_bundle([*entries[:-1], entries[0]]))
    assert "monitor.damaged" in codes(monitor()), "the tree grew as it should, the entries are not its own"


def test_a_log_that_is_gone(honest: list[Award], settings: Any) -> None:
    (year_folder(settings) / "2026").rename(year_folder(settings) / "away")
    assert codes(monitor()) == ["monitor.damaged"]
    assert monitor() == [], "once a day is enough"
    assert codes(monitor(timezone.now() + timedelta(days=1))) == ["monitor.damaged"]


def test_witnesses_that_know_a_larger_log(honest: list[Award]) -> None:
    """Log and database were put back from an old copy together: nothing here knows, but the witnesses do."""
    WitnessState.objects.create(shard=Shard.objects.get(), name="partner", problem=AHEAD)
    (alarm,) = monitor()
    assert (alarm.code, alarm.facts["witnesses"]) == ("monitor.rolled_back", 1)


def test_what_is_remembered_was_changed(honest: list[Award]) -> None:
    Watch.objects.update(position={"size": 2, "peaks": []})
    assert codes(monitor()) == ["monitor.memory"]
    assert monitor() == []


def test_an_institution_is_told_and_no_other(
    institution: Institution,
    other_institution: Institution,
    outsider: Any,
    owner: Any,
    viewer: Any,
    honest: list[Award],
) -> None:
    record([Record(Kind.ISSUE, "urn:uuid:x", b"{}", "award:x:issued", "award:x")], institution)
    services.sequence()
    monitor()
    with unscoped("a test looks at all mail"):
        told = Message.objects.filter(template="log_monitor/mail/alarm")
        assert [message.to for message in told] == [owner.email]
        assert "/staff/han-river/tamper-evidence/" in told[0].text
        assert "mina" not in told[0].text.lower()


@pytest.mark.parametrize("operator", [[], ["operator@example.org"]])
def test_what_concerns_all_is_told_to_the_operator_or_to_all(
    outsider: Any, owner: Any, honest: list[Award], settings: Any, operator: list[str]
) -> None:
    settings.TESTAMUR_OPERATOR_EMAIL = operator
    append(Recorded(Kind.ISSUE, bytes(32), bytes(32)))
    monitor()
    with unscoped("a test looks at all mail"):
        told = {message.to for message in Message.objects.filter(template="log_monitor/mail/alarm")}
    assert told == (set(operator) or {owner.email, outsider.email})


def test_many_alarms_are_counted(institution: Institution, honest: list[Award]) -> None:
    append(*(Recorded(Kind.ISSUE, handle_of(str(number)), bytes(32)) for number in range(70)))
    found = monitor()
    assert len(found) == 50
    assert max(alarm.facts.get("more", 0) for alarm in found) == 20


@pytest.mark.parametrize(("found", "said"), [(None, "agrees"), ("institution", "compared"), ("deployment", "alarm")])
def test_a_stranger_is_not_told_that_all_is_well_when_it_is_not(
    institution: Institution, honest: list[Award], client: Client, found: str | None, said: str
) -> None:
    if found == "institution":
        record([Record(Kind.ISSUE, "urn:uuid:x", b"{}", "award:x:issued", "award:x")], institution)
        services.sequence()
    elif found == "deployment":
        append(Recorded(Kind.ISSUE, bytes(32), bytes(32)))
    monitor()
    page = client.get("/log/", headers={"accept-language": "en"}).content.decode()
    assert ("everything agrees" in page) == (said == "agrees")
    assert ("The monitor has raised an alarm" in page) == (said == "alarm")
    assert ("Compared with the records" in page) == (said != "alarm")
    assert "han-river" not in page.lower()


# --- the pages -------------------------------------------------------------------------------------------------------------------

PAGE = "/staff/han-river/tamper-evidence/"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_staff_see_alarms_and_acknowledge_them(
    institution: Institution,
    honest: list[Award],
    owner: Any,
    viewer: Any,
    client_for: Callable[..., Client],
    language: str,
) -> None:
    browser, looker = client_for(owner), client_for(viewer)
    headers = {"accept-language": language}
    page = browser.get(PAGE, headers=headers).content.decode()
    assert {"en": "Everything agrees", "ko": "모두 일치합니다"}[language] in page
    append(Recorded(Kind.ISSUE, bytes(32), bytes(32)))
    (alarm,) = monitor()
    address = f"{PAGE}alarms/{alarm.public_id}"
    assert address in browser.get(PAGE, headers=headers).content.decode()
    assert looker.get(address).status_code == 200
    assert looker.post(address, {"reason": "x"}).status_code == 403
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "The key was used by a drill."}).status_code == 302
    assert browser.post(address, {"reason": "Again."}).status_code == 302
    assert "The key was used by a drill." in browser.get(address, headers=headers).content.decode()
    entry = trail(institution, action="log.alarm_acknowledged").get()
    assert (entry.actor, entry.facts) == (owner.public_id, {"code": "monitor.foreign_entry"})


def test_alarms_of_others_are_not_seen(
    institution: Institution, honest: list[Award], outsider: Any, client_for: Callable[..., Client]
) -> None:
    record([Record(Kind.ISSUE, "urn:uuid:x", b"{}", "award:x:issued", "award:x")], institution)
    services.sequence()
    (alarm,) = monitor()
    browser = client_for(outsider)
    assert alarm.public_id not in browser.get("/staff/liffey/tamper-evidence/").content.decode()
    assert browser.get(f"/staff/liffey/tamper-evidence/alarms/{alarm.public_id}").status_code == 404


def test_ones_own_list(honest: list[Award], viewer: Any, client_for: Callable[..., Client]) -> None:
    answer = client_for(viewer).get(f"{PAGE}entries.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "log,index,kind,handle,recorded,subject"
    for made in honest:
        assert any(handle_of(made.url).hex() in line and f"award:{made.public_id}" in line for line in lines)
    assert "mina" not in "".join(lines).lower()


def test_the_trail_is_asked_by_what_is_written_there(institution: Institution, honest: list[Award]) -> None:
    """Guards the names of the actions: if one were called otherwise, every award would be doubted."""
    with tenant(institution):
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"award.decided", "award.issued"} <= actions

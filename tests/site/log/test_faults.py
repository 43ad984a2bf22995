"""The fault matrix of the site's log, by name: every write of the sequencing job fails once, kept all the same or not, and so does every
step in the database; then the job runs again. There are never two roots at one size, nothing is lost and nothing twice. And what is put
back from an old copy, or whose clock was, is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from testamur.fetch.log_folder import FolderStore
from testamur.log import Entry as Recorded
from testamur.log import KeyType, LogDamaged, Policy, SecretKey, SignedCheckpoint, Witness
from testamur.log.audit import audit
from testamur.log.checkpoints import signature_time
from testamur.log.witnesses import Answer, RememberedInMemory
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.log import keys, services, witnesses
from testamur_site.log.api import Kind, Record, record
from testamur_site.log.models import Checkpoint, Entry, Shard, WitnessState

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FIRST, SECOND = 250, 10  # the second batch goes over the end of a tile


def of(number: int) -> Record:
    return Record(Kind.ISSUE, f"urn:uuid:{number}", b"{}", f"award:{number}", f"award:{number}")


class Faulty(FolderStore):
    """A folder in which the first change of one name goes wrong. `roots`: of each size, every root that the head ever had."""

    step, kept, failed = "", False, 0
    roots: dict[int, set[bytes]]

    def _fails(self, step: str) -> bool:
        cls = type(self)
        if cls.step != step or cls.failed:
            return False
        cls.failed = 1
        return True

    def _do(self, step: str, change: Callable[[], Any]) -> Any:
        fails = self._fails(step)
        done = change() if not fails or type(self).kept else None
        if fails:
            raise OSError("the disk is gone")
        return done

    def write(self, path: str, content: bytes) -> None:
        step = "begin" if path == "staging/begun" else "stage" if path.startswith("staging/") else path
        self._do(step, lambda: FolderStore.write(self, path, content))

    def remove(self, path: str) -> None:
        self._do("end" if path == "staging/begun" else "unstage", lambda: FolderStore.remove(self, path))

    def swap_head(self, old: bytes | None, new: bytes) -> bool:
        def change() -> bool:
            swapped = FolderStore.swap_head(self, old, new)
            if swapped:
                head = SignedCheckpoint.from_bytes(new).checkpoint
                type(self).roots.setdefault(head.size, set()).add(head.root)
            return swapped

        return bool(self._do("swap head", change))


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch, settings: Any) -> type[Faulty]:
    class Mine(Faulty):
        roots: dict[int, set[bytes]] = {}

    monkeypatch.setattr(services, "folder_of", lambda shard: Mine(settings.TESTAMUR_LOG_FOLDER / str(shard.year)))
    return Mine


@pytest.fixture
def begun(institution: Institution, faulty: type[Faulty]) -> Institution:
    record([of(number) for number in range(FIRST)], institution)
    services.sequence(NOW)
    record([of(number) for number in range(FIRST, FIRST + SECOND)], institution)
    return institution


def shard() -> Shard:
    return Shard.objects.get(year=2026)


def policy() -> Policy:
    return Policy.from_text("".join(f"log {key.text}\n" for key in keys.verifier_keys(shard())) + "quorum none\n")


def assert_whole(faulty: type[Faulty], count: int) -> None:
    """The log, the database and what is published say the same, and there is one root for each size."""
    store = services.folder_of(shard())
    stored = services._stored(store, 0, count)
    rows = Entry.objects.exclude(index=None).order_by("index")
    assert [row.index for row in rows] == list(range(count)) == [number for number, _ in stored]
    known = [Recorded(Kind(row.kind), bytes(row.handle), bytes(row.commitment)).to_bytes() for row in rows]
    assert known == [content for _, content in stored]
    found = audit(store.read, policy())
    assert (found.sound, found.size) == (True, count)
    assert {size: len(roots) for size, roots in faulty.roots.items()} == dict.fromkeys(faulty.roots, 1)
    assert Checkpoint.objects.filter(size=count).exists()
    for staged in (store._folder / "staging").glob("*-*"):
        size, _, root = staged.name.partition("-")
        assert bytes.fromhex(root) not in faulty.roots.get(int(size), set()), (
            "what was committed is not staged any more"
        )


def test_what_another_years_log_has_is_not_appended_to_this_one_too(begun: Institution, faulty: type[Faulty]) -> None:
    """The process died in the last second of a year, or its clock was wrong: the log was ahead, in a folder that this year does not use."""
    later = NOW.replace(year=2027)
    faulty.step, faulty.kept = "unstage", True  # everything is in the log, and the database hears nothing of it
    with pytest.raises(OSError, match="the disk is gone"):
        services.sequence(later)
    record([of(number) for number in range(FIRST + SECOND, FIRST + SECOND + 5)], begun)
    services.sequence(NOW + timedelta(minutes=1))
    in_2027 = Entry.objects.filter(shard__year=2027).order_by("index").values_list("key", "index")
    assert list(in_2027) == [(f"award:{FIRST + number}", number) for number in range(SECOND)]
    in_2026 = Entry.objects.filter(shard__year=2026).order_by("index").values_list("key", "index")
    assert list(in_2026)[FIRST:] == [(f"award:{FIRST + SECOND + number}", FIRST + number) for number in range(5)]
    assert services.folder_of(Shard.objects.get(year=2027)).read("checkpoint") is not None


WRITES = [
    "stage",
    "begin",
    "swap head",
    "tile/0/000",
    "tile/0/001.p/4",
    "tile/1/000.p/1",
    "tile/entries/000",
    "tile/entries/001.p/4",
    "checkpoint",
    "unstage",
    "end",
]


@pytest.mark.parametrize("kept", [False, True], ids=["not_persisted", "persisted_but_error"])
@pytest.mark.parametrize("step", WRITES, ids=lambda step: step.replace(" ", "_"))
def test_a_write_to_the_log_fails(begun: Institution, faulty: type[Faulty], step: str, kept: bool) -> None:
    faulty.step, faulty.kept = step, kept
    with pytest.raises(OSError, match="the disk is gone"):
        services.sequence(NOW)
    assert faulty.failed, "the step never came"
    record([of(number) for number in range(FIRST + SECOND, FIRST + SECOND + 5)], begun)
    services.sequence(NOW + timedelta(minutes=1))
    assert_whole(faulty, FIRST + SECOND + 5)


def _broken(*_: Any, **__: Any) -> None:
    raise DatabaseError("the database is gone")


DATABASE: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "numbers": lambda patch: patch.setattr(services, "update_rows", _broken),
    "checkpoint_row": lambda patch: patch.setattr(Checkpoint.objects.none().__class__, "get_or_create", _broken),
    "job": lambda patch: patch.setattr(services, "enqueue", _broken),
}


@pytest.mark.parametrize("step", DATABASE)
def test_the_database_fails_after_the_log_was_written(
    begun: Institution, faulty: type[Faulty], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        DATABASE[step](patch)
        with pytest.raises(DatabaseError):
            services.sequence(NOW)
    assert Entry.objects.filter(index=None).count() == SECOND, "rolled back"
    assert max(faulty.roots) == FIRST + SECOND, "but in the log"
    assert services.sequence(NOW) == 0, "it is given its numbers, and not appended again"
    record([of(number) for number in range(FIRST + SECOND, FIRST + SECOND + 5)], begun)
    services.sequence(NOW)
    assert_whole(faulty, FIRST + SECOND + 5)


def test_the_database_commits_and_says_that_it_did_not(begun: Institution, faulty: type[Faulty]) -> None:
    services.sequence(NOW)  # the answer to the commit was lost: the job is run again
    assert services.sequence(NOW) == 0
    assert_whole(faulty, FIRST + SECOND)


def test_a_fault_follows_a_fault(begun: Institution, faulty: type[Faulty], monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiles of the first batch are not all written when the log is opened for the second, and that fails, too."""
    for step in ("tile/0/000", "tile/entries/001.p/4", "unstage"):
        faulty.step, faulty.kept, faulty.failed = step, False, 0
        with pytest.raises(OSError, match="the disk is gone"):
            services.sequence(NOW)
    services.sequence(NOW)
    assert_whole(faulty, FIRST + SECOND)


# --- what was put back --------------------------------------------------------------------------------------------------------------


def copied(settings: Any, name: str) -> Path:
    folder = settings.TESTAMUR_LOG_FOLDER
    there = folder.with_name(name)
    shutil.copytree(folder, there)
    return there


def put_back(settings: Any, copy: Path) -> None:
    shutil.rmtree(settings.TESTAMUR_LOG_FOLDER)
    shutil.copytree(copy, settings.TESTAMUR_LOG_FOLDER)


def test_an_old_folder_under_a_newer_database_is_refused(
    begun: Institution, faulty: type[Faulty], settings: Any
) -> None:
    old = copied(settings, "old")
    services.sequence(NOW)
    put_back(settings, old)
    record([of(1000)], begun)
    with pytest.raises(LogDamaged) as caught:
        services.sequence(NOW)
    assert caught.value.code == "log.rolled_back"
    assert max(faulty.roots) == FIRST + SECOND


def test_an_old_folder_under_a_newer_published_checkpoint_is_refused(
    begun: Institution, faulty: type[Faulty], settings: Any
) -> None:
    """The database went back as well; the published file did not, for instance because it lies on another server."""
    old = copied(settings, "old")
    services.sequence(NOW)
    newest = services.folder_of(shard()).read("checkpoint") or b""
    put_back(settings, old)
    Entry.objects.filter(index__gte=FIRST).update(index=None, shard=None)
    Checkpoint.objects.filter(size__gt=FIRST).delete()
    (settings.TESTAMUR_LOG_FOLDER / "2026/checkpoint").write_bytes(newest)
    with pytest.raises(LogDamaged) as caught:
        services.sequence(NOW)
    assert caught.value.code == "log.rolled_back"


class _Poster:
    """Posts to witnesses in the same process."""

    there: dict[str, Witness]

    def __init__(self, _allowed: object) -> None:
        pass

    def post(self, address: str, body: bytes, *, media_type: str) -> Any:
        assert media_type
        answer: Answer = self.there[address.removesuffix("/add-checkpoint")].add_checkpoint(body, int(NOW.timestamp()))
        return type("Posted", (), {"status": answer.status, "content": answer.body})()


@pytest.fixture
def watched(
    begun: Institution, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> dict[str, RememberedInMemory]:
    """Three witnesses, of whom two are a quorum, have seen the log as it is after the second batch. By name what they remember."""
    secrets = [SecretKey(f"w{n}.example/w", KeyType.ED25519_COSIGNATURE, bytes([n]) * 32) for n in (1, 2, 3)]
    stores = {f"W{n}": RememberedInMemory() for n in (1, 2, 3)}
    logs = {shard().origin: keys.verifier_keys(shard())}
    _Poster.there = {
        f"https://w{n}.example": Witness([secret], logs, store)
        for n, (secret, store) in enumerate(zip(secrets, stores.values(), strict=True), 1)
    }
    monkeypatch.setattr(witnesses, "HttpPoster", _Poster)
    monkeypatch.setattr(witnesses, "_looked", set())
    settings.TESTAMUR_LOG_POLICY = tmp_path / "policy"
    lines = [f"witness W{n} {secret.key.text} https://w{n}.example" for n, secret in enumerate(secrets, 1)]
    (tmp_path / "policy").write_text("\n".join([*lines, "group two 2 W1 W2 W3", "quorum two", ""]))
    return stores


def all_put_back(settings: Any, old: Path) -> None:
    """The folder, what is published and the database, all from the same old copy."""
    put_back(settings, old)
    Entry.objects.filter(index__gte=FIRST).update(index=None, shard=None)
    Checkpoint.objects.filter(size__gt=FIRST).delete()
    WitnessState.objects.all().delete()


def test_witnesses_remember_what_was_put_back(
    watched: dict[str, RememberedInMemory], faulty: type[Faulty], settings: Any
) -> None:
    old = copied(settings, "old")
    services.sequence(NOW)
    assert witnesses.ask(2026) == 3
    all_put_back(settings, old)
    signed = dict(faulty.roots)
    with pytest.raises(LogDamaged) as caught:
        witnesses.look_before_writing(2026)
    assert (caught.value.code, caught.value.facts) == ("log.rolled_back", {"witnesses": 3})
    assert set(WitnessState.objects.values_list("problem", flat=True)) == {"log.witness_ahead"}
    with pytest.raises(LogDamaged):
        witnesses.look_before_writing(2026)  # the next run of the same process, too
    assert faulty.roots == signed, "nothing was signed on the old copy"


def test_the_newest_copy_put_back_goes_on(
    watched: dict[str, RememberedInMemory], begun: Institution, faulty: type[Faulty], settings: Any
) -> None:
    old = copied(settings, "old")
    services.sequence(NOW)
    newest = copied(settings, "newest")
    assert witnesses.ask(2026) == 3
    all_put_back(settings, old)
    with pytest.raises(LogDamaged):
        witnesses.look_before_writing(2026)
    put_back(settings, newest)
    witnesses._looked.clear()  # the process is started again, as the manual says
    services.sequence(NOW)
    witnesses.look_before_writing(2026)
    assert_whole(faulty, FIRST + SECOND)


def test_one_witness_that_lies_does_not_stop_the_log(
    watched: dict[str, RememberedInMemory], begun: Institution, faulty: type[Faulty]
) -> None:
    services.sequence(NOW)
    watched["W1"].advance(shard().origin, None, (10**9, bytes(32)))
    witnesses.look_before_writing(2026)
    problems = dict(WitnessState.objects.values_list("name", "problem"))
    assert problems == {"W1": "log.witness_ahead", "W2": "", "W3": ""}
    record([of(2000)], begun)
    assert services.sequence(NOW) == 1


# --- the clock ----------------------------------------------------------------------------------------------------------------------


def time_of_head() -> int:
    signed = SignedCheckpoint.from_bytes(services.folder_of(shard()).head() or b"")
    (key,) = (key for key in keys.verifier_keys(shard()) if key.type is KeyType.ML_DSA_44)
    (line,) = signed.note.by(key)
    return signature_time(line, key.type) or 0


def test_the_time_of_a_checkpoint_never_goes_back(begun: Institution, faulty: type[Faulty]) -> None:
    day = timedelta(days=1)
    times = [time_of_head()]
    for number, moment in enumerate((NOW - day, NOW + day, NOW, NOW - day, NOW + 2 * day), 5000):
        record([of(number)], begun)
        services.sequence(moment)
        times.append(time_of_head())
    assert times == sorted(times)
    assert times[-1] == int((NOW + 2 * day).timestamp())
    assert_whole(faulty, FIRST + SECOND + 5)

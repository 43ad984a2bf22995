"""`testamur log monitor`: an institution follows, from a machine of its own, the log in which others record for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.log.worlds import LOG_KEY, ORIGIN, SIGNERS

from testamur.cli import main
from testamur.fetch.log_folder import FolderStore
from testamur.log import KeyType, Kind, SecretKey, Sequencer, entry_for, handle_of

TIME = 1_764_115_200


def entry(number: int, content: bytes = b"{}") -> bytes:
    return entry_for(Kind.ISSUE, f"urn:uuid:{number}", content, bytes([number]) * 32).to_bytes()


class World:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        (folder / "policy").write_text(f"log {LOG_KEY.key.text}\nquorum none\n")

    def append(self, *entries: bytes, log: str = "log") -> None:
        Sequencer.open(FolderStore(self.folder / log), ORIGIN, SIGNERS).append(entries, TIME)

    def own(self, *lines: str) -> None:
        (self.folder / "own").write_text("\n".join(lines) + "\n")

    def run(self, *more: str, log: str = "log") -> tuple[int, str]:
        given = ["--policy", str(self.folder / "policy"), "--state", str(self.folder / "state"), *more]
        status = main(["log", "monitor", str(self.folder / log), *given])
        said = self.capsys.readouterr()
        return status, said.out + said.err

    def with_own(self, *more: str) -> tuple[int, str]:
        return self.run("--own", str(self.folder / "own"), *more)


@pytest.fixture
def world(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> World:
    made = World(tmp_path, capsys)
    made.append(*(entry(number) for number in range(5)))
    return made


def test_it_follows(world: World) -> None:
    assert world.run() == (0, "5 entries seen, 5 of them new\n")
    world.append(entry(5), entry(6))
    assert world.run() == (0, "7 entries seen, 2 of them new\n")


def test_another_history_is_told_each_time(world: World) -> None:
    world.run()
    (world.folder / "log").rename(world.folder / "old")
    world.append(*(entry(number) for number in (1, 0, 2, 3, 4, 5)))
    for _ in range(2):
        status, said = world.run()
        assert status == 1
        assert "does not continue what was seen" in said


def test_ones_own_are_found_also_when_they_are_listed_later(world: World) -> None:
    world.own("urn:uuid:1")
    assert world.with_own() == (0, "5 entries seen, 5 of them new\n1 of your 1 are in the log\n")
    world.own("urn:uuid:1", "# a remark", "", "urn:uuid:3", "urn:uuid:9")
    status, said = world.with_own()
    assert status == 1
    assert "2 of your 3 are in the log" in said
    assert said.endswith("not in the log: urn:uuid:9\n")
    world.append(entry(9))
    assert world.with_own()[0] == 0


def test_the_list_of_the_institutions_page_is_read(world: World) -> None:
    world.own("log,index,kind,handle,recorded,subject", f"x,1,issue,{handle_of('urn:uuid:1').hex()},2026,award:abc")
    assert "1 of your 1" in world.with_own()[1]
    world.own("log,index,kind,handle,recorded,subject", f"x,1,issue,{handle_of('urn:uuid:77').hex()},2026,award:abc")
    assert "not in the log: award:abc" in world.with_own()[1]


def test_a_second_credential_under_ones_own_identifier(world: World) -> None:
    world.own("urn:uuid:1")
    world.with_own()
    world.append(entry(1, b'{"forged": true}'))
    status, said = world.with_own()
    assert status == 1
    assert "entry 5: A second credential under urn:uuid:1, which entry 1 has recorded." in said


def test_what_one_does_not_name_is_told_where_nobody_else_records(world: World) -> None:
    world.own(*(f"urn:uuid:{number}" for number in range(4)))
    assert world.with_own()[0] == 0, "others may record in this log"
    (world.folder / "state").unlink()
    status, said = world.with_own("--only-own")
    assert status == 1
    assert f"entry 4: A credential that you do not name (handle {handle_of('urn:uuid:4').hex()})." in said


def test_a_quorum_that_is_missing_is_told(world: World) -> None:
    (world.folder / "policy").write_text(f"log {LOG_KEY.key.text}\nquorum none\n")
    assert world.run()[0] == 0
    key = SecretKey("witness.example/w1", KeyType.ED25519_COSIGNATURE, b"w" * 32).key
    witness = f"witness W {key.text}"
    (world.folder / "policy").write_text(f"log {LOG_KEY.key.text}\n{witness}\nquorum W\n")
    status, said = world.run()
    assert status == 1
    assert "Fewer witnesses" in said


@pytest.mark.parametrize(
    "state", ["{}", "nonsense", '{"log": "elsewhere", "position": {"size": 0, "peaks": []}, "own": {}}']
)
def test_a_state_that_is_not_its_own_is_refused(world: World, state: str) -> None:
    (world.folder / "state").write_text(state)
    status, said = world.run()
    assert status == 2
    assert "state" in said


def test_what_cannot_be_monitored(world: World) -> None:
    assert world.run("--only-own")[0] == 2
    assert world.run("--own", str(world.folder / "missing"))[0] == 2
    assert world.run(log="nowhere")[0] == 2

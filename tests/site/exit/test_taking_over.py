"""An institution that left one deployment goes on in another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.site.exit.conftest import JUN, MINA, wipe
from tests.site.exit.in_a_line import _each_page_in_a_line  # noqa: F401 - for all tests here
from tests.standing import standing

from testamur.fetch import BundleResolver
from testamur.verification import Verdict, Verifier
from testamur_site.exit import services
from testamur_site.exit.taking_over import adopting, carry_out, plan
from testamur_site.exit.taking_over.conflicts import Refused
from testamur_site.foundation.accounts.api import create_institution
from testamur_site.foundation.audit.models import AuditEntry
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import keys_of
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing import api as issuing
from testamur_site.log.api import look_up
from testamur_site.verification.api import Everywhere
from testamur_site.wallet import offline
from testamur_site.wallet.models import Deposit

pytestmark = pytest.mark.django_db

Award = Callable[[issuing.AwardData], Deposit]


@pytest.fixture
@standing
def memory(shown: Deposit, private: Deposit, institution: Institution, tmp_path: Path) -> dict[str, Any]:
    """What Han River takes along lies in `tmp_path`; and what its credentials were."""
    with tenant(institution):
        revoked = issuing.Award.objects.get(pk=private.award_id)
    issuing.revoke(revoked, issuing.Reason.ISSUED_IN_ERROR)
    run_pending()
    services.write_exit(institution, tmp_path / "exit", with_awards=True)
    return {
        "shown": (shown.award.public_id, issuing.credential_bytes(shown.award)),
        "revoked": (private.award.public_id, issuing.credential_bytes(private.award)),
        "proof": look_up(f"award:{shown.award.public_id}").content,
        "did": institution.did,
        "bundle": offline.bundle_of(shown.award),
        "keys": {key.public_multikey for key in keys_of(institution)},
    }


@pytest.fixture
def left(memory: dict[str, Any], settings: Any, tmp_path: Path) -> dict[str, Any]:
    """The same, and everything else of the old deployment is lost."""
    wipe()
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log of the new deployment"
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log-2"
    return memory | {"folder": tmp_path / "exit"}


def take_over(folder: Path) -> adopting.Done:
    with services.opened(folder) as parts:
        return carry_out(plan(parts, progress=services.silent), parts, progress=services.silent)


def planned(folder: Path) -> adopting.Plan:
    with services.opened(folder) as parts:
        return plan(parts, progress=services.silent)


def award(public_id: str) -> issuing.Award:
    found = issuing.award_by_public_id(public_id)
    assert found is not None
    return found


def test_a_plan_changes_nothing(left: dict[str, Any]) -> None:
    found = planned(left["folder"])
    assert (found.micro_credentials, found.awards, found.known, found.same_address) == (1, 2, 0, True)
    assert not Institution.objects.exists()


def test_at_the_same_address_everything_goes_on(left: dict[str, Any]) -> None:
    shutil.rmtree(left["folder"] / "public")  # the private part is enough
    done = take_over(left["folder"])
    assert (done.awards, done.versions, done.keys) == (2, 1, 1)
    institution = Institution.objects.get(slug="han-river")
    assert institution.did == left["did"]
    for name in ("shown", "revoked"):
        public_id, content = left[name]
        assert issuing.credential_bytes(award(public_id)) == content
    verifier = Verifier(Everywhere())
    assert verifier.verify(left["shown"][1]).verdict is Verdict.VALID
    assert verifier.verify(left["revoked"][1]).verdict is Verdict.INVALID
    assert look_up(f"award:{left['shown'][0]}").content == left["proof"]
    with tenant(institution):
        assert AuditEntry.objects.filter(action="exit.imported").exists()


def test_old_keys_are_listed_and_sign_no_more(left: dict[str, Any]) -> None:
    take_over(left["folder"])
    institution = Institution.objects.get(slug="han-river")
    by_key = {key.public_multikey: key for key in keys_of(institution)}
    assert left["keys"] < by_key.keys()
    for multikey, key in by_key.items():
        assert (key.retired_at is not None) is (multikey in left["keys"])


def test_a_deposit_belongs_to_its_learner_again(left: dict[str, Any], client_for: Callable[..., Any]) -> None:
    take_over(left["folder"])
    with unscoped("the test looks at all deposits"):
        deposits = {deposit.award.public_id: deposit for deposit in Deposit.objects.select_related("award", "holder")}
    shown = deposits[left["shown"][0]]
    assert shown.public
    assert [address.email for address in shown.holder.addresses.all()] == ["mina@example.org"]
    assert client_for(None).get(f"/c/{left['shown'][0]}").status_code == 200
    assert client_for(None).get(f"/c/{left['revoked'][0]}").status_code == 403


def test_it_awards_and_revokes_again(left: dict[str, Any]) -> None:
    take_over(left["folder"])
    institution = Institution.objects.get(slug="han-river")
    verifier = Verifier(Everywhere())
    issuing.revoke(award(left["shown"][0]), issuing.Reason.ISSUED_IN_ERROR)
    run_pending()
    assert verifier.verify(left["shown"][1]).verdict is Verdict.INVALID
    version = award(left["shown"][0]).version
    with tenant(institution):
        fresh = issuing.award_one(
            version, issuing.AwardData("New Person", "new@example.org", JUN.awarded_date), actor=None
        )
    run_pending()
    assert verifier.verify(issuing.credential_bytes(award(fresh.public_id))).verdict is Verdict.VALID


def test_repeated_it_adds_nothing(left: dict[str, Any]) -> None:
    take_over(left["folder"])
    again = take_over(left["folder"])
    assert (again.awards, again.versions, again.keys) == (0, 0, 0)
    assert planned(left["folder"]).known == 2


@pytest.fixture
def rehearsed(
    shown: Deposit, award_to: Award, institution: Institution, settings: Any, tmp_path: Path
) -> dict[str, tuple[str, bytes]]:
    """The move was rehearsed with an exit of before, and meanwhile the old deployment went on. By what became of them: the public ids
    and bytes of credentials that stood when the first exit was made."""
    people = {
        change: award_to(issuing.AwardData(change, f"{change}@example.org", JUN.awarded_date)).award
        for change in ("revoked", "suspended", "suspended then revoked", "corrected", "reinstated")
    }
    issuing.suspend(people["reinstated"], issuing.Reason.ADMINISTRATIVE)
    services.write_exit(institution, tmp_path / "before", with_awards=True)
    why = issuing.Reason.ISSUED_IN_ERROR
    issuing.revoke(people["revoked"], why)
    issuing.suspend(people["suspended"], why)
    issuing.suspend(people["suspended then revoked"], why)
    issuing.revoke(people["suspended then revoked"], why)
    issuing.correct(people["corrected"], issuing.AwardData("New Name", "corrected@example.org", JUN.awarded_date))
    issuing.reinstate(award(people["reinstated"].public_id))
    run_pending()
    services.write_exit(institution, tmp_path / "exit", with_awards=True)
    found = {change: (one.public_id, issuing.credential_bytes(award(one.public_id))) for change, one in people.items()}
    wipe()
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log of the new deployment"
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log-2"
    take_over(tmp_path / "before")
    return found


def test_what_was_withdrawn_since_a_rehearsal_is_withdrawn_here(
    rehearsed: dict[str, tuple[str, bytes]], tmp_path: Path
) -> None:
    """Or it would be good again as soon as the name leads here."""
    take_over(tmp_path / "exit")
    take_over(tmp_path / "before")  # and an older exit takes nothing back
    said = {}
    for change, (_, content) in rehearsed.items():
        report = Verifier(Everywhere()).verify(content)
        said[change] = {check.code for check in report.checks} & {"status.clear", "status.revoked", "status.suspended"}
    states = {change: award(public_id).state for change, (public_id, _) in rehearsed.items()}
    assert states == {
        "revoked": "revoked",
        "suspended": "suspended",
        "suspended then revoked": "revoked",
        "corrected": "superseded",
        "reinstated": "superseded",
    }
    assert said == {change: {"status.suspended" if change == "suspended" else "status.revoked"} for change in states}
    for change in ("corrected", "reinstated"):
        successor = award(rehearsed[change][0]).successor
        assert successor is not None
        assert Verifier(Everywhere()).verify(issuing.credential_bytes(successor)).verdict is Verdict.VALID
    with unscoped("the test looks at all changes"):
        assert issuing.StatusChange.objects.count() == 7, (
            "each once: suspended three times, revoked twice, replaced twice"
        )


def test_cut_short_it_is_finished_by_the_next_run(left: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    monkeypatch.setattr(adopting, "_AT_ONCE", 1)
    everything = adopting._everything
    for step in ("adopt_keys", "adopt_micro_credential", "adopt_pair", "adopt_deposit"):
        with monkeypatch.context() as broken:
            original, runs = getattr(adopting, step), []

            def counted(*arguments: Any, runs: list[int] = runs, **named: Any) -> Any:
                runs.append(1)
                return everything(*arguments, **named)

            def dying(*arguments: Any, original: Any = original, runs: list[int] = runs, **named: Any) -> Any:
                result = original(*arguments, **named)
                if len(runs) == 2:  # the first one is the rehearsal
                    raise Killed
                return result

            broken.setattr(adopting, "_everything", counted)
            broken.setattr(adopting, step, dying)
            with pytest.raises(Killed):
                take_over(left["folder"])
    take_over(left["folder"])
    assert Verifier(Everywhere()).verify(left["shown"][1]).verdict is Verdict.VALID
    assert planned(left["folder"]).known == 2
    with unscoped("the test counts all deposits"):
        assert Deposit.objects.count() == 2


def test_at_another_address_old_credentials_are_kept_and_not_answered_for(left: dict[str, Any], settings: Any) -> None:
    settings.TESTAMUR_BASE_URL = "https://new.example"
    found = planned(left["folder"])
    assert not found.same_address
    assert any("is verified there" in line for line in found.lines())
    done = take_over(left["folder"])
    assert done.awards == 2
    kept = award(left["shown"][0])
    assert issuing.credential_bytes(kept) == left["shown"][1]
    assert kept.status_entry is None
    # Nothing here answers for the old address; the bundle, made there, goes on proving it.
    assert Verifier(BundleResolver(left["bundle"])).verify(left["shown"][1]).verdict is Verdict.VALID
    with pytest.raises(AssertionError):
        assert Verifier(Everywhere()).verify(left["shown"][1]).verdict is Verdict.VALID


def test_a_short_name_that_is_taken_is_a_conflict(left: dict[str, Any]) -> None:
    create_institution(slug="han-river", name="Another River", country="KR", owner=None)
    with pytest.raises(Refused, match="Another River"):
        planned(left["folder"])


def test_two_logs_never_have_one_name(left: dict[str, Any], settings: Any) -> None:
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log"
    with pytest.raises(Refused, match="TESTAMUR_LOG_NAME=localhost:8000/log-2"):
        planned(left["folder"])


def test_where_nothing_was_lost_everything_is_known(
    shown: Deposit, private: Deposit, institution: Institution, tmp_path: Path
) -> None:
    services.write_exit(institution, tmp_path / "exit", with_awards=True)
    assert planned(tmp_path / "exit").known == 2
    done = take_over(tmp_path / "exit")
    assert (done.awards, done.versions, done.keys) == (0, 0, 0)
    with tenant(institution):
        assert [key.retired_at for key in keys_of(institution)] == [None]


def test_an_award_with_other_bytes_is_a_conflict(left: dict[str, Any]) -> None:
    take_over(left["folder"])
    path = left["folder"] / "private/data/awards/000001.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[0]["prepared"]["signed"] = rows[1]["prepared"]["signed"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    reseal(left["folder"])
    with pytest.raises(Refused, match="already with another credential"):
        planned(left["folder"])


def reseal(folder: Path) -> None:
    """As whoever changes an exit on purpose would."""
    from testamur_site.exit.writing import bags

    bags.seal(folder / "private", {}, services.silent)


@pytest.mark.parametrize("part", ["private", "public"])
def test_a_damaged_exit_is_refused_before_anything_is_written(left: dict[str, Any], part: str) -> None:
    path = next(path for path in sorted((left["folder"] / part / "data").rglob("*")) if path.is_file())
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(Refused, match=f"damaged.*{part}/data/"):
        take_over(left["folder"])
    assert not Institution.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("institution.json", b"[]"),
        ("institution.json", b'{"format": "testamur-exit/9"}'),
        ("micro-credentials.jsonl", b"{}\n"),
        ("awards/000001.jsonl", b'{"public_id": 1}\n'),
        ("awards/000001.jsonl", b"{" * 100_000),
        ("awards/000001.jsonl", b"\xff\xfe\n"),
    ],
)
def test_hostile_archives_are_refused_in_words(left: dict[str, Any], name: str, content: bytes) -> None:
    (left["folder"] / "private/data" / name).write_bytes(content)
    reseal(left["folder"])
    with pytest.raises(Refused):
        planned(left["folder"])


def test_an_award_that_was_never_signed_is_not_taken_over(left: dict[str, Any]) -> None:
    path = left["folder"] / "private/data/awards/000001.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps({**row, "state": "queued"}) + "\n" for row in rows))
    reseal(left["folder"])
    with pytest.raises(Refused, match="state"):
        take_over(left["folder"])
    assert issuing.award_by_public_id(left["shown"][0]) is None


def test_an_exit_without_awards_cannot_be_imported(left: dict[str, Any]) -> None:
    shutil.rmtree(left["folder"] / "private")
    with pytest.raises(Refused, match="no private part"):
        planned(left["folder"])


def test_what_travels_is_what_was_there(left: dict[str, Any], tmp_path: Path) -> None:
    """Taken over and written again, the archive says the same of every award and version, but for what must differ."""
    take_over(left["folder"])
    again = tmp_path / "again"
    services.write_exit(Institution.objects.get(slug="han-river"), again, with_awards=True)
    for name in ("micro-credentials.jsonl", "images.jsonl"):
        assert (again / "private/data" / name).read_bytes() == (left["folder"] / "private/data" / name).read_bytes()
    first, second = (
        [json.loads(line) for line in (folder / "private/data/awards/000001.jsonl").read_text().splitlines()]
        for folder in (left["folder"], again)
    )
    assert first == second
    assert MINA.email in {row["recipient_email"] for row in second}

"""Every table of an institution is taken along or left behind for a reason; what is taken along comes home as it was."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from tests.site.exit.conftest import wipe
from tests.site.exit.in_a_line import _each_page_in_a_line  # noqa: F401 - for all tests here
from tests.standing import standing

from testamur_site.enrolment.models import Submission
from testamur_site.exit import services
from testamur_site.exit.carrying import references, tables
from testamur_site.exit.models import AdoptedRow
from testamur_site.exit.taking_over import adopting, carry_out, plan
from testamur_site.exit.taking_over.conflicts import Refused
from testamur_site.exit.writing import bags
from testamur_site.foundation.accounts.api import add_member, create_institution, create_user
from testamur_site.foundation.audit.api import verify_chain
from testamur_site.foundation.audit.models import AuditEntry
from testamur_site.foundation.tenancy.api import Carried, Institution, Role, TenantModel, tenant
from testamur_site.issuing.models import Award
from testamur_site.recognition.models import Request, SentDocument
from testamur_site.renewal.models import Renewal
from testamur_site.wallet.models import Deposit, Holder

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"secret|token|sealed|nonce|password|stored_as|private")
NO_SECRETS = {"catalogue.CatalogueEntry"}
ONE_OF = {"assessment.Mark": ("user", "learner"), "decisions.Exhibit": ("appeal", "case")}
ALONE = {"user", "learner", "validator", "appeal", "case", "claim"}
"""Tables of whose references a row may have one of these only → which one the first row has, and the second."""
ADDRESSES = ["http://localhost:8000", "https://new.example"]


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("testamur_site.")]


def test_every_table_is_taken_along_or_left_behind_for_a_reason() -> None:
    carried = [table.label for table in tables.carried()]
    told = [*carried, *tables.OTHERWISE, *tables.LEFT_BEHIND]
    assert len(told) == len(set(told))
    of_institutions = {model._meta.label for model in own_models() if issubclass(model, TenantModel)}
    assert set(told) == of_institutions
    assert tables.OF_OTHERS.keys() == {model._meta.label for model in own_models()} - of_institutions
    assert all(reason.endswith(".") for reason in (*tables.LEFT_BEHIND.values(), *tables.OF_OTHERS.values()))


@pytest.mark.parametrize("table", tables.carried(), ids=lambda table: table.label)
def test_no_secret_travels_and_every_exception_is_a_column(table: Carried) -> None:
    columns = {column.name: column for column in table.model._meta.concrete_fields}
    assert set(table.without) <= columns.keys()
    assert set(table.fresh) <= set(table.without)
    for name in table.without:
        assert columns[name].has_default() or columns[name].null or columns[name].blank or name in table.fresh
    assert [name for name in (*table.values, *table.references) if SECRET.search(name)] == []


@pytest.mark.parametrize("table", tables.carried(), ids=lambda table: table.label)
def test_a_table_comes_after_those_that_it_refers_to(table: Carried) -> None:
    order = [each.label for each in tables.carried()]
    for column in table.references.values():
        label = column.related_model._meta.label
        assert label == table.label or label not in order or order.index(label) < order.index(table.label)


class Planted:
    """Two rows in every table that is carried, with something in every column that they can have."""

    def __init__(self, institution: Institution, deposit: Deposit) -> None:
        self.institution = institution
        owner = create_user("owner@example.org", "Owner", "a long password of nobody")
        add_member(institution, owner, Role.OWNER, actor=None)
        with tenant(institution):
            award = Award.objects.select_related("version__micro_credential").get(pk=deposit.award_id)
        assert deposit.holder is not None
        self.there: dict[str, list[Any]] = {
            "accounts.User": [owner],
            "issuing.Award": list(self._awards(award)),
            "catalogue.AchievementVersion": [award.version],
            "catalogue.MicroCredential": [award.version.micro_credential],
            "wallet.Holder": [deposit.holder],
            "tenancy.Institution": [institution],
        }
        for table in tables.carried():
            self.there[table.label] = []
            for number in range(2):
                row = self._row(table, number)
                if row is not None:
                    self.there[table.label].append(row)
        with tenant(institution):
            Submission.objects.update(state="submitted")

    def _awards(self, award: Award) -> list[Award]:
        with tenant(self.institution):
            return list(Award.objects.order_by("pk"))

    def _row(self, table: Carried, number: int) -> Any:
        values: dict[str, Any] = {}
        for name, column in table.references.items():
            rows = self.there.get(column.related_model._meta.label, [])
            if name in ALONE and table.label in ONE_OF and ONE_OF[table.label][number] != name:
                continue
            if column.related_model is table.model:
                values[name] = rows[0] if rows else None
                continue
            single = column.unique or any(name in rule.fields for rule in _rules(table.model))
            if rows and (number < len(rows) or not single):
                values[name] = rows[number % len(rows)]
            elif not column.null:
                return None
        if table.label == "assessment.CopyFinding":  # a pair is two
            values["second"] = self.there["enrolment.Submission"][1 - number]
        for name in table.values:
            values[name] = _value(table, table.model._meta.get_field(name), number)
        values |= {name: make() for name, make in table.fresh.items()}
        values |= {key: value for key, value in table.only.items() if "__" not in key}
        values |= table.at_first
        if number and any(rule.fields == ("institution",) for rule in _rules(table.model)):
            return None
        with tenant(self.institution):
            return table.model.objects.create(institution=self.institution, **values)


def _rules(model: type[models.Model]) -> list[models.UniqueConstraint]:
    return [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]


def _value(table: Carried, column: models.Field[Any, Any], number: int) -> Any:
    if column.name == "public_id":
        return secrets.token_urlsafe(18)
    if column.choices:
        return column.choices[0][0]
    match column:
        case models.JSONField():
            return {"n": number} if column.default is dict else [number]
        case models.BooleanField():
            return bool(number)
        case models.DateTimeField():
            return datetime(2026, 3, 4, 5, 6, 7, 8 + number, tzinfo=UTC)
        case models.DateField():
            return date(2026, 3, 4 + number)
        case models.DecimalField():
            return Decimal("1.25") + number
        case models.FloatField():
            return 0.125 + number
        case models.IntegerField():
            return 3 + number
        case models.BinaryField():
            return b"\x00\xff bytes" + bytes([number])
        case models.URLField():
            return f"https://portfolio.example/{number}"
        case models.EmailField():
            return f"someone{number}@example.org"
        case _:
            text = f"말 {number} {secrets.token_hex(4)}"
            return text[: getattr(column, "max_length", None) or len(text)]


@pytest.fixture
@standing
def planted(shown: Deposit, private: Deposit, institution: Institution) -> Planted:
    with tenant(institution):
        shown.refresh_from_db()
    return Planted(institution, shown)


@pytest.fixture
@standing
def written(planted: Planted, tmp_path: Path) -> None:
    """Its exit, in `tmp_path`."""
    services.write_exit(planted.institution, tmp_path / "exit", with_awards=True)


@pytest.fixture
def left(written: None, settings: Any, tmp_path: Path) -> Path:
    wipe()
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log of the new deployment"
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log-2"
    return tmp_path / "exit"


def take_over(folder: Path, done: Callable[[], None] = lambda: None) -> adopting.Done:
    with services.opened(folder) as parts:
        return carry_out(plan(parts, progress=services.silent), parts, progress=services.silent, done=done)


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    found = sorted((folder / "private/data" / name).rglob("*.jsonl"))
    return [json.loads(line) for path in found for line in path.read_text().splitlines()]


def without_staff(label: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as they come home: staff do not travel, so nobody is named who is not a member there."""
    table = next(table for table in tables.carried() if table.label == label)
    people = [name for name, column in table.references.items() if column.related_model is get_user_model()]
    return [{**row, **dict.fromkeys(people)} for row in rows]


def test_everything_that_was_planted_is_written(written: None, tmp_path: Path) -> None:
    contents = json.loads((tmp_path / "exit/private/data/tables.json").read_text())
    empty = {label for label, count in contents["carried"].items() if not count}
    # A cut-off names a place in the log, an endorsement one in a status list: neither is planted here.
    assert empty == {"log_cut_offs.KeyCutOff", "quality.Endorsement"}
    assert contents["leftBehind"] == tables.LEFT_BEHIND
    assert [row["name"] for row in lines(tmp_path / "exit", "people.jsonl")] == []
    assert json.loads((tmp_path / "exit/private/data/people.jsonl").read_text())["name"] == "Owner"


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_comes_home_is_what_left(left: Path, settings: Any, tmp_path: Path, address: str) -> None:
    settings.TESTAMUR_BASE_URL = address
    done = take_over(left)
    assert done.tables.left_out == {}
    again = tmp_path / "again"
    services.write_exit(Institution.objects.get(slug="han-river"), again, with_awards=True)
    for table in tables.carried():
        before, after = (lines(folder, f"tables/{table.label}") for folder in (left, again))
        assert after == without_staff(table.label, before), table.label
    assert lines(again, "later") == lines(left, "later")
    trail = lines(left, "audit")
    assert lines(again, "audit")[: len(trail)] == trail


def test_the_audit_trail_goes_on(left: Path) -> None:
    take_over(left)
    institution = Institution.objects.get(slug="han-river")
    report = verify_chain(institution)
    assert report.intact
    assert report.length > len(lines(left, "audit"))


def test_staff_who_are_members_here_are_named_again(left: Path) -> None:
    """Somebody of the old place, with the same public identifier, was never invited here: nothing is attributed to them."""
    named = json.loads((left / "private/data/people.jsonl").read_text())["public_id"]
    stranger = create_user("stranger@example.org", "Stranger", "a long password of nobody")
    get_user_model().objects.filter(pk=stranger.pk).update(public_id=named)
    take_over(left)
    institution = Institution.objects.get(slug="han-river")
    for table in tables.carried():
        for name, column in table.references.items():
            if column.related_model is get_user_model():
                with tenant(institution):
                    assert not table.model.objects.filter(**{f"{name}__isnull": False}).exists()


def test_killed_after_any_step_it_is_finished_by_the_next_run(left: Path) -> None:
    class Killed(BaseException):
        pass

    def after(steps: int) -> Callable[[], None]:
        left_over = iter(range(steps))

        def dying() -> None:
            if next(left_over, None) is None:
                raise Killed

        return dying

    for step in (0, 1, 2, 3, 6, 9, 15, 30, 45, 60):
        with pytest.raises(Killed):
            take_over(left, after(step))
    take_over(left)
    done = take_over(left)
    assert sum(done.tables.new.values()) == 0
    again = left.with_name("again")
    services.write_exit(Institution.objects.get(slug="han-river"), again, with_awards=True)
    for table in tables.carried():
        assert len(lines(again, f"tables/{table.label}")) == len(lines(left, f"tables/{table.label}")), table.label


def test_where_nothing_was_lost_every_row_is_known(planted: Planted, written: None, tmp_path: Path) -> None:
    done = take_over(tmp_path / "exit")
    assert sum(done.tables.new.values()) == 0
    with tenant(planted.institution):
        assert not AdoptedRow.objects.exists()


def test_a_row_keeps_its_identity_through_every_move(left: Path, tmp_path: Path, settings: Any) -> None:
    """From the first place to a second, from there to a third: the exit of the first is known at the third."""
    take_over(left)
    second = tmp_path / "second"
    services.write_exit(Institution.objects.get(slug="han-river"), second, with_awards=True)
    wipe()
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log-3"
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log of the third"
    take_over(second)
    done = take_over(left)
    assert sum(done.tables.new.values()) == 0


def test_a_stranger_s_documents_stay_behind(planted: Planted, tmp_path: Path) -> None:
    """Who holds nothing of the institution cannot be found again, and could take nothing back: what they sent does not leave."""
    stranger = Holder.objects.create(name="Stranger")
    with tenant(planted.institution):
        Deposit.objects.filter(holder=planted.there["wallet.Holder"][0]).update(holder=stranger)
        before = SentDocument.objects.count(), Renewal.objects.count()
        Request.objects.update(holder=None)
    services.write_exit(planted.institution, tmp_path / "exit", with_awards=True)
    contents = json.loads((tmp_path / "exit/private/data/tables.json").read_text())
    assert before[0] == contents["refersToNobodyKnown"]["recognition.SentDocument"]
    assert lines(tmp_path / "exit", "tables/recognition.SentDocument") == []


def change(folder: Path, name: str, alter: Callable[[list[dict[str, Any]]], Any]) -> None:
    """Change a file as whoever does so on purpose would: the manifests agree with it."""
    path = folder / "private/data" / name
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    alter(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    bags.seal(folder / "private", {}, services.silent)


def _set(**values: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda rows: rows[0].update(values)


@pytest.mark.parametrize(
    ("name", "alter"),
    [
        ("tables/renewal.Cycle/000001.jsonl", _set(id="1; DROP TABLE")),
        ("tables/renewal.Cycle/000001.jsonl", _set(id=7)),
        ("tables/renewal.Cycle/000001.jsonl", _set(total="much")),
        ("tables/renewal.Cycle/000001.jsonl", _set(total="1e999999")),
        ("tables/renewal.Cycle/000001.jsonl", _set(categories={})),
        ("tables/renewal.Cycle/000001.jsonl", _set(version=None)),
        ("tables/renewal.Cycle/000001.jsonl", _set(window_days=-1)),
        ("tables/renewal.Cycle/000001.jsonl", _set(window_days=10**30)),
        ("tables/renewal.Renewal/000001.jsonl", _set(state="x" * 1000)),
        ("tables/recognition.SentDocument/000001.jsonl", _set(content="not base64!")),
        ("tables/recognition.Agreement/000001.jsonl", _set(title="a\0b")),
        ("tables/recognition.Agreement/000001.jsonl", lambda rows: rows[0].pop("title")),
        ("tables/recognition.Agreement/000001.jsonl", lambda rows: rows.append(dict(rows[0], id=rows[1]["id"]))),
        ("tables/recognition.Agreement/000001.jsonl", _set(cap=float("nan"))),
        ("audit/000001.jsonl", _set(action="made.up")),
        ("audit/000001.jsonl", _set(sequence=2)),
        ("audit/000001.jsonl", lambda rows: rows.pop(0)),
    ],
)
def test_a_hostile_archive_is_refused_in_words_and_leaves_nothing(
    left: Path, name: str, alter: Callable[[list[dict[str, Any]]], Any]
) -> None:
    change(left, name, alter)
    with pytest.raises(Refused) as refused:
        take_over(left)
    assert all(sentence.endswith(".") for sentence in refused.value.sentences)
    assert not Institution.objects.exists()
    assert not AuditEntry._base_manager.exists()


def test_a_table_that_is_not_known_is_refused(left: Path) -> None:
    folder = left / "private/data/tables/accounts.User"
    folder.mkdir()
    (folder / "000001.jsonl").write_text('{"id": "0123456789abcdef.1", "is_superuser": true}\n')
    bags.seal(left / "private", {}, services.silent)
    with pytest.raises(Refused, match=r"accounts\.User"):
        take_over(left)


def test_a_row_of_another_institution_is_not_taken(left: Path) -> None:
    other = create_institution(slug="other", name="Other", country="KR", owner=None)
    row = lines(left, "tables/recognition.Agreement")[0]
    with tenant(other):
        model = apps.get_model("recognition.Agreement")
        model.objects.create(institution=other, public_id=row["public_id"], partner_id="did:web:x", direction="in")
    with pytest.raises(Refused, match="another institution"):
        take_over(left)


def test_an_identity_of_this_database_names_no_row_of_another_institution(left: Path) -> None:
    """Whoever writes the name of this database into an archive still reaches only what is theirs."""
    other = create_institution(slug="other", name="Other", country="KR", owner=None)
    with tenant(other):
        theirs = apps.get_model("recognition.Desk").objects.create(institution=other, words="theirs")
    here = references.origin()
    change(left, "tables/recognition.Desk/000001.jsonl", _set(id=f"{here}.{theirs.pk}", words="mine"))
    take_over(left)
    with tenant(other):
        assert apps.get_model("recognition.Desk").objects.get().words == "theirs"
    with tenant(Institution.objects.get(slug="han-river")):
        assert apps.get_model("recognition.Desk").objects.get().words == "mine"

"""What was worked out of rows holds while the rows are the same, whatever else is committed; and not a moment longer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from tests.site.foundation.public_bytes.test_unchanged import _elsewhere, _institution

from testamur_site.foundation.public_bytes import unchanged, worked_out
from testamur_site.foundation.public_bytes.api import Compiled, holding, is_noted, known
from testamur_site.foundation.public_bytes.compiled import TEXT
from testamur_site.foundation.tenancy.api import Institution

pytestmark = pytest.mark.django_db(transaction=True)

NAME = Compiled(lambda slug: Institution.objects.filter(slug=slug).values_list("name"), "a test", TEXT)


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    worked_out._kept_ones().clear()
    known().clear()


class Work:
    """Reads the name of the institution "one", by a compiled query and by the ORM, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        assert is_noted()
        [name] = NAME.first("one") or ("nobody",)
        assert name == Institution.objects.filter(slug="one").values_list("name", flat=True).first()
        return name


@pytest.fixture
def work() -> Work:
    _institution("one")
    return Work()


def _rename() -> None:
    Institution.objects.filter(slug="one").update(name="another")


@pytest.mark.parametrize(
    ("change", "times", "name"),
    [
        (lambda: None, 1, "one"),
        (lambda: _institution("two"), 1, "one"),
        (lambda: _elsewhere("two"), 1, "one"),
        (_rename, 2, "another"),
    ],
    ids=["nothing", "another row here", "another row elsewhere", "the row"],
)
def test_it_is_worked_out_again_where_a_row_of_it_changed(
    change: Callable[[], None], times: int, name: str, work: Work
) -> None:
    assert holding("a", work) == "one"
    change()
    assert holding("a", work) == name
    assert holding("a", work) == name
    assert work.times == times
    assert not is_noted()


def test_what_is_made_of_it_changes_with_it(work: Work) -> None:
    outer = lambda: f"<{holding('inner', work)}>"  # noqa: E731
    for _ in range(2):  # the second time the inner one is known already
        assert holding("outer", outer) == "<one>"
        _institution(f"more-{_}")
        assert holding("inner", work) == "one"
    known().clear()
    assert holding("another", outer) == "<one>"
    _rename()
    assert holding("outer", outer) == holding("another", outer) == "<another>"


def test_what_was_taken_from_elsewhere_without_a_word_is_not_kept(work: Work) -> None:
    known()["inner"] = "as it was"
    made = lambda: holding("inner", work)  # noqa: E731
    assert holding("outer", made) == "as it was"
    _institution("two")
    assert holding("outer", made) == "one"


def test_what_writes_is_not_kept(work: Work) -> None:
    def writes() -> str:
        _rename()
        return work()

    assert [holding("a", writes), holding("a", writes)] == ["another", "another"]
    _institution("two")
    holding("a", writes)
    assert work.times >= 2


def test_what_changes_while_it_is_worked_out_is_not_kept(work: Work) -> None:
    def overtaken() -> str:
        read = work()
        if work.times == 1:
            _rename()  # unseen: another connection's, as it were
        return read

    assert holding("a", overtaken) == "one"
    assert holding("a", overtaken) == "another"


def test_in_a_transaction_nothing_is_kept(work: Work) -> None:
    with transaction.atomic():
        assert holding("a", lambda: 1) == 1
        assert holding("a", lambda: 2) == 2


def test_it_is_kept_for_seconds_at_most(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    holding("a", work)
    now = unchanged.time.monotonic()
    monkeypatch.setattr(unchanged.time, "monotonic", lambda: now + unchanged.SECONDS + 1)
    assert holding("a", work) == "one"
    assert work.times == 2


def test_a_fault_leaves_nothing_behind(work: Work) -> None:
    def fails() -> str:
        work()
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        holding("a", fails)
    assert not is_noted()
    assert holding("a", work) == "one"

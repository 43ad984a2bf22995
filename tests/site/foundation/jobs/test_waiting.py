"""Somebody waits for a job with a page in hand: briefly, alone, and never in a transaction."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from testamur_site.foundation.jobs import wake


@pytest.mark.django_db(transaction=True)
def test_it_is_asked_until_it_is_done() -> None:
    answers = iter([False, False, True])
    seen: list[bool] = []

    def done() -> bool:
        assert not connection.in_atomic_block
        seen.append(next(answers))
        if connection.vendor == "sqlite":  # as if another process had committed something since
            connection.close()
        return seen[-1]

    assert wake.until(done, 60)
    assert seen == [False, False, True]
    assert not wake.until(lambda: False, 0)


@pytest.mark.django_db(transaction=True)
def test_one_waits_and_no_more() -> None:
    others: list[bool] = []

    def done() -> bool:
        others.append(wake.until(lambda: True, 60))
        return True

    assert wake.until(done, 60)
    assert others == [False]
    assert wake.until(lambda: True, 60)  # and now the next may


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_in_a_transaction() -> None:
    with transaction.atomic():
        assert not wake.until(lambda: pytest.fail("nobody asks"), 60)
    with pytest.raises(ZeroDivisionError):
        wake.until(lambda: bool(1 // 0), 60)
    assert wake.until(lambda: True, 60)

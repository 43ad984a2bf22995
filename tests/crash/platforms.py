"""The prepared platforms that the scenarios begin with, and the work on them. Needs Django set up and an empty database.

* `first`: a batch of nine learners is started, nothing is signed, and there is no log yet.
* `issued`: that batch is issued; a log, wallets and mails.
* `grown`: beside it a second batch is started, and the first is being undone.
* `cohort`: a batch of a thousand.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace

from testamur_site.foundation.accounts.api import create_institution
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, Batch
from testamur_site.issuing.services.awards import same

from . import cohort
from .stage import SMALL_STEPS, Stage, work

ROWS = 9


def small_steps() -> Callable[[], None]:
    """In every process from now on: see SMALL_STEPS. Gives what takes it back. Raises AttributeError where a name is gone."""
    before = [(importlib.import_module(module), name) for module, name, _ in SMALL_STEPS]
    values = [getattr(module, name) for module, name in before]
    for (module, name), (_, _, value) in zip(before, SMALL_STEPS, strict=True):
        setattr(module, name, value)

    def undo() -> None:
        for (module, name), value in zip(before, values, strict=True):
            setattr(module, name, value)

    return undo


def institution() -> Institution:
    made = create_institution(slug="crash-test", name="Crash Test College", country="KR", owner=None)
    signing_key(made)
    return made


def prepare_first(stage: Stage, of: Institution, rows: int = ROWS, name: str = "first") -> None:
    cohort.start(of, rows)
    stage.keep(name)


def prepare_grown(stage: Stage, of: Institution) -> None:
    """`issued` and `grown`, of what `prepare_first` has left."""
    faults = stage.finish()
    if faults:
        raise RuntimeError(f"the platform cannot even work undisturbed: {faults}")
    stage.keep("issued")
    with tenant(of):
        earlier = Batch.objects.get()
        api.undo_batch(earlier, api.Reason.ISSUED_IN_ERROR)
    cohort.start(of, ROWS - 1)
    stage.keep("grown")


def by_hand() -> None:
    """What people do on pages, in the process of the pages: one award is made, one corrected, one revoked, one suspended and reinstated.
    Then workers do what is left."""
    with unscoped("whoever is signed in works for the only institution"):
        one, two, three, *_ = (
            Award.objects.filter(state="issued").order_by("pk").select_related("institution", "version")
        )
    version = cohort.version_of(one)
    new = replace(same(one), name="김서연", email="new@example.org")
    made = api.award_one(version, new)
    api.correct(one, replace(same(one), name="Corrected Name"))
    api.revoke(two, api.Reason.ISSUED_IN_ERROR)
    api.suspend(three, api.Reason.ADMINISTRATIVE)
    with tenant(three.institution):
        three.refresh_from_db()
    api.reinstate(three)
    api.resend(made)
    work()

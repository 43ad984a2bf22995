"""The prepared platforms that the scenarios begin with, and the work on them. Needs Django set up and an empty database.

* `first`: a batch of nine learners is started, nothing is signed, and there is no log yet.
* `issued`: that batch is issued; a log, wallets and mails.
* `grown`: beside it a second batch is started, and the first is being undone.
* `cohort`: `issued`, and a further micro-credential for a batch of a thousand, which `a_thousand` uploads.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import create_institution
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, Batch
from testamur_site.issuing.rules import BatchState
from testamur_site.issuing.services.awards import same

from . import cohort
from .stage import SMALL_STEPS, Stage, work

ROWS, THOUSAND = 9, 1000

OF_A_THOUSAND = (
    ("testamur_site.issuing.services.drafts", "AT_ONCE", 250),
    ("testamur_site.issuing.services.pipeline", "SLICE", 50),
    ("testamur_site.issuing.services.batches", "CHUNK", 100),
    ("testamur_site.issuing.services.batches", "AT_ONCE", 999),
    ("testamur_site.issuing.services.common", "HANDED_AT_ONCE", 50),
)
"""A batch of a thousand is read and decided by the workers in portions, as one of ten thousand: ten chunks of two slices each."""


def small_steps(steps: Sequence[tuple[str, str, int]] = SMALL_STEPS) -> Callable[[], None]:
    """In every process from now on: see SMALL_STEPS. Gives what takes it back. Raises AttributeError where a name is gone."""
    before = [(importlib.import_module(module), name) for module, name, _ in steps]
    values = [getattr(module, name) for module, name in before]
    for (module, name), (_, _, value) in zip(before, steps, strict=True):
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


def a_thousand() -> None:
    """A list of a thousand is uploaded, read in portions by the workers, started by whoever sees that it is read, and everything that
    follows is done. Whoever died in the middle of an upload is followed by one who uploads the list again."""
    with unscoped("whoever is signed in works for the only institution"):
        newest = AchievementVersion.objects.select_related("institution").order_by("-pk")[0]
        there = list(Batch.objects.filter(version=newest).order_by("pk"))
    with tenant(newest.institution):
        batch = there[0] if there else cohort.receive(newest, THOUSAND)
    if batch.state == BatchState.READING:
        work()
    with tenant(newest.institution):
        batch.refresh_from_db()
        if batch.state == BatchState.DRAFT:
            api.start_batch(batch)
    work()


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

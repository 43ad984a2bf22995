"""The open offerings of all institutions as a catalogue that the planner reads.

An offering gives what a credential of its version would be. What cannot be compared is left out and counted: a price in another
currency, a price on request.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from testamur.pathways import Catalogue, Holding, Offering
from testamur.pathways.dates import Duration
from testamur_site.catalogue.api import Offering as Run
from testamur_site.catalogue.api import duration_in_hours

from ..public.offered import holding_of

MOST = 400
"""Offerings that a plan is made of: those that begin first."""

MODES = {"920fbb3cbe": "online", "9191af2ed9": "onsite", "e92d221e4d": "hybrid", "c_3a90b26d": "hybrid"}
"""The European terms for the form of participation, by the code at the end of their address, in the words of the form."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The planner's catalogue, the offerings by their identifiers, and how many were left out."""

    catalogue: Catalogue
    runs: dict[str, Run]
    other_currency: int = 0
    on_request: int = 0


def offered(runs: Iterable[Run], today: date) -> Offered:
    """Those that can be planned with. The currency is the one that most of them ask for."""
    listed = list(runs)
    currencies = Counter(run.currency for run in listed if run.currency and not run.is_free)
    currency = min(currencies, key=lambda code: (-currencies[code], code)) if currencies else ""
    asked = [run for run in listed if run.is_free or run.least_price is not None]
    usable = [run for run in asked if run.is_free or run.currency == currency]
    held: dict[int, Holding] = {}
    made = []
    for run in usable:
        if run.version_id not in held:
            held[run.version_id] = holding_of(run.version)
        made.append(_offering(run, held[run.version_id], today))
    return Offered(
        Catalogue(tuple(made), currency),
        {run.public_id: run for run in usable},
        len(asked) - len(usable),
        len(listed) - len(asked),
    )


def _offering(run: Run, gives: Holding, today: date) -> Offering:
    description = run.version.description
    begins = run.starts_on if not run.self_paced else None
    duration = None
    if begins is not None and run.ends_on is not None:
        duration = Duration(days=max(1, (run.ends_on - begins).days + 1))
    return Offering(
        gives=replace(
            gives,
            id=run.public_id,
            mode=MODES.get(run.mode.rpartition("/")[2], ""),
            language=run.languages[0] if len(run.languages) == 1 else "",
        ),
        cost=int((run.least_price or 0) * 100),
        hours=(duration_in_hours(description.workload) if description.workload else None) or 0,  # type: ignore[arg-type]
        duration=duration,
        starts=(begins,) if begins is not None else (),
        opens=max(run.starts_on, today) if begins is None else None,
        closes=run.ends_on if begins is None else None,
        title=dict(description.title),
    )

"""What a person holds, as facts that a rule can ask for.

A `Holding` is what one credential says, after somebody verified it. It is frozen and knows nothing of formats. A fact that the
credential does not state is absent, and a rule that asks for it "cannot be decided": absent is never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from testamur.errors import InputError
from testamur.pathways.truth import Truth

Scalar = str | int | Decimal | bool | date
UNSTATED = ""  # the unit of a credit number that the document gives without a unit, as Open Badges 3.0 does


@dataclass(frozen=True, slots=True)
class Use:
    """That a credential already counts elsewhere: in which programme, of which kind and level, at which institution.

    `consumed` says that it was spent there for good, as a credit bank debits it.
    """

    programme: str
    kind: str = ""
    level: str = ""
    institution: str = ""
    consumed: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """One credential of one person.

    - `valid`: whether it stands today (genuine, unrevoked, unexpired, of this issuer): yes, no, or not known. `reason` says why
      not.
    - `achievement` is its identifier, `codes` other ones that a rule may name it by (a course code). `version` is which version of it
      the credential was awarded for, `continues` the identifiers of the earlier versions.
    - `credits`: amounts by unit; the unit `UNSTATED` where the document names none.
    - `levels` and `grades`: by framework and by scale; a number or a word.
    - `dates`: `awarded`, `started`, `completed`, `enrolled`, `valid_until`.
    - `attendance`: a share between 0 and 1.
    - `source`: `earned`, `transferred`, `recognised_prior_learning` or `substitution`; `approver` is who approved it.
    - `attributes`: anything else that is stated, by name.
    """

    id: str
    achievement: str = ""
    codes: frozenset[str] = frozenset()
    name: str = ""
    issuer: str = ""
    valid: Truth = True
    reason: str = ""
    credits: Mapping[str, Decimal] = field(default_factory=dict)
    levels: Mapping[str, str | Decimal] = field(default_factory=dict)
    grades: Mapping[str, str | Decimal] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    type: str = ""
    language: str = ""
    mode: str = ""
    term: str = ""
    identity: str = ""
    supervision: str = ""
    attendance: Decimal | None = None
    attempt: int | None = None
    source: str = "earned"
    approver: str = ""
    uses: tuple[Use, ...] = ()
    attributes: Mapping[str, Scalar] = field(default_factory=dict)
    version: str = ""
    continues: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.id:
            raise InputError("A credential without an identifier cannot be counted.", code="pathways.no_identifier")
        for name in ("credits", "levels", "grades", "dates", "attributes"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        if any(not amount.is_finite() or amount < 0 for amount in self.credits.values()):
            raise InputError("Credits are a finite number that is not negative.", code="pathways.credits")

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (Holding, _plain(self))


@dataclass(frozen=True, slots=True)
class Approval:
    """That somebody decided by hand: what is approved (the name of a clause, a stage or a substitution), by whom, why, when."""

    of: str
    by: str
    reason: str
    on: date | None = None
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A decision against the rule: `waive` a requirement, `accept` a credential for one, or `refuse` a credential.

    It counts only where the programme allows it, and only with a name and a reason.
    """

    does: str
    requirement: str = ""
    credential: str = ""
    by: str = ""
    role: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One person before one programme: what they hold, what is known of them, what was decided by hand, and the day of the
    decision."""

    on: date
    holdings: tuple[Holding, ...] = ()
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))
        seen: set[str] = set()
        for holding in self.holdings:
            if holding.id in seen:
                raise InputError(
                    f"The credential {holding.id} is handed in twice.",
                    code="pathways.twice",
                    facts={"credential": holding.id},
                )
            seen.add(holding.id)
        ordered = tuple(sorted(self.holdings, key=lambda holding: holding.id))
        object.__setattr__(self, "holdings", ordered)  # the decision must not depend on the order of the files

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (Case, _plain(self))


def _plain(value: Holding | Case) -> dict[str, Any]:
    """The fields in what can be sent to another process: read-only mappings cannot."""
    named = ((each.name, getattr(value, each.name)) for each in fields(value))
    return {name: dict(each) if isinstance(each, MappingProxyType) else each for name, each in named}


def _again(kind: type[Holding] | type[Case], values: dict[str, Any]) -> Holding | Case:
    return kind(**values)

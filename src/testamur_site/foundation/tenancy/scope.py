"""Which institution is being worked for, right now, in this thread.

    nothing active          every query of a tenant's table raises `UnscopedQuery`
    with tenant(x):         queries see only x's rows; rows are created for x
    with unscoped("why"):   queries see all rows; the reason stands in the code for the reader

The innermost block counts. A query set that was built inside a block keeps its filter when it is evaluated later.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Institution


class UnscopedQuery(RuntimeError):
    """A tenant's table was asked without saying for which institution. Always a fault of the program, never of the user."""


class WrongTenant(RuntimeError):
    """A row of one institution was about to be written while another institution was active."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`institution` is None in an `unscoped` block, whose `reason` is then given."""

    institution: Institution | None
    reason: str = ""


_active: ContextVar[Scope | None] = ContextVar("testamur_tenant", default=None)


@contextmanager
def tenant(institution: Institution) -> Iterator[Institution]:
    """Work for `institution` inside the block. Raises ValueError for an institution that is not saved yet."""
    if institution is None or institution.pk is None:
        raise ValueError("tenant() needs a saved institution.")
    token = _active.set(Scope(institution))
    try:
        yield institution
    finally:
        _active.reset(token)


@contextmanager
def unscoped(reason: str) -> Iterator[None]:
    """See all institutions' rows inside the block. `reason` says why that is right here (at least a few words)."""
    if len(reason.split()) < 2:
        raise ValueError("unscoped() needs a reason in words.")
    token = _active.set(Scope(None, reason))
    try:
        yield
    finally:
        _active.reset(token)


def active_scope(model: type) -> Scope:
    """The scope a query of `model` runs in. Raises UnscopedQuery when there is none."""
    scope = _active.get()
    if scope is None:
        raise UnscopedQuery(
            f"{model.__name__} belongs to an institution. Use `with tenant(institution):`, "
            'or `with unscoped("why all institutions are meant"):`.'
        )
    return scope


def current_institution() -> Institution | None:
    """The institution that is being worked for; None outside any block and in an `unscoped` one."""
    scope = _active.get()
    return scope.institution if scope else None

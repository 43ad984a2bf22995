"""Who is looking: the holder that this browser's session remembers. A holder is not an account; both may be signed in at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from . import queries
from .models import Deposit, Holder

_KEY = "wallet_holder"


def enter(request: HttpRequest, holder: Holder) -> None:
    """Remember the holder. The session gets a new key, so that one planted before is worth nothing."""
    request.session.cycle_key()
    request.session[_KEY] = holder.pk


def leave(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def holder_of(request: HttpRequest) -> Holder | None:
    session = getattr(request, "session", None)  # absent where a document of ours is read from within
    return queries.holder_by_id(session.get(_KEY)) if session is not None else None


def is_holder(request: HttpRequest, deposit: Deposit | None) -> bool:
    if deposit is None or deposit.holder_id is None or deposit.state != "claimed":
        return False
    session = getattr(request, "session", None)
    return session is not None and session.get(_KEY) == deposit.holder_id


def holders_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the holder's own: `def view(request, holder, …)`. Others are led to where a link can be asked for."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        holder = holder_of(request)
        if holder is None:
            return redirect("wallet:enter")
        return view(request, holder, *args, **kwargs)

    guarded.required_right = "holder"  # type: ignore[attr-defined]
    return guarded

"""Asking before something is done, on a page of its own, for staff and for anybody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def ask_first(
    request: HttpRequest,
    do: Callable[[], Any],
    *,
    done: str,
    then: str,
    staff: bool = False,
    danger: bool = True,
    **words: Any,
) -> HttpResponse:
    """A page that asks (`heading`, `sentence`, `confirm_label`, `cancel_url`, perhaps `crumbs`). Confirmed, it is done and said (`done`),
    and the person goes to `then`, the name or address of a page. What `do` raises is the caller's."""
    if request.method == "POST":
        do()
        messages.success(request, done)
        return redirect(then)
    template = "design_system/confirm.html" if staff else "design_system/ask.html"
    return render(request, template, {**words, "danger": danger})

"""What the pages of learners and of staff share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def ask_first(request: HttpRequest, do: Callable[[], Any], *, done: str, then: str, **words: str) -> HttpResponse:
    """A page that asks before something is taken away (`heading`, `sentence`, `confirm_label`, `cancel_url`); confirmed, it is done, said
    (`done`), and the person goes to `then`, the name or address of a page."""
    if request.method == "POST":
        do()
        messages.success(request, done)
        return redirect(then)
    return render(request, "design_system/confirm.html", {**words, "danger": True})

"""Who is looking: the learner that this browser's session remembers. Not an account; staff may be signed in at the same time.

A learner belongs to one institution; the same mailbox may learn at several. The link was opened by whoever reads the mailbox, so it opens
all of them: `learner_view` tries the learners of the mailbox one after the other until a page is found.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from testamur_site.foundation.tenancy.api import tenant, unscoped

from ..models import Learner

_KEY = "enrolment_learner"
View = Callable[..., HttpResponseBase]


def enter(request: HttpRequest, learner: Learner) -> None:
    """Remember the learner. The session gets a new key, so that one planted before is worth nothing."""
    request.session.cycle_key()
    request.session[_KEY] = [learner.pk, learner.epoch]


def leave(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def learners_of(request: HttpRequest) -> list[Learner]:
    """The learners whose mailbox the visitor has shown to read, the one who came in first; none for everybody else."""
    remembered = request.session.get(_KEY)
    if not remembered:
        return []
    with unscoped("a session knows its learner, who may learn at several institutions"):
        rows = Learner.objects.select_related("institution").filter(erased_at=None)
        first = rows.filter(pk=remembered[0], epoch=remembered[1]).exclude(email="").first()
        if first is None:
            return []
        return [first, *rows.filter(email=first.email).exclude(pk=first.pk).order_by("pk")]


def learner_view(view: View) -> View:
    """A learner's own page: `def view(request, learner, …)`. Others are led to where a link can be asked for.

    The institution of the learner is active while the view runs. A view that does not find what the address names *among what belongs to
    the learner* raises Http404, before it writes anything. Carries `required_right = "learner"`; sets `request.learner`.
    """

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        learners = learners_of(request)
        if not learners:
            here = request.get_full_path() if request.method in ("GET", "HEAD") else ""
            return redirect(f"{reverse('enrolment:enter')}?{urlencode({'next': here})}" if here else "enrolment:enter")
        for learner in learners:
            request.learner = learner  # type: ignore[attr-defined]
            with tenant(learner.institution):
                try:
                    return view(request, learner, *args, **kwargs)
                except Http404:
                    if learner is learners[-1]:
                        raise
        raise Http404

    guarded.required_right = "learner"  # type: ignore[attr-defined]
    return guarded

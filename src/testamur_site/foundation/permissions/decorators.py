"""`staff_view`: the only way a page of an institution's staff is opened.

1. Not signed in: to the sign-in page, which leads back here.
2. No such institution, or not a member of it: 404. An outsider must not learn that it exists.
3. A member whose role does not include the right: 403, in words.
4. Otherwise the institution is active (see tenancy) while the view runs and its page is rendered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from testamur_site.foundation.tenancy.api import institution_by_slug, membership_of, tenant

from .rules import Right, allows

View = Callable[..., HttpResponseBase]


def staff_view(right: Right) -> Callable[[View], View]:
    """Decorate `def view(request, institution, …)`; the address must hold `<slug:slug>`.

    Sets `request.institution` and `request.membership` for templates. The decorated view carries `required_right`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            institution = institution_by_slug(slug)
            membership = membership_of(request.user, institution) if institution else None
            if institution is None or membership is None:
                raise Http404
            request.institution, request.membership = institution, membership  # type: ignore[attr-defined]
            if not allows(membership.role, right):
                raise PermissionDenied
            with tenant(institution):
                response = view(request, institution, *args, **kwargs)
                # A TemplateResponse would be rendered after we left the tenant.
                render = getattr(response, "render", None)
                if callable(render) and not getattr(response, "is_rendered", True):
                    response = render()
            return response

        guarded.required_right = right  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in_view(view: View) -> View:
    """A page for anybody who is signed in, of no particular institution. Carries `required_right = "signed_in"`."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.required_right = "signed_in"  # type: ignore[attr-defined]
    return guarded

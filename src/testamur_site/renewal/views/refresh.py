"""What `refreshService` in a credential leads to (Open Badges 3.0, 1EdTechCredentialRefresh): a GET answers with the newest copy.

The token in the address stands in the credential and nowhere else, so whoever asks has the credential already. They get the same
statement with its present validity; and nothing, where the holder does not want that, or it was withdrawn. A renewed credential names the
same address as the one that it took the place of: so a verifier knows that both are one line.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur_site.issuing.api import credential_bytes
from testamur_site.wallet.api import holder_of

from .. import queries


@require_safe
def refresh(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.newest(token)
    if found is None or not found[1].published:
        return _quiet(JsonResponse({"detail": _("No credential has this refresh service.")}, status=404))
    asked, newest = found
    if not queries.refreshing(asked) and not _is_holders(request, asked.pk):
        detail = _("The holder does not hand out newer copies here. Ask them for the credential.")
        return _quiet(JsonResponse({"detail": detail}, status=403))
    return _quiet(HttpResponse(credential_bytes(newest), content_type="application/vc"))


def _is_holders(request: HttpRequest, award: int) -> bool:
    holder = holder_of(request)
    return holder is not None and any(one.award_id == award for one in queries.renewals(holder))


def _quiet(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response

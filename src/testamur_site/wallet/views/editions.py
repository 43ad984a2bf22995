"""The Blockcerts edition of a credential, and its proof from the public log: as public as the credential itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from testamur_site.issuing.api import edition_bytes
from testamur_site.log import api as log

from ..rules import SHOWN
from .documents import CREDENTIAL_TYPES, file_response, not_shown
from .looking import look


@require_safe
def edition(request: HttpRequest, public_id: str) -> HttpResponse:
    """The finished edition, byte for byte; 404 while there is none."""
    seen = look(request, public_id)
    if seen.page not in SHOWN:
        return not_shown(seen.page)
    found = edition_bytes(seen.award)
    if found is None:
        raise Http404
    media_type = request.get_preferred_type(CREDENTIAL_TYPES) or CREDENTIAL_TYPES[0]
    return file_response(request, seen, found, media_type, "blockcerts.json")


@require_safe
def proof(request: HttpRequest, public_id: str) -> HttpResponse:
    """The proof that the edition stands in the public log."""
    seen = look(request, public_id)
    if seen.page not in SHOWN:
        return not_shown(seen.page)
    response = log.proof_response(log.look_up(f"edition:{seen.award.public_id}"), public=seen.deposit.public)
    response["Vary"] = "Cookie"
    return response

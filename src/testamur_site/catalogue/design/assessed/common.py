"""What the pages of tasks and rubrics share: the version that may be edited, words for refusals, the frame around a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from ... import queries, texts
from ...errors import Refused, VersionLocked
from ...models import AchievementVersion, MicroCredential, RubricTemplate
from .. import common


@dataclass(frozen=True)
class Bench:
    """The version somebody works on."""

    micro_credential: MicroCredential
    version: AchievementVersion


def bench(request: HttpRequest, public_id: str) -> Bench | HttpResponse:
    """The version that may be edited; an answer that leads to the next version where none may. Raises Http404."""
    micro_credential = common.found(public_id)
    version = queries.editable_version(micro_credential)
    if version is None:
        messages.info(request, _("This version was awarded and stays as it is. Begin a new version to change it."))
        return HttpResponseRedirect(common.address("new_version", micro_credential))
    return Bench(micro_credential, version)


def refused(request: HttpRequest, bench: Bench, write: Callable[[], Any]) -> HttpResponse | str | None:
    """Write, and say what was refused: None when it is written, a sentence to show, or an answer that leads elsewhere.

    A Conflict is left to the caller, who shows what both wrote.
    """
    try:
        write()
    except VersionLocked:
        messages.warning(
            request,
            _("Meanwhile this version was awarded, so it stays as it is. Begin a new version to make your change."),
        )
        return HttpResponseRedirect(common.address("new_version", bench.micro_credential))
    except Refused as refusal:
        return texts.refusal(refusal)
    except ValueError as fault:
        return texts.fault(str(fault))
    return None


def frame(micro_credential: MicroCredential, version: AchievementVersion, current: str) -> dict[str, Any]:
    """What every page of the editor shows around its matter."""
    meter = queries.completeness(version)
    return {
        "micro_credential": micro_credential,
        "version": version,
        "navigation_items": common.navigation(current, common.section_links(micro_credential), meter),
        "is_published": version.state == AchievementVersion.State.PUBLISHED,
    }


def rubric_template(public_id: str) -> RubricTemplate | None:
    """A rubric of the active institution's library; None for another's or none."""
    if not public_id.isascii() or not public_id.isprintable() or len(public_id) > 40:
        return None
    return RubricTemplate.objects.select_related("institution").filter(public_id=public_id).first()

"""The staff's navigation. Which entries there are is known only to the wiring: foundation names no capability.

`settings.TESTAMUR_STAFF_NAVIGATION` lists them in order: mappings with `label` (translatable), `url_name` (reversed with
the institution's slug), `icon`, and optionally `right`: the name of a right without which the entry is not shown, and `group`: words
under which it stands together with its neighbours of the same group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


def staff_items(request: HttpRequest | None, institution: Any, can: Mapping[str, bool]) -> list[dict[str, Any]]:
    """The entries with their addresses; the one whose address begins the present path the longest is current.

    `can` tells by the name of a right whether the person has it; what it does not name is not hidden.
    """
    if institution is None:
        return []
    entries: Sequence[dict[str, Any]] = getattr(settings, "TESTAMUR_STAFF_NAVIGATION", ())
    items = []
    for entry in entries:
        if not can.get(entry.get("right", ""), True):
            continue
        try:
            address = reverse(entry["url_name"], kwargs={"slug": institution.slug})
        except NoReverseMatch:  # a capability that is not installed leaves its place empty
            continue
        shown = {"label": entry["label"], "url": address, "icon": entry["icon"], "group": entry.get("group", "")}
        items.append({**shown, "current": False})
    path = request.path if request is not None else ""
    here = max((item for item in items if path.startswith(item["url"])), key=lambda i: len(i["url"]), default=None)
    if here is not None:
        here["current"] = True
    return items

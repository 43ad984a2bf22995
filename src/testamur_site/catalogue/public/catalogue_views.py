"""The catalogue that everybody may search, and programmes side by side. Everything asked for stands in the address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..finding import index, results, words
from ..finding.search import MOST_COMPARED, Search
from . import comparing
from .caching import tagged
from .cards import cards

_OPEN_FACETS = ("skill", "level", "start")


def _everything(_request: HttpRequest) -> Any:
    return index.current_stamp()


@require_safe
@tagged(_everything)
def catalogue(request: HttpRequest) -> HttpResponse:
    """All institutions' published micro-credentials, searched and narrowed."""
    search = Search.read(request.GET)
    found = results.find(search, request.GET.get("page", 1))
    path = reverse("catalogue:public_list")
    here = {version.micro_credential.public_id for version in found.page.object_list}
    context = {
        "search": search,
        # Those on this page have their own box, which can be unticked.
        "compared_elsewhere": [one for one in search.compare if one not in here],
        "page": found.page,
        "total": found.total,
        "cards": cards(found.page.object_list),
        "facets": [
            {"facet": facet, "open": facet.chosen or facet.key in _OPEN_FACETS}
            for facet in found.facets
            if facet.chosen or _narrows(facet, found.page.paginator.count)
        ],
        "narrowed_by": [{"words": n.words, "url": n.without.address(path)} for n in found.narrowed_by],
        "to_loosen": [{"words": n.words, "url": n.without.address(path), "count": n.count} for n in found.to_loosen],
        "to_keep": [{"words": n.words, "url": n.alone.address(path), "count": n.count_alone} for n in found.to_keep],
        "sorts": [(key, name) for key, name in words.sorts().items() if key != "best" or search.query],
        "compared": comparing.titles(search.compare),
        "most_compared": MOST_COMPARED,
    }
    return render(request, "catalogue/public/catalogue.html", context)


def _narrows(facet: results.Facet, count: int) -> bool:
    """Whether choosing something of it would show fewer: one value that all have says nothing, one that only some have does."""
    return len(facet.options) > 1 or any(option.count < count for option in facet.options)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four programmes side by side, the rows in which they differ marked."""
    asked = Search.read(request.GET).compare
    compared = comparing.compare(asked)
    again = Search(compare=tuple(column.public_id for column in compared.columns))
    context = {
        "compared": compared,
        "missing": len(asked) - len(compared.columns),
        "too_many": len(set(request.GET.getlist("compare"))) > MOST_COMPARED,
        "most_compared": MOST_COMPARED,
        "add_url": again.address(reverse("catalogue:public_list")),
        "can_add": len(compared.columns) < MOST_COMPARED,
        "removals": [(column.title, _without(again, column.public_id)) for column in compared.columns],
        "heading": _("Compare micro-credentials"),
    }
    return render(request, "catalogue/public/compare.html", context)


def _without(search: Search, public_id: str) -> str:
    """The address of the same comparison without one."""
    left = tuple(one for one in search.compare if one != public_id)
    return Search(compare=left).address(reverse("catalogue:compare"))

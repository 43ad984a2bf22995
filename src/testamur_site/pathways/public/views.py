"""The public pages: which microdegrees there are, what one asks, and its rule as a file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from testamur import strict_json
from testamur.pathways import Programme
from testamur.pathways.dates import Duration
from testamur.pathways.reading import read_values
from testamur.pathways.words.templates import Words
from testamur_site.catalogue.api import AchievementVersion, public_micro_credential

from ..api import Awarding, Rule, rule_of
from ..presentation import reader_language
from . import queries
from .naming import aloud, names_for
from .presentation import picture_of


def _found(public_id: str) -> tuple[AchievementVersion, Rule]:
    version = public_micro_credential(public_id)
    rule = rule_of(version) if version is not None else None
    if version is None or rule is None:
        raise Http404
    return version, rule


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    page = queries.open_microdegrees(request.GET.get("page", 1))
    language = reader_language()
    rows = [
        {
            "title": rule.version.title_in(language) or rule.version.title,
            "url": reverse("pathways_public:detail", args=[rule.version.micro_credential.public_id]),
            "institution": rule.institution,
            "about": rule.version.description.description.get(language)
            or next(iter(rule.version.description.description.values()), ""),
            "automatic": rule.awarding == Awarding.AUTOMATIC,
        }
        for rule in page
    ]
    return render(request, "pathways_public/listing.html", {"page": page, "rows": rows})


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    version, rule = _found(public_id)
    return render(request, "pathways_public/detail.html", {"version": version, **shown(rule, version)})


def shown(rule: Rule, version: AchievementVersion) -> dict[str, Any]:
    """What the page says of a rule."""
    language = reader_language()
    values, _places = read_values(rule.text)
    components, names = names_for(values, language)
    lines, sentences = aloud(rule.text, language, names)
    programme = rule.programme()
    return {
        "title": version.title_in(language) or version.title,
        "micro_credential": version.micro_credential,
        "institution": version.institution,
        "rule": rule,
        "programme": programme,
        "open": version.micro_credential.state == "published",
        "automatic": rule.awarding == Awarding.AUTOMATIC,
        "picture": picture_of(programme, language, sentences, components),
        "lines": lines,
        "components": sorted(components.values(), key=lambda one: (one.institution.name, one.title)),
        "institutions": sorted({one.institution.localised_name for one in components.values()}),
        "grace": grace_of(programme, language),
        "crumbs": [
            (_("Microdegrees"), reverse("pathways_public:list")),
            (version.title_in(language) or version.title, ""),
        ],
    }


def grace_of(programme: Programme, language: str) -> str:
    """How long an awarded microdegree is kept when a part of it falls, in words; '' where the rule says nothing."""
    reevaluation = programme.default.reevaluation
    grace = getattr(reevaluation, "grace", None)
    return Words(language).duration(grace) if isinstance(grace, Duration) else ""


@require_safe
def rule_yaml(_request: HttpRequest, public_id: str) -> HttpResponse:
    """The rule byte for byte: its SHA-256 is the one on the page and in credentials."""
    version, rule = _found(public_id)
    return _file(rule.content, "application/yaml", f"{version.micro_credential.public_id}-v{version.number}.yaml")


@require_safe
def rule_json(_request: HttpRequest, public_id: str) -> HttpResponse:
    """The same programme as JSON, for programs that read no YAML."""
    version, rule = _found(public_id)
    values, _places = read_values(rule.text)
    content = strict_json.dumps(_numbers(values))
    return _file(content, "application/json", f"{version.micro_credential.public_id}-v{version.number}.json")


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=f"{media_type}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    return answer


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return int(value) if value == value.to_integral_value() else float(value)

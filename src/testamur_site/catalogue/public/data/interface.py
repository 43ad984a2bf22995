"""The catalogue for programs: what `/api/catalogue` answers, and its description (OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from ...description.duration import duration_in_hours
from ...description.places_and_languages import language_tag
from ...exchange.achievement import achievement_id, image_url, programme_url
from ...finding import search
from ...finding.facets import FACETS
from ...finding.results import PAGE_SIZE, Results
from ...models import AchievementVersion, Offering


def answer(found: Results, runs: Mapping[int, Sequence[Offering]]) -> dict[str, Any]:
    """A page of results with the counts of each further filter."""
    return {
        "total": found.page.paginator.count,
        "page": found.page.number,
        "pages": found.page.paginator.num_pages,
        "results": [_one(v, runs.get(v.micro_credential_id, ())) for v in found.page.object_list],
        "filters": {
            facet.key: [
                {"value": option.value, "label": option.words, "count": option.count}
                for option in (*facet.options, *facet.rest)
            ]
            for facet in found.facets
        },
    }


def _one(version: AchievementVersion, runs: Sequence[Offering]) -> dict[str, Any]:
    d, public_id = version.description, version.micro_credential.public_id
    hours = duration_in_hours(d.workload)
    base = settings.TESTAMUR_BASE_URL
    return {
        "id": public_id,
        "url": programme_url(version),
        "achievement": achievement_id(version),
        "image": image_url(version) or None,
        "elm": base + reverse("catalogue:programme_elm", args=[public_id]),
        "ctdl": base + reverse("catalogue:programme_ctdl", args=[public_id]),
        "title": dict(d.title),
        "description": dict(d.description),
        "institution": {
            "id": version.institution.public_url,
            "name": version.institution.name,
            "country": version.institution.country,
        },
        "version": version.number,
        "published": version.published_at.isoformat() if version.published_at else None,
        "achievementType": d.achievement_type,
        "eqfLevel": version.eqf_level,
        "workloadHours": str(hours) if hours is not None else None,
        "credits": [{"points": c.points, "system": c.system.uri or c.system.label.get("en", "")} for c in d.credits],
        "modes": [mode.uri or mode.label.get("en", "") for mode in d.participation],
        "languages": [tag for tag in map(language_tag, d.languages) if tag],
        "outcomes": [dict(o.title) for o in d.outcomes],
        "skills": sorted({s.concept.uri for o in d.outcomes for s in o.skills if s.concept.uri}),
        "offerings": [_offering(run) for run in runs],
    }


def _offering(run: Offering) -> dict[str, Any]:
    return {
        "id": run.public_id,
        "startsOn": run.starts_on.isoformat(),
        "selfPaced": run.self_paced,
        "endsOn": run.ends_on.isoformat() if run.ends_on else None,
        "enrolUntil": run.enrol_until.isoformat() if run.enrol_until else None,
        "seatsLeft": run.seats_left,
        "price": {
            "kind": run.price_kind,
            "amount": str(run.price) if run.price is not None else None,
            "amountTo": str(run.price_to) if run.price_to is not None else None,
            "currency": run.currency or None,
        },
        "mode": run.mode or None,
        "languages": list(run.languages),
        "place": run.place or None,
    }


def openapi() -> dict[str, Any]:
    """The description, made of the same constants that the search reads."""
    several = {
        "type": "array",
        "maxItems": search.MOST_VALUES,
        "items": {"type": "string", "maxLength": search.LONGEST},
    }
    parameters = [
        _parameter("q", {"type": "string", "maxLength": 200}, "Words in any language; all of them must be found."),
        *(
            _parameter(facet, several, "Any of these values will do; different filters must all fit.")
            | {"explode": True}
            for facet in FACETS
        ),
        _parameter(
            "sort", {"type": "string", "enum": list(search.SORTS)}, "`best` where there are words, else `newest`."
        ),
        _parameter(
            "page", {"type": "integer", "minimum": 1}, f"{PAGE_SIZE} results a page; too high a number is the last."
        ),
    ]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Catalogue of micro-credentials",
            "version": "1",
            "description": "Published micro-credentials of all institutions of this deployment. Public, read-only.",
        },
        "servers": [{"url": settings.TESTAMUR_BASE_URL}],
        "paths": {
            "/api/catalogue": {
                "get": {
                    "operationId": "searchCatalogue",
                    "summary": "Search micro-credentials",
                    "parameters": parameters,
                    "responses": {
                        "200": {
                            "description": "A page of results; the Link header names the next one.",
                            "headers": {"Link": {"schema": {"type": "string"}}, "ETag": {"schema": {"type": "string"}}},
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}},
                        },
                        "304": {"description": "Nothing changed since the copy with that ETag."},
                        "400": {"description": "The address holds a character that cannot be meant."},
                    },
                }
            }
        },
        "components": {"schemas": _SCHEMAS},
    }


def _parameter(name: str, schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


_TEXT = {"type": "object", "additionalProperties": {"type": "string"}, "description": "BCP 47 tag → text"}
_STRING, _MAYBE = {"type": "string"}, {"type": ["string", "null"]}
_ADDRESS = {"type": "string", "format": "uri"}
_SCHEMAS = {
    "Page": _object(
        {
            "total": {"type": "integer"},
            "page": {"type": "integer"},
            "pages": {"type": "integer"},
            "results": {"type": "array", "items": {"$ref": "#/components/schemas/MicroCredential"}},
            "filters": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": _object({"value": _STRING, "label": _STRING, "count": {"type": "integer"}}),
                },
            },
        }
    ),
    "MicroCredential": _object(
        {
            "id": _STRING,
            "url": _ADDRESS,
            "achievement": _ADDRESS,
            "image": _MAYBE,
            "elm": _ADDRESS,
            "ctdl": _ADDRESS,
            "title": _TEXT,
            "description": _TEXT,
            "institution": _object({"id": _ADDRESS, "name": _STRING, "country": _STRING}),
            "version": {"type": "integer"},
            "published": _MAYBE,
            "achievementType": _STRING,
            "eqfLevel": {"type": ["integer", "null"]},
            "workloadHours": _MAYBE,
            "credits": {"type": "array", "items": _object({"points": _STRING, "system": _STRING})},
            "modes": {"type": "array", "items": _STRING},
            "languages": {"type": "array", "items": _STRING},
            "outcomes": {"type": "array", "items": _TEXT},
            "skills": {"type": "array", "items": _STRING},
            "offerings": {"type": "array", "items": {"$ref": "#/components/schemas/Offering"}},
        }
    ),
    "Offering": _object(
        {
            "id": _STRING,
            "startsOn": {"type": "string", "format": "date"},
            "selfPaced": {"type": "boolean"},
            "endsOn": _MAYBE,
            "enrolUntil": _MAYBE,
            "seatsLeft": {"type": ["integer", "null"]},
            "price": _object({"kind": _STRING, "amount": _MAYBE, "amountTo": _MAYBE, "currency": _MAYBE}),
            "mode": _MAYBE,
            "languages": {"type": "array", "items": _STRING},
            "place": _MAYBE,
        }
    ),
}

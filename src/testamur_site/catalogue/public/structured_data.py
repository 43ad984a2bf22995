"""The programme page for search engines: schema.org as JSON-LD, and the same as a safe script element.

A data block (`<script type="application/ld+json">`) is no script: browsers do not run it and the content security policy does not
concern it (HTML, "The script element": a type that is not a JavaScript one makes a data block).

The programme is a Course, each open offering a CourseInstance with its Offer, what is awarded an EducationalOccupationalCredential.
Source: schema.org, Course, CourseInstance, EducationalOccupationalCredential.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from testamur import strict_json

from ..exchange.achievement import achievement_id, image_url, programme_url
from ..models import AchievementVersion, Offering
from ..offerings.presentation import mode_words
from .presentation import Presentation

# What would end the element, or begin a comment in it (HTML, "Restrictions for contents of script elements"): written as \\u escapes
# they stay the same JSON.
_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}
_ONLINE, _ON_SITE = "920fbb3cbe", "9191af2ed9"
_COURSE_MODES = {_ONLINE: "Online", _ON_SITE: "Onsite", "e92d221e4d": "Blended", "c_3a90b26d": "Blended"}


def programme(version: AchievementVersion, shown: Presentation, runs: Sequence[Offering] = ()) -> dict[str, Any]:
    """A Course with its instances and the credential it leads to; empty members are left out."""
    institution = version.institution
    page = programme_url(version)
    provider = _filled(
        {
            "@type": "CollegeOrUniversity",
            "@id": institution.public_url,
            "name": institution.localised_name,
            "url": institution.homepage or institution.public_url,
            "address": {"@type": "PostalAddress", "addressCountry": institution.country},
        }
    )
    credential = {
        "@type": "EducationalOccupationalCredential",
        "@id": achievement_id(version),
        "name": shown.title,
        "credentialCategory": "MicroCredential",
        "competencyRequired": [_competency(outcome.title) for outcome in shown.outcomes],
        "educationalLevel": [_level(level.words, level.url) for level in shown.levels],
        "recognizedBy": {"@id": institution.public_url},
        "validFor": version.description.validity,
    }
    skills = {skill.words: skill.url for outcome in shown.outcomes for skill in outcome.skills}
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "Course",
            "@id": page,
            "url": page,
            "name": shown.title,
            "description": shown.description,
            "inLanguage": shown.language,
            "image": image_url(version),
            "version": str(version.number),
            "provider": provider,
            "coursePrerequisites": shown.prerequisites,
            "timeRequired": version.description.workload,
            "numberOfCredits": _credits(version),
            "educationalLevel": [_level(level.words, level.url) for level in shown.levels],
            "teaches": [
                *(_competency(outcome.title) for outcome in shown.outcomes),
                *(_filled({"@type": "DefinedTerm", "name": name, "url": url}) for name, url in skills.items()),
            ],
            "about": list(shown.thematic_areas),
            "educationalCredentialAwarded": _filled(credential),
            "hasCourseInstance": [_instance(run, version, page) for run in runs],
            "keywords": list(shown.tags),
        }
    )


def as_script(data: dict[str, Any]) -> SafeString:
    """The element, with everything escaped that could end it."""
    written = strict_json.dumps(data).decode().translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{written}</script>')  # noqa: S308 - escaped on the line above


def _instance(run: Offering, version: AchievementVersion, page: str) -> dict[str, Any]:
    mode = run.mode.rpartition("/")[2]
    return _filled(
        {
            "@type": "CourseInstance",
            "@id": f"{page}#{run.public_id}",
            "courseMode": _COURSE_MODES.get(mode) or mode_words(run.mode),
            "courseWorkload": version.description.workload,
            "startDate": run.starts_on.isoformat(),
            "endDate": run.ends_on.isoformat() if run.ends_on else "",
            "inLanguage": list(run.languages),
            "location": {"@type": "Place", "name": run.place} if run.place and mode != _ONLINE else None,
            "maximumAttendeeCapacity": run.seats,
            "remainingAttendeeCapacity": run.seats_left,
            "offers": _offer(run, page),
        }
    )


def _offer(run: Offering, page: str) -> dict[str, Any] | None:
    if run.price_kind == Offering.Price.ON_REQUEST:
        return None
    full = run.seats_left == 0
    return _filled(
        {
            "@type": "Offer",
            "url": page,
            "category": "Free" if run.is_free else "Paid",
            "price": str(run.least_price),
            "priceCurrency": run.currency or ("EUR" if run.is_free else ""),
            "priceSpecification": _range(run),
            "availability": "https://schema.org/SoldOut" if full else "https://schema.org/InStock",
            "validThrough": run.enrol_until.isoformat() if run.enrol_until else "",
        }
    )


def _range(run: Offering) -> dict[str, Any] | None:
    if run.price_kind != Offering.Price.SLIDING:
        return None
    return {
        "@type": "PriceSpecification",
        "minPrice": str(run.price),
        "maxPrice": str(run.price_to),
        "priceCurrency": run.currency,
    }


def _competency(words: str) -> dict[str, str]:
    return {"@type": "DefinedTerm", "name": words}


def _level(words: str, url: str) -> dict[str, str]:
    return _filled({"@type": "DefinedTerm", "name": words, "url": url})


def _credits(version: AchievementVersion) -> dict[str, Any] | None:
    first = next(iter(version.description.credits), None)
    if first is None:
        return None
    return {"@type": "StructuredValue", "value": first.points, "unitText": first.system.label.get("en", "")}


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}

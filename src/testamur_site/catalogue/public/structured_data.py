"""The programme page for search engines: schema.org as JSON-LD, and the same as a safe script element.

A data block (`<script type="application/ld+json">`) is no script: browsers do not run it and the content security policy does not
concern it (HTML, "The script element": a type that is not a JavaScript one makes a data block).
"""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString, mark_safe

from testamur import strict_json

from ..exchange.achievement import image_url, programme_url
from ..models import AchievementVersion
from .presentation import Presentation

# What would end the element, or begin a comment in it (HTML, "Restrictions for contents of script elements"): written as \\u escapes
# they stay the same JSON.
_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def programme(version: AchievementVersion, shown: Presentation) -> dict[str, Any]:
    """An EducationalOccupationalProgram with the credential it leads to; empty members are left out."""
    institution = version.institution
    page, picture = programme_url(version), image_url(version)
    provider = {
        "@type": "CollegeOrUniversity",
        "@id": institution.public_url,
        "name": institution.localised_name,
        "url": institution.homepage or institution.public_url,
        "address": {"@type": "PostalAddress", "addressCountry": institution.country},
    }
    credential = {
        "@type": "EducationalOccupationalCredential",
        "name": shown.title,
        "credentialCategory": "MicroCredential",
        "competencyRequired": [_competency(outcome.title) for outcome in shown.outcomes],
        "educationalLevel": [_level(level.words, level.url) for level in shown.levels],
        "recognizedBy": {"@id": institution.public_url},
        "validFor": version.description.validity,
    }
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "EducationalOccupationalProgram",
            "@id": page,
            "url": page,
            "name": shown.title,
            "description": shown.description,
            "inLanguage": shown.language,
            "image": picture,
            "provider": provider,
            "programPrerequisites": shown.prerequisites,
            "educationalProgramMode": list(shown.participation),
            "timeToComplete": version.description.maximum_duration,
            "numberOfCredits": _credits(version),
            "educationalCredentialAwarded": _filled(credential),
            "keywords": list(shown.tags),
        }
    )


def as_script(data: dict[str, Any]) -> SafeString:
    """The element, with everything escaped that could end it."""
    written = strict_json.dumps(data).decode().translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{written}</script>')  # noqa: S308 - escaped on the line above


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

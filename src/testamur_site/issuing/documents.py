"""From an award to the document that is signed: everything comes from the award's row, its version and its institution."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from testamur import model
from testamur.issuing import AwardDetails, Recipient, compose
from testamur_site.catalogue.api import AchievementVersion, achievement_model
from testamur_site.foundation.keys.api import profile_json
from testamur_site.foundation.tenancy.api import Institution

from .models import Award
from .rules import Scale


def issuer_profile(institution: Institution) -> model.Profile:
    """The issuer as it stands in credentials: the published profile without its own context."""
    return model.Profile.from_json(
        {key: value for key, value in profile_json(institution).items() if key != "@context"}
    )


def scales_of(version: AchievementVersion, language: str | None = None) -> tuple[Scale, ...]:
    """The result descriptions of a version, by which results are judged; named in `language`, or as in the credential."""
    return tuple(
        Scale(
            id=found.id,
            name=found.name,
            result_type=found.result_type,
            allowed=found.allowed_value,
            required=found.required_value or "",
            minimum=found.value_min or "",
            maximum=found.value_max or "",
        )
        for found in achievement_model(version, language).result_description
    )


def result_names(version: AchievementVersion) -> list[tuple[str, ...]]:
    """For each result description, its names in the languages of our pages: a Korean list may name a result in Korean."""
    described = [achievement_model(version, language).result_description for language in (None, "en", "ko")]
    return [tuple(dict.fromkeys(found.name for found in one)) for one in zip(*described, strict=True)]


def compose_award(
    award: Award, issuer: model.Profile, achievement: model.Achievement, status_entry: Mapping[str, Any]
) -> dict[str, Any]:
    """The unsigned credential of `award`. `status_entry` is its `credentialStatus`."""
    return compose(issuer, achievement, *award_parts(award, achievement, status_entry))


def award_parts(
    award: Award, achievement: model.Achievement, status_entry: Mapping[str, Any]
) -> tuple[Recipient, AwardDetails]:
    """Who is awarded, and what differs from one award of the achievement to the next. Every call has a new salt."""
    types = {found.id: found.result_type for found in achievement.result_description}
    return (
        Recipient(name=award.recipient_name, email=award.recipient_email or None),
        AwardDetails(
            id=award.url,
            valid_from=award.valid_from,
            valid_until=award.valid_until,
            awarded_date=start_of(award.awarded_date),
            results=tuple(_result(found, types.get(found["description"], "")) for found in award.results),
            evidence=tuple(_evidence(found) for found in award.evidence),
            status_entry=status_entry,
        ),
    )


def _result(found: Mapping[str, str], result_type: str) -> model.Result:
    if result_type == "Status" and found["value"] in set(model.ResultStatus):
        return model.Result(result_description=found["description"], status=found["value"])
    return model.Result(result_description=found["description"], value=found["value"])


def _evidence(found: Mapping[str, str]) -> model.Evidence:
    return model.Evidence(
        id=found.get("url") or None,
        name=found.get("name") or None,
        description=found.get("description") or None,
    )


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)


def end_of(day: date) -> datetime:
    """The last second of a day, UTC: who holds a credential "until 31 March" holds it on that day too."""
    return datetime.combine(day, time(23, 59, 59), UTC)

"""From an award to the document that is signed: everything comes from the award's row, its version and its institution."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from testamur import model, strict_json
from testamur.issuing import AwardDetails, Recipient, compose
from testamur_site.catalogue.api import AchievementVersion, achievement_model
from testamur_site.foundation.keys.api import profile_json
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.quality import api as quality

from .models import Award
from .rules import Scale

REFRESH = "1EdTechCredentialRefresh"
"""Open Badges 3.0, RefreshService: a GET answers with the newest copy."""


def issuer_profile(institution: Institution, did: str | None = None) -> model.Profile:
    """The issuer as it stands in credentials: the published profile without its own context. `did` is the identifier that they are issued
    under, the institution's did:web by default."""
    profile = profile_json(institution, did)
    return model.Profile.from_json({key: value for key, value in profile.items() if key != "@context"})


def endorsed_achievement(version: AchievementVersion) -> model.Achievement:
    """The achievement as it stands in credentials: with what quality bodies have signed about it, as it holds now."""
    return replace(achievement_model(version), endorsement=tuple(quality.endorsements(version)))


def endorsed_hash(endorsements: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 (hexadecimal) over the endorsements of an achievement; '' for none.

    It is kept beside the content hash, not within it: what others say about a version does not change what was learned, so an award
    whose endorsements changed between decision and signing is signed with those that hold, and the audit trail says so.
    """
    return hashlib.sha256(strict_json.jcs(list(endorsements))).hexdigest() if endorsements else ""


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


def level_names(version: AchievementVersion, language: str | None = None) -> dict[str, str]:
    """The names of the levels of all rubrics of a version, by their ids."""
    described = achievement_model(version, language).result_description
    return {level.id: level.name for one in described for level in one.rubric_criterion_level}


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
    types = {found.id: found.result_type for found in achievement.result_description} if award.results else {}
    url = award.url
    details = AwardDetails(
        id=url,
        valid_from=award.valid_from,
        valid_until=award.valid_until,
        awarded_date=start_of(award.awarded_date),
        results=tuple(_result(found, types.get(found["description"], ""), url) for found in award.results),
        evidence=tuple(_evidence(found, url) for found in award.evidence),
        status_entry=status_entry,
        refresh_service={"id": award.refresh_url, "type": REFRESH} if award.refresh_token else None,
    )
    recipient = Recipient(name=award.recipient_name, email=award.recipient_email or None)
    return recipient, replace(details, **_earned(award.earned, achievement)) if award.earned else details


def _result(found: Mapping[str, Any], result_type: str, award_url: str) -> model.Result:
    if result_type == "Status" and found["value"] in set(model.ResultStatus):
        return model.Result(result_description=found["description"], status=found["value"])
    return model.Result(
        result_description=found["description"],
        value=found.get("value"),
        achieved_level=found.get("level"),
        alignment=tuple(
            model.Alignment(
                target_name=one["name"], target_url=_placed(one["url"], award_url), target_type="ext:Evidence"
            )
            for one in found.get("evidence", ())
        ),
    )


def _evidence(found: Mapping[str, str], award_url: str) -> model.Evidence:
    return model.Evidence(
        id=_placed(found.get("url") or "", award_url) or None,
        name=found.get("name") or None,
        description=found.get("description") or None,
        narrative=found.get("narrative") or None,
        genre=found.get("genre") or None,
        digest_sri=found.get("digest") or None,
    )


def _placed(address: str, award_url: str) -> str:
    """What is said in the credential itself has no address of its own, but a place in it ("#…")."""
    return f"{award_url}{address}" if address.startswith("#") else address


def _earned(earned: Mapping[str, Any], achievement: model.Achievement) -> dict[str, Any]:
    """What an assessed award adds about how it was earned (`assessed.earned_of`), or a recognised one about what was recognised (narrative,
    credits)."""
    source = earned.get("source")
    started, ended = (earned.get(name) for name in ("started", "ended"))
    return {
        "narrative": earned.get("narrative") or None,
        "term": earned.get("term") or None,
        "license_number": earned.get("transcript_line") or None,
        "credits_earned": float(earned["credits"]) if earned.get("credits") else achievement.credits_available,
        "activity_start_date": start_of(date.fromisoformat(started)) if started else None,
        "activity_end_date": start_of(date.fromisoformat(ended)) if ended else None,
        "source": model.Profile(id=source["id"], name=source["name"], url=source["url"] or None) if source else None,
    }


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)


def end_of(day: date) -> datetime:
    """The last second of a day, UTC: who holds a credential "until 31 March" holds it on that day too."""
    return datetime.combine(day, time(23, 59, 59), UTC)

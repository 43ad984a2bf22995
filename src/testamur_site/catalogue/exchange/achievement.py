"""A stored version and its institution as the achievement of a credential, and the hash that a batch pins."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from testamur import model, strict_json
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..description.elements import Description, Rubric, Task
from ..description.tasks import rubric_of_task
from ..description.vocabulary import in_language
from ..errors import NoSuchTask
from ..models import AchievementVersion
from . import open_badges, results


def achievement_id(version: AchievementVersion) -> str:
    """The absolute address that names the achievement in every credential of this version."""
    return f"{settings.TESTAMUR_BASE_URL}{reverse('catalogue:achievement', args=[version.public_id])}"


def programme_url(version: AchievementVersion) -> str:
    """The absolute address of the programme page."""
    return (
        f"{settings.TESTAMUR_BASE_URL}{reverse('catalogue:public_detail', args=[version.micro_credential.public_id])}"
    )


def image_url(version: AchievementVersion) -> str:
    """The absolute address of the picture (PNG), '' when there is none."""
    if version.image_id is None:
        return ""
    return f"{settings.TESTAMUR_BASE_URL}{reverse('catalogue:image_png', args=[version.public_id])}"


def default_language(version: AchievementVersion) -> str:
    """The institution's first language in which the title is written, else the title's first, else English."""
    titles = version.description.title
    wanted = [*(version.institution.languages or []), "en", *titles]
    return next((language for language in wanted if titles.get(language)), "en")


def achievement_model(version: AchievementVersion, language: str | None = None) -> model.Achievement:
    """The Open Badges 3.0 achievement of a version, in one language (`default_language` where none is asked for).

    The same version and language always give the same achievement: nothing in it depends on the clock or on who asks.
    """
    language = language or default_language(version)
    description, institution = version.description, version.institution
    identifier, page = achievement_id(version), programme_url(version)
    elements = open_badges.elements_of(description, language, _awarding_body(version, language))
    picture = image_url(version)
    return model.achievement_of(
        elements,
        id=identifier,
        description=in_language(description.description, language) or elements.title,
        narrative=open_badges.criteria_narrative(description, elements, language),
        criteria_url=page,
        creator=model.Profile(
            id=institution.did, name=institution.in_language("name", language), url=institution.homepage or None
        ),
        image=model.Image(id=picture, caption=_caption(description, language)) if picture else None,
        version=str(version.number),
        related=earlier_versions(version),
        alignment=open_badges.further_alignments(description),
        result_description=open_badges.result_descriptions(description, identifier, language),
        tag=description.tags,
        achievement_type=description.achievement_type,
    )


def earlier_versions(version: AchievementVersion) -> tuple[model.Related, ...]:
    """The published versions before this one, oldest first, as related achievements: a rule that names one of them counts this one too."""
    if version.number <= 1:
        return ()
    find = _found_earlier.__wrapped__ if version.state == AchievementVersion.State.DRAFT else _found_earlier
    found = find(version.public_id, version.micro_credential_id, version.number, version.institution)
    return tuple(model.Related(id=address, version=str(number)) for address, number in found)


@lru_cache(maxsize=4_096)
def _found_earlier(
    _version: str, micro_credential: int, number: int, institution: Institution
) -> tuple[tuple[str, int], ...]:
    """Kept by the version's public id: what was published before a version that is published does not change."""
    with tenant(institution):
        rows = AchievementVersion.objects.filter(micro_credential=micro_credential, number__lt=number)
        rows = rows.exclude(state=AchievementVersion.State.DRAFT).order_by("number")
        return tuple((achievement_id(each), each.number) for each in rows.only("public_id", "number"))


def tasks_of(version: AchievementVersion) -> tuple[Task, ...]:
    """The tasks of a version, in their order; none where it is awarded without."""
    return version.description.tasks


def task_of(version: AchievementVersion, task_key: str) -> Task:
    """Raises NoSuchTask."""
    for task in version.description.tasks:
        if task.key == task_key:
            return task
    raise NoSuchTask(task_key)


def rubric_of(version: AchievementVersion, task_key: str) -> Rubric:
    """The rubric by which a task is judged. Raises NoSuchTask where there is no such task, or it has no rubric."""
    rubric = rubric_of_task(version.description, task_of(version, task_key))
    if rubric is None:
        raise NoSuchTask(f"{task_key}: no rubric")
    return rubric


def needs_decision(version: AchievementVersion) -> bool:
    """Whether an award of this version is made of a decision on its tasks, and of nothing else."""
    return version.description.assessed_award


def result_description_id(version: AchievementVersion, task_key: str, criterion_key: str | None = None) -> str:
    """The id of the result description of a task, or of a criterion of its rubric. Raises NoSuchTask for keys that are not there."""
    if criterion_key is None:
        return results.result_id(achievement_id(version), task_of(version, task_key).key)
    if results.criterion_of(rubric_of(version, task_key), criterion_key) is None:
        raise NoSuchTask(f"{task_key}/{criterion_key}")
    return results.result_id(achievement_id(version), task_key, criterion_key)


def rubric_level_id(version: AchievementVersion, task_key: str, criterion_key: str, level_key: str) -> str:
    """The id of a level of a criterion, which a result in a credential points to. Raises NoSuchTask for keys that are not there."""
    criterion = results.criterion_of(rubric_of(version, task_key), criterion_key)
    if criterion is None or all(level.key != level_key for level in criterion.levels):
        raise NoSuchTask(f"{task_key}/{criterion_key}/{level_key}")
    return results.result_id(achievement_id(version), task_key, criterion_key, level_key)


def content_hash(version: AchievementVersion) -> str:
    """SHA-256 (hexadecimal) over everything a credential takes from the version: equal hashes, equal achievements."""
    return hashlib.sha256(strict_json.jcs(_pinned(version))).hexdigest()


def _pinned(version: AchievementVersion) -> dict[str, Any]:
    return {
        "version": version.public_id,
        "number": version.number,
        "content": version.content,
        "image": version.image.digest if version.image else None,
    }


def _awarding_body(version: AchievementVersion, language: str) -> model.AwardingBody:
    institution = version.institution
    return model.AwardingBody(
        name=institution.in_language("name", language),
        country=institution.country,
        homepage=institution.homepage or None,
        identifier=institution.legal_identifier or None,
    )


def _caption(description: Description, language: str) -> str | None:
    return in_language(description.image.alternative_text, language) or None

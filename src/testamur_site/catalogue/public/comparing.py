"""Programmes side by side: the same rows for each, in the order in which people decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .. import queries
from ..description.tasks import rubric_of_task
from ..description.vocabulary import in_language
from ..models import AchievementVersion, MicroCredential
from ..offerings import presentation as offered
from ..offerings import queries as offerings
from .cards import picture_path
from .presentation import Presentation, present, reader_language
from .programme import larger_ones


@dataclass(frozen=True)
class Column:
    public_id: str
    title: str
    url: str
    image: str
    institution: str
    institution_url: str


@dataclass(frozen=True)
class Row:
    """One question; `cells` are lists of lines, one list for each programme, whose titles are `titles`."""

    name: str
    titles: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1

    @property
    def labelled(self) -> list[tuple[str, tuple[str, ...]]]:
        return list(zip(self.titles, self.cells, strict=True))


@dataclass(frozen=True)
class Comparison:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    shared_skills: tuple[str, ...]


def compare(public_ids: Sequence[str]) -> Comparison:
    """The programmes with these identifiers, in this order, as far as they are published. Rows that nobody fills are left out."""
    versions = _published(public_ids)
    shown = [present(version.description, institution_name=version.institution.name) for version in versions]
    rows = tuple(row for row in _rows(versions, shown) if any(row.cells))
    skills = [{skill.words for outcome in one.outcomes for skill in outcome.skills} for one in shown]
    shared = sorted(set.intersection(*skills)) if len(skills) > 1 else []
    return Comparison(tuple(_column(v, s) for v, s in zip(versions, shown, strict=True)), rows, tuple(shared))


def titles(public_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Identifier and title of those that are published."""
    return [(version.micro_credential.public_id, version.title) for version in _published(public_ids)]


def _published(public_ids: Iterable[str]) -> list[AchievementVersion]:
    found = (queries.public_micro_credential(public_id) for public_id in dict.fromkeys(public_ids))
    return [v for v in found if v is not None and v.micro_credential.state == MicroCredential.State.PUBLISHED]


def _column(version: AchievementVersion, shown: Presentation) -> Column:
    return Column(
        public_id=version.micro_credential.public_id,
        title=shown.title,
        url=reverse("catalogue:public_detail", args=[version.micro_credential.public_id]),
        image=picture_path(version),
        institution=version.institution.localised_name,
        institution_url=reverse("catalogue:institution", args=[version.institution.slug]),
    )


def _rows(versions: Sequence[AchievementVersion], shown: Sequence[Presentation]) -> list[Row]:
    runs = [[offered.shown(o) for o in offerings.open_offerings(v.micro_credential)[:3]] for v in versions]
    tasks = [_tasks(version) for version in versions]
    assessed = [tuple(dict.fromkeys(a.type or a.title for a in s.assessments)) for s in shown]
    supervised = [tuple(dict.fromkeys(a.supervision for a in s.assessments if a.supervision)) for s in shown]
    quality = [tuple(_joined(q.type, q.body.words) for q in s.quality) for s in shown]
    larger = [(s, [one.words for one in larger_ones(v, s.language)]) for v, s in zip(versions, shown, strict=True)]
    table: list[tuple[str, list[tuple[str, ...]]]] = [
        (_("Learning outcomes"), [tuple(o.title for o in s.outcomes) for s in shown]),
        (_("Skills"), [_skills(s) for s in shown]),
        (pgettext("how long learning takes", "Length"), [_lines(s.workload) for s in shown]),
        (_("Credits"), [s.credits for s in shown]),
        (pgettext("of a qualifications framework", "Level"), [tuple(level.words for level in s.levels) for s in shown]),
        (_("Form of participation"), [s.participation for s in shown]),
        (_("Language"), [_lines(s.languages) for s in shown]),
        (_("What do I need before?"), [_lines(s.prerequisites) for s in shown]),
        (_("How it is assessed"), assessed),
        (_("Tasks"), tasks),
        (_("Supervision and identity"), supervised),
        (_("Quality assurance"), quality),
        (_("What can it count towards?"), [(*_lines(s.integration, s.integration_note), *into) for s, into in larger]),
        (_("Valid for"), [_lines(s.validity) for s in shown]),
        (_("Next offerings"), [tuple(_joined(run.when, run.place, run.seats) for run in r) for r in runs]),
        (_("Price"), [tuple(dict.fromkeys(run.price for run in r)) for r in runs]),
    ]
    titles = tuple(s.title for s in shown)
    return [Row(name, titles, tuple(cells)) for name, cells in table]


def _tasks(version: AchievementVersion) -> tuple[str, ...]:
    language = reader_language()
    d = version.description
    lines = []
    for task in d.tasks:
        rubric = rubric_of_task(d, task)
        count = len(rubric.criteria) if rubric else 0
        said = _("%(title)s (%(count)s criteria)") if count else "%(title)s"
        lines.append(said % {"title": in_language(task.title, language), "count": count})
    return tuple(lines)


def _skills(shown: Presentation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(skill.words for outcome in shown.outcomes for skill in outcome.skills))


def _lines(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)

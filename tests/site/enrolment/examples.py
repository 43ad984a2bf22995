"""A programme with two tasks, an offering of it, learners in it: what tests of enrolment, assessment and decisions begin with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import (
    AchievementVersion,
    MarkingScheme,
    Offering,
    Rubric,
    RubricCriterion,
    RubricLevel,
    Task,
)
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.offerings import services as offerings
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.enrolment import services
from testamur_site.enrolment.entrance import session
from testamur_site.enrolment.models import Enrolment, Submission
from testamur_site.foundation.tenancy.api import Institution, tenant

RUBRIC = Rubric(
    key="analysis",
    title={"en": "Analysis", "ko": "분석"},
    criteria=(
        RubricCriterion(
            key="reading",
            name={"en": "Reads figures critically", "ko": "수치를 비판적으로 읽습니다"},
            outcomes=("o1",),
            must_pass="sound",
            levels=(
                RubricLevel(
                    "missing",
                    {"en": "Missing", "ko": "없음"},
                    "0",
                    {"en": "Figures are repeated.", "ko": "수치를 옮겨 적기만 합니다."},
                ),
                RubricLevel(
                    "sound",
                    {"en": "Sound", "ko": "충실함"},
                    "2",
                    {"en": "Names what the figures hide.", "ko": "수치가 감추는 것을 밝힙니다."},
                ),
                RubricLevel(
                    "strong",
                    {"en": "Strong", "ko": "뛰어남"},
                    "4",
                    {"en": "Weighs several readings.", "ko": "여러 해석을 견줍니다."},
                ),
            ),
        ),
        RubricCriterion(
            key="explaining",
            name={"en": "Explains for a committee", "ko": "위원회에 설명합니다"},
            outcomes=("o2",),
            levels=(
                RubricLevel(
                    "unclear",
                    {"en": "Unclear", "ko": "불분명함"},
                    "0",
                    {"en": "Cannot be acted on.", "ko": "결정에 쓸 수 없습니다."},
                ),
                RubricLevel(
                    "clear",
                    {"en": "Clear", "ko": "분명함"},
                    "4",
                    {"en": "Can be acted on.", "ko": "결정에 쓸 수 있습니다."},
                ),
            ),
        ),
    ),
)
REPORT = Task(
    key="report",
    title={"en": "A report on one dataset", "ko": "데이터 하나에 대한 보고서"},
    instructions={
        "en": "Choose a dataset and **say what it hides**.",
        "ko": "데이터를 하나 골라 **감추는 것을 밝히십시오**.",
    },
    rubric="analysis",
    evidence=("file", "link", "text"),
    due_after="P2W",
    attempts="2",
    marking=MarkingScheme(assessors="1", peers="2", peer_weight="30"),
)
BRIEFING = Task(
    key="briefing",
    title={"en": "A briefing for a committee", "ko": "위원회를 위한 브리핑"},
    instructions={"en": "Record a briefing of ten minutes.", "ko": "10분짜리 브리핑을 녹화하십시오."},
    rubric="analysis",
    evidence=("video", "text"),
    due_after="P4W",
    group=True,
)


def assessed_version(institution: Institution, *tasks: Task) -> AchievementVersion:
    """A published version whose award needs a decision, with these tasks (by default REPORT and BRIEFING)."""
    described = replace(DESCRIPTION, tasks=tasks or (REPORT, BRIEFING), rubrics=(RUBRIC,), assessed_award=True)
    with tenant(institution):
        version = catalogue.publish(catalogue.create(institution, described).versions.get())
        return AchievementVersion.objects.select_related("institution", "micro_credential").get(pk=version.pk)


def open_offering(
    version: AchievementVersion, *, starts_on: date | None = None, weeks: int = 8, **terms: Any
) -> Offering:
    """An offering that takes learners: it began a week ago unless said otherwise."""
    begins = starts_on or timezone.localdate() - timedelta(days=7)
    terms = {"ends_on": begins + timedelta(weeks=weeks), **terms}
    with tenant(version.institution):
        made = offerings.create(version, Terms(starts_on=begins, **terms))
        return offerings.open_for_enrolment(made, today=begins)


def enrolled(
    offering: Offering, name: str = "김미나", email: str = "mina@example.org", language: str = "ko"
) -> Enrolment:
    with tenant(offering.institution):
        enrolment, _ = services.enrol(offering, name=name, email=email, language=language)
        return enrolment


def handed_in(enrolment: Enrolment, task_key: str = "report", text: str = "What the figures hide.") -> Submission:
    """A submission with one text, handed in."""
    with tenant(enrolment.institution):
        draft = services.begin_draft(enrolment, task_key)
        item = services.add_text(enrolment.learner, text, title="My analysis")
        services.add_to_draft(draft, item)
        return services.submit(draft, declared=True)


def browser_of(enrolment: Enrolment) -> Client:
    """A browser whose session remembers the learner, as after opening a link."""
    client = Client()
    kept = client.session
    kept[session._KEY] = [enrolment.learner.pk, enrolment.learner.epoch]
    kept.save()
    return client

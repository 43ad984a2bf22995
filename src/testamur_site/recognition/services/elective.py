"""The achievement by which elective credits are recognised: one entry of the institution's catalogue, made when it is first needed.

What a credential awards has to be described somewhere, so that its readers can look it up. Each award says how many credits it is about.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from testamur_site.catalogue.api import (
    AchievementVersion,
    Assessment,
    CatalogueError,
    CreditPoints,
    Description,
    LearningOutcome,
    QualityAssurance,
    create_micro_credential,
    eu_vocabularies,
    publish,
    published,
)
from testamur_site.foundation.tenancy.api import Institution, tenant

from ..errors import CannotBeAwarded

TITLE = {"en": "Recognised elective credits", "ko": "인정된 자유 선택 학점"}
TAG = "recognition of prior learning"


def elective_version(institution: Institution, *, actor: Any = None) -> AchievementVersion:
    """The published version by which elective credits are awarded. Raises CannotBeAwarded where the institution's own rules keep it from
    being published (an approval that it asks for); the draft is in the catalogue then."""
    with tenant(institution), transaction.atomic():
        Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
        for version in published(institution):
            if version.description.title.get("en") == TITLE["en"] and TAG in version.description.tags:
                return version
        draft = AchievementVersion.objects.filter(state=AchievementVersion.State.DRAFT, micro_credential__state="draft")
        waiting = next((one for one in draft if one.description.title.get("en") == TITLE["en"]), None)
        if waiting is None:
            waiting = create_micro_credential(
                institution, described(institution), actor=actor, source="recognition"
            ).versions.get()
        try:
            publish(AchievementVersion.objects.get(pk=waiting.pk), actor=actor)
        except CatalogueError as error:
            raise CannotBeAwarded(code=type(error).__name__) from error
        return AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(pk=waiting.pk)


def described(institution: Institution) -> Description:
    lists = eu_vocabularies
    return Description(
        title=dict(TITLE),
        description={
            "en": "Learning that was shown by credentials of other institutions and recognised here as elective credits. Each "
            "credential says how many credits were recognised, for what, and why.",
            "ko": "다른 기관의 자격증명으로 확인된 학습을 이 기관의 자유 선택 학점으로 인정한 것입니다. 인정된 학점 수와 인정 대상, 사유는 "
            "각 자격증명에 적혀 있습니다.",
        },
        tags=(TAG,),
        outcomes=(
            LearningOutcome(
                key="o1",
                title={
                    "en": "What the recognised credential says was learned",
                    "ko": "인정된 자격증명에 적힌 학습 성과를 달성합니다",
                },
            ),
        ),
        credits=(CreditPoints("1", lists.CREDIT_SYSTEMS.named("European Credit Transfer System")),),
        level_not_applicable=True,
        participation=(lists.MODES.named("Blended"),),
        assessments=(
            Assessment(
                title={"en": "Recognition of a verified credential", "ko": "검증된 자격증명의 인정 심사"},
                description={
                    "en": "The credential is verified, and its learning outcomes are compared with what is taught here.",
                    "ko": "자격증명을 검증하고, 그 학습 성과를 이 기관에서 가르치는 내용과 비교합니다.",
                },
                type=lists.ASSESSMENT_TYPES.named("portfolio"),
            ),
        ),
        quality_assurance=(
            QualityAssurance(
                type=lists.QUALITY_ASSURANCE_TYPES.named("Internal quality assurance of the provider"),
                body={"en": institution.name},
                body_url=institution.homepage or institution.public_url,
            ),
        ),
        criteria={
            "en": "The number of credits of an award stands in the credential itself.",
            "ko": "수여된 학점 수는 자격증명 자체에 적혀 있습니다.",
        },
    )

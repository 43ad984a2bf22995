"""A third micro-credential of the demonstration institution: on site, assessed by a portfolio."""

from __future__ import annotations

from ..description import eu_vocabularies as lists
from ..description.elements import (
    Activity,
    Assessment,
    CreditPoints,
    Description,
    Image,
    LearningOutcome,
    QualityAssurance,
    ResultDescription,
)
from ..description.isced import FIELDS_OF_EDUCATION
from ..description.places_and_languages import language
from .digital_credentials import esco

_ENGLISH = language("en")

DESCRIPTION = Description(
    title={"en": "Circular economy in practice", "ko": "순환 경제 실무"},
    description={
        "en": "Take one product apart, follow its materials back to where they came from, and redesign it so that it lasts, "
        "can be repaired and comes back.",
        "ko": "하나의 제품을 분해하여 재료의 출처를 추적하고, 오래 쓰고 고쳐 쓰고 되돌아올 수 있도록 다시 설계합니다.",
    },
    programme_type=lists.PROGRAMME_TYPES.named("Short learning programme"),
    languages=(_ENGLISH,),
    thematic_areas=(
        FIELDS_OF_EDUCATION.named("052 Environment"),
        FIELDS_OF_EDUCATION.named("072 Manufacturing and processing"),
    ),
    tags=("sustainability", "design", "materials"),
    outcomes=(
        LearningOutcome(
            key="o1",
            title={
                "en": "Draw up the life cycle of a product and find where most is lost",
                "ko": "제품의 전 과정을 그려 보고 손실이 가장 큰 지점을 찾습니다",
            },
            skills=(
                esco(
                    "4e87c852-602a-4a0e-b8d8-20709ce14ac5", "assess the life cycle of resources", "자원의 전 과정 평가"
                ),
                esco("22c45bf7-e52b-475f-847b-c32a87f65a5d", "circular economy", "순환 경제"),
            ),
            reusability=lists.REUSE_LEVELS.named("sector specific skills and competences"),
        ),
        LearningOutcome(
            key="o2",
            title={
                "en": "Redesign a product with materials that can be recovered",
                "ko": "회수할 수 있는 재료로 제품을 다시 설계합니다",
            },
            skills=(
                esco(
                    "73576419-31c2-4e45-8e30-ab1afec3db4e",
                    "use sustainable materials and components",
                    "지속 가능한 재료 사용",
                ),
                esco(
                    "c214d86e-fbb8-45c0-87d4-f2cefc954057",
                    "select sustainable technologies in design",
                    "지속 가능한 설계 기술 선택",
                ),
            ),
        ),
        LearningOutcome(
            key="o3",
            title={
                "en": "Make the case for repair to a company's management",
                "ko": "경영진에게 수리 중심 전략의 타당성을 설득합니다",
            },
            skills=(esco("469e19ed-a0bd-445a-ae2d-4ba9430e296b", "promote sustainability", "지속 가능성 증진"),),
        ),
    ),
    workload="PT78H",
    credits=(CreditPoints("3", lists.CREDIT_SYSTEMS.named("European Credit Transfer System")),),
    maximum_duration="P3M",
    eqf_level=lists.EQF_LEVELS.named("Level 5"),
    cycle=lists.QF_EHEA_CYCLES.named("Short cycle"),
    partial_qualification=False,
    participation=(lists.MODES.named("Presential"), lists.MODES.named("Project based")),
    learning_setting=lists.LEARNING_SETTINGS.named("non-formal learning"),
    activities=(
        Activity(
            title={"en": "Workshop days in the repair laboratory", "ko": "수리 실험실에서 진행하는 실습"},
            type=lists.ACTIVITY_TYPES.named("lab / simulation / practice coursework"),
            mode=lists.MODES.named("Presential"),
            workload="PT40H",
            languages=(_ENGLISH,),
        ),
    ),
    assessments=(
        Assessment(
            title={"en": "Portfolio of a redesigned product", "ko": "재설계한 제품의 포트폴리오"},
            description={
                "en": "Life-cycle sketch, the redesigned object, and a page for the management, defended in a talk.",
                "ko": "전 과정 도식, 재설계한 제품, 경영진을 위한 한 쪽 보고서를 제출하고 발표로 설명합니다.",
            },
            type=lists.ASSESSMENT_TYPES.named("portfolio"),
            mode=lists.MODES.named("Presential"),
            languages=(_ENGLISH,),
            supervision=lists.SUPERVISION.named("Supervised with ID Verification"),
            grading_title={"en": "Level reached", "ko": "도달 수준"},
            grading_description={
                "en": "Judged by a lecturer and a designer from a company against a published rubric.",
                "ko": "교수자와 기업 디자이너가 공개된 평가 기준표에 따라 평가합니다.",
            },
            results=(
                ResultDescription(
                    {"en": "Level reached", "ko": "도달 수준"},
                    "PerformanceLevel",
                    ("Beginning", "Competent", "Excellent"),
                    required_value="Competent",
                ),
            ),
        ),
    ),
    quality_assurance=(
        QualityAssurance(
            type=lists.QUALITY_ASSURANCE_TYPES.named("Institutional quality assurance"),
            body={"en": "Quality Office, University of Zed", "ko": "제드 대학교 질 관리실"},
            body_url="https://uniz.edu",
            description={
                "en": "Part of the institutional review; participants' judgement is published each year.",
                "ko": "기관 평가에 포함되며, 참가자 평가 결과를 매년 공개합니다.",
            },
        ),
    ),
    prerequisites={
        "en": "A product that may be taken apart, and steady hands.",
        "ko": "분해해도 되는 제품을 하나 가져와야 하며, 손으로 작업할 수 있어야 합니다.",
    },
    integration=lists.INTEGRATION_OPTIONS.named("Integrated, stackable towards another credential"),
    integration_note={
        "en": "Counts towards the certificate Sustainable Design together with two further micro-credentials.",
        "ko": "다른 마이크로크리덴셜 두 개와 함께 지속 가능 디자인 수료증으로 연계됩니다.",
    },
    image=Image(
        source="composed",
        symbol="leaf",
        shape="circle",
        alternative_text={
            "en": "Circle with a leaf: Circular economy in practice, University of Zed",
            "ko": "잎이 그려진 원: 순환 경제 실무, 제드 대학교",
        },
    ),
)

"""What three institutions offer together: three courses, and the microdegree that is made of them.

The courses belong to two partner institutions of the demonstration; the university's own *Data literacy for public services* is the
fourth. The rule of the microdegree is not here: `pathways` attaches it while the version is a draft.
"""

from __future__ import annotations

from dataclasses import replace

from ..description import eu_vocabularies as lists
from ..description.elements import (
    Activity,
    Assessment,
    Description,
    Image,
    LearningOutcome,
    QualityAssurance,
    ResultDescription,
)
from ..description.isced import FIELDS_OF_EDUCATION
from . import data_literacy
from .digital_credentials import esco

_ONLINE = lists.MODES.named("Online")


def _course(
    title: tuple[str, str],
    description: tuple[str, str],
    outcomes: tuple[LearningOutcome, ...],
    *,
    body: tuple[str, str],
    symbol: str,
    tags: tuple[str, ...],
) -> Description:
    """A course of 5 ECTS, supervised, awarded for a project. `body` is who assures its quality."""
    english, korean = title
    return replace(
        data_literacy.DESCRIPTION,
        title={"en": english, "ko": korean},
        description={"en": description[0], "ko": description[1]},
        thematic_areas=(FIELDS_OF_EDUCATION.named("071 Engineering and engineering trades"),),
        tags=tags,
        outcomes=outcomes,
        activities=(
            Activity(
                title={"en": "Seminar and project with a city", "ko": "도시와 함께하는 세미나와 프로젝트"},
                type=lists.ACTIVITY_TYPES.named("workshop, seminar or conference"),
                mode=_ONLINE,
                workload="PT125H",
                languages=data_literacy.DESCRIPTION.languages,
            ),
        ),
        assessments=(
            Assessment(
                title={"en": "Project report with a talk", "ko": "프로젝트 보고서와 발표"},
                type=lists.ASSESSMENT_TYPES.named("project work"),
                mode=_ONLINE,
                languages=data_literacy.DESCRIPTION.languages,
                supervision=lists.SUPERVISION.named("Supervised with ID Verification"),
                grading_description={
                    "en": "Two examiners judge the question, the work and the talk.",
                    "ko": "심사위원 두 명이 질문, 과정, 발표를 평가합니다.",
                },
                results=(
                    ResultDescription(
                        {"en": "Project", "ko": "프로젝트"},
                        "LetterGrade",
                        ("F", "D", "C", "B", "A"),
                        required_value="D",
                    ),
                ),
            ),
        ),
        quality_assurance=(
            QualityAssurance(
                type=lists.QUALITY_ASSURANCE_TYPES.named("Programme quality assurance"),
                body={"en": body[0], "ko": body[1]},
                description={
                    "en": "Approved by the institution and by the consortium; reviewed every three years.",
                    "ko": "기관과 컨소시엄의 승인을 받았으며 3년마다 검토합니다.",
                },
            ),
        ),
        prerequisites={},
        integration_note={
            "en": "Counts towards the microdegree Cities in transition of the University of Zed.",
            "ko": "제드 대학교의 마이크로디그리 “전환하는 도시”에 인정됩니다.",
        },
        validity="",
        image=Image(
            source="composed",
            symbol=symbol,
            shape="circle",
            alternative_text={"en": f"Badge: {english}", "ko": f"배지: {korean}"},
        ),
    )


URBAN_ENERGY = _course(
    ("Urban energy systems", "도시 에너지 시스템"),
    (
        "How a district gets its heat and power, what it would take to do without fossil fuels, and what that costs.",
        "한 구역이 열과 전기를 얻는 방식, 화석 연료 없이 그렇게 하는 데 필요한 것과 그 비용을 배웁니다.",
    ),
    (
        LearningOutcome(
            key="o1",
            title={
                "en": "Draw up the energy balance of a district from public data",
                "ko": "공공 데이터로 한 구역의 에너지 수지를 작성합니다",
            },
            skills=(esco("2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f", "perform data analysis", "데이터 분석 수행"),),
        ),
        LearningOutcome(
            key="o2",
            title={
                "en": "Compare two ways to heat it without fossil fuels and defend one of them",
                "ko": "화석 연료 없이 난방하는 두 방법을 비교하고 하나를 근거를 들어 제안합니다",
            },
        ),
    ),
    body=("Programme board, Han River Institute", "한강연구원 교과위원회"),
    symbol="sprout",
    tags=("energy", "cities"),
)

CITIZENS = _course(
    ("Planning with citizens", "시민과 함께하는 계획"),
    (
        "Run a meeting in which people who disagree decide something, and show afterwards what became of their words.",
        "의견이 다른 사람들이 함께 결정하는 회의를 진행하고, 그들의 말이 어떻게 반영되었는지 보여 주는 법을 배웁니다.",
    ),
    (
        LearningOutcome(
            key="o1",
            title={
                "en": "Plan and moderate a meeting with at least three groups of interest",
                "ko": "이해관계가 다른 세 집단 이상이 참여하는 회의를 설계하고 진행합니다",
            },
            skills=(esco("f263da7f-0708-42c2-b1a9-39083416f632", "communicate analytical insights", "분석 결과 전달"),),
        ),
        LearningOutcome(
            key="o2",
            title={
                "en": "Document how each contribution entered the decision",
                "ko": "각 의견이 결정에 어떻게 반영되었는지 기록합니다",
            },
        ),
    ),
    body=("Academic council, Liffey College", "리피 칼리지 학사위원회"),
    symbol="handshake",
    tags=("participation", "cities"),
)

HERITAGE = _course(
    ("Old buildings, new uses", "오래된 건물의 새로운 쓰임"),
    (
        "Judge what an old building can still carry, in the physical and in every other sense, and plan its next use.",
        "오래된 건물이 여러 의미에서 무엇을 감당할 수 있는지 판단하고 다음 쓰임을 계획합니다.",
    ),
    (
        LearningOutcome(
            key="o1",
            title={
                "en": "Survey a building and report its condition in a form that owners understand",
                "ko": "건물을 조사하고 소유자가 이해할 수 있는 형태로 상태를 보고합니다",
            },
        ),
        LearningOutcome(
            key="o2",
            title={
                "en": "Propose a use that keeps what is worth keeping and state its costs",
                "ko": "지킬 가치가 있는 것을 지키는 쓰임을 제안하고 비용을 밝힙니다",
            },
        ),
    ),
    body=("Academic council, Liffey College", "리피 칼리지 학사위원회"),
    symbol="landmark",
    tags=("heritage", "cities"),
)

MICRODEGREE = replace(
    _course(
        ("Cities in transition", "전환하는 도시"),
        (
            "Data, energy, and the people who live with both; from three institutions. Awarded by itself when its requirements are met.",
            "세 기관의 데이터, 에너지, 시민 과정으로 이루어진 마이크로디그리입니다. 요건을 채우면 저절로 수여됩니다.",
        ),
        (
            LearningOutcome(
                key="o1",
                title={
                    "en": "Lead a small project of a city from its data to a decision that holds",
                    "ko": "데이터에서 시작해 유효한 결정에 이르기까지 도시의 작은 사업을 이끕니다",
                },
            ),
        ),
        body=("Consortium board, University of Zed", "제드 대학교 컨소시엄위원회"),
        symbol="leaf",
        tags=("cities", "microdegree"),
    ),
    workload="PT375H",
    credits=(replace(data_literacy.DESCRIPTION.credits[0], points="15"),),
    maximum_duration="P2Y",
    integration_note={},
)

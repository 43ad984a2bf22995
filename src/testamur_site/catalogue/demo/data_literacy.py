"""A second micro-credential of the demonstration institution: supervised, graded, stackable."""

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

_LANGUAGES = (language("en"), language("ko"))

DESCRIPTION = Description(
    title={"en": "Data literacy for public services", "ko": "공공 서비스를 위한 데이터 리터러시"},
    description={
        "en": "For people who decide with data but do not program: read figures critically, see what a chart hides, protect "
        "personal data, and explain an analysis so that a committee can act on it.",
        "ko": "프로그래밍을 하지 않아도 데이터로 의사결정을 하는 분들을 위한 과정입니다. 수치를 비판적으로 읽고, 도표가 감추는 것을 "
        "알아보며, 개인정보를 보호하고, 위원회가 결정을 내릴 수 있도록 분석 결과를 설명하는 법을 배웁니다.",
    },
    programme_type=lists.PROGRAMME_TYPES.named("Course"),
    languages=_LANGUAGES,
    thematic_areas=(
        FIELDS_OF_EDUCATION.named("054 Mathematics and statistics"),
        FIELDS_OF_EDUCATION.named("041 Business and administration"),
    ),
    tags=("data", "statistics", "public administration"),
    outcomes=(
        LearningOutcome(
            key="o1",
            title={
                "en": "Judge whether a figure answers the question it is quoted for",
                "ko": "인용된 수치가 실제로 질문에 답하는지 판단합니다",
            },
            skills=(
                esco("1e77e42a-181f-4b48-8e74-201ce50ffc29", "interpret current data", "현행 데이터 해석"),
                esco("cc7370dd-69fa-4c67-a96f-d4d135d38700", "data quality assessment", "데이터 품질 평가"),
            ),
            reusability=lists.REUSE_LEVELS.named("cross-sector skills and competences"),
        ),
        LearningOutcome(
            key="o2",
            title={
                "en": "Analyse a table of public data with a spreadsheet and state how sure the result is",
                "ko": "스프레드시트로 공공 데이터를 분석하고 결과의 확실성을 설명합니다",
            },
            skills=(
                esco("2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f", "perform data analysis", "데이터 분석 수행"),
                esco(
                    "382c11ed-20d5-4ae7-b60e-15fec527fa6c",
                    "apply statistical analysis techniques",
                    "통계 분석 기법 적용",
                ),
            ),
        ),
        LearningOutcome(
            key="o3",
            title={
                "en": "Present an analysis to people who were not part of it",
                "ko": "분석에 참여하지 않은 사람들에게 결과를 설명합니다",
            },
            skills=(esco("f263da7f-0708-42c2-b1a9-39083416f632", "communicate analytical insights", "분석 결과 전달"),),
        ),
        LearningOutcome(
            key="o4",
            title={
                "en": "Recognise personal data and handle it lawfully",
                "ko": "개인정보를 식별하고 적법하게 처리합니다",
            },
            skills=(
                esco(
                    "097c6a36-f031-4d3e-b5c1-62d6ffcb430b",
                    "respect data protection principles",
                    "개인정보 보호 원칙 준수",
                ),
                esco("e9575f7f-053a-439e-8074-f93df3334e92", "data ethics", "데이터 윤리"),
            ),
        ),
    ),
    workload="PT125H",
    credits=(CreditPoints("5", lists.CREDIT_SYSTEMS.named("European Credit Transfer System")),),
    maximum_duration="P6M",
    eqf_level=lists.EQF_LEVELS.named("Level 6"),
    cycle=lists.QF_EHEA_CYCLES.named("First cycle"),
    partial_qualification=True,
    participation=(lists.MODES.named("Online"),),
    learning_setting=lists.LEARNING_SETTINGS.named("formal learning"),
    activities=(
        Activity(
            title={
                "en": "Ten weekly seminars with a case from a city council",
                "ko": "시의회 사례를 다루는 주간 세미나 10회",
            },
            type=lists.ACTIVITY_TYPES.named("workshop, seminar or conference"),
            mode=lists.MODES.named("Online"),
            workload="PT30H",
            languages=_LANGUAGES,
        ),
        Activity(
            title={
                "en": "A project with data of one's own office",
                "ko": "자신이 일하는 기관의 데이터를 활용한 프로젝트",
            },
            type=lists.ACTIVITY_TYPES.named("self-motivated study"),
            workload="PT95H",
            languages=_LANGUAGES,
        ),
    ),
    assessments=(
        Assessment(
            title={"en": "Written examination", "ko": "필기시험"},
            description={
                "en": "Ninety minutes; questions on figures, charts and data protection.",
                "ko": "90분간 수치, 도표, 개인정보 보호에 관한 문제를 풉니다.",
            },
            type=lists.ASSESSMENT_TYPES.named("written examination"),
            mode=lists.MODES.named("Online"),
            languages=_LANGUAGES,
            supervision=lists.SUPERVISION.named("Supervised with ID Verification"),
            grading_title={"en": "Points", "ko": "점수"},
            grading_description={"en": "At least 60 of 100 points.", "ko": "100점 만점에 60점 이상이면 합격합니다."},
            results=(
                ResultDescription(
                    {"en": "Examination", "ko": "시험"}, "RawScore", required_value="60", minimum="0", maximum="100"
                ),
            ),
        ),
        Assessment(
            title={"en": "Project report with a talk", "ko": "프로젝트 보고서와 발표"},
            type=lists.ASSESSMENT_TYPES.named("project work"),
            mode=lists.MODES.named("Online"),
            languages=_LANGUAGES,
            supervision=lists.SUPERVISION.named("Supervised with ID Verification"),
            grading_description={
                "en": "Two examiners judge the question, the analysis and the talk, each with a third of the grade.",
                "ko": "심사위원 두 명이 질문, 분석, 발표를 각각 3분의 1씩 평가합니다.",
            },
            results=(
                ResultDescription(
                    {"en": "Project", "ko": "프로젝트"}, "LetterGrade", ("F", "D", "C", "B", "A"), required_value="D"
                ),
            ),
        ),
    ),
    quality_assurance=(
        QualityAssurance(
            type=lists.QUALITY_ASSURANCE_TYPES.named("Programme quality assurance"),
            body={"en": "Academic Council, University of Zed", "ko": "제드 대학교 학사위원회"},
            body_url="https://uniz.edu",
            description={
                "en": "Approved by the Academic Council; reviewed every three years with an external examiner.",
                "ko": "학사위원회의 승인을 받았으며, 3년마다 외부 심사위원과 함께 검토합니다.",
            },
        ),
    ),
    prerequisites={
        "en": "None. Confidence with a spreadsheet helps.",
        "ko": "없습니다. 스프레드시트를 다룰 줄 알면 도움이 됩니다.",
    },
    integration=lists.INTEGRATION_OPTIONS.named("Integrated, stackable towards another credential"),
    integration_note={
        "en": "Counts for 5 ECTS in the bachelor's programme Public Administration of the University of Zed.",
        "ko": "제드 대학교 행정학 학사과정에서 5 ECTS로 인정됩니다.",
    },
    validity="P5Y",
    image=Image(
        source="composed",
        symbol="chart-line",
        shape="hexagon",
        alternative_text={
            "en": "Hexagon with a line chart: Data literacy for public services, University of Zed",
            "ko": "선 그래프가 그려진 육각형: 공공 서비스를 위한 데이터 리터러시, 제드 대학교",
        },
    ),
)

"""A micro-credential that is awarded on a decision: three outcomes, two tasks, one rubric, peers and an industry validator.

It is our own, in English and Korean, and everything a cohort needs to be run through it is here.
"""

from __future__ import annotations

from ..description import eu_vocabularies as lists
from ..description.elements import (
    Activity,
    Assessment,
    CreditPoints,
    Description,
    Image,
    LearningOutcome,
    MarkingScheme,
    Organisation,
    Partner,
    QualityAssurance,
    Task,
)
from ..description.frameworks.national import chosen
from ..description.isced import FIELDS_OF_EDUCATION
from ..description.places_and_languages import country, language
from .digital_credentials import esco
from .responsible_ai_rubric import RUBRIC

_LANGUAGES = (language("en"), language("ko"))
_NFQ = chosen("NFQ:7")
_SUPERVISED = lists.SUPERVISION.named("Supervised with ID Verification")
_UNSUPERVISED = lists.SUPERVISION.named("Unsupervised with ID Verification")

_REPORT = Task(
    key="report",
    title={"en": "Risk report on an AI system", "ko": "인공지능 시스템 위험 보고서"},
    instructions={
        "en": (
            "Choose an AI system that is used, or about to be used, in your own work. Write a report of **1,200 to 1,800 words** that "
            "somebody without technical training can follow.\n\n"
            "## What the report has to hold\n\n"
            "- The task, the system, and who is affected by what it puts out\n"
            "- The three gravest risks, each with an example and with what makes it likely\n"
            "- A test that would show whether the system is good enough for this task: data, measure, threshold\n"
            "- What you could not find out\n\n"
            "## What is allowed\n\n"
            "You may use AI tools for language and for searching. Say which, and for what. Do not enter personal data of colleagues or "
            "clients anywhere."
        ),
        "ko": (
            "자신의 업무에 쓰이고 있거나 곧 쓰일 인공지능 시스템을 하나 고릅니다. 기술 교육을 받지 않은 사람도 이해할 수 있도록 "
            "**영어 1,200~1,800단어(한국어 3,000~4,500자)** 분량의 보고서를 작성합니다.\n\n"
            "## 보고서에 담을 내용\n\n"
            "- 업무와 시스템, 그리고 그 결과의 영향을 받는 사람\n"
            "- 가장 심각한 위험 세 가지와 각각의 사례, 그 위험이 일어나기 쉬운 까닭\n"
            "- 시스템이 이 업무에 충분히 쓸 만한지 보여 줄 시험: 데이터, 측정 지표, 기준값\n"
            "- 끝내 알아내지 못한 것\n\n"
            "## 허용 범위\n\n"
            "언어 교정과 자료 검색에는 인공지능 도구를 쓸 수 있습니다. 어떤 도구를 어디에 썼는지 밝힙니다. 동료나 고객의 개인정보는 "
            "어디에도 입력하지 않습니다."
        ),
    },
    template={
        "en": (
            "1. The task, the system, and who is affected\n2. The three gravest risks\n3. A test: data, measure, threshold\n"
            "4. What could not be found out\n5. Tools that were used"
        ),
        "ko": (
            "1. 업무, 시스템, 영향을 받는 사람\n2. 가장 심각한 위험 세 가지\n3. 시험: 데이터, 측정 지표, 기준값\n4. 알아내지 못한 것\n"
            "5. 사용한 도구"
        ),
    },
    rubric=RUBRIC.key,
    weight="2",
    pass_mark="60",  # noqa: S106 - a mark, not a password
    evidence=("file", "text", "link"),
    due_after="P28D",
    attempts="2",
    supervision=_UNSUPERVISED,
    assessment="1",
    marking=MarkingScheme(assessors="1", peers="3", peer_weight="30", self_assessment=True, moderate_from="20"),
)

_DECISION = Task(
    key="decision",
    title={"en": "Decision, defended in a talk", "ko": "결정과 발표"},
    instructions={
        "en": (
            "Decide whether the system of your report should be used, and under which conditions. Record a talk of **at most eight "
            "minutes** for the people it affects, and hand in one page that states the decision.\n\n"
            "- Say what you decided, and what would change your mind\n"
            "- Show the result of your test, or of a small trial of it\n"
            "- Answer the two strongest objections\n\n"
            "An examiner and a validator from industry see the talk. You will be asked two questions in a video call, with your identity "
            "document at hand."
        ),
        "ko": (
            "보고서에서 다룬 시스템을 사용할지, 어떤 조건에서 사용할지 결정합니다. 영향을 받는 사람들을 위한 **8분 이내의 발표 영상**을 "
            "녹화하고, 결정을 밝힌 한 쪽짜리 글을 함께 제출합니다.\n\n"
            "- 결정한 내용과, 어떤 경우에 생각을 바꿀지 밝힙니다\n"
            "- 시험 결과 또는 간단히 시범 적용한 결과를 보여 줍니다\n"
            "- 가장 강한 반론 두 가지에 답합니다\n\n"
            "심사위원과 산업계 검증자가 발표를 봅니다. 신분증을 준비한 상태에서 화상 통화로 질문 두 가지를 받습니다."
        ),
    },
    rubric=RUBRIC.key,
    weight="1",
    pass_mark="60",  # noqa: S106 - a mark, not a password
    evidence=("video", "file", "link"),
    evidence_minimum="2",
    due_after="P42D",
    attempts="2",
    supervision=_SUPERVISED,
    assessment="2",
    marking=MarkingScheme(assessors="1", industry="1", anonymous=False, moderate_from="20"),
)

DESCRIPTION = Description(
    title={"en": "Responsible AI at work", "ko": "일터에서의 책임 있는 인공지능"},
    alternative_title={"en": "Responsible AI", "ko": "책임 있는 인공지능"},
    description={
        "en": "For people who have to decide whether an AI system may be used in their office or company. You learn to name what can go "
        "wrong, to test a system for the task at hand, and to answer for a decision before the people it affects.",
        "ko": "사무실이나 회사에서 인공지능 시스템을 써도 되는지 결정해야 하는 사람을 위한 과정입니다. "
        "무엇이 잘못될 수 있는지 짚어 내고, 맡은 업무에 맞게 시스템을 시험하며, 영향을 받는 사람들 앞에서 결정에 책임지는 법을 배웁니다.",
    },
    programme_type=lists.PROGRAMME_TYPES.named("Short learning programme"),
    languages=_LANGUAGES,
    thematic_areas=(FIELDS_OF_EDUCATION.named("041 Business and administration"),),
    tags=("artificial intelligence", "risk", "testing", "ethics"),
    outcomes=(
        LearningOutcome(
            key="o1",
            title={
                "en": "Assess the risks of an AI system in a task of one's own work",
                "ko": "자신의 업무에 쓰이는 인공지능 시스템의 위험을 평가합니다",
            },
            skills=(
                esco("e9575f7f-053a-439e-8074-f93df3334e92", "data ethics", "데이터 윤리"),
                esco(
                    "097c6a36-f031-4d3e-b5c1-62d6ffcb430b",
                    "respect data protection principles",
                    "개인정보 보호 원칙 준수",
                ),
            ),
            reusability=lists.REUSE_LEVELS.named("cross-sector skills and competences"),
        ),
        LearningOutcome(
            key="o2",
            title={
                "en": "Design a test that shows whether an AI system is good enough for its task",
                "ko": "인공지능 시스템이 업무에 쓸 만한지 보여 주는 시험을 설계합니다",
            },
            skills=(
                esco("cc7370dd-69fa-4c67-a96f-d4d135d38700", "data quality assessment", "데이터 품질 평가"),
                esco("2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f", "perform data analysis", "데이터 분석 수행"),
            ),
        ),
        LearningOutcome(
            key="o3",
            title={
                "en": "Justify a decision about an AI system to the people it affects",
                "ko": "인공지능 시스템에 관한 결정의 근거를 영향을 받는 사람들에게 논증합니다",
            },
            skills=(esco("f263da7f-0708-42c2-b1a9-39083416f632", "communicate analytical insights", "분석 결과 전달"),),
        ),
    ),
    workload="PT80H",
    credits=(CreditPoints("3", lists.CREDIT_SYSTEMS.named("European Credit Transfer System")),),
    maximum_duration="P3M",
    eqf_level=lists.EQF_LEVELS.named("Level 6"),
    cycle=lists.QF_EHEA_CYCLES.named("First cycle"),
    national_levels=(_NFQ,) if _NFQ else (),
    partial_qualification=True,
    participation=(lists.MODES.named("Blended"), lists.MODES.named("Project based")),
    learning_setting=lists.LEARNING_SETTINGS.named("formal learning"),
    activities=(
        Activity(
            title={
                "en": "Four workshops with cases from partner companies",
                "ko": "협력 기업의 사례를 다루는 워크숍 4회",
            },
            type=lists.ACTIVITY_TYPES.named("workshop, seminar or conference"),
            mode=lists.MODES.named("Presential"),
            workload="PT16H",
            languages=_LANGUAGES,
        ),
        Activity(
            title={
                "en": "Own project with a system of one's own work",
                "ko": "자신의 업무에 쓰이는 시스템으로 하는 프로젝트",
            },
            type=lists.ACTIVITY_TYPES.named("self-motivated study"),
            workload="PT64H",
            languages=_LANGUAGES,
        ),
    ),
    assessments=(
        Assessment(
            title={"en": "Report", "ko": "보고서"},
            description={
                "en": "A risk report, marked by an examiner and by peers with the same rubric.",
                "ko": "심사위원과 동료가 같은 루브릭으로 평가하는 위험 보고서입니다.",
            },
            type=lists.ASSESSMENT_TYPES.named("project work"),
            mode=lists.MODES.named("Online"),
            languages=_LANGUAGES,
            grading_title={"en": "Per cent", "ko": "백분율"},
            grading_description={
                "en": "At least 60 per cent; the examiner's mark counts 70 per cent, the peers' 30.",
                "ko": "60퍼센트 이상이면 합격입니다. 심사위원 점수가 70퍼센트, 동료 점수가 30퍼센트입니다.",
            },
            supervision=_UNSUPERVISED,
        ),
        Assessment(
            title={"en": "Talk", "ko": "발표"},
            description={
                "en": "A recorded talk and two questions in a video call, judged by an examiner and a validator from industry.",
                "ko": "녹화한 발표와 화상 통화 질의응답을 심사위원과 산업계 검증자가 평가합니다.",
            },
            type=lists.ASSESSMENT_TYPES.named("Presentation"),
            mode=lists.MODES.named("Online"),
            languages=_LANGUAGES,
            grading_title={"en": "Per cent", "ko": "백분율"},
            grading_description={"en": "At least 60 per cent.", "ko": "60퍼센트 이상이면 합격입니다."},
            supervision=_SUPERVISED,
        ),
    ),
    tasks=(_REPORT, _DECISION),
    rubrics=(RUBRIC,),
    assessed_award=True,
    quality_assurance=(
        QualityAssurance(
            type=lists.QUALITY_ASSURANCE_TYPES.named("Programme quality assurance"),
            body={"en": "Academic Council, University of Zed", "ko": "제드 대학교 학사위원회"},
            body_url="https://uniz.edu",
            description={
                "en": "Reviewed each year with an external panel of peers and companies.",
                "ko": "동료 기관과 기업이 참여하는 외부 심의단과 함께 매년 검토합니다.",
            },
        ),
    ),
    prerequisites={
        "en": "You work with, or are responsible for, a task in which an AI system is or will be used. No programming.",
        "ko": "인공지능 시스템이 쓰이거나 쓰일 업무를 하거나 책임지고 있어야 합니다. 프로그래밍은 필요하지 않습니다.",
    },
    rpl={
        "en": "Whoever has carried out a documented assessment of an AI system can hand it in instead of the report. It is judged by the "
        "same rubric; the talk is given by everybody.",
        "ko": "인공지능 시스템을 평가하고 문서로 남긴 경험이 있으면 보고서 대신 그 문서를 제출할 수 있습니다. "
        "같은 루브릭으로 평가하며, 발표는 모두가 합니다.",
    },
    integration=lists.INTEGRATION_OPTIONS.named("Integrated, stackable towards another credential"),
    integration_note={
        "en": "Counts for 3 ECTS in the bachelor's programme Public Administration of the University of Zed.",
        "ko": "제드 대학교 행정학 학사과정에서 3 ECTS로 인정됩니다.",
    },
    validity="P3Y",
    criteria={
        "en": "Both tasks passed with at least 60 per cent, with the levels that the criteria *Risks* and *Decision* ask for.",
        "ko": "두 과제 모두 60퍼센트 이상으로 합격하고, *위험*과 *결정* 항목에서 요구하는 수준에 이르러야 합니다.",
    },
    organisations=(
        Organisation(
            key="mobility",
            name={"en": "Example Mobility Ltd", "ko": "예시모빌리티 주식회사"},
            country=country("KR"),
            homepage="https://mobility.example",
        ),
        Organisation(key="policy", name={"en": "School of Public Policy", "ko": "정책대학원"}, country=country("KR")),
        Organisation(
            key="computing", name={"en": "Department of Computer Science", "ko": "컴퓨터과학과"}, country=country("KR")
        ),
    ),
    partners=(
        Partner(
            "mobility",
            {
                "en": "Brings the cases of two workshops and judges the talks.",
                "ko": "워크숍 2회의 사례를 제공하고 발표를 평가합니다.",
            },
        ),
    ),
    co_owners=("policy", "computing"),
    image=Image(
        source="composed",
        symbol="scale",
        shape="seal",
        alternative_text={
            "en": "Seal with a pair of scales: Responsible AI at work",
            "ko": "저울이 그려진 인장: 일터에서의 책임 있는 인공지능",
        },
    ),
)

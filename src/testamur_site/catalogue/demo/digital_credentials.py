"""The European Commission's own example of a micro-credential with the elements of Annex I: "Digital micro-credential creation".

Its facts (levels, hours, skills, lists) are those of the sample that the European Learning Model publishes; the sentences and the
Korean are ours, and so is what the sample lacks and the Recommendation asks for: a type of quality assurance. The activity's volume,
which the sample gives as sixty months, is entered as the sixty hours that are meant.
"""

from __future__ import annotations

from ..description import eu_vocabularies as lists
from ..description.elements import (
    Activity,
    Assessment,
    CreditPoints,
    Description,
    Group,
    Identifier,
    Image,
    LearningOutcome,
    NationalLevel,
    Organisation,
    QualityAssurance,
    ResultDescription,
    Skill,
)
from ..description.isced import FIELDS_OF_EDUCATION
from ..description.places_and_languages import country, language
from ..description.vocabulary import Concept

_ESCO = "http://data.europa.eu/esco/concept-scheme/skills"
_DIGCOMP = "http://data.europa.eu/snb/dcf/25831c2"


def esco(code: str, english: str, korean: str) -> Skill:
    """An ESCO skill; the Korean is ours, ESCO has none."""
    label = {"en": english, "ko": korean}
    return Skill(Concept(f"http://data.europa.eu/esco/skill/{code}", label, _ESCO), "ESCO")


def _digcomp(code: str, english: str, korean: str) -> Skill:
    return Skill(Concept(f"http://data.europa.eu/snb/dcf/{code}", {"en": english, "ko": korean}, _DIGCOMP), "DigComp")


_ENGLISH = language("en")
_ALLIANCE = Organisation(
    key="zed",
    name={"en": "University of Zed", "ko": "제드 대학교"},
    short_name={"en": "UniZ"},
    country=country("IE"),
    region=Concept(
        "http://publications.europa.eu/resource/authority/atu/IRL_CTH_DUB",
        {"en": "Dublin city", "ko": "더블린시"},
        "http://publications.europa.eu/resource/authority/atu",
        "atu",
    ),
    address={"en": "Instant Street 16, D08 Dublin"},
    homepage="https://uniz.edu",
    registration=Identifier("0000", "", country("IE")),
    vat=Identifier("654321", "", country("IE")),
    identifiers=(Identifier("Res1818", "Research Alliance"),),
    member_of=(Group({"en": "Research Alliance", "ko": "연구 연합"}, "info@resa.edu"),),
)
_SUPPORT = Organisation(
    key="edc",
    name={
        "en": "European Digital Credentials for Learning Support Team",
        "ko": "유럽 디지털 학습 자격증명 지원팀",
    },
    short_name={"en": "EDC Support Team"},
    country=country("BE"),
    homepage="https://europa.eu/europass/en/europass-tools/digital-credentials",
    registration=Identifier("0000", "", country("BE")),
)

DESCRIPTION = Description(
    title={"en": "Digital micro-credential creation", "ko": "디지털 마이크로크리덴셜 제작"},
    description={
        "en": "Learn to build digital micro-credentials that follow the European Learning Model and carry every element the "
        "EU Recommendation asks for: from the learning outcomes and the workload to the way they are assessed.",
        "ko": "유럽 학습 모델(ELM)을 따르는 디지털 마이크로크리덴셜을 만드는 방법을 배웁니다. 학습 성과와 학습량부터 평가 방법까지, "
        "EU 권고가 요구하는 모든 요소를 담는 법을 익힙니다.",
    },
    programme_type=lists.PROGRAMME_TYPES.named("Short learning programme"),
    languages=(_ENGLISH,),
    thematic_areas=(
        FIELDS_OF_EDUCATION.named("003 Personal skills and development"),
        Concept(
            "http://data.europa.eu/snb/isced-f/0688",
            {
                "en": "0688 Inter-disciplinary programmes and qualifications involving Information and Communication "
                "Technologies (ICTs)",
                "ko": "0688 정보통신기술(ICT) 관련 학제 간 과정",
            },
            "http://data.europa.eu/snb/isced-f/25831c2",
        ),
    ),
    tags=("micro-credentials", "European Learning Model", "Europass"),
    outcomes=(
        LearningOutcome(
            key="o1",
            title={"en": "Communication, collaboration and creativity", "ko": "의사소통, 협업, 창의성"},
            skills=(
                esco("ccdf3597-5c80-410f-896d-e1bdfa223de9", "stimulate creativity in the team", "팀의 창의성 촉진"),
                esco("80f308e6-0e09-404a-80cd-ec5f50f6f304", "communicate with target community", "대상 공동체와 소통"),
                esco("326809fc-238d-40c2-881e-40042f7f2f0d", "establish collaborative relations", "협력 관계 구축"),
            ),
        ),
        LearningOutcome(
            key="o2",
            title={"en": "Developing digital content", "ko": "디지털 콘텐츠 개발", "es": "Contenido digital"},
            skills=(
                esco("5fd5c985-eaaa-47aa-8314-62359c54505a", "develop digital content", "디지털 콘텐츠 개발"),
                _digcomp("u69o196gu6", "Developing digital content", "디지털 콘텐츠 개발"),
                _digcomp("3ol5wi3605", "Developing digital content Level 4", "디지털 콘텐츠 개발 4수준"),
            ),
            reusability=lists.REUSE_LEVELS.named("cross-sector skills and competences"),
        ),
    ),
    workload="PT60H",
    credits=(CreditPoints("2", lists.CREDIT_SYSTEMS.named("European Credit Transfer System")),),
    maximum_duration="P1M",
    eqf_level=lists.EQF_LEVELS.named("Level 6"),
    national_levels=(
        NationalLevel(
            Concept(
                "http://data.europa.eu/snb/qdr/c_c392e7a2",
                {"en": "RQF Level 6", "ko": "RQF 6단계"},
                "http://data.europa.eu/snb/qdr/25831c2",
            ),
            "RQF",
        ),
    ),
    partial_qualification=False,
    participation=(lists.MODES.named("Blended"),),
    learning_setting=lists.LEARNING_SETTINGS.named("non-formal learning"),
    activities=(
        Activity(
            title={"en": "EDC building training course", "ko": "EDC 제작 교육 과정"},
            description={
                "en": "An online course in which learners build digital micro-credentials step by step and see how each "
                "mandatory element of Annex I is expressed in the European Learning Model.",
                "ko": "디지털 마이크로크리덴셜을 단계별로 만들어 보고, 부속서 I의 필수 요소가 유럽 학습 모델에서 어떻게 "
                "표현되는지 살펴보는 온라인 과정입니다.",
            },
            type=lists.ACTIVITY_TYPES.named("e-learning coursework"),
            mode=lists.MODES.named("Blended"),
            workload="PT60H",
            languages=(_ENGLISH,),
            start="2023-05-05T07:00:00Z",
            end="2023-06-06T15:00:00Z",
            directed_by=("edc",),
            awarded_by=("zed",),
        ),
    ),
    assessments=(
        Assessment(
            title={"en": "Digital artefact assessment", "ko": "디지털 결과물 평가"},
            type=lists.ASSESSMENT_TYPES.named("artefact assessment"),
            mode=lists.MODES.named("Online"),
            languages=(_ENGLISH,),
            grading_title={"en": "Standard grading", "ko": "표준 평가 기준"},
            grading_description={
                "en": "Passed once a sample credential that follows the European Learning Model, not yet signed, has been "
                "handed in successfully.",
                "ko": "유럽 학습 모델을 따르는 서명 전 예시 자격증명을 제출하여 확인되면 합격합니다.",
            },
            supervision=lists.SUPERVISION.named("Unsupervised without ID Verification"),
            results=(
                ResultDescription(
                    {"en": "Result", "ko": "결과"}, "Result", ("Not passed", "Pass"), required_value="Pass"
                ),
            ),
            assessed_by=("edc",),
            awarded_by=("zed",),
        ),
    ),
    quality_assurance=(
        QualityAssurance(
            type=lists.QUALITY_ASSURANCE_TYPES.named("Internal quality assurance of the provider"),
            body={"en": "Quality Office, University of Zed", "ko": "제드 대학교 질 관리실"},
            body_url="https://uniz.edu",
            description={
                "en": "Reviewed each year against the standards for quality assurance in the European Higher Education Area "
                "(ESG 2015).",
                "ko": "유럽 고등교육 질 보증 기준(ESG 2015)에 따라 매년 검토합니다.",
            },
        ),
    ),
    prerequisites={
        "en": "An account of the EDC Online Credential Builder, for which an EU Login is needed.",
        "ko": "EDC 온라인 자격증명 작성 도구의 계정이 필요하며, 이를 위해 EU 로그인이 있어야 합니다.",
    },
    integration=lists.INTEGRATION_OPTIONS.named("Stand-alone, independent micro-credential"),
    organisations=(_ALLIANCE, _SUPPORT),
    awarding_bodies=("zed",),
    image=Image(
        source="composed",
        symbol="award",
        shape="seal",
        alternative_text={
            "en": "Seal with a medal: Digital micro-credential creation, University of Zed",
            "ko": "메달이 그려진 인장: 디지털 마이크로크리덴셜 제작, 제드 대학교",
        },
    ),
)

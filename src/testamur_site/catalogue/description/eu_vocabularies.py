"""The controlled lists of the European Learning Model that a description chooses from, as facts: address, English, Korean.

Source: EU Vocabularies, concept schemes `http://data.europa.eu/snb/<list>/25831c2`, as the EDC application profile names them
(ELM v3). The Korean labels are ours. A term that is not in the European list but is needed here (Annex I names *informal*
participation, for instance) has an empty address, so that nobody takes it for a European one.
"""

from __future__ import annotations

from .frameworks.credits import UNITS
from .vocabulary import Vocabulary

_SNB = "http://data.europa.eu/snb/"


def _list(name: str, folder: str, *terms: tuple[str, str, str]) -> Vocabulary:
    base = f"{_SNB}{folder}/"
    return Vocabulary(
        name, f"{base}25831c2", tuple((base + code if code else "", english, korean) for code, english, korean in terms)
    )


MODES = _list(
    "modes",
    "learning-assessment",
    ("920fbb3cbe", "Online", "온라인"),
    ("9191af2ed9", "Presential", "대면"),
    ("e92d221e4d", "Blended", "혼합형(블렌디드)"),
    ("c_3a90b26d", "Hybrid", "하이브리드"),
    ("7813801c77", "Project based", "프로젝트 기반"),
    ("729f3bed4b", "Workbased", "현장 실무 기반"),
    ("ed4c557045", "Research-Lab based", "연구실·실험실 기반"),
)

# How learners take part: the European modes, and what they do not name.
PARTICIPATION_MODES = Vocabulary(
    "participation-modes",
    MODES.scheme,
    (
        *MODES.terms,
        ("", "Self-paced", "자율 진도"),
        ("", "Internship", "인턴십"),
        ("", "Hackathon", "해커톤"),
    ),
)

ASSESSMENT_TYPES = _list(
    "assessment-types",
    "assessment",
    ("6e6cb2cc78", "written examination", "필기시험"),
    ("d30284d7df", "oral examination", "구술시험"),
    ("6a4db9f11d", "practical assessment", "실기 평가"),
    ("795dac4096", "project work", "프로젝트 과제"),
    ("4f03b91c0e", "portfolio", "포트폴리오"),
    ("de4d165a6c", "artefact assessment", "결과물 평가"),
    ("2939dae15f", "marked assignment", "채점 과제"),
    ("3484bd7e51", "continuous evaluation", "수시 평가"),
    ("b1b68f6735", "quiz", "퀴즈"),
    ("c4256a2726", "problem based learning", "문제 기반 학습 평가"),
    ("c_04b30a72", "Presentation", "발표"),
    ("56539a6507", "group performance", "모둠 수행 평가"),
    ("19a2e5e671", "peer assessment", "동료 평가"),
    ("812e3b0ae1", "peer review", "동료 검토"),
    ("c_2b3bd410", "Self-assessment", "자기 평가"),
    ("c_4f874951", "Guided self-assessment", "안내형 자기 평가"),
    ("7331eb4762", "level of attendance", "출석률"),
)

ACTIVITY_TYPES = _list(
    "activity-types",
    "learning-activity",
    ("ff436ea7c9", "classroom coursework", "강의실 수업"),
    ("bf2e3a7bae", "e-learning coursework", "이러닝 수업"),
    ("3c8bd58d62", "lab / simulation / practice coursework", "실험·시뮬레이션·실습 수업"),
    ("efff75e10a", "workshop, seminar or conference", "워크숍·세미나·학술회의"),
    ("b660f5dcea", "self-motivated study", "자기 주도 학습"),
    ("bf5588ff84", "internship", "인턴십"),
    ("d46a826a39", "apprenticeship", "도제 교육"),
    ("4357e0e681", "job experience", "직무 경험"),
    ("59eaf34fab", "volunteering", "자원봉사"),
    ("a7e556215a", "research", "연구"),
    ("fd33e234ae", "educational programme", "교육 프로그램"),
)

PROGRAMME_TYPES = _list(
    "programme-types",
    "learning-opportunity",
    ("74a4a268e8", "Short learning programme", "단기 학습 과정"),
    ("05053c1cbe", "Course", "교과목"),
    ("0f7dac46ca", "Programme module", "교육과정 모듈"),
    ("17744a2647", "MOOC", "온라인 공개강좌(MOOC)"),
    ("79343569f3", "Educational programme", "교육 프로그램"),
    ("7e1ac538db", "Class", "수업"),
    ("77b99de990", "Internship", "인턴십"),
    ("63f9f6180c", "Apprenticeship", "도제 교육"),
    ("11252a5207", "Mentoring", "멘토링"),
    ("8b965da2d4", "Service learning", "봉사 연계 학습"),
    ("65a4cf5de2", "Study visit", "학습 방문"),
    ("c_170b037d", "Challenge", "도전 과제"),
    ("b2434ca358", "Thesis", "논문"),
)

LEARNING_SETTINGS = _list(
    "learning-settings",
    "learning-setting",
    ("6fd4685715", "formal learning", "형식 학습"),
    ("e207a81fc7", "non-formal learning", "비형식 학습"),
    ("", "informal learning", "무형식 학습"),
)

SUPERVISION = _list(
    "supervision",
    "supervision-verification",
    ("c598449d64", "Unsupervised without ID Verification", "감독 없음, 신원 확인 없음"),
    ("df2880c5cb", "Unsupervised with ID Verification", "감독 없음, 신원 확인함"),
    ("", "Supervised without ID Verification", "감독함, 신원 확인 없음"),
    ("70be69aaf9", "Supervised with ID Verification", "감독함, 신원 확인함"),
)

# Every unit that we know the hours of (`frameworks/credits.py`); only ECTS is in the European list.
CREDIT_SYSTEMS = Vocabulary(
    "credit-systems",
    f"{_SNB}education-credit/25831c2",
    tuple((unit.uri, unit.names[0], unit.korean) for unit in UNITS),
)

REUSE_LEVELS = _list(
    "reuse-levels",
    "skill-reuse-level",
    ("transversal", "transversal skills and competences", "범용 역량"),
    ("cross-sector", "cross-sector skills and competences", "여러 분야 공통 역량"),
    ("sector-specific", "sector specific skills and competences", "분야별 역량"),
    ("occupation-specific", "occupation specific skills and competences", "직업별 역량"),
)

QUALITY_ASSURANCE_TYPES = _list(
    "quality-assurance-types",
    "accreditation",
    ("bb4618238e", "Institutional quality assurance", "기관 질 보증"),
    ("820101cba6", "Programme quality assurance", "과정 질 보증"),
    ("003293d2ce", "Institutional licence", "기관 인가"),
    ("e57dddfcf3", "Programme licence", "과정 인가"),
    ("", "Internal quality assurance of the provider", "제공 기관의 내부 질 관리"),
)

EQF_LEVELS = _list("eqf-levels", "eqf", *((str(level), f"Level {level}", f"{level}단계") for level in range(1, 9)))

QF_EHEA_CYCLES = Vocabulary(
    "qf-ehea-cycles",
    "",
    (
        ("", "Short cycle", "단기 과정(Short cycle)"),
        ("", "First cycle", "1차 과정(학사)"),
        ("", "Second cycle", "2차 과정(석사)"),
        ("", "Third cycle", "3차 과정(박사)"),
    ),
)

INTEGRATION_OPTIONS = Vocabulary(
    "integration-options",
    "",
    (
        ("", "Stand-alone, independent micro-credential", "단독으로 완결되는 마이크로크리덴셜"),
        ("", "Integrated, stackable towards another credential", "다른 자격으로 누적·연계되는 마이크로크리덴셜"),
    ),
)

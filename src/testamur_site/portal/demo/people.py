"""Invented people. Their addresses end in .example, which belongs to nobody (RFC 2606)."""

REGISTRAR = {"email": "registrar@university-of-zed.example", "name": "Zoe Zhang", "password": "demonstration-only"}

# Who works with the registrar. All sign in with the same password.
STAFF = {
    "programme_lead": {"email": "lead@university-of-zed.example", "name": "Ines Okafor"},
    "assessor": {"email": "assessor@university-of-zed.example", "name": "Tomás Bauer"},
    "quality_officer": {"email": "quality@university-of-zed.example", "name": "한지우"},
}
OTHER_ASSESSORS = [
    {"email": "second-assessor@university-of-zed.example", "name": "Adaeze Eze"},
    {"email": "third-assessor@university-of-zed.example", "name": "정민서"},
]
REVIEWER = {"email": "second-quality@university-of-zed.example", "name": "Mireille Laurent"}

# The other two institutions of the consortium.
PARTNERS = [
    {
        "slug": "han-river-institute",
        "name": "Han River Institute",
        "korean": "한강연구원",
        "country": "KR",
        "email": "registrar@han-river-institute.example",
        "registrar": "윤서준",
        "colour": "#1d4d45",
        "courses": ["Urban energy systems"],
    },
    {
        "slug": "liffey-college",
        "name": "Liffey College",
        "korean": "리피 칼리지",
        "country": "IE",
        "email": "registrar@liffey-college.example",
        "registrar": "Niamh Byrne",
        "colour": "#5c2a4d",
        "courses": ["Planning with citizens", "Old buildings, new uses"],
    },
]

# Name, address, language, grade of the project (0 to 100).
COHORT = [
    ("Ana Andromeda", "ana.andromeda@learners.example", "en"),
    ("김서연", "seoyeon.kim@learners.example", "ko"),
    ("محمد العلي", "mohammed.alali@learners.example", "en"),
    ("Siobhán O’Neill", "siobhan.oneill@learners.example", "en"),
    ("박도윤", "doyun.park@learners.example", "ko"),
    ("Jürgen Müller", "juergen.mueller@learners.example", "en"),
    ("Ngọc Nguyễn", "ngoc.nguyen@learners.example", "en"),
    ("이하은", "haeun.lee@learners.example", "ko"),
    ("فاطمة الحسن", "fatima.alhasan@learners.example", "en"),
    ("Zoë Dvořák", "zoe.dvorak@learners.example", "en"),
    ("최시우", "siwoo.choi@learners.example", "ko"),
    ("Łukasz Kowalski", "lukasz.kowalski@learners.example", "en"),
]

"""ISCED-F 2013, broad and narrow fields of education, as the European Learning Model addresses them.

Source: UNESCO Institute for Statistics, ISCED Fields of Education and Training 2013; addresses
`http://data.europa.eu/snb/isced-f/<code>`. Detailed (four-digit) fields can be entered by their address; only the two upper
stages are offered, because that is what a reader of a catalogue can choose from.
"""

from __future__ import annotations

from .vocabulary import Vocabulary

_FIELDS = (
    ("00", "Generic programmes and qualifications", "범용 교육과정"),
    ("001", "Basic programmes and qualifications", "기초 교육과정"),
    ("002", "Literacy and numeracy", "문해와 수리"),
    ("003", "Personal skills and development", "개인 역량 개발"),
    ("01", "Education", "교육"),
    ("011", "Education", "교육학·교사 교육"),
    ("02", "Arts and humanities", "예술·인문학"),
    ("021", "Arts", "예술"),
    ("022", "Humanities (except languages)", "인문학(언어 제외)"),
    ("023", "Languages", "언어"),
    ("03", "Social sciences, journalism and information", "사회과학·언론·정보학"),
    ("031", "Social and behavioural sciences", "사회·행동과학"),
    ("032", "Journalism and information", "언론·정보학"),
    ("04", "Business, administration and law", "경영·행정·법학"),
    ("041", "Business and administration", "경영·행정"),
    ("042", "Law", "법학"),
    ("05", "Natural sciences, mathematics and statistics", "자연과학·수학·통계학"),
    ("051", "Biological and related sciences", "생명과학"),
    ("052", "Environment", "환경"),
    ("053", "Physical sciences", "물리과학"),
    ("054", "Mathematics and statistics", "수학·통계학"),
    ("06", "Information and Communication Technologies (ICTs)", "정보통신기술(ICT)"),
    ("061", "Information and Communication Technologies (ICTs)", "정보통신기술"),
    ("068", "Inter-disciplinary programmes involving ICTs", "정보통신기술 융합"),
    ("07", "Engineering, manufacturing and construction", "공학·제조·건설"),
    ("071", "Engineering and engineering trades", "공학"),
    ("072", "Manufacturing and processing", "제조·가공"),
    ("073", "Architecture and construction", "건축·건설"),
    ("08", "Agriculture, forestry, fisheries and veterinary", "농림수산·수의학"),
    ("081", "Agriculture", "농업"),
    ("082", "Forestry", "임업"),
    ("083", "Fisheries", "수산업"),
    ("084", "Veterinary", "수의학"),
    ("09", "Health and welfare", "보건·복지"),
    ("091", "Health", "보건"),
    ("092", "Welfare", "복지"),
    ("10", "Services", "서비스"),
    ("101", "Personal services", "대인 서비스"),
    ("102", "Hygiene and occupational health services", "위생·산업보건 서비스"),
    ("103", "Security services", "보안 서비스"),
    ("104", "Transport services", "운송 서비스"),
)

FIELDS_OF_EDUCATION = Vocabulary(
    "fields-of-education",
    "http://data.europa.eu/snb/isced-f/25831c2",
    tuple((f"http://data.europa.eu/snb/isced-f/{code}", f"{code} {en}", f"{code} {ko}") for code, en, ko in _FIELDS),
)

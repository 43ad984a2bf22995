"""Languages and countries as the EU authority tables address them, and the tags that the rest of the world uses.

Sources: `http://publications.europa.eu/resource/authority/language` and `…/country` (ISO 639-3 and ISO 3166-1 alpha-3 codes);
BCP 47 and ISO 3166-1 alpha-2 for the tags.
"""

from __future__ import annotations

from .vocabulary import Concept, Vocabulary

_LANGUAGE = "http://publications.europa.eu/resource/authority/language"
_COUNTRY = "http://publications.europa.eu/resource/authority/country"

_LANGUAGES = (
    ("en", "ENG", "English", "영어"),
    ("ko", "KOR", "Korean", "한국어"),
    ("bg", "BUL", "Bulgarian", "불가리아어"),
    ("cs", "CES", "Czech", "체코어"),
    ("da", "DAN", "Danish", "덴마크어"),
    ("de", "DEU", "German", "독일어"),
    ("el", "ELL", "Greek", "그리스어"),
    ("es", "SPA", "Spanish", "스페인어"),
    ("et", "EST", "Estonian", "에스토니아어"),
    ("fi", "FIN", "Finnish", "핀란드어"),
    ("fr", "FRA", "French", "프랑스어"),
    ("ga", "GLE", "Irish", "아일랜드어"),
    ("hr", "HRV", "Croatian", "크로아티아어"),
    ("hu", "HUN", "Hungarian", "헝가리어"),
    ("it", "ITA", "Italian", "이탈리아어"),
    ("lt", "LIT", "Lithuanian", "리투아니아어"),
    ("lv", "LAV", "Latvian", "라트비아어"),
    ("mt", "MLT", "Maltese", "몰타어"),
    ("nl", "NLD", "Dutch", "네덜란드어"),
    ("no", "NOR", "Norwegian", "노르웨이어"),
    ("pl", "POL", "Polish", "폴란드어"),
    ("pt", "POR", "Portuguese", "포르투갈어"),
    ("ro", "RON", "Romanian", "루마니아어"),
    ("sk", "SLK", "Slovak", "슬로바키아어"),
    ("sl", "SLV", "Slovenian", "슬로베니아어"),
    ("sv", "SWE", "Swedish", "스웨덴어"),
    ("uk", "UKR", "Ukrainian", "우크라이나어"),
    ("tr", "TUR", "Turkish", "튀르키예어"),
    ("ar", "ARA", "Arabic", "아랍어"),
    ("zh", "ZHO", "Chinese", "중국어"),
    ("ja", "JPN", "Japanese", "일본어"),
    ("vi", "VIE", "Vietnamese", "베트남어"),
    ("id", "IND", "Indonesian", "인도네시아어"),
    ("th", "THA", "Thai", "태국어"),
    ("hi", "HIN", "Hindi", "힌디어"),
)

_COUNTRIES = (
    ("AT", "AUT", "Austria", "오스트리아"),
    ("AU", "AUS", "Australia", "오스트레일리아"),
    ("BE", "BEL", "Belgium", "벨기에"),
    ("BG", "BGR", "Bulgaria", "불가리아"),
    ("BR", "BRA", "Brazil", "브라질"),
    ("CA", "CAN", "Canada", "캐나다"),
    ("CH", "CHE", "Switzerland", "스위스"),
    ("CN", "CHN", "China", "중국"),
    ("CY", "CYP", "Cyprus", "키프로스"),
    ("CZ", "CZE", "Czechia", "체코"),
    ("DE", "DEU", "Germany", "독일"),
    ("DK", "DNK", "Denmark", "덴마크"),
    ("EE", "EST", "Estonia", "에스토니아"),
    ("ES", "ESP", "Spain", "스페인"),
    ("FI", "FIN", "Finland", "핀란드"),
    ("FR", "FRA", "France", "프랑스"),
    ("GB", "GBR", "United Kingdom", "영국"),
    ("GR", "GRC", "Greece", "그리스"),
    ("HK", "HKG", "Hong Kong", "홍콩"),
    ("HR", "HRV", "Croatia", "크로아티아"),
    ("HU", "HUN", "Hungary", "헝가리"),
    ("ID", "IDN", "Indonesia", "인도네시아"),
    ("IE", "IRL", "Ireland", "아일랜드"),
    ("IN", "IND", "India", "인도"),
    ("IS", "ISL", "Iceland", "아이슬란드"),
    ("IT", "ITA", "Italy", "이탈리아"),
    ("JP", "JPN", "Japan", "일본"),
    ("KR", "KOR", "South Korea", "대한민국"),
    ("LT", "LTU", "Lithuania", "리투아니아"),
    ("LU", "LUX", "Luxembourg", "룩셈부르크"),
    ("LV", "LVA", "Latvia", "라트비아"),
    ("MT", "MLT", "Malta", "몰타"),
    ("MY", "MYS", "Malaysia", "말레이시아"),
    ("NL", "NLD", "Netherlands", "네덜란드"),
    ("NO", "NOR", "Norway", "노르웨이"),
    ("NZ", "NZL", "New Zealand", "뉴질랜드"),
    ("PH", "PHL", "Philippines", "필리핀"),
    ("PL", "POL", "Poland", "폴란드"),
    ("PT", "PRT", "Portugal", "포르투갈"),
    ("RO", "ROU", "Romania", "루마니아"),
    ("SE", "SWE", "Sweden", "스웨덴"),
    ("SG", "SGP", "Singapore", "싱가포르"),
    ("SI", "SVN", "Slovenia", "슬로베니아"),
    ("SK", "SVK", "Slovakia", "슬로바키아"),
    ("TH", "THA", "Thailand", "태국"),
    ("TR", "TUR", "Türkiye", "튀르키예"),
    ("TW", "TWN", "Taiwan", "대만"),
    ("UA", "UKR", "Ukraine", "우크라이나"),
    ("US", "USA", "United States", "미국"),
    ("VN", "VNM", "Viet Nam", "베트남"),
)

LANGUAGES = Vocabulary("languages", _LANGUAGE, tuple((f"{_LANGUAGE}/{c}", en, ko) for _, c, en, ko in _LANGUAGES))
COUNTRIES = Vocabulary("countries", _COUNTRY, tuple((f"{_COUNTRY}/{c}", en, ko) for _, c, en, ko in _COUNTRIES))

_TAG_OF = {f"{_LANGUAGE}/{code}": tag for tag, code, _, _ in _LANGUAGES}
_ALPHA_2_OF = {f"{_COUNTRY}/{code}": alpha_2 for alpha_2, code, _, _ in _COUNTRIES}

LANGUAGE_TAGS: dict[str, tuple[str, str]] = {tag: (english, korean) for tag, _, english, korean in _LANGUAGES}
"""BCP 47 tag → its name in English and in Korean."""


def language_tag(language: Concept) -> str:
    """The BCP 47 tag of a language concept, '' when the authority table's address is not known here."""
    return _TAG_OF.get(language.uri, "")


def language(tag: str) -> Concept:
    """The concept of a BCP 47 tag. Raises KeyError for a tag that is not in the table."""
    uri = next(uri for uri, known in _TAG_OF.items() if known == tag) if tag in LANGUAGE_TAGS else None
    if uri is None:
        raise KeyError(tag)
    concept = LANGUAGES.get(uri)
    assert concept is not None  # noqa: S101 - both tables are built from the same rows
    return concept


def country(alpha_2: str) -> Concept | None:
    """The concept of an ISO 3166-1 alpha-2 code; None when it is not in the table."""
    uri = next((uri for uri, code in _ALPHA_2_OF.items() if code == alpha_2.upper()), "")
    return COUNTRIES.get(uri)


def country_code(country: Concept) -> str:
    """The ISO 3166-1 alpha-2 code of a country concept, '' when it is not in the table."""
    return _ALPHA_2_OF.get(country.uri, "")

"""What everybody may see: the catalogue, programme pages, the achievement as data."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.test import Client
from tests.standing import aside

from testamur_site.catalogue import queries, services, texts
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.description.elements import Description
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.catalogue.public.structured_data import as_script
from testamur_site.catalogue.rules import Issuer, completeness
from testamur_site.foundation.tenancy.api import Institution, tenant


@pytest.fixture
@aside
def visitor() -> Client:
    return Client()


def titles(client: Client, **filters: str) -> list[str]:
    html = client.get("/catalogue", filters).content.decode()
    return [unescape(title) for title in re.findall(r'<a class="cover" href="[^"]+">([^<]+)</a>', html)]


def test_an_empty_catalogue_says_so(visitor: Client, institution: Institution) -> None:
    html = visitor.get("/catalogue").content.decode()
    assert "Nothing is published yet" in html


def test_the_catalogue_shows_what_is_published_and_nothing_else(visitor: Client, draft: AchievementVersion) -> None:
    assert titles(visitor) == []
    assert visitor.get(f"/m/{draft.micro_credential.public_id}").status_code == 404
    assert visitor.get(f"/achievements/{draft.public_id}").status_code == 404
    assert visitor.get(f"/achievements/{draft.public_id}/image.png").status_code == 404
    with tenant(draft.institution):
        services.publish(draft)
    assert titles(visitor) == ["Data literacy for public services"]
    with tenant(draft.institution):
        services.retire(draft.micro_credential)
    assert titles(visitor) == []
    retired = visitor.get(f"/m/{draft.micro_credential.public_id}")
    assert (retired.status_code, "No longer offered" in retired.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 3),
        ({"q": "DATA"}, 1),
        ({"q": "데이터"}, 1),
        ({"q": "circular materials"}, 1),
        ({"q": "Han River"}, 3),
        ({"q": "data astronomy"}, 0),
        ({"level": "5"}, 1),
        ({"level": "6"}, 2),
        ({"level": "6", "language": "ko"}, 1),
        ({"language": "en"}, 3),
        ({"language": "fr"}, 0),
        ({"institution": "han-river"}, 3),
        ({"institution": "liffey"}, 0),
        ({"level": "x"}, 3),
        ({"level": "٦"}, 3),
        ({"q": "' OR 1=1 --"}, 0),
        ({"language": "%"}, 0),
        ({"page": "999"}, 3),
        ({"page": "x"}, 3),
    ],
)
def test_filters(
    filters: dict[str, str],
    count: int,
    visitor: Client,
    three_published: list[AchievementVersion],
    other_institution: Institution,
) -> None:
    assert len(titles(visitor, **filters)) == count


def test_the_institution_s_page(
    visitor: Client, three_published: list[AchievementVersion], other_institution: Institution
) -> None:
    html = visitor.get("/institutions/han-river").content.decode()
    assert "did:web:localhost%3A8000:institutions:han-river" in html
    assert "Circular economy in practice" in html
    assert "South Korea" in html
    empty = visitor.get("/institutions/liffey").content.decode()
    assert "Circular economy" not in empty
    assert visitor.get("/institutions/nowhere").status_code == 404
    assert "대한민국" in visitor.get("/institutions/han-river", HTTP_ACCEPT_LANGUAGE="ko").content.decode()


def test_the_programme_page_answers_the_six_questions(visitor: Client, published: AchievementVersion) -> None:
    html = visitor.get(f"/m/{published.micro_credential.public_id}").content.decode()
    for question in (
        "What will I learn?", "How is it assessed?", "How long?", "What level?", "Who stands behind it?", "What can it count towards?",
    ):  # fmt: skip
        assert question in html
    for answer in (
        "Judge whether a figure answers the question", "Written examination", "125 hours · 5 ECTS", "EQF Level 6",
        "Academic Council, University of Zed", "Counts for 5 ECTS",
    ):  # fmt: skip
        assert answer in html


def test_the_programme_page_in_korean(visitor: Client, published: AchievementVersion) -> None:
    html = visitor.get(f"/m/{published.micro_credential.public_id}", HTTP_ACCEPT_LANGUAGE="ko").content.decode()
    for words in (
        "무엇을 배웁니까?",
        "공공 서비스를 위한 데이터 리터러시",
        "125시간",
        "EQF 6단계",
        "온라인",
        "감독함, 신원 확인함",
    ):
        assert words in html


def test_search_engines_and_previews(visitor: Client, published: AchievementVersion) -> None:
    html = visitor.get(f"/m/{published.micro_credential.public_id}").content.decode()
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    data = json.loads(block)
    assert data["@type"] == "Course"
    assert data["educationalCredentialAwarded"]["competencyRequired"][0]["name"].startswith("Judge whether")
    assert data["numberOfCredits"] == {
        "@type": "StructuredValue",
        "value": "5",
        "unitText": "European Credit Transfer System",
    }
    for name in ("og:title", "og:description", "og:url", "og:image"):
        assert f'<meta property="{name}" content="' in html


def test_a_data_block_cannot_be_closed_from_inside() -> None:
    written = as_script({"name": "</script><script>alert(1)</script><!--\u2028"})
    assert written.count("<") == 2  # the element's own tags
    assert json.loads(written.removeprefix('<script type="application/ld+json">').removesuffix("</script>")) == {
        "name": "</script><script>alert(1)</script><!--\u2028"
    }


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("application/ld+json", False),
        ("application/json, text/html", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_the_achievement_answers_people_and_programs(
    accept: str, html: bool, visitor: Client, published: AchievementVersion
) -> None:
    answer = visitor.get(f"/achievements/{published.public_id}", HTTP_ACCEPT=accept)
    assert "Accept" in answer["Vary"]
    if html:
        assert (answer.status_code, answer["Location"]) == (302, f"/m/{published.micro_credential.public_id}")
    else:
        assert answer["Content-Type"] == "application/ld+json"
        assert answer["Access-Control-Allow-Origin"] == "*"
        document = json.loads(answer.content)
        assert document["id"] == f"http://localhost:8000/achievements/{published.public_id}"
        assert document["type"] == ["Achievement"]
        assert document["@context"][1].startswith("https://purl.imsglobal.org/spec/ob/v3p0/context-3")


def test_the_achievement_has_no_term_that_a_verifier_would_not_know(
    visitor: Client, published: AchievementVersion
) -> None:
    from testamur.linked_data import expand

    document = json.loads(visitor.get(f"/achievements/{published.public_id}").content)
    assert expand(document)  # safe mode raises for an undefined term


def test_an_earlier_version_stays_readable_as_data(visitor: Client, locked: AchievementVersion) -> None:
    with tenant(locked.institution):
        following = services.begin_version(locked.micro_credential, "Longer.")
        services.publish(following)
    old = json.loads(visitor.get(f"/achievements/{locked.public_id}").content)
    new = json.loads(visitor.get(f"/achievements/{following.public_id}").content)
    assert (old["version"], new["version"]) == ("1", "2")
    page = visitor.get(f"/m/{locked.micro_credential.public_id}").content.decode()
    assert f"/achievements/{locked.public_id}?format=json" in page
    assert visitor.get(f"/achievements/{locked.public_id}?format=json", HTTP_ACCEPT="text/html").status_code == 200


def test_the_picture_is_served_for_every_site(visitor: Client, published: AchievementVersion) -> None:
    answer = visitor.get(f"/achievements/{published.public_id}/image.png")
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("image/png", "*")
    assert "max-age=86400" in answer["Cache-Control"]
    assert visitor.get(f"/achievements/{published.public_id}/image.svg").status_code == 404  # it was uploaded


@pytest.mark.parametrize("public_id", ["x" * 300, "%F0%9F%92%A9", "..%2f..", "'%20OR%201=1"])
def test_no_identifier_breaks_a_page(public_id: str, visitor: Client, staff: Client) -> None:
    for address in ("m", "achievements"):
        assert visitor.get(f"/{address}/{public_id}").status_code == 404
    assert staff.get(f"/staff/han-river/micro-credentials/{public_id}/").status_code == 404


def test_public_pages_only_answer_reading(visitor: Client, published: AchievementVersion) -> None:
    for address in ("/catalogue", f"/m/{published.micro_credential.public_id}", f"/achievements/{published.public_id}"):
        assert visitor.post(address).status_code == 405


def test_every_code_of_the_meter_has_its_sentence() -> None:
    """The codes of `rules.py` and the sentences of `texts.py` belong together."""
    from inspect import getsource

    from testamur_site.catalogue import rules

    keys = {element.key for element in completeness(Description(), Issuer("x", "IE")).elements}
    assert keys == set(texts.ELEMENTS)
    codes = set(re.findall(r'\("([a-z_]+)", \{', getsource(rules))) | {"not_translated"}
    assert codes == set(texts.REMARKS)
    assert texts.remark("workload_not_in_hours", {"duration": "P60M"}).startswith(
        "The workload is written as 60 months"
    )


def test_queries_of_one_page_do_not_grow_with_it(
    visitor: Client,
    institution: Institution,
    three_published: list[AchievementVersion],
    django_assert_max_num_queries: object,
) -> None:
    with tenant(institution):
        for _number in range(9):
            services.publish(services.create(institution, DESCRIPTION).versions.get())
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert len(titles(visitor)) == 12
    with tenant(institution), django_assert_max_num_queries(8):  # type: ignore[operator]
        assert len(list(queries.staff_list("", "", 1))) == 12

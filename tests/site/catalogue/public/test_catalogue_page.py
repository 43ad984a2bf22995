"""The catalogue's page and the comparison, as a visitor without JavaScript gets them."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from tests.standing import aside

from testamur_site.catalogue import services
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.catalogue.offerings import services as offerings
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.foundation.tenancy.api import Institution, tenant


@pytest.fixture
@aside
def visitor() -> Client:
    return Client()


def page(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, **headers)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def compare(versions: list[AchievementVersion]) -> str:
    return "/catalogue/compare?" + "&".join(f"compare={v.micro_credential.public_id}" for v in versions)


@pytest.mark.usefixtures("three_published")
def test_each_filter_shows_its_counts_and_keeps_what_was_chosen(visitor: Client) -> None:
    html = page(visitor, "/catalogue?level=6&q=데이터")
    assert re.search(r'name="level" value="6" checked', html)
    assert 'value="데이터"' in html
    assert "1 micro-credential" in html
    # What narrows the search can be taken back one by one, in the address.
    assert 'href="/catalogue?level=6"' in html
    assert 'href="/catalogue?q=%EB%8D%B0%EC%9D%B4%ED%84%B0"' in html
    assert 'content="noindex, follow"' in html
    assert 'content="noindex' not in page(visitor, "/catalogue")


def test_a_filter_with_one_value_is_there_where_not_all_have_it(
    visitor: Client, three_published: list[AchievementVersion]
) -> None:
    """One of three is offered, free of charge: whoever looks for that has to be able to choose it. All three are in one language or more,
    of one institution."""
    version = three_published[0]
    with tenant(version.institution):
        terms = Terms(starts_on=timezone.localdate(), self_paced=True, price_kind="free")
        offerings.open_for_enrolment(offerings.create(version, terms))
    html = page(visitor, "/catalogue")
    assert 'name="price" value="free"' in html
    assert 'name="institution"' not in html
    chosen = page(visitor, "/catalogue?price=free")
    assert 'name="institution"' not in chosen
    assert 'name="price" value="free"' in chosen, "what is chosen can be taken back"


@pytest.mark.usefixtures("three_published")
def test_where_nothing_fits_there_is_a_way_out(visitor: Client) -> None:
    html = page(visitor, "/catalogue?q=데이터&level=5")
    assert "Nothing fits all of this" in html
    assert "without EQF level 5: 1 micro-credential" in html
    assert "without “데이터”: 1 micro-credential" in html
    twice = page(visitor, "/catalogue?q=데이터&level=5&stackable=no")
    assert "Leaving one out would not be enough" in twice
    assert "only “데이터”: 1 micro-credential" in twice
    assert 'href="/catalogue?stackable=no"' in twice
    assert "None of it is in the catalogue" in page(visitor, "/catalogue?q=astronomy&level=1")


def test_a_card_says_when_and_for_how_much(visitor: Client, published: AchievementVersion) -> None:
    with tenant(published.institution):
        starts = timezone.localdate() + timedelta(days=30)
        offerings.open_for_enrolment(offerings.create(published, Terms(starts_on=starts)))
    assert "Free of charge" in page(visitor, "/catalogue")
    assert "무료" in page(visitor, "/catalogue", HTTP_ACCEPT_LANGUAGE="ko")


@pytest.mark.usefixtures("three_published")
@pytest.mark.parametrize(
    "query",
    [
        "level=" + "6" * 5000,
        "&".join("mode=x" for _ in range(500)),
        "q=" + "가" * 600,
        "q=%F0%9F%92%A9",
        "q=%ff%fe",
        "sort=<script>",
        "page=-1",
        "page=1e9",
        "skill=~<script>alert(1)</script>",
        "compare=" + "x" * 500,
        "credits=ects:9-evil",
        "price=EUR:1-2-3",
        "price=XXX:0-100",
        "length=-",
        "length=ten",
        "length=%C2%B2-30",
        "price=anything",
        "price=EUR:0-" + "9" * 40,
        "credits=ects:x-1",
    ],
)
def test_any_question_is_answered_and_escaped(visitor: Client, query: str) -> None:
    answer = visitor.get(f"/catalogue?{query}")
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content
    assert len(answer.content) < 60_000


@pytest.mark.usefixtures("three_published")
def test_the_page_stays_light_with_many(visitor: Client, institution: Institution) -> None:
    with tenant(institution):
        for _number in range(25):
            services.publish(services.create(institution, DESCRIPTION).versions.get())
    html = visitor.get("/catalogue").content
    assert html.count(b'class="cover"') == 20
    assert len(html) < 60_000
    assert b'class="cover"' in visitor.get("/catalogue?page=2").content


def test_a_page_is_not_sent_twice(visitor: Client, published: AchievementVersion, designer: object) -> None:
    for address in ("/catalogue", f"/m/{published.micro_credential.public_id}", "/catalogue/feed.atom"):
        first = visitor.get(address)
        tag = first.headers["ETag"]
        again = visitor.get(address, HTTP_IF_NONE_MATCH=tag)
        assert (again.status_code, again.content) == (304, b"")
        assert visitor.get(address, HTTP_IF_NONE_MATCH=tag, HTTP_ACCEPT_LANGUAGE="ko").status_code == 200
    with tenant(published.institution):
        terms = Terms(starts_on=timezone.localdate() + timedelta(days=3), seats=2)
        offering = offerings.open_for_enrolment(offerings.create(published, terms))
    for address in ("/catalogue", f"/m/{published.micro_credential.public_id}"):
        assert visitor.get(address, HTTP_IF_NONE_MATCH=visitor.get(address).headers["ETag"]).status_code == 304
    page_before = visitor.get(f"/m/{published.micro_credential.public_id}").headers["ETag"]
    with tenant(published.institution):
        offerings.take_seat(offering)
    seats = visitor.get(f"/m/{published.micro_credential.public_id}", HTTP_IF_NONE_MATCH=page_before)
    assert seats.status_code == 200
    assert b"1 of 2 seats left" in seats.content
    visitor.force_login(designer)
    assert "ETag" not in visitor.get("/catalogue").headers


def test_side_by_side(visitor: Client, three_published: list[AchievementVersion]) -> None:
    html = page(visitor, compare(three_published))
    for title in (
        "Circular economy in practice",
        "Data literacy for public services",
        "Digital micro-credential creation",
    ):
        assert title in html
    # A row that differs is marked; one that does not is said once for all.
    assert re.search(r'<th scope="row"[^>]*>Credits<span class="mark"', html)
    assert len(re.findall(r'aria-label="differs"', html)) > 5
    same = page(visitor, compare([three_published[1], three_published[1]]))
    assert "differs" not in same  # the same twice is one
    assert same.count('role="columnheader"') == 1
    assert "Take out" in html


def test_what_is_equal_is_said_once(visitor: Client, institution: Institution) -> None:
    with tenant(institution):
        twins = [services.publish(services.create(institution, DESCRIPTION).versions.get()) for _ in range(2)]
    html = page(visitor, compare(twins))
    assert "the same for all" in html
    assert 'aria-label="differs"' not in html
    assert "Skills that all of them share:" in html


def test_only_four_and_only_what_is_published(
    visitor: Client, institution: Institution, three_published: list[AchievementVersion]
) -> None:
    with tenant(institution):
        more = [services.publish(services.create(institution, DESCRIPTION).versions.get()) for _ in range(2)]
    five = page(visitor, compare([*three_published, *more]))
    assert five.count('role="columnheader"') == 4
    assert "These are the first 4 that you chose." in five
    with tenant(institution):
        services.retire(three_published[0].micro_credential)
    html = page(visitor, compare(three_published))
    assert "is not published any more" in html
    assert html.count('role="columnheader"') == 2
    for address in (
        "/catalogue/compare",
        "/catalogue/compare?compare=nothing",
        "/catalogue/compare?compare=%F0%9F%92%A9",
    ):
        assert "Nothing to compare yet" in page(visitor, address)


def test_a_comparison_is_taken_along_into_the_catalogue(
    visitor: Client, three_published: list[AchievementVersion]
) -> None:
    public_id = three_published[0].micro_credential.public_id
    html = page(visitor, f"/catalogue?compare={public_id}&level=6")
    assert "To be compared: Circular economy in practice" in re.sub(r"<[^>]+>", "", html).replace("  ", " ")
    carried = f'<input type="hidden" name="compare" value="{public_id}" form="compare">'
    assert carried in html
    # On a page where it has its own box it is not carried past it: the box can be unticked.
    assert carried not in page(visitor, f"/catalogue?compare={public_id}")

"""Finding among what is published: words, filters that combine, counts, orders, freshness. The same on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.standing import standing

from testamur_site.catalogue import services
from testamur_site.catalogue.demo import circular_economy, data_literacy, digital_credentials
from testamur_site.catalogue.finding import entries, facets, full_text, results, tokens, words
from testamur_site.catalogue.finding.index import Index
from testamur_site.catalogue.finding.search import Search
from testamur_site.catalogue.models import AchievementVersion, CatalogueEntry, MicroCredential
from testamur_site.catalogue.offerings import services as offerings
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped


def found(query: str = "", language: str = "en") -> list[str]:
    search = Search.read(QueryDict(query))
    return [version.title_in("en") for version in results.find(search, language=language).page.object_list]


def counts(facet: str, query: str = "") -> dict[str, int]:
    shown = next(f for f in results.find(Search.read(QueryDict(query)), language="en").facets if f.key == facet)
    return {option.value: option.count for option in (*shown.options, *shown.rest)}


@pytest.fixture
@standing
def three(three_published: list[AchievementVersion]) -> list[AchievementVersion]:
    """Circular economy (level 5), data literacy (6, two offerings), digital credentials (6, free at any time)."""
    today = timezone.localdate()
    _circular, data, digital = three_published
    with tenant(data.institution):
        for terms in (
            Terms(starts_on=today + timedelta(days=60), price_kind="fixed", price=Decimal(250), currency="EUR"),
            Terms(
                starts_on=today + timedelta(days=10),
                price_kind="sliding",
                price=Decimal(20),
                price_to=Decimal(90),
                currency="EUR",
            ),
        ):
            offerings.open_for_enrolment(offerings.create(data, terms))
        anytime = Terms(starts_on=today, self_paced=True, language_tags=",ga,")
        offerings.open_for_enrolment(offerings.create(digital, anytime))
    return three_published


CIRCULAR, DATA, DIGITAL = (d.DESCRIPTION.title["en"] for d in (circular_economy, data_literacy, digital_credentials))


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=데이터", {DATA}),
        ("q=리터", {DATA}),
        ("q=순환", {CIRCULAR}),
        ("q=한강", {CIRCULAR, DATA, DIGITAL}),  # the institution
        ("q=literacy", {DATA}),
        ("q=circular+materials", {CIRCULAR}),
        ("q=circular+literacy", set()),
        ("q=%25", set()),
        ("q=%27+OR+1%3D1", set()),
        ("level=6", {DATA, DIGITAL}),
        ("level=5&level=6", {CIRCULAR, DATA, DIGITAL}),
        ("level=6&language=ko", {DATA}),
        ("language=ga", {DIGITAL}),  # of the offering, not of the description
        ("start=any_time", {DIGITAL}),
        ("start=month", {DATA, DIGITAL}),
        ("start=none", {CIRCULAR}),
        ("price=free", {DIGITAL}),
        ("price=free&price=sliding", {DATA, DIGITAL}),
        ("price=EUR:100-300", {DATA}),
        ("price=free&level=5", set()),
        ("credits=ects:2-5", {CIRCULAR, DATA}),
        ("length=75-150", {CIRCULAR, DATA}),
        ("stackable=yes", {CIRCULAR, DATA}),
        ("stackable=no", {DIGITAL}),
        ("institution=han-river", {CIRCULAR, DATA, DIGITAL}),
        ("institution=liffey", set()),
        ("level=nonsense", {CIRCULAR, DATA, DIGITAL}),
        ("type=MicroCredential", {CIRCULAR, DATA, DIGITAL}),
        ("page=999", {CIRCULAR, DATA, DIGITAL}),
    ],
)
def test_what_fits(query: str, titles: set[str]) -> None:
    assert set(found(query)) == titles


@pytest.mark.usefixtures("three")
def test_orders() -> None:
    assert found("sort=newest") == [DIGITAL, DATA, CIRCULAR]
    assert found("sort=title") == [CIRCULAR, DATA, DIGITAL]
    assert found("sort=shortest") == [DIGITAL, CIRCULAR, DATA]
    assert found("sort=start") == [DIGITAL, DATA, CIRCULAR]
    assert found("sort=title", "ko")[0] == DATA  # 공공 … before 디지털 … and 순환 …
    assert found("q=design")[0] == found("q=design&sort=best")[0]


@pytest.mark.usefixtures("three")
def test_a_title_that_says_it_comes_first() -> None:
    assert found("q=credential&sort=best")[0] == DIGITAL


@pytest.mark.usefixtures("three")
def test_counts_say_what_a_further_filter_would_leave() -> None:
    assert counts("level") == {"5": 1, "6": 2}
    assert counts("level", "language=ko") == {"6": 1}
    # Within a facet any value will do: its other values count as if none of it were chosen.
    assert counts("level", "level=5") == {"5": 1, "6": 2}
    assert counts("price", "level=6")["free"] == 1
    # What is chosen stays in sight, also where it leads nowhere.
    assert counts("level", "level=3") == {"3": 0, "5": 1, "6": 2}
    for facet in ("level", "start", "price", "language", "credits", "mode"):
        for value, count in counts(facet, "stackable=yes").items():
            assert len(found(f"stackable=yes&{facet}={value}")) == count


@pytest.mark.usefixtures("three")
def test_where_nothing_fits_it_is_said_what_to_leave_out() -> None:
    answer = results.find(Search.read(QueryDict("q=데이터&level=5&language=ko")), language="en")
    assert list(answer.page.object_list) == []
    assert [(n.facet, n.count) for n in answer.to_loosen] == [("level", 1)]
    assert answer.to_loosen[0].without.pairs() == [("q", "데이터"), ("language", "ko")]


def test_a_search_is_its_address() -> None:
    search = Search.read(QueryDict("q= data  ethics &level=6&level=6&mode=x&sort=title&compare=a&page=3&nonsense=1"))
    assert search.address("/catalogue") == "/catalogue?q=data+ethics&level=6&mode=x&sort=title&compare=a"
    assert Search.read(QueryDict(search.address("").removeprefix("?"))) == search
    assert Search().address("/catalogue") == "/catalogue"


def test_a_search_is_bounded() -> None:
    many = "&".join(f"mode=m{n}" for n in range(1000)) + "&" + "&".join(f"compare=c{n}" for n in range(50))
    search = Search.read(QueryDict(many + "&q=" + "x" * 10_000 + "&language=" + "y" * 10_000 + "&sort=evil"))
    assert len(search.chosen["mode"]) == 20
    assert len(search.compare) == 4
    assert len(search.query) == 200
    assert len(search.chosen["language"][0]) == 300
    assert search.sort == ""


@given(
    st.sampled_from(facets.FACETS),
    st.text(max_size=40) | st.from_regex(r"[A-Z]{0,4}:?[0-9²٣a-z]{0,30}-?[0-9x]{0,30}", fullmatch=True),
)
def test_a_value_out_of_an_address_can_be_anything(facet: str, value: str) -> None:
    empty = Index((), date(2026, 11, 26))
    assert isinstance(words.value_words(empty, facet, value, "en"), str)
    own = [*words.sort_key(facet, value, 0)]
    known = {"length": "10-30", "credits": "ects:2-5", "price": "EUR:100-300", "level": "6", "start": "open"}.get(
        facet, "x"
    )
    assert sorted([own, [*words.sort_key(facet, known, 3)]])


Change = Callable[[AchievementVersion], object]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda v: services.retire(v.micro_credential), 2),
        (lambda v: (services.retire(v.micro_credential), services.bring_back(v.micro_credential)), 3),
        (lambda v: services.publish(services.begin_version(v.micro_credential, "Longer.")), 3),
        (lambda v: services.begin_version(v.micro_credential, "A draft is nobody's."), 3),
    ],
)
def test_the_catalogue_is_never_older_than_what_is_published(
    three_published: list[AchievementVersion], change: Change, left: int
) -> None:
    assert len(found()) == 3
    with tenant(three_published[0].institution):
        change(three_published[0])
    assert len(found()) == left
    assert len(found("q=circular")) == left - 2
    with unscoped("the rows of all institutions"):
        assert CatalogueEntry.objects.count() == left


def test_a_corrected_title_is_found_at_once(published: AchievementVersion) -> None:
    assert found("q=astronomy") == []
    title = {"en": "Astronomy for public services"}
    with tenant(published.institution):
        from testamur_site.catalogue.description import sections

        members = {name: getattr(published.description, name) for name in sections.SECTIONS["basics"]}
        base = sections.token(published.description, "basics")
        services.save_section(published, "basics", {**members, "title": title}, base=base)
    assert found("q=astronomy") == [title["en"]]


def test_an_offering_is_found_when_it_opens_and_not_when_it_closes(published: AchievementVersion) -> None:
    terms = Terms(starts_on=timezone.localdate() + timedelta(days=5))
    with tenant(published.institution):
        offering = offerings.create(published, terms)
        assert found("price=free") == []
        offerings.open_for_enrolment(offering)
        assert len(found("price=free")) == 1
        offerings.edit(offering, replace(terms, price_kind="on_request"))
        assert (len(found("price=free")), len(found("price=on_request"))) == (0, 1)
        offerings.close(offering)
        assert found("price=on_request") == []


def test_rows_that_were_lost_are_made_again(three_published: list[AchievementVersion]) -> None:
    with unscoped("a database that was filled by other means"):
        CatalogueEntry.objects.all().delete()
        AchievementVersion.objects.filter(pk=three_published[0].pk).update(state="superseded")
    assert entries.rebuild(only_outdated=True) == 3
    assert sorted(found()) == sorted([DATA, DIGITAL])
    assert entries.rebuild(only_outdated=True) == 1  # published, but without a published version: nothing to show
    assert entries.rebuild() == 3


def test_the_database_s_own_index_follows_whatever_is_written(three_published: list[AchievementVersion]) -> None:
    wanted = tokens.wanted("순환")
    with unscoped("rows written past the services"):
        entry = CatalogueEntry.objects.get(version=three_published[0])
        assert full_text.matching(wanted) == [entry.pk]
        CatalogueEntry.objects.filter(pk=entry.pk).update(tokens=tokens.stored(["무역"]))
        assert full_text.matching(wanted) == []
        assert full_text.matching(tokens.wanted("무역")) == [entry.pk]
        entry.delete()
        assert full_text.matching(tokens.wanted("무역")) == []


def test_an_institution_that_is_called_otherwise_is_shown_so_at_once(published: AchievementVersion) -> None:
    def names() -> list[str]:
        shown = next(f for f in results.find(Search(), language="en").facets if f.key == "institution")
        return [option.words for option in shown.options]

    assert names() == ["Han River University"]
    Institution.objects.filter(pk=published.institution_id).update(name="Han River Institute")
    assert names() == ["Han River Institute"]


def test_two_institutions_are_searched_as_one(published: AchievementVersion, other_institution: Institution) -> None:
    with tenant(other_institution):
        made = services.create(other_institution, circular_economy.DESCRIPTION)
        services.publish(made.versions.get())
    assert sorted(found()) == sorted([CIRCULAR, DATA])
    assert counts("institution") == {"han-river": 1, "liffey": 1}
    with unscoped("looking at one of them"):
        assert MicroCredential.objects.get(catalogue_entry__institution=other_institution) == made

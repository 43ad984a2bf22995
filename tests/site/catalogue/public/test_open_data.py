"""The catalogue as data: the European Learning Model against the EDC shapes, CTDL, schema.org, the feed, the interface."""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema_rs import validator_for
from tests.shared import shared
from tests.standing import standing

from testamur_site.catalogue import services
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.description.elements import Activity, Organisation, QualityAssurance
from testamur_site.catalogue.description.vocabulary import Concept
from testamur_site.catalogue.exchange import ctdl, elm
from testamur_site.catalogue.exchange.elm import read_elm
from testamur_site.catalogue.exchange.elm.writing import CONTEXT, of_description, xsd_duration
from testamur_site.catalogue.models import AchievementVersion, Offering
from testamur_site.catalogue.offerings import services as offerings
from testamur_site.catalogue.offerings.rules import Terms
from testamur_site.foundation.tenancy.api import Institution, tenant

from .test_programme_page import ASSESSED

PROFILE = "vectors/eu-elm/rdf/ap/edc"
SAMPLE = "vectors/eu-elm/Credentials/JSON-LD Examples (ELM v3)/Sample-MC-Annex1-unsigned.jsonld"
ELM = "http://data.europa.eu/snb/model/elm/"


@pytest.fixture(scope="module")
def shapes() -> Any:
    """The EDC application profile, generic, without controlled vocabularies: 56 shapes of nodes, 485 of properties."""
    rdflib = pytest.importorskip("rdflib")
    pytest.importorskip("pyshacl")
    return rdflib.Graph().parse(shared(f"{PROFILE}/EDC-generic-no-cv.ttl"), format="turtle")


@contextmanager
def _old_ways() -> Iterator[None]:
    """rdflib 7 warns of its own use of a class that it will take away."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
        yield


def graph_of(document: dict[str, Any]) -> Any:
    import rdflib

    aliases, address = document["@context"]
    assert address == "http://data.europa.eu/snb/model/context/edc-ap"
    context = json.loads(shared(f"{PROFILE}/edc-ap-context.jsonld").read_text())["@context"]
    graph = rdflib.Graph()
    with _old_ways():
        graph.parse(data=json.dumps({**document, "@context": [aliases, context]}), format="json-ld")
    return graph


def violations(document: dict[str, Any], shapes: Any) -> list[str]:
    """What the shapes say against a document; [] when it conforms."""
    from pyshacl import validate

    with _old_ways():
        conforms, _graph, text = validate(graph_of(document), shacl_graph=shapes)
    return [] if conforms else re.findall(r"Message: (.*)", text)


@pytest.fixture
@standing
def offered(published: AchievementVersion) -> list[Offering]:
    today = timezone.localdate()
    with tenant(published.institution):
        made = [
            offerings.create(
                published,
                Terms(
                    starts_on=today + timedelta(days=30),
                    ends_on=today + timedelta(days=60),
                    enrol_until=today + timedelta(days=20),
                    seats=12,
                    price_kind="sliding",
                    price=Decimal("49.50"),
                    price_to=Decimal(120),
                    currency="EUR",
                    mode="http://data.europa.eu/snb/learning-assessment/e92d221e4d",
                    language_tags=",en,",
                    place="Seoul",
                    note="Bring a laptop.",
                ),
            ),
            offerings.create(published, Terms(starts_on=today, self_paced=True)),
            offerings.create(published, Terms(starts_on=today, price_kind="on_request")),
        ]
        return [offerings.open_for_enrolment(offering) for offering in made]


def test_the_eu_s_own_sample_conforms_when_we_have_read_and_written_it(institution: Institution, shapes: Any) -> None:
    description = read_elm(shared(SAMPLE).read_bytes()).description
    document = {"@context": CONTEXT, "@graph": [of_description(description, institution, "https://x.example/m/1")]}
    assert violations(document, shapes) == []
    import rdflib

    kinds = Counter(str(kind) for kind in graph_of(document).objects(None, rdflib.RDF.type))
    for kind in ("Qualification", "LearningOutcome", "LearningAssessmentSpecification", "LearningActivitySpecification",
                 "AwardingOpportunity", "Organisation", "CreditPoint", "GradingScheme"):  # fmt: skip
        assert kinds[f"{ELM}{kind}"] >= 1


def test_the_shapes_are_really_asked(institution: Institution, shapes: Any) -> None:
    qualification = of_description(DESCRIPTION, institution, "https://x.example/m/1")
    assert violations({"@context": CONTEXT, "@graph": [qualification]}, shapes) == []
    for member, value in (
        ("title", {}),
        ("volumeOfLearning", "ten hours"),
        ("eqfLevel", {"type": "Note", "noteLiteral": {"en": "6"}}),
    ):
        broken = {**qualification, member: value}
        assert violations({"@context": CONTEXT, "@graph": [broken]}, shapes), member


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"workload": "P2W", "maximum_duration": "P1Y2M", "activities": (Activity({"en": "x"}, workload="PT1.5H"),)},
        {"organisations": (Organisation("x", {"en": "Without a country"}),), "awarding_bodies": ("x",)},
        {"quality_assurance": (QualityAssurance(body={"en": "Nobody knows where"}, valid_until="2027-01-01"),)},
        {
            "quality_assurance": (
                QualityAssurance(
                    type=Concept("", {"en": "Peer visit"}),
                    body={"en": "Han River University"},
                    valid_until="2027-05-01",
                ),
            )
        },
        {"eqf_level": None, "credits": (), "workload": "", "outcomes": (), "assessments": ()},
        {"partial_qualification": None, "prerequisites": {}, "thematic_areas": (Concept("", {"en": "Of our own"}),)},
    ],
)
def test_whatever_was_described_conforms(institution: Institution, shapes: Any, change: dict[str, Any]) -> None:
    document = {
        "@context": CONTEXT,
        "@graph": [of_description(replace(ASSESSED, **change), institution, "https://x.example/m/1")],
    }
    assert violations(document, shapes) == []


def test_a_programme_with_its_offerings_conforms(
    published: AchievementVersion, offered: list[Offering], shapes: Any
) -> None:
    document = json.loads(Client().get(f"/m/{published.micro_credential.public_id}/elm.jsonld").content)
    assert violations(document, shapes) == []
    import rdflib

    graph = graph_of(document)
    opportunities = list(graph.subjects(rdflib.RDF.type, rdflib.URIRef(f"{ELM}LearningOpportunity")))
    assert len(opportunities) == len(offered)
    assert {str(o) for o in graph.objects(None, rdflib.URIRef(f"{ELM}value"))} == {"49.50"}


def test_what_is_written_is_read_again(published: AchievementVersion, offered: list[Offering]) -> None:
    read = read_elm(Client().get(f"/m/{published.micro_credential.public_id}/elm.jsonld").content)
    d, before = read.description, published.description
    for member in ("title", "description", "workload", "credits", "eqf_level", "participation", "languages", "thematic_areas",
                   "prerequisites", "partial_qualification", "maximum_duration"):  # fmt: skip
        assert getattr(d, member) == getattr(before, member), member
    assert [o.title for o in d.outcomes] == [o.title for o in before.outcomes]
    assert [a.title for a in d.assessments] == [a.title for a in before.assessments]
    assert [a.title for a in d.activities] == [a.title for a in before.activities]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("PT60H", "PT60H"),
        ("P2W", "P14D"),
        ("PT1.5H", "PT90M"),
        ("P1M", "P1M"),
        ("", ""),
        ("ten hours", ""),
        ("P1Y2W", "P1Y14D"),
    ],
)
def test_durations_are_those_of_xml_schema(text: str, written: str) -> None:
    assert xsd_duration(text) == written


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for member, inner in value.items():
            yield from leaves(inner, member)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


def test_ctdl_names_each_thing_always_alike(published: AchievementVersion, offered: list[Offering]) -> None:
    address = f"/m/{published.micro_credential.public_id}/ctdl.jsonld"
    document = json.loads(Client().get(address).content)
    assert document["@context"] == ctdl.CONTEXT
    nodes = {node["@id"]: node for node in document["@graph"]}
    kinds = Counter(node["@type"] for node in nodes.values())
    assert kinds == {
        "ceterms:CredentialOrganization": 1,
        "ceterms:MicroCredential": 1,
        "ceterms:LearningProgram": 1,
        "ceterms:ScheduledOffering": 3,
    }
    page = f"http://localhost:8000/m/{published.micro_credential.public_id}"
    credential, programme = nodes[page], nodes[f"{page}#programme"]
    assert re.fullmatch(r"ce-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", credential["ceterms:ctid"])
    assert len({node["ceterms:ctid"] for node in nodes.values()}) == len(nodes)
    assert json.loads(Client().get(address).content) == document
    # Every address that is pointed to is in the document.
    for wanted in (*credential["ceterms:ownedBy"], *programme["ceterms:hasOffering"],
                   *credential["ceterms:requires"][0]["ceterms:targetLearningOpportunity"]):  # fmt: skip
        assert wanted in nodes
    assert credential["ceterms:credentialStatusType"]["ceterms:targetNode"] == "credentialStat:Active"
    assert credential["ceterms:name"] == dict(published.description.title)
    assert programme["ceterms:estimatedDuration"][0]["ceterms:exactDuration"] == "PT125H"
    assert programme["ceterms:creditValue"][0]["schema:value"] == 5.0
    costs = [cost for node in nodes.values() for cost in node.get("ceterms:estimatedCost", [])]
    assert [(cost["ceterms:price"], cost.get("ceterms:currency", "")) for cost in costs] == [(0.0, ""), (49.5, "EUR")]
    assert all(value not in ("", None) for _name, value in leaves(document))
    terms = {name for name, _value in leaves(document) if ":" in name}
    assert all(term.split(":")[0] in {"ceterms", "schema"} for term in terms)


def test_a_retired_programme_says_so_in_ctdl(published: AchievementVersion) -> None:
    with tenant(published.institution):
        services.retire(published.micro_credential)
    document = json.loads(Client().get(f"/m/{published.micro_credential.public_id}/ctdl.jsonld").content)
    states = {n.get("ceterms:credentialStatusType", {}).get("ceterms:targetNode") for n in document["@graph"]}
    assert "credentialStat:Deprecated" in states


def test_search_engines_find_the_offerings(published: AchievementVersion, offered: list[Offering]) -> None:
    html = Client().get(f"/m/{published.micro_credential.public_id}").content.decode()
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    course = json.loads(block)
    first, second, third = sorted(course["hasCourseInstance"], key=lambda i: i.get("endDate", "") == "")
    assert first["offers"]["priceSpecification"] == {
        "@type": "PriceSpecification",
        "minPrice": "49.50",
        "maxPrice": "120.00",
        "priceCurrency": "EUR",
    }
    assert (first["courseMode"], first["maximumAttendeeCapacity"]) == ("Blended", 12)
    assert first["location"] == {"@type": "Place", "name": "Seoul"}
    assert {("offers" in second), ("offers" in third)} == {True, False}  # on request: no offer is made up
    assert course["educationalCredentialAwarded"]["@type"] == "EducationalOccupationalCredential"


@pytest.mark.parametrize("kind", ["ctdl", "elm"])
def test_the_whole_catalogue_page_by_page(
    kind: str, three_published: list[AchievementVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    from testamur_site.catalogue.public.data import views

    monkeypatch.setattr(views, "EXPORT_SIZE", 2)
    address, seen = f"/catalogue/{kind}.jsonld", []
    while address:
        answer = Client().get(address)
        assert answer["Access-Control-Allow-Origin"] == "*"
        seen += [n["@id" if kind == "ctdl" else "id"] for n in json.loads(answer.content)["@graph"]]
        following = re.search(r'<http://localhost:8000([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        address = following[1] if following else ""
    pages = {f"http://localhost:8000/m/{v.micro_credential.public_id}" for v in three_published}
    assert pages <= set(seen)
    assert Client().get(f"/catalogue/{kind}.jsonld?institution=nowhere").status_code == 404
    assert len(json.loads(Client().get(f"/catalogue/{kind}.jsonld?institution=han-river").content)["@graph"]) >= 2


def test_the_whole_catalogue_conforms(three_published: list[AchievementVersion], shapes: Any) -> None:
    assert violations(json.loads(Client().get("/catalogue/elm.jsonld").content), shapes) == []


ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_tells_what_is_new_and_what_changed(
    locked: AchievementVersion, other_institution: Institution
) -> None:
    with tenant(locked.institution):
        services.publish(services.begin_version(locked.micro_credential, "One outcome more.\x0b"))
    answer = Client().get("/catalogue/feed.atom")
    assert answer["Content-Type"] == "application/atom+xml"
    feed = ET.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    titles = [entry.findtext(f"{ATOM}title") for entry in entries]
    assert titles == ["Data literacy for public services (version 2)", "Data literacy for public services"]
    assert "What changed: One outcome more." in (entries[0].findtext(f"{ATOM}summary") or "")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 2
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    own = ET.fromstring(Client().get("/institutions/han-river/feed.atom").content)
    assert len(own.findall(f"{ATOM}entry")) == 2
    empty = ET.fromstring(Client().get("/institutions/liffey/feed.atom").content)
    assert empty.findall(f"{ATOM}entry") == []
    assert Client().get("/institutions/nowhere/feed.atom").status_code == 404
    korean = ET.fromstring(Client().get("/catalogue/feed.atom", HTTP_ACCEPT_LANGUAGE="ko").content)
    assert "공공 서비스를 위한 데이터 리터러시" in (korean.find(f"{ATOM}entry").findtext(f"{ATOM}title") or "")  # type: ignore[union-attr]


def test_a_feed_is_xml_whatever_was_written(institution: Institution) -> None:
    area = Concept("urn:x\x0b", {"en": "Own\x01 field <&>"})
    with tenant(institution):
        made = services.create(
            institution, replace(DESCRIPTION, title={"en": "A \x02 <title>"}, thematic_areas=(area,))
        )
        services.publish(made.versions.get())
    [entry] = ET.fromstring(Client().get("/catalogue/feed.atom").content).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A  <title>"
    assert entry.find(f"{ATOM}category").attrib == {"term": "urn:x", "label": "Own field <&>"}  # type: ignore[union-attr]


def test_the_sitemap_lists_what_is_published(published: AchievementVersion, institution: Institution) -> None:
    def addresses() -> list[str]:
        site = ET.fromstring(Client().get("/sitemap.xml").content)
        return [loc.text or "" for loc in site.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    page = f"http://localhost:8000/m/{published.micro_credential.public_id}"
    assert addresses() == ["http://localhost:8000/catalogue", "http://localhost:8000/institutions/han-river", page]
    with tenant(institution):
        services.retire(published.micro_credential)
    assert addresses() == ["http://localhost:8000/catalogue"]


def test_the_interface_answers_as_it_is_described(published: AchievementVersion, offered: list[Offering]) -> None:
    described = json.loads(Client().get("/api/catalogue/openapi.json").content)
    schema = {"$ref": "#/components/schemas/Page", "components": described["components"]}
    check = validator_for(schema)
    for query in ("", "?q=데이터", "?level=6&price=free", "?level=1", "?page=999"):
        answer = Client().get(f"/api/catalogue{query}")
        assert answer["Access-Control-Allow-Origin"] == "*"
        check.validate(json.loads(answer.content))
    found = json.loads(Client().get("/api/catalogue?q=리터러시").content)
    [one] = found["results"]
    assert (one["eqfLevel"], one["workloadHours"], one["credits"][0]["points"]) == (6, "125", "5")
    assert [o["price"]["kind"] for o in one["offerings"]] == ["free", "on_request", "sliding"]
    assert {"value": "6", "label": "EQF level 6", "count": 1} in found["filters"]["level"]
    names = {parameter["name"] for parameter in described["paths"]["/api/catalogue"]["get"]["parameters"]}
    assert {
        "q",
        "skill",
        "level",
        "credits",
        "length",
        "mode",
        "price",
        "language",
        "start",
        "institution",
        "assessed",
    } <= names


def test_the_interface_counts_the_seats_that_are_left_now(
    published: AchievementVersion, offered: list[Offering]
) -> None:
    before = Client().get("/api/catalogue")
    with tenant(published.institution):
        offerings.take_seat(next(o for o in offered if o.seats))
    after = Client().get("/api/catalogue", HTTP_IF_NONE_MATCH=before.headers["ETag"])
    assert after.status_code == 200
    seats = [o["seatsLeft"] for o in json.loads(after.content)["results"][0]["offerings"]]
    assert sorted(filter(None, seats)) == [11]


@pytest.mark.parametrize("page", ["ctdl.jsonld", "elm.jsonld"])
def test_a_draft_is_no_open_data(draft: AchievementVersion, page: str) -> None:
    address = f"/m/{draft.micro_credential.public_id}/{page}"
    assert Client().get(address).status_code == 404
    with tenant(draft.institution):
        services.publish(draft)
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/ld+json")
    assert Client().post(address).status_code == 405


def test_both_documents_are_stable(published: AchievementVersion) -> None:
    assert elm.document(published) == elm.document(published)
    assert ctdl.document(published) == ctdl.document(published)

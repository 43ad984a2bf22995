"""The EU's own sample comes in without losing an element, and hostile files go out with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shared import shared

from testamur_site.catalogue.description import codec
from testamur_site.catalogue.description.tasks import with_keys
from testamur_site.catalogue.description.vocabulary import Concept
from testamur_site.catalogue.exchange import own_json
from testamur_site.catalogue.exchange.elm import Imported, NotImportable, read_elm
from testamur_site.catalogue.rules import Issuer, completeness

FOLDER = "vectors/eu-elm/Credentials/JSON-LD Examples (ELM v3)"
VARIANTS = [
    "Sample-MC-Annex1-unsigned.jsonld",
    "Sample-MC-Annex1-unsigned-uploadable.json",
    "Sample-MC-Annex1-signed.jsonld",
]


def sample(name: str = VARIANTS[0]) -> bytes:
    return shared(f"{FOLDER}/{name}").read_bytes()


def leaves(value: Any, of: str = "") -> list[tuple[str, str]]:
    """Every leaf with the name of its member, except types and identifiers that only tie the file's nodes together."""
    if isinstance(value, dict):
        wired = value.get("type") not in ("Concept", "ConceptScheme")
        return [
            leaf
            for name, member in value.items()
            if not (name == "type" and isinstance(member, str))
            and not (name == "id" and wired and str(member).startswith("urn:"))
            for leaf in leaves(member, name)
        ]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item, of)]
    return [(of, value)]


@pytest.fixture
def imported() -> Imported:
    return read_elm(sample())


def test_every_leaf_of_the_sample_s_achievement_is_stored(imported: Imported) -> None:
    claim = json.loads(sample())["credentialSubject"]["hasClaim"]
    wanted = {value.removeprefix("mailto:") if isinstance(value, str) else value for _name, value in leaves(claim)}
    stored = {value for _name, value in leaves(codec.to_json(imported.description))}
    assert wanted - stored == set()
    assert imported.left_over == ()
    assert len(leaves(claim)) > 150


@pytest.mark.parametrize("name", VARIANTS)
def test_each_variant_of_the_sample_is_read_alike(name: str) -> None:
    found = read_elm(sample(name))
    assert found.left_over == ()
    assert found.description.title == {"en": "Digital micro-credential creation"}


def test_each_element_stands_where_it_belongs(imported: Imported) -> None:
    d = imported.description
    assert [o.title.get("en") for o in d.outcomes] == [
        "Communication, collaboration and creativity",
        "Developing digital content",
    ]
    assert d.outcomes[1].title["es"] == "Contento digital"
    assert [len(o.skills) for o in d.outcomes] == [3, 3]
    assert [s.framework for s in d.outcomes[1].skills] == ["ESCO", "DigComp", "DigComp"]
    assert d.outcomes[1].reusability.uri.endswith("/cross-sector")  # type: ignore[union-attr]
    assert (d.workload, d.maximum_duration, d.credits[0].points) == ("PT60H", "P1M", "2")
    assert d.eqf_level.uri.endswith("/eqf/6")  # type: ignore[union-attr]
    assert d.national_levels[0].level.label == {"en": "RQF Level 6"}
    assert d.partial_qualification is False
    assert [c.label["en"] for c in (*d.participation, *d.languages)] == ["Blended", "English"]
    assert [area.uri.rpartition("/")[2] for area in d.thematic_areas] == ["003", "0688"]
    [assessment] = d.assessments
    assert assessment.type == Concept(
        "urn:epass:concept:d1ebf223-3c68-449a-9023-90bc245a0079",
        {"en": "artefact assessment"},
        "urn:epass:conceptScheme:1b79dc3d-cf98-4937-b504-80eb7b5d076c",
    )
    assert assessment.supervision.label["en"] == "Unsupervised without ID Verification"  # type: ignore[union-attr]
    assert assessment.results[0].allowed_values == ("Pass",)
    names = {o.key: o.name["en"] for o in d.organisations}
    assert [names[key] for key in d.awarding_bodies] == ["University of Zed"]
    assert [names[key] for key in assessment.assessed_by] == ["European Digital Credentials for Learning Support Team"]
    [activity] = d.activities
    assert (activity.start, activity.end, activity.workload) == ("2023-05-05T07:00:00Z", "2023-06-06T15:00:00Z", "P60M")


def test_nothing_of_the_learner_is_read(imported: Imported) -> None:
    stored = json.dumps(codec.to_json(imported.description))
    assert "Andromeda" not in stored
    assert "LA-234218" not in stored


def test_the_meter_says_what_the_sample_lacks(imported: Imported) -> None:
    found = completeness(imported.description, Issuer("University of Zed", "IE", ("en",)))
    assert {e.key for e in found.missing_mandatory} == {"quality", "description"}
    doubts = [code for e in found.elements for code, _facts in e.remarks]
    assert "activity_not_in_hours" in doubts  # the sample says P60M: sixty months


def test_what_has_no_place_is_reported(imported: Imported) -> None:
    document = json.loads(sample())
    document["credentialSubject"]["hasClaim"]["specifiedBy"]["entitlesTo"] = {"type": "X", "title": {"en": "A ticket"}}
    found = read_elm(json.dumps(document).encode())
    assert found.left_over == (("specifiedBy/entitlesTo/title/en", "A ticket"),)
    assert found.description == imported.description


def test_an_organisation_that_says_two_things_is_not_taken_for_one() -> None:
    document = json.loads(sample())
    document["credentialSubject"]["hasClaim"]["provenBy"]["assessedBy"]["altLabel"] = {"en": "Somebody else"}
    left = dict(read_elm(json.dumps(document).encode()).left_over)
    assert left["provenBy/assessedBy/altLabel/en"] == "Somebody else"


def test_texts_may_be_arrays_and_organisations_references() -> None:
    document = json.loads(sample())
    claim = document["credentialSubject"]["hasClaim"]
    claim["specifiedBy"]["title"] = {"en": ["One", "Two"]}
    claim["title"] = {"en": "One\n\nTwo"}
    claim["provenBy"]["assessedBy"] = {"id": "urn:epass:org:2", "type": "Organisation"}
    found = read_elm(json.dumps(document).encode())
    assert found.description.title == {"en": "One\n\nTwo"}
    assert len(found.description.assessments[0].assessed_by) == 1
    assert found.left_over == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[1,", "not_json"),
        (b"[]", "no_achievement"),
        (b'"text"', "no_achievement"),
        (b"{}", "no_achievement"),
        (b'{"credentialSubject": {"hasClaim": [{"type": "LearningActivity"}, 7]}}', "no_achievement"),
        (b'{"payload": "not json", "signatures": []}', "not_json"),
        (b"[" * 5000 + b"]" * 5000, "not_json"),
        (b" " * 2_000_001, "too_large"),
        (b'{"type": "LearningAchievement", "specifiedBy": {"volumeOfLearning": "sixty hours"}}', "not_a_duration"),
        (b'{"type": "LearningAchievement", "specifiedBy": {"title": {"english": "x"}}}', "not_a_language"),
        (b'{"type": "LearningAchievement", "specifiedBy": {"homepage": {"contentURL": "javascript:x"}}}', "not_a_link"),
        (
            b'{"type": "LearningAchievement", "specifiedBy": {"creditPoint": {"framework": {}, "point": "x"}}}',
            "not_a_number",
        ),
    ],
)
def test_what_cannot_be_imported_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(NotImportable) as refusal:
        read_elm(data)
    assert refusal.value.code == code


@pytest.mark.parametrize("member", ["title", "specifiedBy", "provenBy", "influencedBy", "awardedBy"])
@pytest.mark.parametrize("value", ["text", 7, [], [[]], {}, [{"id": 7}], None, True])
def test_no_shape_breaks_the_reader(member: str, value: Any) -> None:
    claim = {"type": "LearningAchievement", member: value}
    assert isinstance(read_elm(json.dumps(claim).encode()), Imported)


def test_our_own_form_comes_back_whole(imported: Imported) -> None:
    found, picture = own_json.read(own_json.write(imported.description, png=b"\x89PNG"))
    assert found.description == with_keys(imported.description)
    assert picture == b"\x89PNG"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"formatVersion": 2}, "unknown_format"),
        ({"description": {"nonsense": 1}}, "unknown_member"),
        ({"description": {"homepage": "javascript:x"}}, "not_a_link"),
    ],
)
def test_our_own_form_is_read_strictly(change: dict[str, Any], code: str, imported: Imported) -> None:
    document = {**json.loads(own_json.write(imported.description)), **change}
    with pytest.raises(NotImportable) as refusal:
        own_json.read(json.dumps(document).encode())
    assert refusal.value.code == code

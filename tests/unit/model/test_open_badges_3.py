from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.shared import shared

from testamur.errors import Malformed
from testamur.model import (
    Achievement,
    Alignment,
    Credential,
    Criteria,
    EndorsementCredential,
    Evidence,
    GeoCoordinates,
    IdentityObject,
    Image,
    LocalisedText,
    Profile,
)


def same(value: Any) -> Any:
    """The same meaning in one spelling: an array of one is its entry, a bare address an object with that id, and a class's own type
    may be left out (JSON-LD reads them alike, apart from the type, which the model adds)."""
    if isinstance(value, list):
        return [same(entry) for entry in value] if len(value) != 1 else same(value[0])
    if isinstance(value, dict):
        return {name: same(entry) for name, entry in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def contains(whole: Any, part: Any) -> bool:
    """Whether everything that `part` says is said in `whole`."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and contains(whole[name], value) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(contains(one, other) for one, other in zip(whole, part, strict=True))
    if isinstance(part, str) and isinstance(whole, dict) and not isinstance(part, dict):
        return whole.get("id") == part
    return bool(whole == part)


def credentials() -> list[Path]:
    folders = (shared("vectors/1edtech/ob3-spec-examples"), shared("vectors/1edtech/validator-cases/inspector-vc/ob30"))
    found = [path for folder in folders for path in sorted(folder.rglob("*.json"))]
    return [path for path in found if "credentialSubject" in example(path)]


def example(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text())
    found: dict[str, Any] = document.get("example", document) if isinstance(document, dict) else {}
    return found if isinstance(found, dict) else {}


@pytest.mark.parametrize("path", credentials(), ids=lambda path: path.stem[:50])
def test_published_credentials_keep_what_they_say(path: Path) -> None:
    document = example(path)
    read = Credential.from_json(document)
    written = read.to_json()
    assert contains(same(written), same(document))
    assert Credential.from_json(written) == read


def test_the_complete_example_is_written_as_the_standard_prints_it() -> None:
    path = shared("vectors/1edtech/ob3-spec-examples/010-fullopenbadge-html-complete-openbadgecredential.json")
    document = example(path)
    read = Credential.from_json(document)
    assert read.to_json() == document
    assert read.credential_subject.achievement.result_description[1].rubric_criterion_level[0].points == "4"
    assert read.issuer.parent_org is not None
    assert read.issuer.parent_org.name == "Universal Universities"


def test_arrays_are_written_where_the_standard_says_so() -> None:
    achievement = Achievement(
        id="urn:uuid:1",
        name="A",
        description="B",
        criteria=Criteria(narrative="C"),
        alignment=(Alignment(target_name="T", target_url="https://t.example"),),
        tag=("one",),
    )
    written = achievement.to_json()
    assert written["type"] == ["Achievement"]
    assert written["tag"] == ["one"]
    assert written["alignment"] == [{"type": ["Alignment"], "targetName": "T", "targetUrl": "https://t.example"}]
    assert written["criteria"] == {"narrative": "C"}


def test_nothing_empty_is_written() -> None:
    assert Evidence(name="", narrative=None).to_json() == {"type": ["Evidence"]}


def test_nothing_is_invented() -> None:
    assert IdentityObject.from_json({"identityType": "name"}).to_json() == {
        "type": "IdentityObject",
        "identityType": "name",
    }
    assert GeoCoordinates.from_json({"latitude": 0}).to_json() == {"type": "GeoCoordinates", "latitude": 0}
    assert Credential.from_json({"name": "A"}).to_json() == {
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "A",
    }


def test_classes_with_one_type_write_it_as_a_text() -> None:
    assert Image(id="https://i.example").to_json() == {"id": "https://i.example", "type": "Image"}


def test_single_values_are_read_where_arrays_are_due() -> None:
    one = {
        "id": "urn:uuid:1",
        "type": "Achievement",
        "tag": "x",
        "alignment": {"type": "Alignment", "targetName": "T", "targetUrl": "u:1"},
    }
    read = Achievement.from_json(one)
    assert read.tag == ("x",)
    assert read.alignment[0].target_name == "T"
    assert read.name == ""  # missing, and for a lint to say


def test_a_bare_address_is_read_as_an_object() -> None:
    read = Credential.from_json(
        {"issuer": "did:web:uni.example", "image": "https://uni.example/i.png", "credentialSubject": {}}
    )
    assert read.issuer == Profile(id="did:web:uni.example")
    assert read.image == Image(id="https://uni.example/i.png")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", 7),
        ("tag", ["x", 5]),
        ("alignment", ["not an object", 5]),
        ("creator", 5),
        ("creditsAvailable", "2"),
        ("later", {"x": 1}),
    ],
)
def test_what_does_not_fit_or_is_unknown_is_kept(member: str, value: Any) -> None:
    document = {"id": "urn:uuid:1", "type": ["Achievement"], "description": "B", member: value}
    read = Achievement.from_json(document)
    assert read.extra == {member: value}
    assert read.to_json() == document


def test_a_truth_value_is_no_number_and_a_number_no_truth_value() -> None:
    assert IdentityObject.from_json({"hashed": 1}).extra == {"hashed": 1}
    assert Achievement.from_json({"creditsAvailable": True}).extra == {"creditsAvailable": True}


@pytest.mark.parametrize(
    ("value", "english", "korean"),
    [
        ({"en": "Badge", "ko": "배지"}, "Badge", "배지"),
        ({"ko-KR": "배지"}, "배지", "배지"),
        ({"@value": "배지", "@language": "ko"}, "배지", "배지"),
        ([{"@value": "배지", "@language": "ko"}, {"@value": "Badge", "@language": "en"}], "Badge", "배지"),
    ],
)
def test_texts_in_named_languages(value: Any, english: str, korean: str) -> None:
    name = Achievement.from_json({"name": value}).name
    assert isinstance(name, LocalisedText)
    assert (str(name), name.in_language("ko")) == (english, korean)
    assert Achievement.from_json({"name": value}).to_json()["name"] == value


@pytest.mark.parametrize("value", [5, {"@value": 5}, {"en": 5}, {}, [], {"@language": "en"}])
def test_what_is_no_text_is_kept_as_it_is(value: Any) -> None:
    assert Achievement.from_json({"name": value}).to_json() == {"type": ["Achievement"], "name": value}


@pytest.mark.parametrize("value", [None, 5, "x", [], [{}]])
def test_what_is_no_object_is_refused(value: Any) -> None:
    with pytest.raises(Malformed) as refused:
        Credential.from_json(value)
    assert refused.value.code == "model.not_an_object"


def test_an_endorsement_is_read() -> None:
    path = shared("vectors/1edtech/validator-cases/inspector-vc/ob30/endorsement-valid.json")
    read = EndorsementCredential.from_json(example(path))
    assert read.credential_subject.endorsement_comment
    assert read.proof

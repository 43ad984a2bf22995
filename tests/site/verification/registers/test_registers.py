"""The page of the registers: loaded is not trusted, and everybody may see which is which."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from testamur_site.verification import services

OURS = {
    "type": "TrustRegister",
    "name": "Universities of Korea",
    "institutions": [
        {"name": "Han River University", "domains": ["han-river.example"]},
        {"name": "Closed College", "ids": ["did:web:closed.example"], "until": "2020-01-01T00:00:00Z"},
    ],
}
THEIRS = {
    "registry": {
        "did:key:z6Mktpn6cXks1PBKLMgZH2VaahvCtBMF6K8eCa7HzrnuYLZv": {"name": "Some Academy", "url": "https://a.example"}
    }
}


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    services.trust_registry.cache_clear()
    yield
    services.trust_registry.cache_clear()


@pytest.fixture
def loaded(settings: Any, tmp_path: Path) -> None:
    for name, content in (("ours", OURS), ("members", THEIRS)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    settings.TESTAMUR_TRUST_FILES = [str(tmp_path / "ours.json")]
    settings.TESTAMUR_KNOWN_FILES = [str(tmp_path / "members.json")]


def rows(page: str) -> list[list[str]]:
    import re

    cells = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    ]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_which_are_relied_on_and_how_many_institutions_they_list(client: Client, loaded: None) -> None:
    assert rows(client.get("/verify/registers").content.decode())[1:] == [
        ["Universities of Korea", "Relied on", "2", "1"],
        ["members", "Known, not relied on", "1", "1"],
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("river", ["Han River University"]),
        ("did:web:han-river.example:institutions:x", ["Han River University"]),
        ("han-river.example", ["Han River University"]),
        ("closed", ["Closed College"]),
        ("academy", ["Some Academy"]),
        ("unheard-of", []),
    ],
)
def test_an_institution_is_found_by_name_identifier_or_domain(
    client: Client, loaded: None, query: str, found: list[str]
) -> None:
    page = client.get("/verify/registers", {"q": query}).content.decode()
    assert [row[0] for row in rows(page)[4:]] == found
    assert ("No register lists this institution" in page) == (not found)


def test_who_accredits_whom(client: Client, settings: Any, tmp_path: Path) -> None:
    agency = {"name": "Quality Agency", "domains": ["agency.example"], "accredits": True}
    ended = {"by": "did:web:old.example", "until": "2020-01-01T00:00:00Z"}
    school = {**OURS["institutions"][0], "accreditations": [{"by": "did:web:agency.example"}, ended]}  # type: ignore[dict-item]
    (tmp_path / "ours.json").write_text(json.dumps({**OURS, "institutions": [agency, school]}))
    settings.TESTAMUR_TRUST_FILES, settings.TESTAMUR_KNOWN_FILES = [str(tmp_path / "ours.json")], []
    [found] = rows(client.get("/verify/registers", {"q": "river"}).content.decode())[3:]
    assert found[0] == "Han River University Accredited by Quality Agency"
    [body] = rows(client.get("/verify/registers", {"q": "did:web:agency.example"}).content.decode())[3:]
    assert body[0] == "Quality Agency Accrediting body"


def test_the_verify_page_leads_there(client: Client) -> None:
    assert 'href="/verify/registers"' in client.get("/verify").content.decode()


def test_a_listing_that_has_ended_is_said_to(client: Client, loaded: None) -> None:
    [row] = rows(client.get("/verify/registers", {"q": "closed"}).content.decode())[4:]
    assert row[3] == "not in force"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "vouches for no institution"), ("ko", "어떤 기관도 보증하지 않습니다")]
)
def test_without_registers_the_page_says_what_that_means(
    client: Client, settings: Any, language: str, words: str
) -> None:
    settings.TESTAMUR_TRUST_FILES = settings.TESTAMUR_KNOWN_FILES = []
    assert words in client.get("/verify/registers", headers={"accept-language": language}).content.decode()


def test_a_file_that_is_no_register_is_an_error_of_the_operator(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text("[]")
    settings.TESTAMUR_TRUST_FILES = [str(tmp_path / "wrong.json")]
    with pytest.raises(services.InputError):
        services.trust_registry()

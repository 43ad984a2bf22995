"""What programs get, held against the OpenAPI description that is published: answers, refusals, examples."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest
from django.test import Client
from django.urls import resolve
from tests.shared import ROOT
from tests.simulator import NOW, FixedClock, Institution
from tests.standing import aside

from testamur.errors import SignerUnavailable
from testamur.verification import TrustRegistry, Verdict, Verifier, receipt
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.verification import services
from testamur_site.verification.bulk.models import BulkRun
from testamur_site.verification.own_documents import OwnDocuments
from testamur_site.verification.programs.schema import OPEN_API
from testamur_site.verification.receipts import services as receipts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
@aside
def key_file(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_KEY_ENCRYPTION_KEY = tmp_path / "key-encryption-key"


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Institution:
    simulated = Institution()
    monkeypatch.setattr(services, "Everywhere", lambda: simulated)
    judge = lambda resolver=None: Verifier(resolver or simulated, TrustRegistry([]), FixedClock(NOW))  # noqa: E731
    monkeypatch.setattr(services, "verifier", judge)
    return simulated


def described(path: str, method: str, status: int) -> dict[str, Any]:
    return OPEN_API["paths"][path][method]["responses"][str(status)]


@pytest.fixture
def ask(client: Client) -> Callable[..., Any]:
    """Ask, and hold the answer against its description: status, media type, schema, headers."""

    def call(
        method: str, path: str, address: str = "", *, body: Any = b"", media: str = "application/json", **query: Any
    ) -> Any:
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        send = getattr(client, method)
        response = send(address or path, query) if method == "get" else send(address or path, body, content_type=media)
        said = described(path, method, response.status_code)
        for header in said.get("headers", {}):
            assert response.has_header(header), f"{header} is described and not there"
        if "content" not in said:
            assert response.content == b""
            return response
        [(media_type, content)] = said["content"].items()
        assert response["Content-Type"].partition(";")[0] == media_type
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cache-Control"] == "no-store"
        validate(content["schema"], response.json())
        return response

    return call


def validate(schema: dict[str, Any], value: Any) -> None:
    jsonschema_rs.validate({**schema, "components": OPEN_API["components"]}, value)


def every(value: Any, name: str) -> Iterator[Any]:
    """Every value of the members called `name`, however deep."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == name:
                yield item
            yield from every(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from every(item, name)


def linked(address: str) -> str:
    return f"/api/verify?address={quote(address, safe='')}"


@pytest.mark.parametrize(
    "address", ["", "https://elsewhere.example/c/1", "nonsense", "http://localhost:8000@e.example/"]
)
def test_no_link_makes_us_fetch_a_foreign_address(
    address: str, ask: Callable[..., Any], university: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "verify_input", lambda *_args, **_options: pytest.fail("it was asked for"))
    refused = ask("get", "/api/verify", linked(address))
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (400, "bad-member")


def test_a_link_gives_the_report_about_an_address_of_ours(ask: Callable[..., Any], university: Institution) -> None:
    ours = "http://localhost:8000/c/1"
    university.pages[ours] = json.dumps(university.issue(name="Mina Kim")).encode()
    by_link = ask("get", "/api/verify", linked(ours)).json()
    sent = ask("post", "/api/verify", body={"address": ours}).json()
    assert by_link == sent
    assert by_link["verdict"] == "valid"


# --- one ------------------------------------------------------------------------------------------------------------------------


def test_reports_of_every_kind(ask: Callable[..., Any], university: Institution) -> None:
    good = university.issue(name="Mina Kim")
    revoked = university.issue()
    university.revoke(revoked)
    verdicts = [
        ask("post", "/api/verify", body=body).json()["verdict"]
        for body in (
            good,
            {"document": revoked},
            b"nonsense",
            {"document": json.dumps(good), "profile": "proof", "language": "ko"},
        )
    ]
    assert verdicts == ["valid", "invalid", "undetermined", "valid"]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 400, "empty"),
        ({"document": {}, "address": "https://a.example"}, 400, "two-inputs"),
        ({"document": {}, "colour": "red"}, 400, "unknown-member"),
        ({"document": {}, "receipt": "yes"}, 400, "bad-member"),
        ({"address": "ftp://a.example"}, 400, "bad-member"),
        ({"document": {}, "asOf": "yesterday"}, 400, "bad-member"),
        ({"document": {}, "asOf": "2999-01-01"}, 400, "bad-member"),
        ({"document": {}, "asOf": 2026}, 400, "bad-member"),
        (b"\xff\xd8\xff\xe0", 422, "picture-unreadable"),
        (b" " * (4 * 1024 * 1024 + 1), 413, "too-large"),
    ],
)
def test_refusals(ask: Callable[..., Any], university: Institution, body: Any, status: int, kind: str) -> None:
    response = ask("post", "/api/verify", body=body)
    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (status, kind)


def test_an_earlier_moment(ask: Callable[..., Any], university: Institution) -> None:
    expired = university.issue(valid_until=NOW - timedelta(days=2))
    assert ask("post", "/api/verify", body={"document": expired}).json()["verdict"] == "invalid"
    for stated in ("2026-11-20", "2026-11-20T23:59:59Z"):
        report = ask("post", "/api/verify", body={"document": expired, "asOf": stated, "receipt": True}).json()
        assert (report["verdict"], report["asOf"]) == ("valid", "2026-11-20T23:59:59Z")
        [policy] = [each for each in report["receipt"]["evidence"] if each["genre"] == "policy"]
        assert policy["description"] == "as of 2026-11-20T23:59:59Z"


def test_an_archive_of_a_few_becomes_one_report(ask: Callable[..., Any], university: Institution) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("one.json", json.dumps(university.issue()))
        archive.writestr("other.json", json.dumps(university.issue()))
        archive.writestr("readme.txt", "For your application.")
    report = ask("post", "/api/verify", body=stream.getvalue(), media="application/zip").json()
    assert (report["verdict"], report["documentType"]) == ("valid", "archive")
    assert [child["relation"] for child in report["endorsements"]] == ["part", "part"]


def test_too_often(ask: Callable[..., Any], university: Institution, settings: Any) -> None:
    settings.TESTAMUR_VERIFICATIONS_PER_MINUTE = 1
    assert ask("post", "/api/verify", body=b"{}").status_code == 200
    response = ask("post", "/api/verify", body=b"{}")
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60


def test_a_receipt_with_the_report(ask: Callable[..., Any], university: Institution) -> None:
    text = json.dumps(university.issue(name="Mina Kim"))
    plain = ask("post", "/api/verify", body={"document": text}).json()
    assert "receipt" not in plain
    report = ask(
        "post", "/api/verify", body={"document": text, "receipt": True, "recipient": "mina@students.example"}
    ).json()
    signed = report["receipt"]
    said = receipt.read(signed)
    assert said is not None
    assert (said["digest"], said["verdict"], said["asked"]) == (
        receipt.digest_of(text.encode()),
        "valid",
        ["recipient"],
    )
    assert "Mina" not in json.dumps(signed)
    assert Verifier(OwnDocuments(), TrustRegistry(), FixedClock(NOW)).verify(signed).verdict is Verdict.VALID


def test_no_receipt_where_nothing_can_be_signed(
    ask: Callable[..., Any], university: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bytes:
        raise SignerUnavailable("away")

    monkeypatch.setattr(receipts, "redeem", away)
    text = json.dumps(university.issue(name="Mina Kim"))
    response = ask("post", "/api/verify", body={"document": text, "receipt": True})
    assert (response.status_code, response["Retry-After"]) == (503, "120")
    assert response.json()["type"].endswith("/problems/not-signed")
    assert ask("post", "/api/verify", body={"document": text}).json()["verdict"] == "valid"


# --- many -----------------------------------------------------------------------------------------------------------------------


def test_a_run_from_start_to_deletion(ask: Callable[..., Any], university: Institution) -> None:
    lines = b"\n".join([json.dumps(university.issue(name="Mina Kim")).encode(), b"{}", b'"https://gone.example/c/1"'])
    university.unreachable.add("https://gone.example/c/1")
    started = ask("post", "/api/verify/many", body=lines, media="application/x-ndjson")
    assert started.status_code == 202
    path = "/" + started["Location"].split("/", 3)[3]
    run = "/api/verify/many/{run}"
    assert ask("get", run, path).json()["state"] == "running"
    run_pending()
    done = ask("get", run, path).json()
    assert done["state"] == "done"
    assert done["counts"] == {"valid": 1, "invalid": 0, "undetermined": 1, "refused": 1}
    assert [each["result"] for each in done["results"]] == ["valid", "undetermined", "refused"]
    assert done["results"][2]["refusal"]["code"] == "address_unreachable"
    assert [each["name"] for each in ask("get", run, path, result="valid").json()["results"]] == ["upload.jsonl:1"]
    assert ask("get", run, path, page="2").json()["results"] == []
    assert ask("get", run, path, page="0").status_code == 400
    assert ask("delete", run, path).status_code == 204
    assert ask("get", run, path).status_code == 404
    assert ask("delete", run, path).status_code == 404


def test_an_archive_and_a_table(ask: Callable[..., Any], university: Institution) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.json", json.dumps(university.issue()))
    assert ask("post", "/api/verify/many", body=stream.getvalue(), media="application/zip").json()["total"] == 1
    table = b"name,address\nMina,https://university.example/c/1\n"
    assert ask("post", "/api/verify/many", body=table, media="text/csv").json()["total"] == 1


@pytest.mark.parametrize(
    ("body", "media", "status", "kind"),
    [
        (b"x", "text/plain", 415, "media-type"),
        (b" ", "application/x-ndjson", 422, "nothing"),
        (b"PK\x03\x04", "application/zip", 422, "zip-unreadable"),
        (b"a,b\n1,2\n", "text/csv", 422, "csv-without-addresses"),
    ],
)
def test_runs_that_cannot_start(ask: Callable[..., Any], body: bytes, media: str, status: int, kind: str) -> None:
    response = ask("post", "/api/verify/many", body=body, media=media)
    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (status, kind)
    assert BulkRun.objects.count() == 0


def test_too_many_runs(ask: Callable[..., Any]) -> None:
    statuses = [ask("post", "/api/verify/many", body=b"{}", media="application/x-ndjson").status_code for _ in range(7)]
    assert statuses == [202] * 6 + [429]


# --- the description itself -----------------------------------------------------------------------------------------------------


def test_it_is_published_and_says_where_everything_stands(client: Client) -> None:
    assert client.get("/api/verify.schema.json").json() == OPEN_API
    for path in OPEN_API["paths"]:
        assert resolve(path.replace("{run}", "abc"))


def test_every_reference_leads_somewhere() -> None:
    references = list(every(OPEN_API, "$ref"))
    assert references
    for reference in references:
        kind, name = reference.removeprefix("#/components/").split("/")
        assert name in OPEN_API["components"][kind]


def test_every_example_is_as_its_schema_says() -> None:
    examples = [
        (name, example)
        for name, schema in OPEN_API["components"]["schemas"].items()
        for example in schema.get("examples", ())
    ]
    assert {name for name, _ in examples} == {"Report", "Run", "Problem", "Request"}
    for name, example in examples:
        validate({"$ref": f"#/components/schemas/{name}"}, example)
    with pytest.raises(jsonschema_rs.ValidationError):
        validate({"$ref": "#/components/schemas/Report"}, {})


def test_operations_have_names_of_their_own() -> None:
    names = list(every(OPEN_API["paths"], "operationId"))
    assert len(names) == len(set(names)) == 5


def test_any_page_may_ask(client: Client) -> None:
    for path in ("/api/verify", "/api/verify/many", "/api/verify/many/abc"):
        response = client.options(path)
        assert (response.status_code, response["Access-Control-Allow-Origin"]) == (204, "*")
        assert "DELETE" in response["Access-Control-Allow-Methods"]


# --- what the types of problems mean --------------------------------------------------------------------------------------------


def test_every_type_that_is_documented_has_its_page(client: Client) -> None:
    reference = (ROOT / "docs/reference/api-verify.md").read_text()
    named = {
        kind
        for row in re.findall(r"^\| [45]\d\d \|(.*?)\|", reference, re.MULTILINE)
        for kind in re.findall(r"`([a-z-]+)`", row)
    }
    assert len(named) > 20
    listed = client.get("/problems").content.decode()
    for kind in named:
        page = client.get(f"/problems/{kind}")
        assert page.status_code == 200, kind
        assert f'href="/problems/{kind}"' in listed
    assert client.get("/problems/unheard-of").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "The request has no body"), ("ko", "요청에 본문이 없습니다")])
def test_a_type_of_problem_is_explained(client: Client, language: str, words: str) -> None:
    assert words in client.get("/problems/empty", headers={"accept-language": language}).content.decode()


def test_the_type_of_a_refusal_leads_to_its_page(client: Client, university: Institution) -> None:
    refused = client.post("/api/verify", {"document": {}, "colour": "red"}, content_type="application/json").json()
    assert client.get(refused["type"]).status_code == 200
    private = {"pending", "private", "withdrawn"}  # what the wallet answers
    assert all(client.get(f"/problems/{kind}").status_code == 200 for kind in private)

"""What somebody puts into many documents ends neither the request nor the run: NUL, which PostgreSQL refuses in a text, an address of ours
with more parameters than are read, and a number of more digits than are made a number of."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from tests.simulator import Institution

from testamur_site.foundation.jobs.api import run_pending
from testamur_site.verification.bulk.models import BulkEntry

pytestmark = pytest.mark.django_db


def test_nul_in_what_a_document_says(start: Callable[..., str], university: Institution) -> None:
    start(("one.json", json.dumps(university.issue(name="a\x00b")).encode()), ("two.json", b"{}"))
    run_pending()
    assert list(BulkEntry.objects.values_list("holder", "result")) == [("a\ufffdb", "valid"), ("", "undetermined")]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/csv", b"address\nhttps://x.example/\x00\nhttps://y.example\x00/\n"),
        ("application/jsonl", b'"https://x.example/\\u0000"\n"https://y.example\\u0000/"\n'),
    ],
)
def test_nul_in_an_address(client: Client, media_type: str, body: bytes) -> None:
    answer = client.post("/api/verify/many", body, content_type=media_type)
    assert answer.status_code == 202
    run_pending()
    assert list(BulkEntry.objects.values_list("refusal", "source_host")) == [
        ("address_not_allowed", "x.example"),
        ("address_not_allowed", "y.example\ufffd"),
    ]
    results = client.get(answer.json()["address"].removeprefix(settings.TESTAMUR_BASE_URL)).json()["results"]
    assert "We do not fetch x.example" in results[0]["refusal"]["detail"]


def test_more_parameters_than_are_read(client: Client) -> None:
    address = f"{settings.TESTAMUR_BASE_URL}/c/x?{'&' * settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}"
    client.post("/api/verify/many", f"address\n{address}\n", content_type="text/csv")
    run_pending()
    assert BulkEntry.objects.get().refusal == "address_not_found"
    answer = client.post("/api/verify", json.dumps({"address": address}), content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("page", ["9" * 5000, "0", "-1", "x"])
def test_a_page_that_is_none(client: Client, page: str) -> None:
    run = client.post("/api/verify/many", "address\nhttps://x.example/\n", content_type="text/csv").json()
    answer = client.get(run["address"].removeprefix(settings.TESTAMUR_BASE_URL), {"page": page})
    assert answer.status_code == 400

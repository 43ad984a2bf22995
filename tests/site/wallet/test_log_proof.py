"""The proof from the public log goes wherever the credential goes, and is never in its way."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from tests.standing import standing

from testamur.fetch import BundleResolver
from testamur.formats.baked import png as baked_png
from testamur.formats.baked import svg as baked_svg
from testamur.log import Kind, Proof
from testamur.log.secured import secured
from testamur_site.issuing import api as issuing
from testamur_site.log import proofs
from testamur_site.log import services as log_services
from testamur_site.log.api import forget, record
from testamur_site.log.models import Checkpoint, Entry, Shard
from testamur_site.wallet import queries
from testamur_site.wallet.models import Deposit
from testamur_site.wallet.views import public


def path(deposit: Deposit, rest: str = "") -> str:
    return f"/c/{deposit.award.public_id}{rest}"


def proves(content: bytes, deposit: Deposit) -> bool:
    proof = Proof.from_bytes(content)
    entry = proof.entry_of(Kind.ISSUE, deposit.award.url, secured(issuing.credential_bytes(deposit.award)))
    return entry is not None and proof.includes(entry)


def witnessed() -> None:
    """As if enough witnesses had cosigned what there is."""
    from django.utils import timezone

    Checkpoint.objects.update(quorum_at=timezone.now(), witnessed_at=timezone.now(), cosigned_by=2, asked=3)


@pytest.fixture
@standing
def waiting(published: Deposit) -> Deposit:
    """Issued and published, and not in the log yet."""
    Entry.objects.update(shard=None, index=None, sequenced_at=None)
    Checkpoint.objects.all().delete()
    return published


def test_it_stands_beside_the_credential(client: Client, published: Deposit) -> None:
    answer = client.get(path(published, ".tlog-proof"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert proves(answer.content, published)
    assert answer["Cache-Control"] == "public, max-age=60", "a better one will come"
    assert answer["Access-Control-Allow-Origin"] == "*"
    witnessed()
    final = client.get(path(published, ".tlog-proof"))
    assert proves(final.content, published)
    assert final["Cache-Control"] == "public, max-age=240, s-maxage=60", "its salt opens the entry of a person"
    assert "attachment" in client.get(path(published, ".tlog-proof") + "?download")["Content-Disposition"]


def test_it_is_as_private_as_the_credential(client: Client, holder_client: Client, claimed: Deposit) -> None:
    assert client.get(path(claimed, ".tlog-proof")).status_code == client.get(path(claimed, ".json")).status_code == 403
    mine = holder_client.get(path(claimed, ".tlog-proof"))
    assert proves(mine.content, claimed)
    assert mine["Cache-Control"] == "private, no-store"


def test_while_it_waits_words_stand_in_its_place(client: Client, waiting: Deposit) -> None:
    answer = client.get(path(waiting, ".tlog-proof"))
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("10", "no-store")
    page = client.get(path(waiting, ".tlog-proof"), headers={"accept": "text/html", "accept-language": "ko"})
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert "공개 로그" in page.content.decode()


def test_a_withdrawn_credential_keeps_its_proof(client: Client, published: Deposit) -> None:
    from testamur_site.foundation.tenancy.api import tenant

    with tenant(published.institution):
        issuing.revoke(published.award, issuing.Reason.ISSUED_IN_ERROR)
    assert proves(client.get(path(published, ".tlog-proof")).content, published)


def test_what_opens_the_entry_is_erased_for_good(client: Client, published: Deposit) -> None:
    assert client.get(path(published, ".tlog-proof")).status_code == 200
    forget(f"award:{published.award.public_id}")
    assert client.get(path(published, ".tlog-proof")).status_code == 410
    assert baked_png.find_log_proofs(client.get(path(published, ".png")).content) == ()


@pytest.mark.parametrize("state", ["recorded", "waiting", "erased", "never"])
def test_whoever_obtains_the_credential_reads_its_entry_with_it(
    published: Deposit, state: str, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    public_id = published.award.public_id
    subject = f"award:{public_id}"
    if state == "waiting":
        Entry.objects.update(shard=None, index=None, sequenced_at=None)
    elif state == "erased":
        forget(subject)
    elif state == "never":
        Entry.objects.all().delete()
    alone = (queries.public_credential(public_id), public.answer(f"{public_id}.tlog-proof", "*/*"))
    ahead: dict[Hashable, Any] = {}
    monkeypatch.setattr(proofs, "read_ahead", lambda: ahead)
    with django_assert_num_queries(1):
        assert queries.public_credential(public_id) == alone[0]
    assert len(ahead) == 1
    asked = CaptureQueriesContext(connection)
    with asked:
        assert public.answer(f"{public_id}.tlog-proof", "*/*") == alone[1]
    assert not any("wallet_deposit" in query["sql"] for query in asked)


def test_of_what_is_private_nothing_is_read_ahead(claimed: Deposit, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead: dict[Hashable, Any] = {}
    monkeypatch.setattr(proofs, "read_ahead", lambda: ahead)
    assert queries.public_credential(claimed.award.public_id) is None
    assert public.answer(f"{claimed.award.public_id}.tlog-proof", "*/*") is None
    assert ahead == {}


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_it_is_baked_in_beside_the_credential(client: Client, published: Deposit, ending: str) -> None:
    baked = {"png": baked_png, "svg": baked_svg}[ending]
    answer = client.get(path(published, f".{ending}"))
    assert baked.extract(answer.content) == issuing.credential_bytes(published.award)
    (proof,) = baked.find_log_proofs(answer.content)
    assert proves(proof, published)
    assert answer["Cache-Control"] == "public, max-age=30", "what is kept must not freeze a state that passes"
    witnessed()
    assert client.get(path(published, f".{ending}"))["Cache-Control"] == "public, max-age=240, s-maxage=60"


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_badge_is_not_kept_back_because_its_proof_waits(client: Client, waiting: Deposit, ending: str) -> None:
    baked = {"png": baked_png, "svg": baked_svg}[ending]
    answer = client.get(path(waiting, f".{ending}"))
    assert baked.extract(answer.content) == issuing.credential_bytes(waiting.award)
    assert baked.find_log_proofs(answer.content) == ()
    assert answer["Cache-Control"] == "public, max-age=30"


def test_the_offline_bundle_holds_it_also_of_a_private_credential(holder_client: Client, claimed: Deposit) -> None:
    bundle = BundleResolver(holder_client.get(path(claimed, "/bundle.zip")).content)
    assert proves(bundle.fetch(f"{claimed.award.url}.tlog-proof").content, claimed)


def test_the_offline_bundle_holds_the_anchors_over_it(
    client: Client, published: Deposit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from testamur_site.log.anchoring import queries

    size = Checkpoint.objects.order_by("-size").first().size  # type: ignore[union-attr]
    url = f"http://{Shard.objects.get().origin}/anchors/{size}.json"
    monkeypatch.setattr(queries, "receipts_json", lambda _shard, of: b"[]" if of == size else None)
    bundle = BundleResolver(client.get(path(published, "/bundle.zip")).content)
    assert bundle.fetch(url).content == b"[]"


def test_everything_that_is_taken_along_has_its_proof(holder_client: Client, claimed: Deposit) -> None:
    with zipfile.ZipFile(io.BytesIO(holder_client.get("/wallet/export.zip").content)) as archive:
        name = claimed.award.public_id
        assert sorted(archive.namelist()) == [f"{name}.json", f"{name}.tlog-proof"]
        assert proves(archive.read(f"{name}.tlog-proof"), claimed)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_share_page_says_where_it_stands(client: Client, published: Deposit, language: str) -> None:
    def page() -> str:
        return client.get(path(published), headers={"accept-language": language}).content.decode()

    words = {"en": ("public log", "2 of 3 witnesses"), "ko": ("공개 로그", "증인 3명 중 2명")}[language]
    assert words[0] in page()
    assert words[1] not in page()
    witnessed()
    assert words[1] in page()
    assert "/log/#check" in page()
    assert ".tlog-proof" in page()


def test_the_share_page_while_it_waits(client: Client, waiting: Deposit) -> None:
    page = client.get(path(waiting), headers={"accept-language": "en"}).content.decode()
    assert "Being recorded in the public log" in page
    assert ".tlog-proof" not in page


def _gone(folder: Path) -> None:
    shutil.rmtree(folder)


def _flipped(folder: Path) -> None:
    for tile in [each for each in (folder / "2026" / "tile").rglob("*") if each.is_file()]:
        tile.write_bytes(bytes(byte ^ 1 for byte in tile.read_bytes()))


def _unreadable(folder: Path) -> None:
    shutil.rmtree(folder / "2026" / "tile")
    (folder / "2026" / "tile").write_text("no folder")


@pytest.mark.parametrize("damage", [_gone, _flipped, _unreadable])
def test_a_damaged_log_is_in_nobodys_way(
    client: Client,
    published: Deposit,
    award_to: Callable[..., Deposit],
    settings: object,
    damage: Callable[[Path], None],
) -> None:
    for number in range(3):  # so that there is a path at all
        record([_another(number)], published.institution)
    log_services.sequence()
    damage(settings.TESTAMUR_LOG_FOLDER)  # type: ignore[attr-defined]
    signed = issuing.credential_bytes(published.award)
    assert client.get(path(published)).status_code == 200
    assert client.get(path(published, ".json")).content == signed
    assert baked_png.extract(client.get(path(published, ".png")).content) == signed
    assert baked_svg.extract(client.get(path(published, ".svg")).content) == signed
    assert (
        BundleResolver(client.get(path(published, "/bundle.zip")).content).fetch(published.award.url).content == signed
    )
    answer = client.get(path(published, ".tlog-proof"))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "600"


def _another(number: int) -> object:
    from testamur_site.log.api import Record

    return Record(Kind.ISSUE, f"urn:uuid:{number}", b"{}", f"award:other-{number}", f"award:other-{number}")

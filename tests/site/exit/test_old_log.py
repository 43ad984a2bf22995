"""An institution that keeps its address under a new log: what it said of the old log goes on being said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.site.exit.conftest import JUN, wipe
from tests.site.exit.in_a_line import _each_page_in_a_line  # noqa: F401 - for all tests here
from tests.site.exit.test_taking_over import award as award_of
from tests.site.exit.test_taking_over import take_over

from testamur import strict_json
from testamur.proofs.data_integrity import add_proof
from testamur_site.config import wiring
from testamur_site.exit import services
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import did_document, signing_key
from testamur_site.foundation.tenancy.api import Institution, new_public_id, tenant
from testamur_site.issuing import api as issuing
from testamur_site.log.api import proof_of
from testamur_site.log.cut_offs import jobs as announcing
from testamur_site.log.cut_offs import services as cut_offs
from testamur_site.verification.services import verify_document
from testamur_site.wallet.models import Deposit

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2024, 6, 1, 9, tzinfo=UTC)


def forge(honest: bytes, institution: Institution, key: Any) -> bytes:
    """A credential that nobody awarded, with a true signature of the copied key."""
    document = strict_json.loads(honest)
    document.pop("proof")
    document["id"] = f"http://localhost:8000/c/{new_public_id()}"
    document["validFrom"] = document["awardedDate"] = LONG_AGO.strftime("%Y-%m-%dT%H:%M:%SZ")
    return strict_json.dumps(add_proof(document, key, verification_method=f"{institution.did}#key-1", created=LONG_AGO))


def verdict(content: bytes, proof: bytes | None = None) -> str:
    return str(verify_document(content, log_proofs=[] if proof is None else [proof]).verdict)


def endpoint(institution: Institution) -> dict[str, Any]:
    found = [one for one in did_document(institution)["service"] if one["type"] == "TransparencyLog"]
    return dict(found[0]["serviceEndpoint"])


@pytest.mark.parametrize("required", [True, False])
def test_old_records_hold_and_a_stolen_key_stays_cut_off(
    shown: Deposit, institution: Institution, settings: Any, tmp_path: Path, required: bool
) -> None:
    settings.TESTAMUR_AFTER_KEY_CHANGE = wiring.AFTER_KEY_CHANGE
    if required:
        cut_offs.change_requirement(institution, timezone.now() - timedelta(minutes=1), None)
    honest, proof = issuing.credential_bytes(shown.award), proof_of(f"award:{shown.award.public_id}")
    forged = forge(honest, institution, signing_key(institution))
    cut_offs.cut_off(institution, "key-1", None, None)
    run_pending()
    assert (verdict(honest, proof), verdict(forged)) == ("valid", "invalid")
    before = endpoint(institution)
    folder = tmp_path / "exit"
    services.write_exit(institution, folder, with_awards=True)

    wipe()
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log of the new deployment"
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log-2"
    done = take_over(folder)
    run_pending()
    announcing.announce(None)  # type: ignore[arg-type]
    there = Institution.objects.get()
    after = endpoint(there)
    assert after["origin"][: len(before["origin"])] == before["origin"]
    assert set(before["vkey"]) < set(after["vkey"])
    assert after["cutOffs"] == before["cutOffs"]
    assert ("requiredFrom" in after) is required
    assert any("goes on naming the old log" in line for line in done.lines())
    assert (verdict(honest, proof), verdict(forged)) == ("valid", "invalid")

    # What is awarded now stands in the new log, and is in order too.
    with tenant(there):
        fresh = issuing.award_one(award_of(shown.award.public_id).version, JUN, actor=None)
    run_pending()
    content = issuing.credential_bytes(award_of(fresh.public_id))
    assert verdict(content, proof_of(f"award:{fresh.public_id}")) == "valid"

    # A key that is cut off here comes to the others; and whoever moves once more takes all of it along.
    cut_offs.cut_off(there, signing_key(there).key_id.rpartition("#")[2], None, None)
    run_pending()
    assert len(endpoint(there)["cutOffs"]) == 2
    again = tmp_path / "again"
    services.write_exit(there, again, with_awards=True)
    wipe()
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "a third log"
    settings.TESTAMUR_LOG_NAME = "localhost:8000/log-3"
    take_over(again)
    announcing.announce(None)  # type: ignore[arg-type]
    third = Institution.objects.get()
    assert len(endpoint(third)["cutOffs"]) == 2
    assert (verdict(honest, proof), verdict(forged)) == ("valid", "invalid")


def test_where_the_log_is_the_same_nothing_is_said_twice(
    shown: Deposit, institution: Institution, tmp_path: Path
) -> None:
    cut_offs.cut_off(institution, "key-1", None, None)
    run_pending()
    before = endpoint(institution)
    services.write_exit(institution, tmp_path / "exit", with_awards=True)
    done = take_over(tmp_path / "exit")
    announcing.announce(None)  # type: ignore[arg-type]
    assert endpoint(institution) == before
    assert not any("old log" in line for line in done.lines())


def test_at_another_address_nothing_of_it_is_said(
    shown: Deposit, institution: Institution, settings: Any, tmp_path: Path
) -> None:
    cut_offs.cut_off(institution, "key-1", None, None)
    run_pending()
    services.write_exit(institution, tmp_path / "exit", with_awards=True)
    wipe()
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log of the new deployment"
    settings.TESTAMUR_BASE_URL, settings.TESTAMUR_LOG_NAME = "https://new.example", "new.example/log"
    take_over(tmp_path / "exit")
    announcing.announce(None)  # type: ignore[arg-type]
    assert all(origin.startswith("new.example/") for origin in endpoint(Institution.objects.get())["origin"])

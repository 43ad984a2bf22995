"""A published micro-credential with a graded result, and class lists to award it by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from tests.standing import aside, standing

from testamur import strict_json
from testamur.fetch import FixedResolver
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.keys import PublicKey
from testamur.status.bitstring_status_list import StatusOutcome, read_status
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.keys.api import did_document, did_log, profile_json
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api
from testamur_site.status.api import published_list
from testamur_site.status.models import StatusList

Draft = Callable[..., api.Batch]


@pytest.fixture(autouse=True)
@aside
def _nobody_is_told(settings: Any) -> None:
    """Issuing alone: what the wallet does with an award is tested there."""
    settings.TESTAMUR_AFTER_ISSUE = None


def publish_one(institution: Institution) -> AchievementVersion:
    with tenant(institution):
        micro_credential = catalogue.create(institution, DESCRIPTION)
        catalogue.publish(micro_credential.versions.get())
        return AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=micro_credential
        )


@pytest.fixture
@standing
def version(institution: Institution) -> AchievementVersion:
    """Data literacy for public services, of Han River University."""
    return publish_one(institution)


@pytest.fixture
@aside
def active(institution: Institution) -> Iterator[Institution]:
    """Work for Han River University throughout the test."""
    with tenant(institution):
        yield institution


ADA = api.AwardData(name="Ada Lovelace", email="ada@example.org", awarded_date=date(2026, 3, 5))


def class_list(*rows: str, header: str = "Name,Email,Award date") -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


FAMILY = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임")
GIVEN = ("민준", "서연", "도윤", "하은", "시우", "지우", "주원", "수아", "예준", "다은")
ARABIC = ("محمد", "فاطمة", "أحمد", "عائشة", "علي", "خديجة", "يوسف", "مريم", "عمر", "زينب")
ARABIC_FAMILY = ("العلي", "الحسن", "الأنصاري", "بن سلمان", "القحطاني", "المصري", "الخطيب", "الشريف", "النجار", "الحداد")
LATIN = ("Zoë", "José", "Siobhán", "Łukasz", "Anaïs", "Jürgen", "Ngọc", "Ada", "Søren", "Chloé")
LATIN_FAMILY = (
    "Müller",
    "Núñez",
    "O'Neill",
    "Kowalski",
    "Lefèvre",
    "Ångström",
    "Nguyễn",
    "Lovelace",
    "Kierkegaard",
    "Dvořák",
)


def cohort(count: int) -> list[tuple[str, str]]:
    """`count` names and addresses: a third Korean, a third Arabic, a third Latin."""
    people = []
    for n in range(count):
        one, two = n // 3 % 10, n // 30 % 10
        names = (FAMILY[one] + GIVEN[two], f"{ARABIC[one]} {ARABIC_FAMILY[two]}", f"{LATIN[one]} {LATIN_FAMILY[two]}")
        people.append((names[n % 3], f"learner{n}@example.org"))
    return people


def cohort_list(count: int) -> bytes:
    return class_list(*(f"{name},{email},2026-03-05" for name, email in cohort(count)))


@pytest.fixture
@aside
def draft(version: AchievementVersion, issuer: Any) -> Draft:
    def make(content: bytes, **options: Any) -> api.Batch:
        return api.draft_batch(version, content, actor=issuer, **options)

    return make


def document_of(award: api.Award) -> dict[str, Any]:
    return strict_json.loads(api.credential_bytes(award))


def proof_holds(document: dict[str, Any], institution: Institution) -> bool:
    """Whether the one proof of `document` was made by a key of the institution's DID document."""
    (proof,) = proofs_of(document)
    methods = {method["id"]: method for method in did_document(institution)["verificationMethod"]}
    key = PublicKey.from_multikey(methods[proof["verificationMethod"]]["publicKeyMultibase"])
    return check_proof(document, proof, key).outcome == "passed"


def status_of(document: dict[str, Any], purpose: str = "revocation") -> StatusOutcome:
    """What a verifier finds in the published list (for "suspension": at the list that the entry refers to)."""
    entry = document["credentialStatus"]
    if purpose == "suspension":
        entry = entry | {"statusListCredential": entry["statusReference"], "statusPurpose": "suspension"}
    content = published_list(entry["statusListCredential"].rpartition("/")[2])
    assert content is not None
    return read_status(entry, strict_json.loads(content)).outcome


def public_site(institution: Institution) -> FixedResolver:
    """The addresses a verifier may ask for, with what the site answers."""
    pages = {
        f"{institution.public_url}/did.json": strict_json.dumps(did_document(institution)),
        institution.profile_url: strict_json.dumps(profile_json(institution)),
    }
    if history := did_log(institution):
        pages[f"{institution.public_url}/did.jsonl"] = history
    for status_list in StatusList.objects.all():
        pages[status_list.url] = published_list(status_list.public_id) or b""
    return FixedResolver(pages, fetched_at=timezone.now())


def states(batch: api.Batch) -> Counter[str]:
    return Counter(api.Award.objects.filter(batch=batch).values_list("state", flat=True))

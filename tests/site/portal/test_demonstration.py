"""The demonstration is told once, and survives whatever visitors make of it."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.test import Client

from testamur.verification import Verdict
from testamur_site.catalogue import services as design
from testamur_site.catalogue.demo.digital_credentials import DESCRIPTION
from testamur_site.catalogue.models import MicroCredential
from testamur_site.foundation.mail.models import Message
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug, tenant, unscoped
from testamur_site.issuing import api as issuing
from testamur_site.portal.demo import api as demonstration
from testamur_site.portal.demo import story
from testamur_site.portal.demo.people import COHORT, REGISTRAR
from testamur_site.records.models import Sending, Transcript
from testamur_site.renewal.models import Renewal
from testamur_site.verification.api import verify_document
from testamur_site.wallet import services as wallet
from testamur_site.wallet.api import deposit_of

pytestmark = pytest.mark.django_db
LABELS = {"institution page", "programme page", "share page", "portfolio page"}


@pytest.fixture
def university(demonstrated: None) -> Institution:
    found = institution_by_slug(story.SLUG)
    assert found is not None
    return found


def pages() -> set[str]:
    return {label for label, _ in demonstration.addresses()} & LABELS


def test_every_address_it_names_can_be_opened(university: Institution, client: Client) -> None:
    named = dict(demonstration.addresses())
    assert named.keys() >= LABELS
    assert {label: client.get(named[label]).status_code for label in LABELS} == dict.fromkeys(LABELS, 200)


def test_a_draft_of_the_same_title_changes_nothing(university: Institution, client: Client) -> None:
    """Whoever tries the import with the EU's own sample makes a second micro-credential of that title."""
    before = demonstration.addresses()
    with tenant(university):
        design.create(university, DESCRIPTION)
    assert demonstration.create() == before
    assert client.get("/").status_code == 200


def test_what_a_visitor_retired_or_withdrew_is_not_named(university: Institution, client: Client) -> None:
    with tenant(university):
        for award in issuing.Award.objects.filter(recipient_email=story.COHORT[0][1]):
            issuing.revoke(award, issuing.Reason.ISSUED_IN_ERROR, actor=None)
    assert pages() == {"institution page"}
    assert client.get("/").status_code == 200


def test_a_retired_micro_credential_does_not_break_the_start_page(university: Institution, client: Client) -> None:
    with tenant(university):
        for micro_credential in MicroCredential.objects.all():
            design.retire(micro_credential)
    assert "share page" in pages()
    assert client.get("/").status_code == 200


def test_what_a_learner_hid_is_not_named(university: Institution) -> None:
    award = story.shown_award(university)
    assert award is not None
    deposit = demonstration.wallet.deposit_of(award.public_id)
    assert deposit is not None
    wallet.set_public(deposit, False)
    assert "share page" not in pages()


def everything() -> dict[str, list[tuple[object, ...]]]:
    with unscoped("a test compares all rows"):
        return {
            model._meta.label: sorted(map(repr, model._base_manager.values_list()))
            for model in apps.get_models()
            if not model._meta.label.startswith("sessions.")
        }


def test_told_twice_is_told_once(university: Institution) -> None:
    told, addresses = everything(), demonstration.addresses()
    assert demonstration.create() == addresses
    assert everything() == told


def test_the_registrar_can_sign_in(university: Institution, client: Client) -> None:
    assert client.login(email=REGISTRAR["email"], password=REGISTRAR["password"])
    assert client.get(dict(demonstration.addresses())["staff"]).status_code == 200


def test_there_is_a_credential_in_every_state_and_each_verifies_as_what_it_is(university: Institution) -> None:
    with tenant(university):
        awards = list(issuing.Award.objects.select_related("version", "institution"))
    deposits = [deposit_of(award.public_id) for award in awards]
    states = {award.state for award in awards}
    assert {"issued", "suspended", "revoked", "superseded"} <= states
    assert {"pending", "claimed"} <= {deposit.state for deposit in deposits if deposit}
    assert {True, False} == {deposit.public for deposit in deposits if deposit}
    assert {name for name, _, _ in COHORT} <= {award.recipient_name for award in awards}
    for award in awards:
        verdict = verify_document(issuing.credential_bytes(award)).verdict
        renewed = (
            award.state == "superseded" and award.refresh_token
        )  # its refresh service answers with what took its place
        expected = Verdict.VALID if award.state == "issued" or renewed else Verdict.INVALID
        assert verdict is expected, f"{award.state}: {verdict}"


def test_a_credential_is_to_be_renewed_and_another_was(university: Institution) -> None:
    with tenant(university):
        reminded, renewed = Renewal.objects.select_related("award", "successor").order_by("pk")[:2]
        assert Message.objects.filter(template="renewal/mail/reminder", to=COHORT[6][1]).exists()
    assert (reminded.state, renewed.state) == ("open", "renewed")
    assert renewed.successor is not None
    assert (renewed.award.state, renewed.successor.state) == ("superseded", "issued")
    assert verify_document(issuing.credential_bytes(renewed.successor)).verdict is Verdict.VALID


def test_a_transcript_of_three_institutions_was_sent_and_opened(university: Institution, client: Client) -> None:
    college = Institution.objects.get(slug="liffey-college")
    with tenant(college):
        sending = Sending.objects.get()
    assert sending.opened_at is not None
    assert sending.opened_by is not None
    report = verify_document(bytes(sending.content))
    assert report.verdict is Verdict.VALID
    inside = json.loads(bytes(sending.content))["credentialSubject"]["verifiableCredential"]
    assert len({one["issuer"]["id"] for one in inside}) == 3
    transcript = Transcript.objects.get()
    assert client.get(f"/records/{transcript.public_id}").status_code == 200

"""A transcript: made, sent, opened by a registrar, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.site.pathways.conftest import award_to, courses, liffey, make_microdegree, mina  # noqa: F401
from tests.site.records.conftest import learner, transcript  # noqa: F401

from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.records import api as records
from testamur_site.records.models import Transcript
from testamur_site.wallet.api import Holder

from .test_pathways import enter

Make = Callable[..., Any]


def test_a_learner_makes_and_sends_one_without_scripts(
    page_without_scripts: Page,
    learner: Holder,  # noqa: F811
    institution: Institution,
) -> None:
    page = page_without_scripts
    enter(page, learner)
    page.goto(reverse("records:home"))
    page.get_by_role("link", name="Make a transcript").click()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    page.get_by_role("button", name="Make the transcript").click()
    expect(page.get_by_text("The transcript is made and signed.")).to_be_visible()
    page.get_by_label("Institution", exact=True).select_option(institution.slug)
    page.get_by_label("What for").first.fill("Admission")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Not opened yet")).to_be_visible()
    page.get_by_role("link", name="Take back").click()
    page.get_by_role("button", name="Take it back now").click()
    expect(page.get_by_text("Taken back", exact=True)).to_be_visible()


def test_the_learners_pages(
    page: Page,
    look: Make,
    glance: Make,
    learner: Holder,  # noqa: F811
    transcript: Transcript,  # noqa: F811
    institution: Institution,
) -> None:
    until = timezone.localdate() + timedelta(days=30)
    records.send(transcript, institution, purpose="Admission", until=until)
    records.send_outside(transcript, receiver="City library", purpose="A job", until=until)
    enter(page, learner)
    page.goto(reverse("records:home"))
    look(page, "transcripts-mine")
    page.goto(reverse("records:new"))
    glance(page, "transcript-new")
    page.goto(reverse("records:transcript", args=[transcript.public_id]))
    look(page, "transcript")


def test_a_registrar_opens_it(
    page: Page,
    look: Make,
    glance: Make,
    sign_in: Make,
    issuer: User,
    transcript: Transcript,  # noqa: F811
    institution: Institution,
) -> None:
    until = timezone.localdate() + timedelta(days=30)
    sent = records.send(transcript, institution, purpose="Admission", until=until)
    sign_in(page, issuer)
    page.goto(reverse("records:received", args=[institution.slug]))
    glance(page, "records-received")
    page.goto(reverse("records:received_one", args=[institution.slug, sent.public_id]))
    page.get_by_role("button", name="Open the transcript").click()
    expect(page.get_by_role("link", name="Download (JSON)")).to_be_visible()
    look(page, "record-opened")

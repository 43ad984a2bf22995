"""The start page and the dashboard: what they show, to whom, and in which words."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from tests.site.issuing.conftest import ADA, publish_one

import testamur_site
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api as issuing
from testamur_site.portal import queries, words

pytestmark = pytest.mark.django_db
DASHBOARD = "/staff/han-river/"
ClientFor = Callable[[Any], Client]


# --- the start page -------------------------------------------------------------------------------------------------------------


def test_the_start_page_shows_what_is_offered(client: Client, institution: Institution) -> None:
    assert "From the catalogue" not in client.get("/").content.decode()
    title = publish_one(institution).title
    page = client.get("/").content.decode()
    assert "From the catalogue" in page
    assert title in page


def test_the_demonstration_is_named_only_where_it_runs(client: Client, settings: Any) -> None:
    assert "demonstration-only" not in client.get("/").content.decode()
    settings.TESTAMUR_DEMO = True
    page = client.get("/").content.decode()
    assert "demonstration-only" in page
    assert "/outbox/" in page


def test_the_start_page_in_korean(client: Client) -> None:
    page = client.get("/", headers={"accept-language": "ko"}).content.decode()
    assert 'lang="ko"' in page
    assert "What somebody can do" not in page


# --- the dashboard --------------------------------------------------------------------------------------------------------------


def test_who_may_see_it(
    client: Client, client_for: ClientFor, owner: Any, designer: Any, issuer: Any, viewer: Any, outsider: Any
) -> None:
    assert client.get(DASHBOARD)["Location"].startswith("/accounts/login/")
    assert client_for(outsider).get(DASHBOARD).status_code == 404
    for member in (owner, designer, issuer, viewer):
        assert client_for(member).get(DASHBOARD).status_code == 200
    assert client_for(owner).post(DASHBOARD).status_code == 405


def test_everybody_sees_what_they_may_do(
    client_for: ClientFor, institution: Institution, designer: Any, issuer: Any, viewer: Any
) -> None:
    publish_one(institution)
    pages = {user: client_for(user).get(DASHBOARD).content.decode() for user in (designer, issuer, viewer)}
    assert [f"{DASHBOARD}micro-credentials/new" in page for page in pages.values()] == [True, False, False]
    assert [f"{DASHBOARD}batches/new" in page for page in pages.values()] == [False, True, False]


def test_a_new_institution_is_told_how_to_begin(client_for: ClientFor, institution: Institution, owner: Any) -> None:
    assert "Three steps to the first credential" in client_for(owner).get(DASHBOARD).content.decode()
    publish_one(institution)
    assert "Three steps to the first credential" not in client_for(owner).get(DASHBOARD).content.decode()


def test_the_figures_are_of_one_institution(
    institution: Institution, other_institution: Institution, issuer: Any, settings: Any
) -> None:
    settings.TESTAMUR_AFTER_ISSUE = "testamur_site.wallet.jobs.after_issue"
    version, foreign = publish_one(institution), publish_one(other_institution)
    with tenant(institution):
        issuing.award_one(version, ADA, actor=issuer)
        second = issuing.AwardData(name="김서연", email="seoyeon@example.org", awarded_date=ADA.awarded_date)
        revoked = issuing.award_one(version, second, actor=issuer)
    with tenant(other_institution):
        issuing.award_one(foreign, ADA)
    run_pending()
    with tenant(institution):
        issuing.revoke(revoked, issuing.Reason.ISSUED_IN_ERROR, actor=issuer)
        figures = queries.overview(institution)
    assert (figures.issued, figures.withdrawn, figures.claimed, figures.published) == (1, 1, 0, 0)
    assert (figures.offered, figures.drafts, figures.waiting) == (1, 0, 0)


# --- what happened last -----------------------------------------------------------------------------------------------------------


def test_a_thousand_entries_of_one_kind_are_one_event(institution: Institution, issuer: Any) -> None:
    with tenant(institution):
        audit.record("batch.started", "batch:x", institution=institution, actor=issuer)
        for number in range(25):
            audit.record("award.issued", f"award:{number}", institution=institution)
        audit.record("batch.finished", "batch:x", institution=institution)
    events = queries.latest(institution, 3)
    assert [(event.sentence, event.count, event.who) for event in events] == [
        ("Cohort finished", 1, ""),
        ("Credential signed and issued", 25, ""),
        ("Cohort started", 1, "이서연"),
    ]
    assert len(queries.latest(institution, 100)) < 20
    assert queries.latest(institution, 0) == []


def test_events_of_another_institution_stay_there(institution: Institution, other_institution: Institution) -> None:
    with tenant(other_institution):
        audit.record("award.declined", "award:x", institution=other_institution)
    assert "Credential declined by its learner" not in [event.sentence for event in queries.latest(institution, 50)]
    assert queries.latest(other_institution, 1)[0].sentence == "Credential declined by its learner"


def _recorded_codes() -> set[str]:
    """The codes of all audit entries that the source writes: texts with a dot among the arguments of a call that records."""
    found = set()
    for file in Path(testamur_site.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("record", "record_many", "_audit") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def test_every_code_that_is_recorded_has_words() -> None:
    codes = _recorded_codes()
    assert {"award.issued", "key.rotated", "member.invited", "version.published"} <= codes, (
        "the search finds what it should"
    )
    assert codes - words.HAPPENED.keys() == set()
    assert words.happened("something.new") == "something.new"


def test_the_words_exist_in_korean() -> None:
    with translation.override("ko"):
        untranslated = [code for code, word in words.HAPPENED.items() if str(word).isascii()]
    assert untranslated == []

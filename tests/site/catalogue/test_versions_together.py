"""What becomes of earlier learners, and what co-owning institutions have to agree to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.standing import standing

from testamur_site.catalogue import services
from testamur_site.catalogue.api import achievement_model, content_hash
from testamur_site.catalogue.demo import responsible_ai
from testamur_site.catalogue.errors import ConsentOutdated, CoOwnersNotAgreed, NothingToPublish
from testamur_site.catalogue.grandfathering import may_finish, rule_for
from testamur_site.catalogue.models import AchievementVersion, CoOwnerConsent
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.tenancy.api import Institution, tenant

LAST = date(2027, 6, 30)


def page(version: AchievementVersion, name: str) -> str:
    return f"/staff/han-river/micro-credentials/{version.micro_credential.public_id}/{name}"


# ── Earlier learners ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rule", "until", "before", "on", "after"),
    [("finish", None, True, True, True), ("until", LAST, True, True, False), ("move", None, False, False, False)],
)
def test_who_may_finish(
    rule: str,
    until: date | None,
    before: bool,
    on: bool,
    after: bool,
    at_work: Institution,
    published: AchievementVersion,
) -> None:
    assert rule_for(published) is None
    assert may_finish(published, LAST)
    following = services.begin_version(
        published.micro_credential, "Shorter", earlier_learners=rule, earlier_until=until
    )
    assert may_finish(published, LAST), "a draft replaces nothing"
    services.publish(following)
    published.refresh_from_db()
    days = (date(2027, 6, 29), LAST, date(2027, 7, 1))
    assert tuple(may_finish(published, day) for day in days) == (before, on, after)


@pytest.mark.parametrize(("rule", "until"), [("until", None), ("finish", LAST), ("perhaps", None)])
def test_a_rule_needs_its_date(
    rule: str, until: date | None, at_work: Institution, published: AchievementVersion
) -> None:
    with pytest.raises(ValueError, match=rule):
        services.begin_version(published.micro_credential, "x", earlier_learners=rule, earlier_until=until)


def test_learners_can_be_given_longer_even_when_it_is_locked(
    at_work: Institution, published: AchievementVersion
) -> None:
    following = services.begin_version(published.micro_credential, "x", earlier_learners="move")
    services.lock_version(services.publish(following))
    before = content_hash(following)
    services.set_rule_for_earlier(following, "until", LAST)
    services.set_rule_for_earlier(following, "until", LAST)
    following.refresh_from_db()
    published.refresh_from_db()
    assert may_finish(published, LAST)
    assert content_hash(following) == before
    told = [entry for entry in entries(at_work) if entry.action == "version.earlier_learners"]
    assert [entry.facts["until"] for entry in told] == ["2027-06-30"]
    with pytest.raises(NothingToPublish):
        services.set_rule_for_earlier(published, "move", None)


def test_the_rule_is_asked_for_and_shown(staff: Client, locked: AchievementVersion) -> None:
    form = {"what_changed": "A second task", "earlier_learners": "until"}
    assert "Please give the last day." in staff.post(page(locked, "new-version"), form).content.decode()
    staff.post(page(locked, "new-version"), form | {"earlier_until": "2027-06-30"})
    sentence = "Who enrolled before may finish under the earlier version until 30 June 2027."
    for name in ("", "history", "publish"):
        assert sentence in staff.get(page(locked, name)).content.decode(), name
    staff.post(page(locked, "earlier-learners"), {"earlier_learners": "move"})
    assert "Who enrolled before moves to this version." in staff.get(page(locked, "")).content.decode()


def test_a_first_version_has_no_earlier_learners(staff: Client, draft: AchievementVersion) -> None:
    answer = staff.get(page(draft, "earlier-learners"), follow=True)
    assert "There is no earlier version" in answer.content.decode()


# ── Owned together ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
@standing
def together(institution: Institution, other_institution: Institution) -> AchievementVersion:
    """A draft that the other institution owns too."""
    with tenant(institution):
        owners = ("policy", other_institution.slug)
        return services.create(institution, replace(responsible_ai.DESCRIPTION, co_owners=owners)).versions.get()


def consent_of(version: AchievementVersion, owner: Institution) -> CoOwnerConsent:
    with tenant(owner):
        found = services.own_consent(version.public_id)
    assert found is not None
    return found


def answered(version: AchievementVersion, owner: Institution) -> None:
    with tenant(owner):
        services.agree(consent_of(version, owner), content_hash(version))


def state(version: AchievementVersion) -> list[str]:
    with tenant(version.institution):
        return [said for _owner, said in services.consents(version)]


def test_nothing_is_published_before_all_agreed(
    institution: Institution, other_institution: Institution, together: AchievementVersion
) -> None:
    with tenant(institution), pytest.raises(CoOwnersNotAgreed) as refusal:
        services.publish(together)
    assert refusal.value.waiting == ((other_institution.name, "not_asked"),)
    with tenant(institution):
        assert [services.ask_co_owners(together) for _time in range(2)] == [1, 0]
    assert state(together) == ["asked"]
    answered(together, other_institution)
    answered(together, other_institution)
    with tenant(institution):
        assert services.publish(together).state == "published"
    for one in (institution, other_institution):
        assert [e.action for e in entries(one) if e.action == "co_owner.agreed"] == ["co_owner.agreed"]


def test_an_agreement_is_to_one_content(
    institution: Institution, other_institution: Institution, together: AchievementVersion
) -> None:
    with tenant(institution):
        services.ask_co_owners(together)
    seen = content_hash(together)
    answered(together, other_institution)
    with tenant(institution):
        services.set_assessed_award(together, False)
    together.refresh_from_db()
    assert state(together) == ["changed"]
    with tenant(other_institution), pytest.raises(ConsentOutdated):
        services.agree(consent_of(together, other_institution), seen)
    with tenant(institution):
        assert services.ask_co_owners(together) == 1


def test_what_was_published_together_is_not_corrected_alone(
    institution: Institution, other_institution: Institution, together: AchievementVersion
) -> None:
    with tenant(institution):
        services.ask_co_owners(together)
    answered(together, other_institution)
    with tenant(institution):
        services.publish(together)
        with pytest.raises(CoOwnersNotAgreed):
            services.remove_task(together, "report")
        services.lock_version(together)


def test_the_co_owner_reads_and_answers(
    staff: Client,
    outsider: Any,
    client_for: Callable[..., Client],
    institution: Institution,
    other_institution: Institution,
    together: AchievementVersion,
) -> None:
    theirs = client_for(outsider)
    one = f"/staff/liffey/owned-together/{together.public_id}"
    assert theirs.get(one).status_code == 404, "nobody asked yet"
    assert "not asked yet" in staff.get(page(together, "publish")).content.decode()
    staff.post(page(together, "ask-co-owners"))
    assert "asks for your agreement" in theirs.get("/staff/liffey/micro-credentials/").content.decode()
    assert "Responsible AI at work" in theirs.get("/staff/liffey/owned-together/").content.decode()
    html = theirs.get(one).content.decode()
    assert "Would the test show" in html
    answer = {"content": content_hash(together)}
    assert theirs.post(f"{one}/answer", answer | {"decline": "1", "reason": ""}).status_code == 422
    theirs.post(f"{one}/answer", answer | {"decline": "1", "reason": "Too long."})
    assert state(together) == ["declined"]
    assert "Too long." in theirs.get(one).content.decode()
    refused = staff.post(page(together, "publish"))
    assert refused.status_code == 409
    assert "have not agreed yet" in refused.content.decode()
    assert theirs.post(f"{one}/answer", {"content": "0" * 64, "agree": "1"})["Location"] == one
    theirs.post(f"{one}/answer", answer | {"agree": "1"})
    assert staff.post(page(together, "publish")).status_code == 302
    assert staff.get(f"/staff/han-river/owned-together/{together.public_id}").status_code == 404


def test_the_credential_names_partners_co_owners_and_prior_learning(together: AchievementVersion) -> None:
    achievement = achievement_model(together, "en")
    narrative = str(achievement.criteria.narrative if achievement.criteria else "")
    assert "Owned together with: School of Public Policy, " in narrative
    assert "Partner: Example Mobility Ltd – Brings the cases" in narrative
    assert "Recognition of prior learning: Whoever has carried out" in narrative

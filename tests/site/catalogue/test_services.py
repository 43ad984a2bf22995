"""What changes, what refuses to change, and that each change leaves its entry in the audit trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from testamur import model
from testamur.issuing import AwardDetails, Recipient, Severity, compose, lint
from testamur.linked_data import expand
from testamur_site.catalogue import queries, services
from testamur_site.catalogue.api import (
    achievement_model,
    content_hash,
    create_assessed_demo,
    create_demo,
    lock_version,
)
from testamur_site.catalogue.api import (
    published as awardable,
)
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.description import sections
from testamur_site.catalogue.description.elements import Description, Image, LearningOutcome
from testamur_site.catalogue.errors import (
    AlreadyDrafted,
    Conflict,
    NothingToPublish,
    NotPublishable,
    VersionLocked,
    VersionNotPublished,
)
from testamur_site.catalogue.models import AchievementImage, AchievementVersion, MicroCredential
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.tenancy.api import Institution, UnscopedQuery, tenant

OTHER_TITLE = {"title": {"en": "Another title", "ko": "다른 제목"}}


def issuer_profile(institution: Institution) -> model.Profile:
    return model.Profile(id=institution.did, name=institution.name)


def actions(institution: Institution) -> list[str]:
    return [e.action for e in entries(institution) if e.action.startswith(("micro_credential.", "version."))][::-1]


def members(description: Description, section: str, **changed: Any) -> dict[str, Any]:
    return {name: getattr(description, name) for name in sections.SECTIONS[section]} | changed


def base(version: AchievementVersion, section: str = "basics") -> str:
    return sections.token(version.description, section)


def save_title(version: AchievementVersion, token: str | None = None, actor: Any = None) -> AchievementVersion:
    changed = members(version.description, "basics", **OTHER_TITLE)
    return services.save_section(version, "basics", changed, base=token or base(version), actor=actor)


def test_a_section_is_saved_with_its_audit_entry(
    at_work: Institution, draft: AchievementVersion, designer: Any
) -> None:
    saved = save_title(draft, actor=designer)
    draft.refresh_from_db()
    assert saved.title == draft.title == "Another title"
    assert "another title" in AchievementVersion.objects.get(pk=draft.pk).search_text
    assert draft.changed_by == designer
    last = entries(at_work)[0]
    assert (last.action, last.facts["changed"]) == ("version.edited", ["title"])


def test_saving_what_is_there_changes_nothing(at_work: Institution, draft: AchievementVersion) -> None:
    before = actions(at_work)
    services.save_section(draft, "basics", members(draft.description, "basics"), base="whatever")
    assert actions(at_work) == before


def test_the_second_of_two_designers_is_told(at_work: Institution, draft: AchievementVersion) -> None:
    seen_by_both = base(draft)
    save_title(draft, seen_by_both)
    second = members(DESCRIPTION, "basics", tags=("mine",))
    with pytest.raises(Conflict) as conflict:
        services.save_section(draft, "basics", second, base=seen_by_both)
    assert conflict.value.version.title == "Another title"
    assert AchievementVersion.objects.get(pk=draft.pk).description.tags == DESCRIPTION.tags
    # Having seen it, they may save over it.
    services.save_section(draft, "basics", second, base=base(conflict.value.version))
    assert AchievementVersion.objects.get(pk=draft.pk).description.tags == ("mine",)


def test_two_designers_in_two_sections_do_not_meet(at_work: Institution, draft: AchievementVersion) -> None:
    seen = base(draft, "outcomes")
    save_title(draft)
    outcomes = (LearningOutcome({"en": "One"}, key="o1"),)
    saved = services.save_section(draft, "outcomes", {"outcomes": outcomes}, base=seen)
    assert saved.title == "Another title"
    assert saved.description.outcomes == outcomes


def test_faults_are_refused_and_nothing_is_written(at_work: Institution, draft: AchievementVersion) -> None:
    wrong = members(draft.description, "conditions", homepage="javascript:alert(1)")
    with pytest.raises(ValueError, match="not_a_link"):
        services.save_section(draft, "conditions", wrong, base=base(draft, "conditions"))
    assert AchievementVersion.objects.get(pk=draft.pk).description == DESCRIPTION


def test_what_could_not_be_read_back_is_not_written(at_work: Institution, draft: AchievementVersion) -> None:
    wrong = members(draft.description, "basics", title={"zh-Hant-TW": "x"})
    with pytest.raises(ValueError, match="not_a_language"):
        services.save_section(draft, "basics", wrong, base=base(draft))
    with pytest.raises(ValueError, match="not_a_language"):
        services.duplicate(draft, {"zh-Hant-TW": "x"})
    assert AchievementVersion.objects.get().description == DESCRIPTION


def test_publishing_an_incomplete_draft_is_refused_with_the_list(at_work: Institution) -> None:
    incomplete = replace(DESCRIPTION, quality_assurance=(), participation=())
    version = services.create(at_work, incomplete).versions.get()
    with pytest.raises(NotPublishable) as refusal:
        services.publish(version)
    assert [e.key for e in refusal.value.completeness.missing_mandatory] == ["participation", "quality"]
    version.refresh_from_db()
    assert (version.state, version.micro_credential.state, version.published_at) == ("draft", "draft", None)
    assert "version.published" not in actions(at_work)


def test_publishing_once_and_not_twice(at_work: Institution, draft: AchievementVersion) -> None:
    published = services.publish(draft)
    assert (published.state, published.micro_credential.state) == ("published", "published")
    assert published.published_at is not None
    with pytest.raises(NothingToPublish):
        services.publish(draft)
    assert actions(at_work) == ["micro_credential.created", "version.published"]


def test_a_published_version_may_be_corrected_until_it_is_awarded(
    at_work: Institution, published: AchievementVersion
) -> None:
    assert save_title(published).title == "Another title"
    lock_version(published)
    with pytest.raises(VersionLocked):
        services.save_section(published, "basics", members(DESCRIPTION, "basics"), base=base(published))


def test_a_published_version_must_stay_complete(at_work: Institution, published: AchievementVersion) -> None:
    with pytest.raises(NotPublishable):
        services.save_section(published, "quality", {"quality_assurance": ()}, base=base(published, "quality"))
    assert AchievementVersion.objects.get(pk=published.pk).description == DESCRIPTION


def test_a_draft_cannot_be_awarded(at_work: Institution, draft: AchievementVersion) -> None:
    with pytest.raises(VersionNotPublished):
        lock_version(draft)


def test_locking_twice_is_locking_once(at_work: Institution, locked: AchievementVersion) -> None:
    again = lock_version(locked)
    assert again.locked_at == locked.locked_at
    assert actions(at_work).count("version.locked") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"content": {"title": {"en": "Forged"}}},
        {"number": 7},
        {"image": None},
        {"locked_at": None},
        {"what_changed": "nothing"},
        {"public_id": "another"},
        {"state": "draft"},
    ],
)
def test_the_database_itself_refuses_to_change_a_locked_version(
    at_work: Institution, locked: AchievementVersion, change: dict[str, Any]
) -> None:
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        AchievementVersion.objects.filter(pk=locked.pk).update(**change)
    assert AchievementVersion.objects.get(pk=locked.pk).description == DESCRIPTION


def test_a_version_that_is_not_locked_may_be_changed_by_the_same_statement(
    at_work: Institution, published: AchievementVersion
) -> None:
    assert AchievementVersion.objects.filter(pk=published.pk).update(number=7) == 1


def test_a_locked_version_can_be_superseded(at_work: Institution, locked: AchievementVersion) -> None:
    following = services.begin_version(locked.micro_credential, "The examination is longer.")
    assert (following.number, following.state, following.what_changed) == (2, "draft", "The examination is longer.")
    assert following.description == locked.description
    assert following.image_id == locked.image_id
    assert not following.is_locked
    save_title(following)
    services.publish(following)
    locked.refresh_from_db()
    assert locked.state == "superseded"
    assert locked.title == DESCRIPTION.title["en"]
    assert [v.number for v in awardable(at_work)] == [2]
    with pytest.raises(VersionLocked):
        save_title(locked)


def test_there_is_one_draft_at_a_time(at_work: Institution, locked: AchievementVersion) -> None:
    first = services.begin_version(locked.micro_credential, "First")
    with pytest.raises(AlreadyDrafted) as refusal:
        services.begin_version(locked.micro_credential, "Second")
    assert refusal.value.draft == first


def test_a_micro_credential_that_was_never_published_has_no_next_version(
    at_work: Institution, draft: AchievementVersion
) -> None:
    draft.micro_credential.versions.filter(pk=draft.pk).update(state="superseded")
    with pytest.raises(VersionNotPublished):
        services.begin_version(draft.micro_credential, "x")


def test_discarding_the_only_draft_removes_the_micro_credential(
    at_work: Institution, draft: AchievementVersion
) -> None:
    services.discard_draft(draft)
    assert not MicroCredential.objects.exists()
    assert actions(at_work) == ["micro_credential.created", "version.discarded"]


def test_discarding_a_later_draft_leaves_the_rest(at_work: Institution, locked: AchievementVersion) -> None:
    services.discard_draft(services.begin_version(locked.micro_credential, "x"))
    assert [v.pk for v in queries.versions(locked.micro_credential)] == [locked.pk]
    with pytest.raises(NothingToPublish):
        services.discard_draft(locked)


def test_retiring_and_bringing_back(at_work: Institution, published: AchievementVersion) -> None:
    micro_credential = published.micro_credential
    services.retire(micro_credential)
    services.retire(micro_credential)
    assert list(awardable(at_work)) == []
    assert queries.public_micro_credential(micro_credential.public_id) is not None
    services.bring_back(micro_credential)
    assert [v.pk for v in awardable(at_work)] == [published.pk]
    assert actions(at_work)[-2:] == ["micro_credential.retired", "micro_credential.brought_back"]


def test_a_copy_has_its_own_life(at_work: Institution, locked: AchievementVersion) -> None:
    copied = services.duplicate(locked, {"en": "A copy"}).versions.get()
    assert (copied.title, copied.number, copied.state, copied.is_locked) == ("A copy", 1, "draft", False)
    assert copied.description.outcomes == DESCRIPTION.outcomes
    assert copied.image_id == locked.image_id


def test_equal_pictures_are_kept_once(at_work: Institution, draft: AchievementVersion) -> None:
    picture = Image("uploaded", alternative_text={"en": "A seal"})
    services.set_image(draft, picture, bytes(draft.image.png))
    assert AchievementImage.objects.count() == 1
    services.set_image(draft, picture, b"another")
    assert AchievementImage.objects.count() == 2
    described = services.set_image(draft, replace(picture, alternative_text={"en": "A shield"}), None)
    assert described.image is not None
    assert bytes(described.image.png) == b"another"
    assert described.alternative_text == "A shield"


def test_a_locked_version_keeps_its_picture(at_work: Institution, locked: AchievementVersion) -> None:
    with pytest.raises(VersionLocked):
        services.set_image(locked, Image("uploaded"), b"another")


def test_the_pinned_hash_changes_with_what_a_credential_takes(
    at_work: Institution, published: AchievementVersion
) -> None:
    first = content_hash(published)
    assert content_hash(AchievementVersion.objects.get(pk=published.pk)) == first
    locked = lock_version(published)
    assert content_hash(locked) == first  # locking is not a change of content
    following = services.begin_version(locked.micro_credential, "x")
    assert content_hash(following) != first


def test_another_institution_sees_and_writes_nothing(
    institution: Institution, other_institution: Institution, draft: AchievementVersion
) -> None:
    with tenant(other_institution):
        assert queries.own_micro_credential(draft.micro_credential.public_id) is None
        with pytest.raises(AchievementVersion.DoesNotExist):
            save_title(draft)
    with pytest.raises(UnscopedQuery):
        AchievementVersion.objects.count()


def test_the_achievement_carries_every_element(at_work: Institution, published: AchievementVersion) -> None:
    achievement = achievement_model(published, "en")
    document = achievement.to_json()
    narrative = document["criteria"]["narrative"]
    assert document["id"].endswith(f"/achievements/{published.public_id}")
    assert document["name"] == "Data literacy for public services"
    assert document["creditsAvailable"] == 5
    assert document["inLanguage"] == "en"
    assert document["version"] == "1"
    assert document["tag"] == ["data", "statistics", "public administration"]
    assert {a["targetUrl"] for a in document["alignment"]} >= {
        "http://data.europa.eu/snb/eqf/6",
        "http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f",
    }
    assert [r["id"].rpartition("#")[2] for r in document["resultDescription"]] == ["result-1", "result-2"]
    for said in (
        "Judge whether a figure answers the question",
        "125",
        "First cycle",
        "Written examination",
        "At least 60 of 100 points.",
        "Academic Council, University of Zed",
        "Confidence with a spreadsheet helps.",
        "Counts for 5 ECTS",
        "Ten weekly seminars",
        "Part of a larger qualification: yes",
    ):
        assert said in narrative, said
    assert "한강대학교" in achievement_model(published, "ko").to_json()["criteria"]["narrative"]


@pytest.mark.parametrize("language", ["en", "ko", None])
def test_a_credential_of_each_demonstration_may_be_signed(
    three_published: list[AchievementVersion], language: str | None
) -> None:
    for version in three_published:
        document = compose(
            issuer_profile(version.institution),
            achievement_model(version, language),
            Recipient(name="김하늘", email="haneul@example.org"),
            AwardDetails(id="https://example.org/c/x", valid_from=datetime(2026, 11, 25, tzinfo=UTC)),
        )
        assert [finding for finding in lint(document) if finding.severity is Severity.ERROR] == []
        assert expand(document)  # safe mode: every term is known and will be signed


def test_the_eu_sample_s_levels_and_quality_are_said_once(three_published: list[AchievementVersion]) -> None:
    document = achievement_model(three_published[2], "en").to_json()
    levels = [(a["targetFramework"], a["targetCode"]) for a in document["alignment"] if "targetCode" in a]
    assert levels == [(model.EQF, "6"), ("RQF", "6")]
    assert document["criteria"]["narrative"].count("Internal quality assurance of the provider") == 1


def test_an_achievement_in_korean_is_korean(at_work: Institution, published: AchievementVersion) -> None:
    document = achievement_model(published).to_json()  # the institution's first language is Korean
    assert document["name"] == "공공 서비스를 위한 데이터 리터러시"
    assert "개인정보를 식별하고 적법하게 처리합니다" in document["criteria"]["narrative"]


def test_the_demonstration_is_made_once(institution: Institution) -> None:
    first = create_demo(institution)
    assert [m.state for m in first] == ["published"] * 3
    again = create_demo(institution)
    assert [m.pk for m in again] == [m.pk for m in first]
    titles = [v.title_in("en") for v in queries.public_catalogue()]
    assert titles == [
        "Digital micro-credential creation",
        "Data literacy for public services",
        "Circular economy in practice",
    ]
    with tenant(institution):
        assert all(queries.completeness(v).publishable for v in awardable(institution))


def test_the_assessed_demonstration_is_made_once(institution: Institution) -> None:
    made = create_assessed_demo(institution, publish=False)
    assert made.state == "draft"
    again = create_assessed_demo(institution)
    assert again.pk == made.pk
    with tenant(institution):
        assert MicroCredential.objects.count() == 1
        assert services.publish(made.versions.get()).description.assessed_award

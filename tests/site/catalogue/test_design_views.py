"""The staff pages: who may, what is refused and how it is said, and that nothing typed is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Picture
from tests.shared import shared

from testamur_site.catalogue import queries, services
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.demo.digital_credentials import DESCRIPTION as SAMPLE
from testamur_site.catalogue.description import codec, sections
from testamur_site.catalogue.description.elements import Description
from testamur_site.catalogue.design.section_forms import SECTIONS
from testamur_site.catalogue.exchange import own_json
from testamur_site.catalogue.models import AchievementVersion, MicroCredential
from testamur_site.foundation.tenancy.api import Institution, tenant

BASE = "/staff/han-river/micro-credentials/"
PAGES = ["", "preview", "history", "export.json"]
DESIGNERS = [*(f"edit/{s.key}" for s in SECTIONS), "image", "publish", "new-version", "duplicate", "retire", "discard"]


def address(version: AchievementVersion, page: str = "") -> str:
    return f"{BASE}{version.micro_credential.public_id}/{page}"


def form_values(html: str) -> dict[str, Any]:
    """What a browser would post back from the section form of a page, read from its HTML."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.values: dict[str, list[str]] = {}
            self.inside = False
            self.area = self.select = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            a = {name: value or "" for name, value in attrs}
            if tag == "form":
                self.inside = "section-form" in a.get("class", "")
            if not self.inside:
                return
            if tag == "input" and a.get("type") in {"checkbox", "radio"}:
                if "checked" in dict(attrs):
                    self.values.setdefault(a["name"], []).append(a.get("value", "on"))
            elif tag == "input" and a.get("name"):
                self.values.setdefault(a["name"], []).append(a.get("value", ""))
            elif tag == "textarea":
                self.area = a["name"]
                self.values[self.area] = [""]
            elif tag == "select":
                self.select = a["name"]
                self.first = True
                self.values.setdefault(self.select, []).append("")
            elif tag == "option" and self.select and (self.first or "selected" in dict(attrs)):
                self.first = False  # where none is selected, a browser sends the first
                self.values[self.select][-1] = a.get("value", "")

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""
            if tag == "select":
                self.select = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                # HTML drops the newline right after <textarea>.
                self.values[self.area][0] += data if self.values[self.area][0] else data.removeprefix("\n")

    reader = Reader()
    reader.feed(html)
    return {name: values if len(values) > 1 else values[0] for name, values in reader.values.items()}


def opened(client: Client, version: AchievementVersion, section: str) -> dict[str, Any]:
    page = client.get(address(version, f"edit/{section}"))
    assert page.status_code == 200
    return form_values(page.content.decode())


def stored(version: AchievementVersion) -> Description:
    with tenant(version.institution):
        return AchievementVersion.objects.get(pk=version.pk).description


# ── Who may ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", [*PAGES, *DESIGNERS])
def test_strangers_learn_nothing_and_visitors_sign_in(
    page: str, draft: AchievementVersion, outsider: Any, client_for: Callable[..., Client]
) -> None:
    assert client_for(outsider).get(address(draft, page)).status_code == 404
    answer = client_for(None).get(address(draft, page))
    assert (answer.status_code, answer["Location"].startswith("/accounts/login/")) == (302, True)


@pytest.mark.parametrize("page", PAGES)
def test_every_member_may_look(
    page: str, draft: AchievementVersion, viewer: Any, client_for: Callable[..., Client]
) -> None:
    assert client_for(viewer).get(address(draft, page)).status_code == 200


@pytest.mark.parametrize("page", DESIGNERS)
def test_only_designers_change(
    page: str, draft: AchievementVersion, issuer: Any, viewer: Any, client_for: Callable[..., Client]
) -> None:
    for user in (issuer, viewer):
        assert client_for(user).get(address(draft, page)).status_code == 403
        assert client_for(user).post(address(draft, page)).status_code == 403
    assert stored(draft) == DESCRIPTION


@pytest.mark.parametrize("page", [*PAGES, *DESIGNERS])
def test_another_institution_s_micro_credential_is_not_found(
    page: str, draft: AchievementVersion, outsider: Any, client_for: Callable[..., Client]
) -> None:
    theirs = address(draft, page).replace("/han-river/", "/liffey/")
    assert client_for(outsider).get(theirs).status_code == 404
    assert client_for(outsider).post(theirs).status_code in {404, 405}  # 405: a page that is only read


# ── Beginning ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_begins_empty_and_is_searched(staff: Client, institution: Institution) -> None:
    assert "No micro-credentials yet" in staff.get(BASE).content.decode()
    with tenant(institution):
        services.create(institution, DESCRIPTION)
    assert "Data literacy for public services" in staff.get(BASE).content.decode()
    assert "Data literacy" in staff.get(BASE, {"q": "리터러시", "state": "draft"}).content.decode()
    assert "Nothing fits" in staff.get(BASE, {"q": "astronomy"}).content.decode()
    assert "Nothing fits" in staff.get(BASE, {"state": "retired"}).content.decode()


def test_a_title_is_enough_to_begin(staff: Client, institution: Institution) -> None:
    answer = staff.post(f"{BASE}new", {"title_ko": "수도 계량기 읽기"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("/edit/basics")
    with tenant(institution):
        assert AchievementVersion.objects.get().description == Description(title={"ko": "수도 계량기 읽기"})


def test_without_a_title_nothing_begins(staff: Client, institution: Institution) -> None:
    answer = staff.post(f"{BASE}new", {"title_en": "  "})
    assert answer.status_code == 422
    assert "Please give it a title" in answer.content.decode()
    with tenant(institution):
        assert not MicroCredential.objects.exists()


# ── The form ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("description", [DESCRIPTION, SAMPLE], ids=["data-literacy", "eu-sample"])
@pytest.mark.parametrize("section", [s.key for s in SECTIONS])
def test_opening_and_saving_a_section_loses_nothing(
    section: str, description: Description, staff: Client, institution: Institution
) -> None:
    with tenant(institution):
        version = services.create(institution, description).versions.get()
    answer = staff.post(address(version, f"edit/{section}"), opened(staff, version, section))
    assert answer.status_code == 302, answer.content.decode()
    assert stored(version) == description


@pytest.mark.parametrize("section", [s.key for s in SECTIONS])
def test_the_imported_eu_sample_goes_through_the_form_whole(
    section: str, staff: Client, institution: Institution
) -> None:
    data = shared("vectors/eu-elm/Credentials/JSON-LD Examples (ELM v3)/Sample-MC-Annex1-unsigned.jsonld").read_bytes()
    imported = own_json.read(data)[0].description
    with tenant(institution):
        version = services.create(institution, imported).versions.get()
    answer = staff.post(address(version, f"edit/{section}"), opened(staff, version, section))
    assert answer.status_code == 302, answer.content.decode()
    assert codec.to_json(stored(version)) == codec.to_json(imported)


def test_rows_are_added_and_removed_without_saving(staff: Client, draft: AchievementVersion) -> None:
    values = opened(staff, draft, "outcomes")
    values["outcomes-1-title_en"] = "Typed and not saved"
    added = staff.post(address(draft, "edit/outcomes"), {**values, "add": "outcomes"})
    again = form_values(added.content.decode())
    assert (again["outcomes-count"], again["outcomes-1-title_en"]) == ("5", "Typed and not saved")
    removed = staff.post(address(draft, "edit/outcomes"), {**again, "remove": "outcomes-0"})
    left = form_values(removed.content.decode())
    assert (left["outcomes-count"], left["outcomes-0-title_en"], left["outcomes-0-was"]) == (
        "4",
        "Typed and not saved",
        "1",
    )
    assert stored(draft) == DESCRIPTION
    saved = staff.post(address(draft, "edit/outcomes"), left)
    assert saved.status_code == 302
    titles = [o.title["en"] for o in stored(draft).outcomes]
    assert titles == [
        "Typed and not saved",
        *[o.title["en"] for o in DESCRIPTION.outcomes[2:]],
    ]  # the blank row is no row


@pytest.mark.parametrize(
    ("section", "groups"),
    [
        ("outcomes", ["outcomes", "outcomes-0-skills"]),
        ("workload", ["credits", "national_levels"]),
        ("learning", ["activities"]),
        ("assessment", ["assessments", "assessments-0-results"]),
        ("quality", ["quality_assurance"]),
        ("criteria", ["alignments"]),
        ("organisations", ["organisations", "organisations-0-identifiers", "organisations-0-member_of"]),
    ],
)
def test_a_row_that_was_added_and_left_empty_is_no_row(
    section: str, groups: list[str], staff: Client, institution: Institution
) -> None:
    with tenant(institution):
        version = services.create(institution, SAMPLE).versions.get()
    values = opened(staff, version, section)
    for group in groups:
        html = staff.post(address(version, f"edit/{section}"), {**values, "add": group}).content.decode()
        count = int(values[f"{group}-count"])
        values = form_values(html)
        assert values[f"{group}-count"] == str(count + 1)
    assert staff.post(address(version, f"edit/{section}"), values).status_code == 302
    assert stored(version) == SAMPLE


def test_nested_rows_keep_to_their_row(staff: Client, draft: AchievementVersion) -> None:
    values = opened(staff, draft, "outcomes")
    removed = form_values(
        staff.post(address(draft, "edit/outcomes"), {**values, "remove": "outcomes-0-skills-0"}).content.decode()
    )
    assert staff.post(address(draft, "edit/outcomes"), removed).status_code == 302
    kept = [[s.concept.label["en"] for s in o.skills] for o in stored(draft).outcomes]
    assert kept[0] == ["data quality assessment"]
    assert kept[1:] == [[s.concept.label["en"] for s in o.skills] for o in DESCRIPTION.outcomes[1:]]


@pytest.mark.parametrize(
    "command", ["nonsense", "outcomes-x", "outcomes-99", "../../etc", "title", "", "outcomes-0-skills-0-x-0"]
)
def test_no_row_command_breaks_the_page(command: str, staff: Client, draft: AchievementVersion) -> None:
    values = opened(staff, draft, "outcomes")
    for name in ("add", "remove"):
        assert staff.post(address(draft, "edit/outcomes"), {**values, name: command}).status_code == 200


@pytest.mark.parametrize("count", ["-1", "x", "999999", "", "٣"])
def test_no_row_count_breaks_the_page(count: str, staff: Client, draft: AchievementVersion) -> None:
    values = {**opened(staff, draft, "outcomes"), "outcomes-count": count}
    assert staff.post(address(draft, "edit/outcomes"), values).status_code in {302, 422}


@pytest.mark.parametrize(
    ("section", "changed", "said"),
    [
        ("basics", {"title_en": "", "title_ko": ""}, "Please write this in at least one language."),
        ("basics", {"title_en": "Data \u202eycaretil"}, "invisible marks"),
        ("basics", {"title_en": "x" * 201}, "English: at most 200 characters, there are 201."),
        ("basics", {"title_en": "a\x00b"}, "cannot be stored"),
        ("basics", {"programme_type": "http://evil.example/"}, "Please choose from the list."),
        ("basics", {"achievement_type": "Throne"}, "Select a valid choice"),
        ("workload", {"workload": "sixty"}, "Please enter hours as a number"),
        ("workload", {"credits-0-points": "many"}, "Please enter a number"),
        ("workload", {"credits-0-system": ""}, "Please say in which system"),
        ("workload", {"maximum_duration_number": "soon"}, "Please enter a whole number"),
        ("conditions", {"homepage": "javascript:alert(1)"}, "whole web address"),
        (
            "assessment",
            {"assessments-0-results-0-required_value": "Ω", "assessments-0-results-0-allowed_values": "A, B"},
            "none of the",
        ),
        ("learning", {"activities-0-start": "2026-05-01", "activities-0-end": "2026-04-01"}, "before the beginning"),
        ("learning", {"activities-0-start": "tomorrow"}, "Enter a valid date"),
        ("learning", {"participation": "Telepathic"}, "Please choose from the list."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    section: str, changed: dict[str, str], said: str, staff: Client, draft: AchievementVersion
) -> None:
    answer = staff.post(address(draft, f"edit/{section}"), {**opened(staff, draft, section), **changed})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert stored(draft) == DESCRIPTION
    name, value = next(iter(changed.items()))
    if value and "\x00" not in value and "evil" not in value and value not in {"Throne", "Telepathic"}:
        assert form_values(html)[name] == value


def test_markup_in_a_title_is_shown_and_not_run(staff: Client, draft: AchievementVersion) -> None:
    hostile = '<script>alert("x")</script>'
    values = {**opened(staff, draft, "basics"), "title_en": hostile, "title_ko": hostile}
    assert staff.post(address(draft, "edit/basics"), values).status_code == 302
    with tenant(draft.institution):
        services.publish(AchievementVersion.objects.get(pk=draft.pk))
    pages = [BASE, address(draft), address(draft, "history"), f"/m/{draft.micro_credential.public_id}", "/catalogue"]
    for page in pages:
        html = staff.get(page).content.decode()
        assert "<script>alert" not in html
        assert "alert(" in html or page.endswith("history")


def test_the_second_designer_sees_both_and_may_save_over_it(
    staff: Client, draft: AchievementVersion, owner: Any, client_for: Any
) -> None:
    mine, theirs = opened(staff, draft, "basics"), opened(client_for(owner), draft, "basics")
    assert client_for(owner).post(address(draft, "edit/basics"), {**theirs, "title_en": "Theirs"}).status_code == 302
    answer = staff.post(address(draft, "edit/basics"), {**mine, "title_en": "Mine"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Olivia Owner saved a change meanwhile" in html
    assert re.search(r"<del>Theirs</del>\s*<ins>Mine</ins>", html)
    again = form_values(html)
    assert again["title_en"] == "Mine"
    assert stored(draft).title["en"] == "Theirs"
    assert staff.post(address(draft, "edit/basics"), again).status_code == 302
    assert stored(draft).title["en"] == "Mine"


def test_a_further_language_is_written_where_it_was_asked_for(staff: Client, draft: AchievementVersion) -> None:
    typed = {**opened(staff, draft, "basics"), "title_en": "Typed before"}
    drawn = staff.post(address(draft, "edit/basics"), {**typed, "write": "1", "further": "es"}).content.decode()
    values = form_values(drawn)
    assert (values["title_es"], values["title_en"]) == ("", "Typed before")
    assert 'action="?with=es"' in drawn
    page = f"{address(draft, 'edit/basics')}?with=es"
    answer = staff.post(page, {**values, "title_es": "Alfabetización en datos"})
    assert answer["Location"].endswith("?with=es")
    assert stored(draft).title == {**DESCRIPTION.title, "en": "Typed before", "es": "Alfabetización en datos"}
    assert "title_es" in opened(staff, draft, "basics")


def test_a_language_that_credentials_cannot_hold_is_not_offered(
    staff: Client, draft: AchievementVersion, institution: Institution
) -> None:
    institution.languages = ["zh-Hant-TW", "en"]
    institution.save()
    values = opened(staff, draft, "basics")
    assert "title_en" in values
    assert not [name for name in values if "Hant" in name]


def test_what_only_the_whole_can_tell_is_said_too(
    staff: Client, draft: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_named: Any) -> None:
        raise ValueError("too_long: outcomes/3/title/en")

    values = opened(staff, draft, "basics")
    monkeypatch.setattr(services, "save_section", refuse)
    answer = staff.post(address(draft, "edit/basics"), {**values, "title_en": "Kept"})
    assert answer.status_code == 422
    assert "A text is too long. (outcomes/3/title/en)" in answer.content.decode()
    assert form_values(answer.content.decode())["title_en"] == "Kept"


def test_own_words_take_the_place_of_a_term(staff: Client, draft: AchievementVersion) -> None:
    values = {**opened(staff, draft, "basics"), "programme_type_own": "여름 학교"}
    assert staff.post(address(draft, "edit/basics"), values).status_code == 302
    assert stored(draft).programme_type.label == {"ko": "여름 학교"}  # type: ignore[union-attr]
    assert staff.post(address(draft, "edit/basics"), opened(staff, draft, "basics")).status_code == 302
    assert stored(draft).programme_type.label == {"ko": "여름 학교"}  # type: ignore[union-attr]


def test_an_organisation_that_is_used_cannot_be_removed(staff: Client, institution: Institution) -> None:
    with tenant(institution):
        version = services.create(institution, SAMPLE).versions.get()
    values = form_values(
        staff.post(
            address(version, "edit/organisations"),
            {**opened(staff, version, "organisations"), "remove": "organisations-1"},
        ).content.decode()
    )
    answer = staff.post(address(version, "edit/organisations"), values)
    assert answer.status_code == 422
    assert "Take it out there first" in answer.content.decode()
    assert stored(version) == SAMPLE


def test_unknown_sections_and_micro_credentials_are_not_found(staff: Client, draft: AchievementVersion) -> None:
    assert staff.get(address(draft, "edit/nonsense")).status_code == 404
    assert staff.get(f"{BASE}nonsense/").status_code == 404


# ── Publishing and versions ────────────────────────────────────────────────────────────────────────────────────────


def test_publishing_lists_what_is_missing_with_a_link_to_each_field(staff: Client, institution: Institution) -> None:
    with tenant(institution):
        version = services.create(
            institution, replace(DESCRIPTION, participation=(), workload="", credits=())
        ).versions.get()
    for answer in (staff.get(address(version, "publish")), staff.post(address(version, "publish"))):
        html = answer.content.decode()
        assert "2 mandatory elements" in html
        assert f'href="{address(version, "edit/learning")}#id_participation"' in html
        assert f'href="{address(version, "edit/workload")}#id_workload"' in html
    assert staff.post(address(version, "publish")).status_code == 409
    workload = staff.get(address(version, "edit/workload")).content.decode()
    assert 'id="id_workload"' in workload  # where the link leads


def test_every_link_of_the_meter_leads_to_its_field(staff: Client, institution: Institution) -> None:
    with tenant(institution):
        version = services.create(institution, Description(title={"en": "Nearly empty"})).versions.get()
    html = staff.get(address(version, "publish")).content.decode()
    links = re.findall(r'href="([^"#]+)#(id_\w+)"', html)
    assert {anchor for _page, anchor in links} >= {
        "id_title",
        "id_workload",
        "id_eqf_level",
        "id_integration",
        "id_prerequisites",
    }
    for page, anchor in links:
        assert f'id="{anchor}"' in staff.get(page).content.decode(), anchor


def test_publishing_then_correcting_then_locking(staff: Client, draft: AchievementVersion) -> None:
    assert staff.post(address(draft, "publish")).status_code == 302
    answer = staff.post(address(draft, "edit/basics"), {**opened(staff, draft, "basics"), "title_en": "Corrected"})
    assert answer.status_code == 302
    broken = form_values(staff.get(address(draft, "edit/quality")).content.decode())
    gone = form_values(
        staff.post(address(draft, "edit/quality"), {**broken, "remove": "quality_assurance-0"}).content.decode()
    )
    refused = staff.post(address(draft, "edit/quality"), gone)
    assert refused.status_code == 409
    assert "a published version must stay complete" in refused.content.decode()
    with tenant(draft.institution):
        services.lock_version(AchievementVersion.objects.get(pk=draft.pk))
    locked = staff.get(address(draft, "edit/basics"))
    assert (locked.status_code, locked["Location"]) == (302, address(draft, "new-version"))


def test_a_lock_between_opening_and_saving_is_told(staff: Client, published: AchievementVersion) -> None:
    values = opened(staff, published, "basics")
    with tenant(published.institution):
        services.lock_version(published)
    answer = staff.post(address(published, "edit/basics"), {**values, "title_en": "Too late"}, follow=True)
    assert "Begin a new version" in answer.content.decode()
    assert stored(published) == DESCRIPTION


def test_the_next_version_and_its_history(staff: Client, locked: AchievementVersion) -> None:
    assert staff.post(address(locked, "new-version"), {"what_changed": " "}).status_code == 422
    assert staff.post(address(locked, "new-version"), {"what_changed": "Longer examination."}).status_code == 302
    assert staff.post(address(locked, "new-version"), {"what_changed": "Again."}, follow=True).status_code == 200
    values = opened(staff, locked, "basics")
    assert staff.post(address(locked, "edit/basics"), {**values, "title_en": "Data literacy II"}).status_code == 302
    html = staff.get(address(locked, "history")).content.decode()
    assert "Longer examination." in html
    assert re.search(r"<del>Data literacy for public services</del>\s*<ins>Data literacy II</ins>", html)
    assert "Title (English)" in html
    assert stored(locked) == DESCRIPTION
    assert staff.post(address(locked, "publish")).status_code == 302
    with tenant(locked.institution):
        assert [v.number for v in queries.published(locked.institution)] == [2]


def test_discarding_duplicating_retiring_and_bringing_back(staff: Client, published: AchievementVersion) -> None:
    assert staff.post(address(published, "discard"), follow=True).status_code == 200
    assert stored(published) == DESCRIPTION  # there was no draft
    assert staff.post(address(published, "duplicate"), {"title_en": "A twin"}).status_code == 302
    assert "A twin" in staff.get(BASE).content.decode()
    assert staff.get(address(published, "retire")).status_code == 200
    staff.post(address(published, "retire"))
    assert "No longer offered" in staff.get(f"/m/{published.micro_credential.public_id}").content.decode()
    assert staff.get(address(published, "bring-back")).status_code == 405
    staff.post(address(published, "bring-back"))
    assert "No longer offered" not in staff.get(f"/m/{published.micro_credential.public_id}").content.decode()


def test_discarding_a_draft_asks_first(staff: Client, draft: AchievementVersion) -> None:
    assert "gone for good" in staff.get(address(draft, "discard")).content.decode()
    answer = staff.post(address(draft, "discard"))
    assert (answer.status_code, answer["Location"]) == (302, BASE)
    assert staff.get(address(draft)).status_code == 404


# ── Files and pictures ─────────────────────────────────────────────────────────────────────────────────────────────


def upload(content: bytes, name: str = "file.jsonld") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_the_eu_sample_is_imported_whole(staff: Client, institution: Institution) -> None:
    data = shared("vectors/eu-elm/Credentials/JSON-LD Examples (ELM v3)/Sample-MC-Annex1-unsigned.jsonld").read_bytes()
    answer = staff.post(f"{BASE}import", {"file": upload(data)}, follow=True)
    html = answer.content.decode()
    assert "Every element of the file was taken over." in html
    assert "Digital micro-credential creation" in html
    assert "60 months" in html  # the doubtful volume of the activity


def test_what_an_import_leaves_over_is_listed(staff: Client) -> None:
    claim = {"type": "LearningAchievement", "title": {"en": "A course"}, "colour": "blue"}
    html = staff.post(f"{BASE}import", {"file": upload(json.dumps(claim).encode())}).content.decode()
    assert "1 value was not taken over" in html
    assert "colour" in html


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not json", "not readable as JSON"),
        (b"{}", "no learning achievement"),
        (b'{"format": "x"}', "no learning achievement"),
    ],
)
def test_a_file_that_cannot_be_imported_leaves_nothing_behind(
    content: bytes, said: str, staff: Client, institution: Institution
) -> None:
    answer = staff.post(f"{BASE}import", {"file": upload(content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with tenant(institution):
        assert not MicroCredential.objects.exists()


def test_what_is_exported_can_be_imported_with_its_picture(staff: Client, institution: Institution) -> None:
    picture = replace(SAMPLE.image, primary="#123456", accent="#abcdef")
    with tenant(institution):
        version = services.create(institution, replace(SAMPLE, image=picture)).versions.get()
    exported = staff.get(address(version, "export.json"))
    assert "attachment" in exported["Content-Disposition"]
    staff.post(f"{BASE}import", {"file": upload(exported.content, "file.json")})
    with tenant(institution):
        first, second = AchievementVersion.objects.select_related("image").order_by("pk")
    assert first.description == second.description
    assert second.image is not None


@pytest.mark.parametrize(
    "image",
    [
        {
            "source": "composed",
            "symbol": "../../etc/passwd",
            "shape": "seal",
            "primary": "#123456",
            "accent": "#abcdef",
        },
        {"source": "composed", "symbol": "leaf", "shape": "seal", "primary": "red", "accent": "#abcdef"},
        {"source": "uploaded"},
        {"source": "stolen"},
    ],
)
def test_an_imported_picture_that_cannot_be_used_is_left_out(
    image: dict[str, str], staff: Client, institution: Institution
) -> None:
    document = json.loads(own_json.write(SAMPLE, png=b"\x89PNG not a picture"))
    document["description"]["image"] = image
    assert staff.post(f"{BASE}import", {"file": upload(json.dumps(document).encode())}).status_code == 302
    with tenant(institution):
        version = AchievementVersion.objects.get()
    assert (version.description.image.source, version.image_id) == ("", None)
    assert version.description.outcomes == SAMPLE.outcomes


def compose(**changed: str) -> dict[str, str]:
    return {
        "source": "composed", "symbol": "leaf", "shape": "hexagon", "primary": "#225544", "accent": "#aa7722",
        "alternative_text_en": "A leaf", "alternative_text_ko": "", **changed,
    }  # fmt: skip


def test_a_picture_is_composed_and_shown(staff: Client, draft: AchievementVersion) -> None:
    assert staff.post(address(draft, "image"), compose()).status_code == 302
    with tenant(draft.institution):
        version = AchievementVersion.objects.select_related("image").get(pk=draft.pk)
    assert (version.description.image.symbol, version.description.image.alternative_text) == ("leaf", {"en": "A leaf"})
    assert version.image is not None
    assert Picture.open(BytesIO(bytes(version.image.png))).size[0] >= 400
    assert bytes(version.image.svg or b"").startswith(b"<svg")
    shown = staff.get(address(draft, "image/file"))
    assert (shown["Content-Type"], shown.content) == ("image/png", bytes(version.image.png))
    assert "sandbox" in shown["Content-Security-Policy"]


def test_a_preview_stores_nothing(staff: Client, draft: AchievementVersion) -> None:
    html = staff.post(address(draft, "image"), compose(preview="1", primary="#000000")).content.decode()
    assert "primary=%23000000" in html
    assert stored(draft) == DESCRIPTION
    sample = staff.get(
        address(draft, "image/sample.svg"),
        {"symbol": "leaf", "shape": "seal", "primary": "#112233", "accent": "#ffeedd"},
    )
    assert sample["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "wrong", [{"symbol": "x"}, {"shape": "x"}, {"primary": "red"}, {"accent": "#12345"}, {"source": "x"}]
)
def test_a_picture_that_cannot_be_composed_is_refused(
    wrong: dict[str, str], staff: Client, draft: AchievementVersion
) -> None:
    assert staff.post(address(draft, "image"), compose(**wrong)).status_code == 422
    parameters = {"symbol": "leaf", "shape": "seal", "primary": "#112233", "accent": "#ffeedd"} | wrong
    parameters.pop("source", None)
    if "source" not in wrong:
        assert staff.get(address(draft, "image/sample.svg"), parameters).status_code == 404
    assert stored(draft) == DESCRIPTION


@pytest.mark.parametrize("chosen", [{"source": "uploaded"}, compose()], ids=["said so", "only chose a file"])
def test_a_picture_is_uploaded(chosen: dict[str, str], staff: Client, draft: AchievementVersion) -> None:
    """A file that was chosen is never thrown away without a word, also where the choice above it still says "compose"."""
    file = BytesIO()
    Picture.new("RGB", (500, 500), "#334455").save(file, "PNG")
    answer = staff.post(
        address(draft, "image"),
        {**chosen, "file": upload(file.getvalue(), "badge.png"), "alternative_text_en": "Blue"},
    )
    assert answer.status_code == 302
    assert stored(draft).image.source == "uploaded"


@pytest.mark.parametrize("content", [b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_picture_is_refused_in_words(content: bytes, staff: Client, draft: AchievementVersion) -> None:
    answer = staff.post(address(draft, "image"), {"source": "uploaded", "file": upload(content, "badge.png")})
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert stored(draft) == DESCRIPTION


def test_the_pages_speak_korean(staff: Client, draft: AchievementVersion) -> None:
    korean = {"HTTP_ACCEPT_LANGUAGE": "ko"}
    assert "학습 성과" in staff.get(address(draft, "edit/outcomes"), **korean).content.decode()
    assert "필수 요소" in staff.get(address(draft), **korean).content.decode()
    assert "게시하기" in staff.get(address(draft, "publish"), **korean).content.decode()


def test_every_section_has_its_members_in_the_form(draft: AchievementVersion) -> None:
    own_pages = {"image", "tasks", "rubrics"}
    assert {s.key for s in SECTIONS} | own_pages == set(sections.SECTIONS)

"""Institutions and the people who work there."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from tests.standing import standing

from testamur_site.foundation.accounts import found, services
from testamur_site.foundation.accounts.api import (
    Invitation,
    User,
    add_member,
    create_institution,
    invite,
    remove_member,
    set_role,
)
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, Membership, membership_of, tenant

PEOPLE = "/staff/han-river/people"
Browser = Callable[[User | None], Client]


def role(user: User, institution: Institution) -> str | None:
    membership = membership_of(user, institution)
    return membership.role if membership else None


def last_action(institution: Institution) -> tuple[str, str, str, dict]:
    entry = entries(institution)[0]
    return entry.action, entry.target, entry.actor, entry.facts


# ---- Founding


def test_whoever_signed_up_may_found_an_institution(make_user: Callable[..., User], client_for: Browser) -> None:
    user = make_user("kim@example.org")
    browser = client_for(user)
    assert "Set up an institution" in browser.get("/staff/").content.decode()
    answer = browser.post("/staff/new", {"name": "Sejong College", "country": "kr", "slug": ""})
    assert answer["Location"] == "/staff/sejong-college/"
    institution = Institution.objects.get()
    assert (institution.name, institution.country) == ("Sejong College", "KR")
    assert role(user, institution) == "owner"
    assert {e.action for e in entries(institution)} == {"institution.created", "member.added", "key.created"}


def test_where_registration_is_closed_only_the_operator_founds(
    make_user: Callable[..., User], client_for: Browser, settings: Any
) -> None:
    settings.TESTAMUR_OPEN_REGISTRATION = False
    user = make_user("kim@example.org")
    values = {"name": "Sejong College", "country": "KR"}
    assert client_for(user).post("/staff/new", values).status_code == 403
    user.is_superuser = True
    user.save()
    assert client_for(user).post("/staff/new", values).status_code == 302


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slug": "Han River"}, "Use 3 to 60 lower-case"),
        ({"slug": "a"}, "Use 3 to 60 lower-case"),
        ({"slug": "a--b"}, "Use 3 to 60 lower-case"),
        ({"slug": "new"}, "needed by the platform"),
        ({"slug": "han-river"}, "is taken"),
        ({"name": "한강대학교"}, "Please choose one"),
        ({"country": "Korea"}, "two letters"),
        ({"country": "uk"}, "No country has the code “UK”"),
        ({"country": "ZZ"}, "No country has the code"),
    ],
)
def test_what_cannot_be_founded_is_refused_in_words(
    institution: Institution, make_user: Callable[..., User], client_for: Browser, change: dict, words: str
) -> None:
    good = {"name": "Sejong College", "country": "KR", "slug": ""}
    answer = client_for(make_user("kim@example.org")).post("/staff/new", good | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Institution.objects.count() == 1


def test_a_short_name_is_taken_once(institution: Institution) -> None:
    with pytest.raises(services.SlugTaken):
        create_institution(slug="han-river", name="Again", country="KR", owner=None)


def test_one_institution_is_opened_at_once_several_are_chosen_from(
    institution: Institution, other_institution: Institution, owner: User, client_for: Browser
) -> None:
    browser = client_for(owner)
    assert browser.get("/staff/")["Location"] == "/staff/han-river/"
    add_member(other_institution, owner, "viewer", actor=None)
    page = browser.get("/staff/").content.decode()
    assert "/staff/han-river/" in page
    assert "/staff/liffey/" in page


# ---- Roles


def test_an_owner_changes_a_role(institution: Institution, owner: User, viewer: User, client_for: Browser) -> None:
    client_for(owner).post(f"{PEOPLE}/{viewer.public_id}/role", {"role": "issuer"})
    assert role(viewer, institution) == "issuer"
    expected = ("member.role_changed", viewer.public_id, owner.public_id, {"from": "viewer", "to": "issuer"})
    assert last_action(institution) == expected


def test_an_owner_removes_somebody_after_being_asked(
    institution: Institution, owner: User, viewer: User, client_for: Browser
) -> None:
    browser, url = client_for(owner), f"{PEOPLE}/{viewer.public_id}/remove"
    assert "Vera Viewer" in browser.get(url).content.decode()
    assert role(viewer, institution) == "viewer"
    browser.post(url)
    assert role(viewer, institution) is None
    assert last_action(institution)[:2] == ("member.removed", viewer.public_id)
    assert client_for(viewer).get(PEOPLE).status_code == 404


def test_the_last_owner_stays(institution: Institution, owner: User, client_for: Browser) -> None:
    browser = client_for(owner)
    for url, values in (
        (f"{PEOPLE}/{owner.public_id}/remove", {}),
        (f"{PEOPLE}/{owner.public_id}/role", {"role": "viewer"}),
    ):
        assert "Somebody must stay owner" in browser.post(url, values, follow=True).content.decode()
        assert role(owner, institution) == "owner"


def test_an_owner_who_is_not_the_last_may_go(
    institution: Institution, owner: User, viewer: User, client_for: Browser
) -> None:
    add = membership_of(viewer, institution)
    assert add is not None
    set_role(institution, add, "owner", actor=owner)
    page = client_for(owner).post(f"{PEOPLE}/{owner.public_id}/remove", follow=True).content.decode()
    assert "You have left Han River University" in page
    assert role(owner, institution) is None


def test_people_of_another_institution_are_not_there(
    institution: Institution, viewer: User, outsider: User, client_for: Browser
) -> None:
    browser = client_for(outsider)
    for url in (f"/staff/liffey/people/{viewer.public_id}/role", f"/staff/liffey/people/{viewer.public_id}/remove"):
        assert browser.post(url, {"role": "owner"}).status_code == 404
    assert role(viewer, institution) == "viewer"


def test_an_unknown_role_is_refused(institution: Institution, owner: User, viewer: User, client_for: Browser) -> None:
    assert client_for(owner).post(f"{PEOPLE}/{viewer.public_id}/role", {"role": "king"}).status_code == 404
    with pytest.raises(ValueError, match="king"):
        add_member(institution, owner, "king", actor=None)


def test_a_member_keeps_the_role_they_have(institution: Institution, viewer: User) -> None:
    assert add_member(institution, viewer, "owner", actor=None).role == "viewer"


def test_nothing_is_written_down_for_a_role_that_stays(institution: Institution, viewer: User) -> None:
    membership, before = membership_of(viewer, institution), entries(institution).count()
    assert membership is not None
    set_role(institution, membership, "viewer", actor=None)
    assert entries(institution).count() == before


# ---- Invitations


@pytest.fixture
@standing
def link(institution: Institution, owner: User, client_for: Browser) -> str:
    """The path behind the link in the mail that invites kim@example.org as an issuer."""
    answer = client_for(owner).post(PEOPLE, {"email": "Kim@example.org", "role": "issuer"})
    assert answer.status_code == 302
    run_pending()
    found = re.search(r"/invitations/\S+", mail.outbox[-1].body)
    assert found
    return found[0]


NEW_ACCOUNT = {"name": "Kim", "password": "seven green umbrellas"}


def test_an_invited_person_makes_an_account_and_belongs(institution: Institution, link: str, client: Client) -> None:
    assert "kim@example.org" in client.get(link).content.decode()
    answer = client.post(link, NEW_ACCOUNT)
    assert answer["Location"] == "/staff/han-river/"
    user = User.objects.get(email="kim@example.org")
    assert role(user, institution) == "issuer"
    assert client.get("/accounts/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    signed_in = client.post("/accounts/login/", {"login": user.email, "password": NEW_ACCOUNT["password"]})
    assert signed_in["Location"] == "/staff/"


def test_an_invited_person_with_an_account_signs_in_and_accepts(
    institution: Institution, link: str, client: Client, make_user: Callable[..., User], client_for: Browser
) -> None:
    user = make_user("kim@example.org")
    assert f"/accounts/login/?next={link}" in client.get(link).content.decode()
    client_for(user).post(link)
    assert role(user, institution) == "issuer"


def test_an_invitation_works_once(
    institution: Institution, link: str, client: Client, make_user: Callable[..., User], client_for: Browser
) -> None:
    client.post(link, NEW_ACCOUNT)
    other = make_user("lee@example.org")
    assert client_for(other).post(link).status_code == 404
    with pytest.raises(services.InvitationClosed):
        services.accept_invitation(link.rpartition("/")[2], other)
    assert role(other, institution) is None


@pytest.mark.parametrize("how", ["expired", "withdrawn", "replaced"])
def test_a_closed_invitation_says_so(
    institution: Institution, owner: User, link: str, client: Client, client_for: Browser, how: str
) -> None:
    with tenant(institution):
        invitation = Invitation.objects.get()
        if how == "expired":
            Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        elif how == "withdrawn":
            client_for(owner).post(f"/staff/han-river/invitations/{invitation.public_id}/withdraw")
        else:
            invite(institution, "kim@example.org", "viewer", actor=owner, language="en")
    page = client.get(link)
    assert page.status_code == 404
    assert "This invitation is not open" in page.content.decode()
    assert client.post(link, NEW_ACCOUNT).status_code == 404
    assert not User.objects.filter(email="kim@example.org").exists()


def test_a_bad_password_makes_no_account(link: str, client: Client) -> None:
    answer = client.post(link, {**NEW_ACCOUNT, "password": "short"})
    assert answer.status_code == 422
    assert not User.objects.filter(email="kim@example.org").exists()


def test_the_secret_is_kept_nowhere(institution: Institution, link: str, client: Client) -> None:
    token = link.rpartition("/")[2]
    with tenant(institution):
        assert token not in str(vars(Invitation.objects.get()))
    assert token not in str([(e.target, e.facts) for e in entries(institution)])
    answer = client.get(link)
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


def test_a_member_is_not_invited_again(
    institution: Institution, owner: User, viewer: User, client_for: Browser
) -> None:
    answer = client_for(owner).post(PEOPLE, {"email": "VIEWER@han-river.example", "role": "issuer"})
    assert answer.status_code == 422
    assert "belongs to your institution already" in answer.content.decode()


def test_the_number_of_invitations_a_day_is_limited(
    institution: Institution, owner: User, client_for: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "INVITATIONS_A_DAY", 1)
    browser = client_for(owner)
    assert browser.post(PEOPLE, {"email": "a@example.org", "role": "viewer"}).status_code == 302
    answer = browser.post(PEOPLE, {"email": "b@example.org", "role": "viewer"})
    assert "many invitations today" in answer.content.decode()


def test_invitations_of_another_institution_are_not_there(
    institution: Institution, link: str, outsider: User, client_for: Browser
) -> None:
    with tenant(institution):
        invitation = Invitation.objects.get()
    url = f"/staff/liffey/invitations/{invitation.public_id}/withdraw"
    assert client_for(outsider).post(url).status_code == 404


def test_the_page_lists_people_and_invitations(
    institution: Institution, owner: User, link: str, client_for: Browser
) -> None:
    page = client_for(owner).get(PEOPLE).content.decode()
    assert "Olivia Owner" in page
    assert "kim@example.org" in page


# ---- What the institution says about itself


SETTINGS = {
    "name": "Han River University",
    "name_ko": "한강대학교",
    "country": "KR",
    "description": "A university in Seoul.",
    "description_ko": "서울에 있는 대학교입니다.",
    "homepage": "https://han-river.example/",
    "email": "registry@han-river.example",
    "primary_colour": "#1f4e79",
    "accent_colour": "#c9792b",
}


def test_an_owner_changes_what_the_institution_says(institution: Institution, owner: User, client_for: Browser) -> None:
    answer = client_for(owner).post(
        "/staff/han-river/settings/", {**SETTINGS, "name_ko": "한강대", "primary_colour": "#0b5d3b"}
    )
    assert answer.status_code == 302
    institution.refresh_from_db()
    assert institution.in_language("name", "ko") == "한강대"
    assert institution.primary_colour == "#0b5d3b"
    assert last_action(institution)[3] == {"fields": ["primary_colour", "translations"]}


def test_nothing_changed_nothing_written(institution: Institution, owner: User, client_for: Browser) -> None:
    before = entries(institution).count()
    assert client_for(owner).post("/staff/han-river/settings/", SETTINGS).status_code == 302
    assert entries(institution).count() == before


def test_a_name_is_one_line_wherever_it_stands(institution: Institution, owner: User, client_for: Browser) -> None:
    """It stands in the subject of every mail to a learner: a second line would begin the mail's text."""
    client_for(owner).post("/staff/han-river/settings/", {**SETTINGS, "name": "Han River\r\nClick: evil.example"})
    institution.refresh_from_db()
    assert institution.name == "Han River Click: evil.example"


def test_a_name_that_turns_its_direction_is_refused(institution: Institution, owner: User, client_for: Browser) -> None:
    answer = client_for(owner).post("/staff/han-river/settings/", {**SETTINGS, "name": "Han \u202erevi"})
    assert answer.status_code == 422
    assert "invisible marks" in answer.content.decode()
    assert Institution.objects.get().name == institution.name


def test_a_wrong_colour_is_refused(institution: Institution, owner: User, client_for: Browser) -> None:
    answer = client_for(owner).post("/staff/han-river/settings/", {**SETTINGS, "primary_colour": "red; }"})
    assert answer.status_code == 422
    assert "A colour looks like" in answer.content.decode()


def test_the_short_name_never_changes(institution: Institution) -> None:
    with pytest.raises(ValueError, match="short name"):
        services.update_institution(institution, {"slug": "other"}, actor=None)


def test_members_are_counted_once(institution: Institution, owner: User) -> None:
    membership = membership_of(owner, institution)
    assert membership is not None
    with pytest.raises(services.LastOwner):
        remove_member(institution, membership, actor=owner)
    with tenant(institution):
        assert Membership.objects.count() == 1


def test_a_logo_is_cleaned_kept_and_served(
    institution: Institution, owner: User, client_for: Browser, client: Client
) -> None:
    assert client.get("/institutions/han-river/logo").status_code == 404
    picture = io.BytesIO()
    Image.new("RGB", (500, 500), "#1f4e79").save(picture, "PNG")
    upload = SimpleUploadedFile("logo.png", picture.getvalue(), "image/png")
    answer = client_for(owner).post("/staff/han-river/settings/", {**SETTINGS, "logo": upload})
    assert answer.status_code == 302
    served = client.get("/institutions/han-river/logo")
    assert served["Content-Type"] == "image/png"
    assert served.content.startswith(b"\x89PNG")
    assert last_action(institution)[3] == {"fields": ["logo"]}
    assert client.get("/institutions/han-river/profile.json").json()["image"]["id"].endswith("/han-river/logo")


def test_what_is_no_picture_is_refused_and_leaves_nothing(
    institution: Institution, owner: User, client_for: Browser
) -> None:
    upload = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")
    answer = client_for(owner).post("/staff/han-river/settings/", {**SETTINGS, "name": "Renamed", "logo": upload})
    assert answer.status_code == 422
    institution.refresh_from_db()
    assert institution.name == "Han River University"


def test_the_operator_founds_an_institution(
    db: None, client: Client, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.TESTAMUR_OPEN_REGISTRATION = False
    command = [
        "--slug",
        "sejong",
        "--name",
        "세종대학",
        "--country",
        "kr",
        "--owner",
        "kim@example.org",
        "--language",
        "ko",
    ]
    assert found.main(command) == 0
    link = capsys.readouterr().out.strip().removeprefix("invitation: http://localhost:8000")
    client.post(link, NEW_ACCOUNT)
    institution = Institution.objects.get()
    assert (institution.name, institution.country) == ("세종대학", "KR")
    assert role(User.objects.get(), institution) == "owner"
    assert found.main(command) == 1
    assert "sejong already" in capsys.readouterr().err
    assert found.main([*command, "--slug", "Not a slug"]) == 2


def test_a_mail_in_korean_names_the_role_in_korean(institution: Institution, owner: User) -> None:
    invite(institution, "kim@example.org", "issuer", actor=owner, language="ko")
    run_pending()
    assert "역할: 발급자" in mail.outbox[-1].body

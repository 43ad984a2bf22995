"""The pages of holders and of staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from tests.site.pathways.conftest import publish

from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.renewal import api as renewal
from testamur_site.renewal.models import Cycle
from testamur_site.wallet.api import Holder

Make = Callable[..., Any]


def test_a_holder_enters_what_they_did_and_renews(renewing: Make, wallet_of: Make) -> None:
    one = renewing(60)
    client, here = wallet_of(one.holder), [one.public_id]
    page = reverse("renewal:renewal", args=here)
    assert "Safety at work" in client.get(reverse("renewal:home")).content.decode()
    assert "0 of 30 hours" in client.get(page).content.decode()
    add = reverse("renewal:add", args=here)
    good = {"name": "Ethics", "category": "category-1", "amount": "10", "on": "2025-05-05", "evidence": ""}
    for wrong in (
        {"amount": "0"},
        {"amount": "x"},
        {"category": "none"},
        {"on": "2999-01-01"},
        {"on": "2020-01-01"},
        {"evidence": "javascript:alert(1)"},
        {"name": ""},
    ):
        assert client.post(add, {**good, **wrong}).status_code == 422
    assert client.post(add, good).status_code == 302
    client.post(reverse("renewal:ask", args=here))
    assert "still open" in client.get(page).content.decode()
    client.post(add, {**good, "name": "Conference", "category": "other", "amount": "20"})
    shown = client.get(page).content.decode()
    assert "30 of 30 hours" in shown
    assert len(shown.encode()) < 60_000
    korean = client.get(page, headers={"accept-language": "ko"}).content.decode()
    assert "갱신하기" in korean
    done = client.post(reverse("renewal:ask", args=here), follow=True).content.decode()
    assert "Your credential is renewed." in done
    assert "Open the new credential" in done
    assert "Renewed" in client.get(reverse("renewal:home")).content.decode()


def test_an_entry_is_removed(renewing: Make, wallet_of: Make) -> None:
    one = renewing(60, ("other", 20))
    client = wallet_of(one.holder)
    with tenant(one.institution):
        activity = one.activities.get()
    assert "Course of 20" in client.get(reverse("renewal:renewal", args=[one.public_id])).content.decode()
    client.post(reverse("renewal:remove", args=[one.public_id, activity.public_id]))
    assert "Course of 20" not in client.get(reverse("renewal:renewal", args=[one.public_id])).content.decode()
    client.post(reverse("renewal:refreshing", args=[one.public_id]), {"refreshing": "0"})
    assert "Only you can fetch" in client.get(reverse("renewal:renewal", args=[one.public_id])).content.decode()


def test_nobody_sees_anothers(renewing: Make, wallet_of: Make) -> None:
    one = renewing(60)
    other = wallet_of(Holder.objects.create(name="Other"))
    for name in ("renewal", "add", "ask", "count", "refreshing"):
        address = reverse(f"renewal:{name}", args=[one.public_id])
        answer = other.get(address) if name == "renewal" else other.post(address)
        assert answer.status_code == 404
    assert "Nothing to renew" in other.get(reverse("renewal:home")).content.decode()


def test_staff_look_at_what_was_drawn(
    renewing: Make, version: AchievementVersion, issuer: User, client_for: Make
) -> None:
    with tenant(version.institution):
        Cycle.objects.update(audit_share=100)
    one = renewing(60, ("category-1", 10), ("other", 20))
    client, slug = client_for(issuer), version.institution.slug
    here = [slug, one.public_id]
    assert "Nobody has asked" in client.get(reverse("renewal:asked", args=[slug])).content.decode()
    assert client.get(reverse("renewal:asked_one", args=here)).status_code == 404
    renewal.ask(one)
    assert "김미나" in client.get(reverse("renewal:asked", args=[slug]) + "?state=audit").content.decode()
    assert "Accept and renew" in client.get(reverse("renewal:asked_one", args=here)).content.decode()
    assert client.post(reverse("renewal:refuse", args=here), {"reason": ""}).status_code == 422
    client.post(reverse("renewal:refuse", args=here), {"reason": "Not seen."})
    assert "Not seen." in client.get(reverse("renewal:asked_one", args=here)).content.decode()
    again = client.post(reverse("renewal:accept", args=here), follow=True).content.decode()
    assert "This cannot be done now" in again
    renewal.ask(one)
    done = client.post(reverse("renewal:accept", args=here), follow=True).content.decode()
    assert "The credential is renewed." in done


def test_a_designer_sets_a_cycle(institution: Institution, designer: User, client_for: Make) -> None:
    client, here = client_for(designer), [institution.slug]
    assert "No version ends" in client.get(reverse("renewal:cycles", args=here)).content.decode()
    version = publish(institution, "First aid", validity="P2Y")
    assert "First aid" in client.get(reverse("renewal:cycles", args=here)).content.decode()
    address = reverse("renewal:cycle", args=[*here, version.public_id])
    assert client.get(address).status_code == 200
    good = {
        "total": "30",
        "unit": "hours",
        "categories": "Ethics = 10\nPractice = 2.5",
        "window_days": "180",
        "grace_days": "30",
        "reinstatement_days": "0",
        "extra": "0",
        "audit_share": "10",
    }
    for wrong in (
        {"total": "0"},
        {"total": "12"},
        {"categories": "Ethics"},
        {"categories": "Ethics = ten"},
        {"categories": "Ethics = 1\nethics = 2"},
        {"categories": "\n".join(f"C{number} = 1" for number in range(9))},
        {"audit_share": "101"},
        {"unit": ""},
    ):
        assert client.post(address, {**good, **wrong}).status_code == 422, wrong
    assert client.post(address, good).status_code == 302
    cycle = renewal.cycle_of(version)
    assert cycle is not None
    assert [one.name for one in cycle.terms.categories] == ["Ethics", "Practice"]
    assert "Practice = 2.5" in client.get(address).content.decode()
    assert client.get(reverse("renewal:cycle", args=[*here, "nothing"])).status_code == 404


def test_the_demonstration(institution: Institution) -> None:
    version = publish(institution, "First aid", validity="P3Y")
    made = renewal.create_demo(version, name="Ana Andromeda", email="ana@example.org")
    assert made is not None
    assert [line.missing for line in renewal.progress_of(made).lines] == [12, 0]
    assert renewal.create_demo(version, name="Ana Andromeda", email="ana@example.org") is None

"""A quality body that works on this platform too: asked by another institution, it answers signed in and signs with its own key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.site.issuing.conftest import proof_holds, status_of
from tests.standing import standing

from testamur_site.foundation.accounts.api import add_member
from testamur_site.foundation.audit.api import entries
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.quality import api, services
from testamur_site.quality.errors import QualityError
from testamur_site.quality.models import PanelMember, Proposal
from testamur_site.quality.profiles import questions

from .conftest import approve, codes, fresh, review

Browser = Callable[[Any], Client]
ASKED = "/staff/liffey/quality/asked"


@pytest.fixture
@standing
def body_officer(other_institution: Institution, make_user: Callable[..., Any]) -> Any:
    user = make_user("quality@liffey.example", "Bríd Body")
    add_member(other_institution, user, "quality_officer", actor=None)
    return user


@pytest.fixture
@standing
def member(proposal: Proposal, quality_officer: Any, other_institution: Institution) -> PanelMember:
    with tenant(proposal.institution):
        found, _ = services.invite(
            proposal,
            kind="quality_body",
            name="Bríd Body",
            email="quality@liffey.example",
            organisation="Liffey Quality",
            body=other_institution,
            actor=quality_officer,
        )
    return found


def answer(proposal: Proposal, **changed: str) -> dict[str, str]:
    given = {f"answer_{question.id}": "yes" for question in questions("quality_body")}
    values = {"interest": "none", "recommendation": "approve", "reason": "It is sound.", "seen": proposal.content_hash}
    return given | values | {"endorses": "on"} | changed


@pytest.fixture
@standing
def endorsed(
    member: PanelMember,
    proposal: Proposal,
    quality_officer: Any,
    second_officer: Any,
    body_officer: Any,
    client_for: Browser,
) -> Proposal:
    """Recommended by the body with its signature, then approved."""
    assert client_for(body_officer).post(f"{ASKED}/{member.public_id}", answer(proposal)).status_code == 302
    with tenant(proposal.institution):
        review(proposal, quality_officer)
        approve(proposal, second_officer)
        proposal.refresh_from_db()
    return proposal


def test_it_is_signed_by_the_body_beside_the_institution(
    endorsed: Proposal, institution: Institution, other_institution: Institution
) -> None:
    with tenant(institution):
        documents = api.endorsements(fresh(endorsed.version))
    assert [one["issuer"]["id"] for one in documents] == [institution.did, other_institution.did]
    assert proof_holds(documents[1], other_institution)
    assert "Liffey College" in documents[1]["credentialSubject"]["endorsementComment"]
    for one in (institution, other_institution):
        assert entries(one, action="endorsement.issued").count() == (2 if one == institution else 1)


def test_the_body_takes_its_own_back_and_the_approval_stands(
    endorsed: Proposal, member: PanelMember, institution: Institution, body_officer: Any, client_for: Browser
) -> None:
    with tenant(institution):
        own, theirs = api.endorsements(fresh(endorsed.version))
    client = client_for(body_officer)
    assert "Withdraw the endorsement" in client.get(ASKED).content.decode()
    client.post(f"{ASKED}/{member.public_id}/withdraw")
    with tenant(institution):
        assert api.endorsements(fresh(endorsed.version)) == [own]
        endorsed.refresh_from_db()
        assert endorsed.state == "approved"
        with tenant(endorsed.endorsements.exclude(body=institution).get().body):
            assert status_of(theirs).value == "failed"
    assert (
        "There is no endorsement in force"
        in client.post(f"{ASKED}/{member.public_id}/withdraw", follow=True).content.decode()
    )


def test_by_the_link_alone_nothing_is_signed(
    member: PanelMember, proposal: Proposal, institution: Institution, quality_officer: Any, second_officer: Any
) -> None:
    """The link proves an address, not that somebody may use the body's key."""
    with tenant(institution):
        services.answer(member, "approve", "Sound.", {}, seen_hash=proposal.content_hash)
        review(proposal, quality_officer)
        approve(proposal, second_officer)
        assert [one["issuer"]["id"] for one in api.endorsements(fresh(proposal.version))] == [institution.did]


def test_against_it_nothing_is_signed(
    member: PanelMember,
    proposal: Proposal,
    institution: Institution,
    quality_officer: Any,
    second_officer: Any,
    body_officer: Any,
    client_for: Browser,
) -> None:
    client_for(body_officer).post(f"{ASKED}/{member.public_id}", answer(proposal, recommendation="change"))
    with tenant(institution):
        review(proposal, quality_officer)
        approve(proposal, second_officer)
        assert len(api.endorsements(fresh(proposal.version))) == 1


def test_who_belongs_to_both_signs_nothing(
    member: PanelMember, proposal: Proposal, institution: Institution, body_officer: Any
) -> None:
    add_member(institution, body_officer, "viewer", actor=None)
    with tenant(institution), pytest.raises(QualityError) as caught:
        services.answer(member, "approve", "Sound.", {}, seen_hash=proposal.content_hash, endorses_as=body_officer)
    assert codes(caught) == ["panel.inside"]


@pytest.mark.parametrize(
    ("kind", "own", "code"), [("peer", False, "panel.kind"), ("quality_body", True, "panel.inside")]
)
def test_only_another_institution_and_only_as_a_quality_body(
    proposal: Proposal,
    institution: Institution,
    other_institution: Institution,
    quality_officer: Any,
    kind: str,
    own: bool,
    code: str,
) -> None:
    with tenant(institution), pytest.raises(QualityError) as caught:
        services.invite(
            proposal,
            kind=kind,
            name="B",
            email="b@x.example",
            organisation="B",
            body=institution if own else other_institution,
            actor=quality_officer,
        )
    assert codes(caught) == [code]


class TestWhoSeesIt:
    def test_the_bodys_officers_see_what_was_asked(
        self, member: PanelMember, body_officer: Any, client_for: Browser
    ) -> None:
        client = client_for(body_officer)
        assert "Han River University" in client.get(ASKED).content.decode()
        page = client.get(f"{ASKED}/{member.public_id}").content.decode()
        assert "Sign our recommendation" in page
        assert "Judge a figure" in page

    def test_nobody_else(
        self,
        member: PanelMember,
        quality_officer: Any,
        outsider: Any,
        other_institution: Institution,
        make_user: Any,
        client_for: Browser,
    ) -> None:
        viewer = make_user("viewer@liffey.example")
        add_member(other_institution, viewer, "viewer", actor=None)
        assert client_for(viewer).get(ASKED).status_code == 403
        assert client_for(quality_officer).get(ASKED).status_code == 404
        there = f"/staff/han-river/quality/asked/{member.public_id}"
        assert client_for(quality_officer).get(there).status_code == 404
        assert client_for(outsider).get(f"{ASKED}/nothing").status_code == 404

    def test_empty_it_says_what_will_be_here(self, body_officer: Any, client_for: Browser) -> None:
        assert "Nobody has asked yet" in client_for(body_officer).get(ASKED).content.decode()

    def test_the_form_offers_the_others(
        self, proposal: Proposal, other_institution: Institution, quality_officer: Any, client_for: Browser
    ) -> None:
        address = f"/staff/han-river/quality/proposals/{proposal.public_id}/invite"
        client = client_for(quality_officer)
        assert "Liffey College" in client.get(address).content.decode()
        values = {"kind": "quality_body", "name": "P", "email": "p@x.example", "organisation": "X", "language": "en"}
        assert client.post(address, values | {"body": "liffey"}).status_code == 302
        with tenant(proposal.institution):
            assert PanelMember.objects.get().body == other_institution

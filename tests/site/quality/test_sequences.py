"""No sequence of actions leads to a published version without the decisions that its gates require, nor to an approval by somebody who
proposed or edited it.

A machine does what people may do, in any order, with the wrong people and with stale pages too. Beside it a ledger of its own keeps what
was really done; the ledger decides whether what the site allowed was right, and shares no code with the rules it judges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.site.catalogue.assessed import ASSESSED

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import AchievementVersion, CatalogueError, content_hash
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.quality import api, services
from testamur_site.quality.errors import QualityError
from testamur_site.quality.models import Condition, Decision, PanelMember, Proposal

from .conftest import edit, fresh, in_days

PEOPLE = ("designer", "lead", "owner", "officer", "second_officer")
people = st.sampled_from(PEOPLE)
rarely = st.sampled_from([False, False, False, False, True])
REFUSED = (QualityError, CatalogueError)


@dataclass
class Ledger:
    """What was really done, by whom, on which content."""

    edited: dict[int, set[str]] = field(default_factory=dict)  # version → people
    proposed: dict[int, set[str]] = field(default_factory=dict)  # proposal → people
    reviews: dict[tuple[int, str], dict[str, bool]] = field(
        default_factory=dict
    )  # (proposal, hash) → person → in favour
    panel: dict[tuple[int, str], set[str]] = field(default_factory=dict)  # (proposal, hash) → kinds in favour
    in_force: dict[int, str] = field(default_factory=dict)  # version → approved hash


class Machine(RuleBasedStateMachine):
    """One programme of one institution, five people, and whatever they do."""

    world: dict[str, Any]
    institution: Institution

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.tenant = tenant(self.institution)
        self.tenant.__enter__()
        self.ledger = Ledger()
        self.policy = (1, frozenset[str]())
        self.tokens: list[PanelMember] = []
        services.set_policy(self.institution, requires_approval="all", actor=None)
        made = catalogue.create(self.institution, ASSESSED, actor=self.world["designer"])
        self.micro_credential = made
        self.version = fresh(made.versions.get())
        self.ledger.edited[self.version.pk] = {"designer"}
        self.stale = "0" * 64
        self.count = 0

    def teardown(self) -> None:
        self.tenant.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def attempt(self, step: Callable[[], Any]) -> Any:
        """What the step gives, or None where it was refused; a refusal leaves nothing behind."""
        try:
            with transaction.atomic():
                return step()
        except REFUSED:
            return None

    def proposal(self) -> Proposal | None:
        return Proposal.objects.filter(version=self.version).order_by("-created_at", "-pk").first()

    def seen(self, proposal: Proposal, stale: bool) -> str:
        return self.stale if stale else proposal.content_hash

    @rule(who=people)
    def edits(self, who: str) -> None:
        self.count += 1
        before = content_hash(fresh(self.version))
        if self.attempt(lambda: edit(self.version, self.world[who], f"Title {self.count}")):
            self.stale = before
            self.ledger.edited.setdefault(self.version.pk, set()).add(who)

    @rule(who=people)
    def proposes(self, who: str) -> None:
        proposal = self.attempt(lambda: services.propose(fresh(self.version), actor=self.world[who]))
        if proposal:
            self.ledger.proposed.setdefault(proposal.pk, set()).add(who)

    @rule(who=people)
    def takes_back(self, who: str) -> None:
        if proposal := self.proposal():
            self.attempt(lambda: services.take_back(proposal, actor=self.world[who]))

    @rule(who=people, favour=st.booleans(), stale=rarely)
    def reviews(self, who: str, favour: bool, stale: bool) -> None:
        proposal = self.proposal()
        if proposal is None:
            return
        recommendation = "approve" if favour else "change"
        if self.attempt(
            lambda: services.review(
                proposal, recommendation, "Because.", {}, seen_hash=self.seen(proposal, stale), actor=self.world[who]
            )
        ):
            self.ledger.reviews.setdefault((proposal.pk, proposal.content_hash), {})[who] = favour

    @rule(who=people, kind=st.sampled_from(["peer", "industry", "quality_body"]))
    def invites(self, who: str, kind: str) -> None:
        proposal = self.proposal()
        if proposal is None:
            return
        self.count += 1
        made = self.attempt(
            lambda: services.invite(
                proposal,
                kind=kind,
                name="Somebody",
                email=f"p{self.count}@outside.example",
                organisation="Outside",
                actor=self.world[who],
            )
        )
        if made:
            self.tokens.append(made[0])

    @rule(which=st.integers(0, 50), say=st.sampled_from(["approve", "decline", "conflict"]), stale=rarely)
    def answers(self, which: int, say: str, stale: bool) -> None:
        if not self.tokens:
            return
        member = PanelMember.objects.select_related("proposal", "institution").get(
            pk=self.tokens[which % len(self.tokens)].pk
        )
        proposal = member.proposal
        if say == "conflict":
            self.attempt(lambda: services.declare_conflict(member, "I wrote it."))
        elif (
            self.attempt(lambda: services.answer(member, say, "So.", {}, seen_hash=self.seen(proposal, stale)))
            and say == "approve"
        ):
            self.ledger.panel.setdefault((proposal.pk, proposal.content_hash), set()).add(member.kind)

    @initialize(who=people, decider=people, gone=st.integers(0, 5))
    def begins(self, who: str, decider: str, gone: int) -> None:
        self.goes_the_right_way(who, decider, gone)

    @rule(who=people, decider=people, gone=st.integers(0, 5))
    def goes_the_right_way(self, who: str, decider: str, gone: int) -> None:
        """A few steps in the right order, or all of them: by chance alone an approval would hardly ever be reached."""
        self.proposes(who)
        proposal = self.proposal()
        if proposal is None:
            return
        if gone == 0:  # and at once to the end, as if what was said about an earlier content were enough
            self.approves(decider, stale=False, conditional=False)
            return
        reviews, panel = self.policy
        others = [person for person in ("officer", "second_officer", "owner") if person != who]
        for person in others[:reviews]:
            self.reviews(person, favour=True, stale=False)
        if gone == 1:
            return
        for kind in sorted(panel):
            self.invites(others[0], kind)
            if self.tokens and self.tokens[-1].proposal_id == proposal.pk:
                self.answers(len(self.tokens) - 1, "approve", stale=False)
        if gone > 2:
            self.approves(decider if gone < 5 else others[-1], stale=False, conditional=gone == 4)
        if gone == 5:
            self.publishes(who)

    @rule(who=people, stale=rarely, conditional=st.booleans())
    def approves(self, who: str, stale: bool, conditional: bool) -> None:
        proposal = self.proposal()
        if proposal is None:
            return
        decision = self.attempt(
            lambda: services.approve(
                proposal,
                "Good.",
                review_on=in_days(300),
                conditions=[("Do it.", in_days(30))] if conditional else [],
                seen_hash=self.seen(proposal, stale),
                actor=self.world[who],
            )
        )
        if decision is None:
            return
        ledger, key = self.ledger, (proposal.pk, proposal.content_hash)
        assert not stale or self.stale == proposal.content_hash
        assert who not in ledger.edited[self.version.pk], "approved by somebody who edited it"
        assert who not in ledger.proposed[proposal.pk], "approved by somebody who proposed it"
        assert content_hash(fresh(self.version)) == proposal.content_hash, "approved another content"
        reviews, panel = self.policy
        others = {
            person
            for person, favour in ledger.reviews.get(key, {}).items()
            if favour and person not in ledger.proposed[proposal.pk]
        }
        assert len(others) >= reviews, "too few reviews"
        assert panel <= ledger.panel.get(key, set()), "a kind of panel member was not heard"
        ledger.in_force[self.version.pk] = proposal.content_hash

    @rule(who=people, step=st.sampled_from(["return_for_changes", "decline"]), stale=rarely)
    def decides_against(self, who: str, step: str, stale: bool) -> None:
        proposal = self.proposal()
        if proposal is None:
            return
        act = getattr(services, step)
        if self.attempt(lambda: act(proposal, "Not yet.", seen_hash=self.seen(proposal, stale), actor=self.world[who])):
            assert who not in self.ledger.edited[self.version.pk] | self.ledger.proposed[proposal.pk]

    @rule(who=people)
    def withdraws_the_approval(self, who: str) -> None:
        approved = Proposal.objects.filter(version=self.version, state="approved").first()
        if approved and self.attempt(
            lambda: services.withdraw_approval(approved, "It went wrong.", actor=self.world[who])
        ):
            del self.ledger.in_force[self.version.pk]

    @rule(who=people)
    def retires(self, who: str) -> None:
        approved = Proposal.objects.filter(version=self.version, state="approved").first()
        if approved and self.attempt(lambda: services.retire(approved, "Nobody needs it.", actor=self.world[who])):
            del self.ledger.in_force[self.version.pk]

    @rule(who=people)
    def brings_it_back(self, who: str) -> None:
        self.micro_credential.refresh_from_db()
        retired = self.micro_credential.state == "retired"
        done = self.attempt(lambda: catalogue.bring_back(self.micro_credential, actor=self.world[who]) or True)
        if retired and done:
            shown = AchievementVersion.objects.select_related("image", "institution").get(
                micro_credential=self.micro_credential, state="published"
            )
            assert self.ledger.in_force.get(shown.pk) == content_hash(shown), "brought back without an approval"

    @rule(reviews=st.integers(0, 2), panel=st.sets(st.sampled_from(["peer", "industry", "quality_body"]), max_size=2))
    def changes_the_policy(self, reviews: int, panel: set[str]) -> None:
        services.set_policy(self.institution, requires_approval="all", reviews=reviews, panel=sorted(panel), actor=None)
        self.policy = (reviews, frozenset(panel))

    @rule(who=people)
    def publishes(self, who: str) -> None:
        if self.attempt(lambda: catalogue.publish(fresh(self.version), actor=self.world[who])):
            found = content_hash(fresh(self.version))
            assert self.ledger.in_force.get(self.version.pk) == found, "published without an approval in force"

    @rule(who=people)
    def begins_the_next_version(self, who: str) -> None:
        begun = self.attempt(
            lambda: catalogue.begin_version(self.micro_credential, "Another round.", actor=self.world[who])
        )
        if begun:
            self.version = fresh(begun)
            self.ledger.edited[self.version.pk] = {who}

    @rule(who=people)
    def fulfils(self, who: str) -> None:
        condition = Condition.objects.filter(state="open").first()
        if condition:
            self.attempt(lambda: services.fulfil(condition, "Done.", actor=self.world[who]))

    @rule(who=people)
    def accepts(self, who: str) -> None:
        condition = Condition.objects.filter(state="fulfilled").select_related("fulfilled_by").first()
        if condition and self.attempt(lambda: services.accept(condition, "Seen.", actor=self.world[who])):
            assert condition.fulfilled_by != self.world[who]

    @invariant()
    def what_is_shown_was_approved(self) -> None:
        """The published version, the endorsements that hold, and the catalogue's note all agree with the ledger."""
        for version in AchievementVersion.objects.select_related("institution", "micro_credential", "image"):
            found, noted = content_hash(version), self.ledger.in_force.get(version.pk)
            assert (version.approved_hash or None) == noted
            assert len(api.endorsements(version)) == (1 if noted == found else 0)

    @invariant()
    def every_decision_has_its_reason(self) -> None:
        assert not Decision.objects.filter(step__in=["approved", "declined", "returned"], reason="").exists()


@pytest.mark.usefixtures("db")
def test_no_sequence_of_actions_gets_around_the_gates(
    institution: Institution,
    designer: Any,
    programme_lead: Any,
    owner: Any,
    quality_officer: Any,
    second_officer: Any,
) -> None:
    world = dict(zip(PEOPLE, (designer, programme_lead, owner, quality_officer, second_officer), strict=True))
    machine = type("Machine", (Machine,), {"world": world, "institution": institution})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(
                Phase.explicit,
                Phase.reuse,
                Phase.generate,
            ),  # each step asks a database: shrinking would take minutes
        ),
    )

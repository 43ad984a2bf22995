"""A request from the wallet to the decision, and the credential that says it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from testamur_site.catalogue.models import AchievementVersion, MicroCredential
from testamur_site.foundation.audit.models import AuditEntry
from testamur_site.foundation.jobs.api import enqueue, run_pending
from testamur_site.foundation.mail.models import Message as Mail
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.issuing import api as issuing
from testamur_site.issuing.models import Award
from testamur_site.pathways.api import held_by
from testamur_site.recognition import errors, queries, services
from testamur_site.recognition.models import Agreement, Equivalence, Message, Recognition, Request, SentDocument
from testamur_site.recognition.rules import Result, Source
from testamur_site.recognition.services.requests import Offered
from testamur_site.verification.api import verify_document
from testamur_site.wallet import services as wallet
from testamur_site.wallet.api import Holder
from testamur_site.wallet.models import Deposit


def again(request: Request) -> Request:
    found = queries.request_by_public_id(request.public_id)
    assert found is not None
    return found


def actions(institution: Institution) -> list[str]:
    with tenant(institution):
        return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def mails(template: str) -> list[str]:
    with unscoped("all mails"):
        return list(Mail.objects.filter(template=f"recognition/mail/{template}").values_list("to", flat=True))


def test_sending_tells_the_registrar_and_keeps_no_name_in_the_audit_trail(
    sent: Request, receiving: Institution, registrar: Any
) -> None:
    again_sent = services.verify_again(sent)
    assert [one.verdict for one in again_sent] == ["valid"]
    assert "recognition.requested" in actions(receiving)
    with tenant(receiving):
        facts = json.dumps(list(AuditEntry.objects.values_list("facts", flat=True)))
    assert "Mina" not in facts
    assert "mina" not in facts


def test_the_registrar_is_mailed_once(registrar: Any, sent: Request) -> None:
    assert mails("waiting") == ["registrar@liffey.example"]


def test_recognised_as_one_of_ours(sent: Request, target: AchievementVersion, mina: Holder, hers: Offered) -> None:
    decided = services.decide(sent, Result.RECOGNISED, reason="The outcomes agree.", target=target.micro_credential)
    award = decided.award
    assert award is not None
    credential = json.loads(issuing.credential_bytes(award))
    subject = credential["credentialSubject"]
    assert subject["achievement"]["name"] == "Working with data"
    assert subject["narrative"] == "The outcomes agree."
    (evidence,) = credential["evidence"]
    digest = hashlib.sha256(hers.content).digest()
    assert evidence["id"] == json.loads(hers.content)["id"]
    assert evidence["digestSRI"] == "sha256-" + base64.b64encode(digest).decode()
    assert verify_document(issuing.credential_bytes(award)).verdict == "valid"
    with unscoped("the wallet of Mina"):
        deposit = Deposit.objects.get(award=award)
    assert (deposit.holder_id, deposit.state) == (mina.pk, "claimed")
    assert again(sent).state == "decided"


def test_in_part_is_elective_credit(sent: Request, target: AchievementVersion) -> None:
    with pytest.raises(errors.WrongState):
        services.decide(sent, Result.PARTLY, reason="Half.", target=target.micro_credential, amount=Decimal(2))
    with pytest.raises(errors.CreditsMissing):
        services.decide(sent, Result.PARTLY, reason="Half.")
    decided = services.decide(sent, Result.PARTLY, reason="Half of it.", amount=Decimal("2.5"))
    assert decided.award is not None
    subject = json.loads(issuing.credential_bytes(decided.award))["credentialSubject"]
    assert subject["creditsEarned"] == 2.5
    assert subject["achievement"]["name"] == "Recognised elective credits"
    assert verify_document(issuing.credential_bytes(decided.award)).verdict == "valid"


def test_the_elective_achievement_is_made_once(
    sent: Request, mina: Holder, receiving: Institution, university: Any
) -> None:
    services.decide(sent, Result.RECOGNISED, reason="Yes.", amount=Decimal(5))
    other = Offered(university.credential(email="mina@example.org"), "application/json", "", shown=True)
    second = services.send(mina, receiving, [other])
    services.decide(second, Result.RECOGNISED, reason="Yes.", amount=Decimal(3))
    with tenant(receiving):
        versions = [version.description.title["en"] for version in AchievementVersion.objects.all()]
    assert versions.count("Recognised elective credits") == 1


def test_refused_with_a_reason_that_the_learner_reads(sent: Request, receiving: Institution) -> None:
    decided = services.decide(sent, Result.REFUSED, reason="No assessment under supervision.")
    assert decided.award is None
    assert mails("decided") == ["mina@example.org"]
    with tenant(receiving):
        assert not Award.objects.exists()
        assert "No assessment under supervision." in Mail.objects.get(template="recognition/mail/decided").text


def test_decided_once(sent: Request) -> None:
    services.decide(sent, Result.REFUSED, reason="No.")
    with pytest.raises(errors.WrongState):
        services.decide(sent, Result.RECOGNISED, reason="Yes.", amount=Decimal(5))
    with unscoped("all of them"):
        assert Recognition.objects.count() == 1
        assert not Award.objects.filter(institution=sent.institution).exists()


def test_what_was_revoked_meanwhile_is_not_recognised(sent: Request, awarded: Deposit) -> None:
    issuing.revoke(awarded.award, issuing.Reason.ISSUED_IN_ERROR)
    with pytest.raises(errors.NotValid):
        services.decide(sent, Result.RECOGNISED, reason="Yes.", amount=Decimal(5))
    assert again(sent).state == "sent"
    services.decide(sent, Result.REFUSED, reason="It was revoked.")


def test_killed_between_decision_and_award(sent: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    from testamur_site.recognition.services import deciding

    class Killed(Exception):
        pass

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(deciding, "award_recognition", killed)
        with pytest.raises(Killed):
            services.decide(sent, Result.RECOGNISED, reason="Yes.", amount=Decimal(5))
    run_pending()
    decided = queries.recognition_by_public_id(again(sent).recognition.public_id)
    assert decided is not None
    assert decided.award_id is not None
    first = decided.award_id
    services.award(decided)
    with unscoped("all of them"):
        assert Award.objects.filter(institution=sent.institution).count() == 1
        assert Recognition.objects.get().award_id == first


def test_asked_answered_and_taken_back(sent: Request, registrar: Any) -> None:
    asked = services.ask(sent, "How many hours?", actor=registrar)
    assert asked.state == "asked"
    assert mails("asked") == ["mina@example.org"]
    answered = services.answer(sent, "One hundred and twenty-five.")
    assert answered.state == "sent"
    services.withdraw_request(sent)
    services.withdraw_request(sent)
    with unscoped("all of them"):
        assert not SentDocument.objects.exists()
        assert not Message.objects.exists()
    with pytest.raises(errors.WrongState):
        services.decide(sent, Result.REFUSED, reason="Too late.")


def test_the_same_credential_waits_once(sent: Request, mina: Holder, receiving: Institution, hers: Offered) -> None:
    with pytest.raises(errors.AlreadySent):
        services.send(mina, receiving, [hers])
    services.decide(sent, Result.REFUSED, reason="No.")
    second = services.send(mina, receiving, [hers])
    services.decide(second, Result.RECOGNISED, reason="On appeal.", amount=Decimal(5))
    with pytest.raises(errors.AlreadySent):
        services.send(mina, receiving, [hers])


def test_a_closed_desk_takes_nothing(mina: Holder, receiving: Institution, hers: Offered) -> None:
    services.change_desk(receiving, is_open=False, days=21, words="")
    with pytest.raises(errors.DeskClosed):
        services.send(mina, receiving, [hers])
    services.change_desk(receiving, is_open=True, days=21, words="")
    with pytest.raises(errors.NothingToSend):
        services.send(mina, receiving, [])


def test_what_pathways_count(sent: Request, mina: Holder, receiving: Institution, awarded: Deposit) -> None:
    decided = services.decide(sent, Result.RECOGNISED, reason="Yes.", amount=Decimal(5), source=Source.PRIOR_LEARNING)
    assert decided.award is not None
    found = {holding.id: holding for one in held_by(mina) for holding in one.holdings}
    recognised, original = found[decided.award.url], found[awarded.award.url]
    assert (recognised.source, recognised.approver) == ("recognised_prior_learning", receiving.name)
    assert sum(recognised.credits.values()) == 5
    assert original.source == "earned"
    assert [use.programme for use in original.uses] == [decided.award.url]
    issuing.revoke(decided.award, issuing.Reason.ADMINISTRATIVE)
    found = {holding.id: holding for one in held_by(mina) for holding in one.holdings}
    assert found[decided.award.url].valid is False
    assert found[awarded.award.url].uses == ()


def test_who_leaves_takes_what_they_sent_along(sent: Request, mina: Holder, target: AchievementVersion) -> None:
    services.decide(sent, Result.RECOGNISED, reason="Yes.", target=target.micro_credential)
    wallet.forget(mina)
    with unscoped("all of them"):
        assert not SentDocument.objects.exists()
        assert not Message.objects.exists()
        assert Request.objects.get().holder is None
        assert Recognition.objects.get().award is not None


def test_the_clock_reminds_once_and_tells_what_fell(sent: Request, registrar: Any, awarded: Deposit) -> None:
    enqueue("testamur_site.recognition.jobs.remind", {})
    run_pending()
    assert mails("due") == []
    with unscoped("all of them"):
        Request.objects.update(due=timezone.localdate())
    for _ in range(2):
        enqueue("testamur_site.recognition.jobs.remind", {})
        run_pending()
    assert mails("due") == ["registrar@liffey.example"]
    services.decide(sent, Result.RECOGNISED, reason="Yes.", amount=Decimal(5))
    issuing.revoke(awarded.award, issuing.Reason.ISSUED_IN_ERROR)
    for _ in range(2):
        enqueue("testamur_site.recognition.jobs.look_again", {})
        run_pending()
    assert mails("fallen") == ["registrar@liffey.example"]


# --- agreements -------------------------------------------------------------------------------------------------------------------


def test_an_agreement_decides_at_once(
    agree: Callable[..., Agreement], mina: Holder, receiving: Institution, hers: Offered
) -> None:
    agreement = agree()
    request = services.send(mina, receiving, [hers])
    run_pending()
    decided = again(request).recognition
    assert (decided.result, decided.agreement, decided.credits) == ("recognised", agreement, Decimal(5))
    assert decided.approver == agreement.title
    assert agreement.title in decided.reason
    assert decided.award is not None
    assert decided.decided_by is None


@pytest.mark.parametrize(
    "changes",
    [
        {"cap": Decimal(4)},
        {"automatic": False},
        {"minimum_level": 7},
        {"achievements": ["https://elsewhere.example/a"]},
        {"partner_id": "did:web:other.example"},
        {"direction": "outgoing"},
        {"valid_from": timezone.localdate().replace(year=timezone.localdate().year + 1, day=1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_an_agreement_does_not_cover_waits(
    agree: Callable[..., Agreement], mina: Holder, receiving: Institution, hers: Offered, changes: dict[str, Any]
) -> None:
    agree(**changes)
    request = services.send(mina, receiving, [hers])
    run_pending()
    assert again(request).state == "sent"


def test_terms_change_only_as_a_draft(agree: Callable[..., Agreement], receiving: Institution) -> None:
    agreement = agree()
    with pytest.raises(errors.WrongState):
        services.change_terms(agreement, {"cap": Decimal(60)})
    services.end(agreement)
    services.end(agreement)
    with tenant(receiving):
        changes = list(agreement.changes.values_list("event", flat=True))
    assert changes == ["created", "activated", "ended"]
    assert queries.agreements_in_force(receiving) == []
    with pytest.raises(errors.Incomplete) as caught:
        services.activate(services.draft(receiving, {"title": "Nobody", "partner_name": "Nobody"}))
    assert caught.value.facts["missing"] == ["partner_id", "valid_from"]


# --- equivalences -----------------------------------------------------------------------------------------------------------------


def test_a_later_equivalence_takes_the_place_of_the_earlier(receiving: Institution, target: AchievementVersion) -> None:
    about = {"issuer": "did:web:a.example", "issuer_name": "A", "achievement": "https://a.example/x", "name": "X"}
    micro_credential: MicroCredential = target.micro_credential
    services.publish(receiving, **about, target=None, amount=Decimal(5))
    services.publish(receiving, **about, target=micro_credential, amount=None)
    assert [one.target for one in queries.equivalences(receiving)] == [micro_credential]
    with pytest.raises(errors.CreditsMissing):
        services.publish(receiving, **about, target=None, amount=None)
    with tenant(receiving):
        assert Equivalence.objects.count() == 2

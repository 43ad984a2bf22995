"""Sending with consent, receipt and withdrawal; and the pages around it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from tests.standing import standing

from testamur_site.foundation.accounts.api import User, add_member
from testamur_site.foundation.audit.models import AuditEntry
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.mail.api import Message
from testamur_site.foundation.tenancy.api import Institution, tenant, unscoped
from testamur_site.records import api as records
from testamur_site.records import services
from testamur_site.records.jobs import end_overdue
from testamur_site.records.models import OutsideSending, Sending, Transcript
from testamur_site.wallet.api import Holder
from testamur_site.wallet.services import forget

Make = Callable[..., Any]


class Handle:
    def progress(self, done: int) -> None:
        self.done = done


def in_days(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
@standing
def sending(transcript: Transcript, institution: Institution, issuer: User) -> Sending:
    assert issuer.pk
    return records.send(transcript, institution, purpose="Admission", until=in_days(30))


def fresh(sending: Sending | OutsideSending) -> Any:
    with unscoped("a test looks"):
        return type(sending).objects.get(pk=sending.pk)


def actions(institution: Institution, of: str) -> list[str]:
    with tenant(institution):
        return list(AuditEntry.objects.filter(target=of).order_by("pk").values_list("action", flat=True))


def mails(template: str) -> list[str]:
    with unscoped("a test looks"):
        return [f"{one.to}\n{one.subject}\n{one.text}" for one in Message.objects.filter(template=template)]


def test_a_registrar_is_told_opens_it_and_the_learner_has_a_receipt(
    sending: Sending, issuer: User, client_for: Make, institution: Institution
) -> None:
    (told,) = mails("records/mail/received")
    assert issuer.email in told
    assert "김미나" not in told
    client = client_for(issuer)
    here = [institution.slug, sending.public_id]
    listing = client.get(reverse("records:received", args=here[:1])).content.decode()
    assert "김미나" in listing
    before = client.get(reverse("records:received_one", args=here)).content.decode()
    assert "Open the transcript" in before
    assert "Foundations of data" not in before
    assert client.get(reverse("records:received_json", args=here)).status_code == 404
    assert fresh(sending).opened_at is None
    client.post(reverse("records:received_one", args=here))
    opened = fresh(sending)
    page = client.get(reverse("records:received_one", args=here)).content.decode()
    assert "Foundations of data" in page
    assert "Data in practice" in page
    assert len(page.encode()) < 60_000
    file = client.get(reverse("records:received_json", args=here))
    assert file.content == bytes(opened.content)
    client.post(reverse("records:received_one", args=here))
    assert fresh(sending).opened_at == opened.opened_at
    (receipt,) = mails("records/mail/opened")
    assert "mina@example.org" in receipt
    assert "Han River" in receipt
    assert actions(institution, f"record:{sending.public_id}") == ["record.received", "record.opened"]


def test_withdrawal_ends_access_and_deletes_the_copy(
    sending: Sending, learner: Holder, issuer: User, client_for: Make, wallet_of: Make, institution: Institution
) -> None:
    client, here = client_for(issuer), [institution.slug, sending.public_id]
    client.post(reverse("records:received_one", args=here))
    own = wallet_of(learner)
    assert "Opened" in own.get(reverse("records:home")).content.decode()
    assert (
        "Take “For my application” back"
        in own.get(reverse("records:withdraw", args=[sending.public_id])).content.decode()
    )
    own.post(reverse("records:withdraw", args=[sending.public_id]))
    after = fresh(sending)
    assert (after.state, after.content, after.name) == ("withdrawn", None, "")
    assert after.opened_at is not None
    page = client.get(reverse("records:received_one", args=here)).content.decode()
    assert "The copy is deleted" in page
    assert "김미나" not in page + client.get(reverse("records:received", args=here[:1])).content.decode()
    assert client.get(reverse("records:received_json", args=here)).status_code == 404
    client.post(reverse("records:received_one", args=here))
    assert fresh(sending).state == "withdrawn"
    assert services.withdraw(sending) is False
    assert actions(institution, f"record:{sending.public_id}")[-1] == "record.withdrawn"


def test_its_day_ends_it(sending: Sending, institution: Institution) -> None:
    end_overdue(Handle())  # type: ignore[arg-type]
    assert fresh(sending).state == "sent"
    with tenant(institution):
        Sending.objects.update(until=in_days(-1))
    with pytest.raises(records.WrongState):
        records.open_sending(sending)
    end_overdue(Handle())  # type: ignore[arg-type]
    assert (fresh(sending).state, fresh(sending).content) == ("ended", None)
    assert actions(institution, f"record:{sending.public_id}") == ["record.received", "record.ended"]


def test_only_the_receiver_reads_it(
    sending: Sending,
    liffey: Institution,
    viewer: User,
    make_user: Make,
    client_for: Make,
    institution: Institution,
    wallet_of: Make,
) -> None:
    here = [institution.slug, sending.public_id]
    outsider = make_user("owner@liffey.example")
    add_member(liffey, outsider, "owner", actor=None)
    assert client_for(outsider).get(reverse("records:received_one", args=here)).status_code == 404
    assert client_for(viewer).get(reverse("records:received_one", args=here)).status_code == 403
    other = wallet_of(Holder.objects.create(name="Other"))
    assert other.post(reverse("records:withdraw", args=[sending.public_id])).status_code == 404
    assert fresh(sending).state == "sent"


def test_whoever_is_forgotten_leaves_no_copy(sending: Sending, learner: Holder) -> None:
    forget(learner)
    with unscoped("a test looks"):
        assert not Sending.objects.filter(pk=sending.pk).exists()
    assert not Transcript.objects.exists()


def test_a_link_for_somebody_outside(transcript: Transcript, client_for: Make, learner: Holder) -> None:
    sent = records.send_outside(
        transcript, receiver="City library", purpose="A job", until=in_days(3), email="office@city.example"
    )
    (mailed,) = mails("records/mail/outside")
    assert sent.url in mailed
    visitor, address = client_for(None), reverse("records:link", args=[sent.secret])
    before = visitor.get(address)
    assert "Foundations of data" not in before.content.decode()
    assert "no-store" in before["Cache-Control"]
    assert fresh(sent).opened_at is None
    assert visitor.get(reverse("records:link_json", args=[sent.secret])).status_code == 404
    visitor.post(address)
    assert "Foundations of data" in visitor.get(address).content.decode()
    assert visitor.get(reverse("records:link_json", args=[sent.secret])).content == bytes(transcript.signed or b"")
    assert "City library" in mails("records/mail/opened")[0]
    services.withdraw(sent)
    assert "Not open any more" in visitor.get(address).content.decode()
    assert visitor.post(address).status_code == 302
    assert fresh(sent).state == "withdrawn"
    assert visitor.get(reverse("records:link", args=["nothing"])).status_code == 404
    assert learner.pk


def test_a_shared_page_is_open_while_the_holder_wants_it(
    transcript: Transcript, learner: Holder, client_for: Make, wallet_of: Make
) -> None:
    visitor, own = client_for(None), wallet_of(learner)
    address = reverse("records:public", args=[transcript.public_id])
    assert visitor.get(address).status_code == 404
    own.post(reverse("records:share", args=[transcript.public_id]), {"shared": "1"})
    page = visitor.get(address)
    assert "Foundations of data" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert visitor.get(address + ".json").content == bytes(transcript.signed or b"")
    verified = visitor.get(reverse("verification:verify"), {"address": transcript.url}).content.decode()
    assert "Data in practice" in verified
    own.post(reverse("records:share", args=[transcript.public_id]), {"shared": "0"})
    assert visitor.get(address + ".json").status_code == 404


def test_the_learners_pages(learner: Holder, wallet_of: Make, institution: Institution) -> None:
    client = wallet_of(learner)
    assert "No transcript yet" in client.get(reverse("records:home")).content.decode()
    form = client.get(reverse("records:new")).content.decode()
    assert "Data in practice" in form
    digests = [piece.digest for piece in records.pieces_of(learner)[0]]
    assert client.post(reverse("records:new"), {"chosen": []}).status_code == 422
    made = client.post(reverse("records:new"), {"chosen": digests, "title": "Mine"})
    page = client.get(made["Location"]).content.decode()
    assert "Mine" in page
    public_id = made["Location"].rpartition("/")[2]
    assert client.get(reverse("records:download", args=[public_id]))["Content-Type"] == "application/vc"
    send = reverse("records:send", args=[public_id])
    good = {"institution": institution.slug, "purpose": "Admission", "until": in_days(10).isoformat()}
    for wrong in ({"until": in_days(-1).isoformat()}, {"until": in_days(500).isoformat()}, {"institution": "nowhere"}):
        assert client.post(send, {**good, **wrong}).status_code == 422
    assert client.post(send, good).status_code == 302
    outside = reverse("records:send_outside", args=[public_id])
    assert client.post(outside, {"receiver": "", "purpose": "x", "until": good["until"]}).status_code == 422
    client.post(outside, {"receiver": "Library", "purpose": "A job", "until": good["until"]})
    home = client.get(reverse("records:home")).content.decode()
    assert "Library" in home
    assert OutsideSending.objects.get().url in home
    korean = client.get(reverse("records:home"), headers={"accept-language": "ko"}).content.decode()
    assert "내 성적 기록" in korean
    assert "Delete “Mine”?" in client.get(reverse("records:delete", args=[public_id])).content.decode()
    client.post(reverse("records:delete", args=[public_id]))
    assert client.get(made["Location"]).status_code == 404
    run_pending()
    assert wallet_of(Holder.objects.create(name="Other")).get(made["Location"]).status_code == 404


def test_nobody_sends_without_end(
    transcript: Transcript, institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MAX_OPEN_SENDINGS", 1)
    records.send(transcript, institution, purpose="Admission", until=in_days(3))
    with pytest.raises(records.TooMany):
        records.send_outside(transcript, receiver="x", purpose="y", until=in_days(3))
    cache.clear()


def test_the_demonstration(learner: Holder, institution: Institution, issuer: User) -> None:
    made = records.create_demo(learner, institution, opened_by=issuer)
    assert made is not None
    assert fresh(made).state == "opened"
    assert records.create_demo(learner, institution) == made
    assert records.create_demo(Holder.objects.create(name="Nobody"), institution) is None

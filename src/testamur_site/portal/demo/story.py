"""The story that the demonstration tells, through the same services that the pages call.

1. University of Zed opens, with one registrar, and publishes three micro-credentials; the first is the EU's own sample of Annex I.
2. A cohort of twelve is awarded the first one from a table; the worker signs, mails go to the outbox.
3. Ana accepts and publishes hers, is awarded a second one, and publishes her portfolio.
4. A programme that is awarded on a decision is proposed, reviewed, approved and opened (`competence.py`).
5. Two partners open, and a microdegree of all three is awarded by itself (`consortium.py`).
6. One credential is to be renewed, another was; a transcript of three institutions is sent and opened (`living.py`).
7. One credential each is left pending, made private, suspended, revoked and replaced, so that these pages can be seen.

It is told in one transaction: a first start that is interrupted leaves nothing behind, and the next one tells it from the beginning.
Once told, it belongs to the visitors; no later start touches what they made of it.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from testamur_site.catalogue import api as catalogue
from testamur_site.foundation.accounts import api as accounts
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug, tenant
from testamur_site.issuing import api as issuing
from testamur_site.wallet import api as wallet

from . import competence, consortium, living
from .people import COHORT, REGISTRAR

SLUG = "university-of-zed"
QUEUES = ("default", "mail")
"""Not the log's: the story is one transaction, and what is appended to the log cannot be rolled back. The worker does that afterwards."""

EVIDENCE = "Sample credential,https://portfolio.example/sample-credential,A credential that follows the European Learning Model"


@transaction.atomic
def tell() -> None:
    """Create the demonstration where there is none."""
    if institution_by_slug(SLUG) is not None:
        return
    registrar = accounts.create_user(REGISTRAR["email"], REGISTRAR["name"], REGISTRAR["password"])
    university = accounts.create_institution(
        slug=SLUG,
        name="University of Zed",
        country="IE",
        owner=registrar,
        translations={
            "ko": {"name": "제드 대학교", "description": "마이크로크리덴셜을 시연하기 위해 지어낸 대학교입니다."}
        },
        description="An invented university, for trying out micro-credentials.",
        homepage="https://uniz.example/",
        email="registry@university-of-zed.example",
        languages=["en", "ko"],
        primary_colour="#17395c",
        accent_colour="#b8862b",
    )
    made = catalogue.create_demo(university, actor=registrar)
    first, second = (_offered(university, each) for each in made[:2])
    living.renew(second, registrar)
    with tenant(university):
        rows = [f"{name},{email},{language},{_day()},Pass,{EVIDENCE}" for name, email, language in COHORT]
        header = "Name,Email,Language,Award date,Result,Evidence name,Evidence URL,Evidence description"
        table = "\r\n".join([header, *rows, ""]).encode()
        batch = issuing.draft_batch(first, table, file_name="autumn-cohort.csv", actor=registrar)
        issuing.start_batch(batch, actor=registrar)
    competence.tell(university, registrar)
    consortium.tell(university, second, registrar)
    run_pending(QUEUES)
    _states(university, first, registrar)
    _ana(university, first, second, registrar)
    run_pending(QUEUES)
    consortium.take_part(university, second, lambda: run_pending(QUEUES), registrar)
    living.send(consortium.holder(university, COHORT[1][1]))
    run_pending(QUEUES)


def _offered(institution: Institution, micro_credential: catalogue.MicroCredential) -> catalogue.AchievementVersion:
    return next(v for v in catalogue.published(institution) if v.micro_credential_id == micro_credential.pk)


def _day() -> str:
    return (timezone.now().date() - timedelta(days=20)).isoformat()


def award_of(institution: Institution, version: catalogue.AchievementVersion, email: str) -> issuing.Award:
    """The newest award of a micro-credential to somebody of the cohort."""
    with tenant(institution):
        return issuing.Award.objects.filter(micro_credential=version.micro_credential_id, recipient_email=email).latest(
            "pk"
        )


def shown_award(institution: Institution) -> issuing.Award | None:
    """The first credential of the cohort's first learner that stands, or None where a visitor has withdrawn all of them."""
    with tenant(institution):
        return (
            issuing.Award.objects.filter(recipient_email=COHORT[0][1], state="issued")
            .select_related("micro_credential")
            .order_by("pk")
            .first()
        )


def _states(university: Institution, version: catalogue.AchievementVersion, registrar: accounts.User) -> None:
    awards = {email: award_of(university, version, email) for _, email, _ in COHORT}
    published = [email for _, email, _ in COHORT[1:8]]
    for email in published:
        _accept(awards[email], public=True)
    _accept(awards[COHORT[8][1]], public=False)
    with tenant(university):
        issuing.suspend(awards[COHORT[2][1]], issuing.Reason.ADMINISTRATIVE, actor=registrar)
        issuing.revoke(awards[COHORT[3][1]], issuing.Reason.ISSUED_IN_ERROR, actor=registrar)
        misspelt = awards[COHORT[4][1]]
        corrected = issuing.AwardData(
            name="박도윤 (朴道允)",
            email=misspelt.recipient_email,
            awarded_date=misspelt.awarded_date,
            language="ko",
            results=tuple(misspelt.results),
            evidence=tuple(misspelt.evidence),
        )
        issuing.correct(misspelt, corrected, actor=registrar)
    run_pending(QUEUES)


def _accept(award: issuing.Award, *, public: bool) -> wallet.Deposit:
    deposit = wallet.deposit_of(award.public_id)
    if deposit is None:
        raise LookupError(f"{award} was not handed over")
    wallet.claim(deposit, award.language)
    wallet.set_public(deposit, public)
    return wallet.deposit_of(award.public_id) or deposit


def _ana(
    university: Institution,
    first: catalogue.AchievementVersion,
    second: catalogue.AchievementVersion,
    registrar: accounts.User,
) -> None:
    name, email, language = COHORT[0]
    examination, project = catalogue.achievement_model(second).result_description
    data = issuing.AwardData(
        name=name,
        email=email,
        language=language,
        awarded_date=date.fromisoformat(_day()),
        results=({"description": examination.id, "value": "87"}, {"description": project.id, "value": "B"}),
        evidence=(
            {
                "name": "Course portfolio",
                "url": "https://portfolio.example/ana",
                "description": "Three worked examples.",
            },
        ),
    )
    with tenant(university):
        issuing.award_one(second, data, actor=registrar)
    run_pending(QUEUES)
    for version in (first, second):
        deposit = _accept(award_of(university, version, email), public=True)
    if deposit.holder is not None:
        wallet.change_portfolio(deposit.holder, name=name, about="Designs digital credentials.", public=True)

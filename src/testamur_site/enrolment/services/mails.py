"""The mails of enrolment: which, to whom, and with which key that keeps it single. Texts are in templates/enrolment/mail/.

None holds anything but the name of the programme, the task, a day and a link: a mailbox is read by others too.
"""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.core.exceptions import ValidationError

from testamur_site.catalogue.api import in_language
from testamur_site.foundation.entry_links import api as links
from testamur_site.foundation.mail import api as mail

from ..models import Enrolment, Learner, Submission
from . import common

ENTRY = "learner"
CONFIRMATION = "enrolment"
CONFIRMATION_KEPT = timedelta(days=2)
WELCOME_KEPT = timedelta(days=7)


def confirmation(enrolment: Enrolment) -> None:
    """Ask the mailbox whether it wants to be enrolled."""
    secret = links.new_link(CONFIRMATION, enrolment.public_id, kept=CONFIRMATION_KEPT)
    _send(enrolment.learner, "confirm", {**_about(enrolment), "path": f"/learn/confirm/{secret}"}, secret=True)


def entry(learner: Learner, language: str, *, then: str = "") -> None:
    """A link that lets the learner in, once, within the hour."""
    secret = links.new_link(ENTRY, learner.public_id)
    path = f"/learn/enter/{secret}" + (f"?{urlencode({'next': then})}" if then else "")
    _send(learner, "entry", {"path": path}, language=language, secret=True)


def enrolled(enrolment: Enrolment) -> None:
    """You are in, with a link that lets in (whoever was enrolled by staff has none yet)."""
    secret = links.new_link(ENTRY, enrolment.learner.public_id, kept=WELCOME_KEPT)
    _send(
        enrolment.learner,
        "enrolled",
        {**_about(enrolment), "path": f"/learn/enter/{secret}"},
        key=f"enrolment:{enrolment.public_id}:enrolled:{_stamp(enrolment)}",
        secret=True,
    )


def waiting(enrolment: Enrolment) -> None:
    _send(enrolment.learner, "waiting", _about(enrolment), key=f"enrolment:{enrolment.public_id}:waiting")


def withdrawn(enrolment: Enrolment) -> None:
    _send(
        enrolment.learner,
        "withdrawn",
        _about(enrolment),
        key=f"enrolment:{enrolment.public_id}:withdrawn:{_stamp(enrolment)}",
    )


def due_soon(enrolment: Enrolment, task_key: str, title: dict[str, str], due_on: date) -> None:
    """One reminder for each task and each due date: an extension brings another one."""
    learner = enrolment.learner
    _send(
        learner,
        "due_soon",
        {
            **_about(enrolment),
            "task": in_language(title, learner.language),
            "due_on": due_on,
            "path": f"/learn/{enrolment.public_id}/tasks/{task_key}/",
        },
        key=f"enrolment:{enrolment.public_id}:due:{task_key}:{due_on.isoformat()}",
    )


def returned(submission: Submission) -> None:
    enrolment = submission.enrolment
    learner = enrolment.learner
    design = next((task for task in enrolment.tasks if task.key == submission.task_key), None)
    _send(
        learner,
        "returned",
        {
            **_about(enrolment),
            "task": in_language(design.title, learner.language) if design else submission.task_key,
            "until": submission.resubmit_until,
            "path": f"/learn/{enrolment.public_id}/tasks/{submission.task_key}/",
        },
        key=f"submission:{submission.public_id}:returned",
    )


def _about(enrolment: Enrolment) -> dict[str, object]:
    return {
        "title": enrolment.version.title_in(enrolment.learner.language),
        "starts_on": enrolment.offering.starts_on,
        "learn_path": f"/learn/{enrolment.public_id}/",
    }


def _stamp(enrolment: Enrolment) -> str:
    moment = enrolment.ended_at or enrolment.enrolled_at
    return moment.strftime("%Y%m%d%H%M%S") if moment else ""


def _send(
    learner: Learner,
    template: str,
    context: dict[str, object],
    *,
    language: str = "",
    key: str | None = None,
    secret: bool = False,
) -> None:
    if not learner.email:
        return
    try:
        mail.send(
            learner.email,
            f"enrolment/mail/{template}",
            context,
            language or learner.language,
            institution=learner.institution,
            dedupe_key=key,
            secret=secret,
        )
    except ValidationError:
        # An address that a form or a table let through and the mail system does not take; the list of learners shows it.
        common.about_learner("mail.refused", learner, None, mail=template)

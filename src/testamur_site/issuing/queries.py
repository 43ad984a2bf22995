"""What is read. Staff queries run inside a tenant; the public ones say why they look across all institutions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from testamur_site.catalogue.api import AchievementVersion
from testamur_site.decisions.api import Decision
from testamur_site.foundation.accounts.api import User
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.jobs.api import Job, Status, unattended
from testamur_site.foundation.tenancy.api import Institution, looked_up, tenant, unsaved, unscoped

from .errors import CredentialNotIssued
from .models import Award, Batch, BatchRow, ListReading, PreparedCredential
from .rules import PUBLISHED, UNSIGNED, AwardState, BatchState, Stage, Verdict

PAGE_SIZE = 50
_OF_MANY = ("public_id", "institution_id", "version_id", "supersedes_id", "recipient_email", "language", "state")
_WITH = ("institution", "version", "version__image", "micro_credential", "superseded_by", "supersedes")


def award_by_public_id(public_id: str) -> Award | None:
    """An award by its public identifier, for its own page: whoever asks must decide by its state what to show."""
    if "\x00" in public_id:  # PostgreSQL refuses it in any text
        return None
    with unscoped("a credential has a public address of its own"):
        return Award.objects.select_related(*_WITH).filter(public_id=public_id).first()


def awards_by_public_ids(public_ids: Sequence[str]) -> list[Award]:
    """The active institution's awards with these public identifiers, in their order, each with its version; of the rest of each the
    least that is needed to say whom it concerns and how it stands."""
    names = ("id", *_OF_MANY)
    rows = [dict(zip(names, row, strict=True)) for row in looked_up(Award, names, "public_id", public_ids)]
    found = {row["public_id"]: unsaved(Award, row) for row in rows}
    awards = [found[public_id] for public_id in public_ids if public_id in found]
    # Once each, not with every award: a version carries its whole description.
    versions = AchievementVersion.objects.in_bulk({award.version_id for award in awards})
    for award in awards:
        award.version = versions[award.version_id]
    return awards


def credential_bytes(award: Award) -> bytes:
    """The signed credential, byte for byte. Raises CredentialNotIssued where there is none."""
    with tenant(award.institution):
        found = PreparedCredential.objects.filter(award=award).values_list("signed", flat=True).first()
    if award.state not in PUBLISHED or found is None:
        raise CredentialNotIssued(state=award.state)
    return bytes(found)


def own_award(public_id: str) -> Award | None:
    """One of the active institution's awards; None for another's or none."""
    return Award.objects.select_related(*_WITH, "batch", "created_by").filter(public_id=public_id).first()


def award_of_decision(decision: Decision) -> Award | None:
    """The newest award that was made of a decision: itself, or what took its place."""
    return Award.objects.filter(decision=decision).order_by("-pk").first()


def decision_of(award: Award) -> Decision | None:
    """The decision an award was made of, with its learner; None for other awards."""
    return Decision.objects.select_related("enrolment").filter(pk=award.decision_id).first()


def own_batch(public_id: str) -> Batch | None:
    """One of the active institution's batches; None for another's or none."""
    rows = Batch.objects.select_related("institution", "version", "version__image", "version__institution")
    return rows.select_related("micro_credential", "created_by").filter(public_id=public_id).first()


@dataclass(frozen=True, slots=True)
class AwardSearch:
    """What somebody looks for in the list of awards. `query` is part of a name or an address; `micro_credential` and `batch` public ids."""

    query: str = ""
    state: str = ""
    micro_credential: str = ""
    batch: str = ""


def awards(search: AwardSearch, page: str | int = 1) -> Page[Award]:
    """The institution's awards, newest first."""
    rows = Award.objects.select_related("version", "version__institution", "micro_credential", "batch").order_by(
        "-created_at", "-pk"
    )
    for word in search.query.split()[:6]:
        rows = rows.filter(Q(recipient_name__icontains=word) | Q(recipient_email__icontains=word))
    if search.state in set(AwardState):
        rows = rows.filter(state=search.state)
    if search.micro_credential:
        rows = rows.filter(micro_credential__public_id=search.micro_credential)
    if search.batch:
        rows = rows.filter(batch__public_id=search.batch)
    return Paginator(rows, PAGE_SIZE).get_page(page)


def batches(page: str | int = 1) -> Page[Batch]:
    """The institution's batches, newest first, each with `counts` (state of award → number)."""
    found = Paginator(
        Batch.objects.select_related("version", "version__institution", "micro_credential", "created_by").order_by(
            "-created_at"
        ),
        30,
    ).get_page(page)
    listed = list(found.object_list)
    counts: dict[int, Counter[str]] = {batch.pk: Counter() for batch in listed}
    per_state = (
        Award.objects.filter(batch__in=listed).values_list("batch", "state").annotate(number=Count("pk")).order_by()
    )
    for batch, state, number in per_state:
        counts[batch][state] = number
    for batch in listed:
        batch.counts = counts[batch.pk]
    found.object_list = listed
    return found


def verdict_counts(batch: Batch) -> dict[str, int]:
    """How many rows have each verdict; every verdict is there."""
    counted = dict(batch.rows.values_list("verdict").annotate(number=Count("pk")).order_by())
    return {verdict.value: counted.get(verdict.value, 0) for verdict in Verdict}


def rows(batch: Batch, verdict: str = "", page: str | int = 1, size: int = PAGE_SIZE) -> Page[BatchRow]:
    """The rows of the list in its order; `verdict` filters when it is one."""
    found: QuerySet[BatchRow] = batch.rows.order_by("line")
    if verdict in set(Verdict):
        found = found.filter(verdict=verdict)
    return Paginator(found, size).get_page(page)


def awards_by_line(batch: Batch, lines: Iterable[int]) -> dict[int, Award]:
    """What became of some rows of a batch."""
    return {award.line: award for award in Award.objects.filter(batch=batch, line__in=list(lines)) if award.line}


def refused_rows(batch: Batch) -> Iterable[tuple[list[str], list[dict[str, Any]]]]:
    """The cells of what was refused, in the order of the list, each with its problems: in the dry run, and by the lints afterwards."""
    lint_refused = Award.objects.filter(batch=batch, state=AwardState.REFUSED)
    refused = dict(lint_refused.values_list("line", "problem"))
    for row in (
        batch.rows.filter(Q(verdict=Verdict.REFUSED) | Q(line__in=lint_refused.values("line")))
        .order_by("line")
        .iterator(chunk_size=500)
    ):
        yield row.cells, row.problems or [refused.get(row.line) or {}]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. `left` awards are not signed yet; `stuck`: nothing works on them, or nothing succeeds, and somebody should
    look and say "carry on"; `trouble` is then the code of what went wrong last. `unattended`: it waits for a worker, and none runs."""

    total: int
    issued: int
    refused: int
    cancelled: int
    revoked: int
    left: int
    stuck: bool
    trouble: str = ""
    unattended: bool = False

    @property
    def done(self) -> int:
        return self.total - self.left

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def progress(batch: Batch) -> Progress:
    """Counted from the awards themselves, so that it is right whatever became of the jobs."""
    counts = Counter(
        dict(Award.objects.filter(batch=batch).values_list("state").annotate(number=Count("pk")).order_by())
    )
    undone = batch.state in (BatchState.UNDOING, BatchState.UNDONE)
    left = sum(counts[state] for state in UNSIGNED) + (0 if undone else batch.undecided)
    if batch.state == BatchState.UNDOING:
        left = counts[AwardState.ISSUED] + counts[AwardState.SUSPENDED]
    jobs = _jobs_of(batch)
    working, trouble = _work_on(jobs)
    under_way = batch.state in (BatchState.ISSUING, BatchState.UNDOING)
    return Progress(
        total=sum(counts.values()) + batch.undecided,
        issued=counts[AwardState.ISSUED] + counts[AwardState.SUSPENDED] + counts[AwardState.SUPERSEDED],
        refused=counts[AwardState.REFUSED],
        # Rows of which no award was made yet when the batch was undone, and none will be.
        cancelled=counts[AwardState.CANCELLED] + (batch.undecided if undone else 0),
        revoked=counts[AwardState.REVOKED],
        left=left,
        stuck=under_way and not working,
        trouble=trouble,
        unattended=under_way and working and unattended(jobs),
    )


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How far the reading of a long list is: `done` of `total`, bytes while it is looked through and rows while it is judged. `stuck`,
    `trouble` and `unattended` as of `Progress`."""

    stage: Stage
    done: int
    total: int
    stuck: bool
    trouble: str = ""
    unattended: bool = False

    @property
    def percent(self) -> int:
        return 100 * self.done // max(self.total, 1)


def reading_progress(batch: Batch) -> ReadingProgress:
    """Of a batch that is being read."""
    jobs = _jobs_of(batch)
    working, trouble = _work_on(jobs)
    reading = ListReading.objects.filter(batch=batch).first()
    if reading is None:  # its last row was judged in this very moment
        return ReadingProgress(Stage.COMPARING, 1, 1, stuck=False)
    stage = Stage(reading.stage)
    in_bytes = stage in (Stage.LOOKING, Stage.CONVERTING)
    done, total = (reading.offset, reading.size) if in_bytes else (reading.judged, reading.rows)
    return ReadingProgress(
        stage, done, total, stuck=not working, trouble=trouble, unattended=working and unattended(jobs)
    )


def _jobs_of(batch: Batch) -> QuerySet[Job]:
    return Job.objects.filter(path__startswith="testamur_site.issuing.jobs.", args__batch=batch.public_id)


def _work_on(jobs: QuerySet[Job]) -> tuple[bool, str]:
    """Whether a job of these waits or runs that has not just failed; if none does, what went wrong last, for whoever runs the site."""
    active = jobs.filter(status__in=(Status.QUEUED, Status.RUNNING))
    if active.filter(Q(error__isnull=True) | Q(status=Status.RUNNING)).exists():
        return True, ""
    failures = jobs.filter(error__isnull=False).exclude(status=Status.DONE).order_by("-created_at")
    last = failures.values_list("error", flat=True).first()
    if not last:
        return False, ""
    return False, f"{last.get('type', '').rpartition('.')[2]} ({last.get('code', '')})"


@dataclass(frozen=True, slots=True)
class Undoing:
    """What undoing a batch would do: cancel, revoke, and leave alone (corrected since, revoked or superseded before)."""

    cancel: int
    revoke: int
    leave: int


def would_undo(batch: Batch) -> Undoing:
    found = Award.objects.filter(batch=batch)
    cancel = found.filter(state__in=UNSIGNED).count()
    revoke = found.filter(state__in=(AwardState.ISSUED, AwardState.SUSPENDED), superseded_by=None).count()
    closed = found.filter(state__in=(AwardState.REFUSED, AwardState.CANCELLED)).count()
    return Undoing(cancel + batch.undecided, revoke, found.count() - cancel - revoke - closed)


def history(award: Award) -> list[Any]:
    """What the audit trail knows of an award, newest first; each entry with `person`, the name of who did it."""
    entries = list(audit.entries(award.institution, target=f"award:{award.public_id}")[:200])
    people = _people({entry.actor for entry in entries if entry.actor})
    for entry in entries:
        entry.person = people.get(entry.actor, "")
    return entries


def _people(public_ids: Iterable[str]) -> dict[str, str]:
    return {user.public_id: str(user) for user in User.objects.filter(public_id__in=list(public_ids))}


def award_counts(institution: Institution) -> dict[str, int]:
    """How many awards the institution has in each state, for its dashboard."""
    with tenant(institution):
        return dict(Award.objects.values_list("state").annotate(number=Count("pk")).order_by())

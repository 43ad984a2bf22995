"""The award of a microdegree, and its end.

1. `award` issues under a key of its own for this participant and this turn, so a repetition finds the award that was made; then it
   writes the row and moves the participant. Killed between the two, the next evaluation does the same again.
2. `look_after` takes the decision out of the awarded credential, verifies its parts anew, and asks what the fall of some of them means:
   it holds still, it holds by another use (then the credential is replaced by one whose decision stands), it does not hold and the
   programme gives time, or it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from testamur import strict_json
from testamur.errors import TestamurError
from testamur.pathways.decisions import (
    DecisionRecord,
    Document,
    Reevaluated,
    Stand,
    fallen_of,
    read_record,
    reevaluate,
    rerun,
    to_evidence,
)
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.mail import api as mail
from testamur_site.foundation.permissions.api import Right, allows
from testamur_site.foundation.tenancy.api import members, tenant
from testamur_site.issuing.api import (
    Award,
    AwardData,
    IssuingError,
    Reason,
    award_pathway,
    credential_bytes,
    redecide_pathway,
    revoke,
)
from testamur_site.verification.api import verify_document

from ..errors import WrongState
from ..holdings import Held
from ..models import DecisionRow, Participant
from ..rules import Event, ParticipantState
from .cases import record_of


def _evidence(record: DecisionRecord, language: str) -> list[dict[str, str]]:
    """The decision as an award keeps evidence."""
    return [
        {
            "url": one.id or "",
            "name": one.name or "",
            "description": one.description or "",
            "narrative": one.narrative or "",
            "genre": one.genre or "",
            "digest": one.digest_sri or "",
        }
        for one in to_evidence(record, language)
    ]


def _turn(participant: Participant) -> int:
    """How often the microdegree was withdrawn from this participant: a further award has a further key."""
    return participant.decisions.filter(event=Event.WITHDRAWN).count()


def award(participant: Participant, record: DecisionRecord, *, actor: Any = None, reason: str = "") -> Award:
    """Award because the rule holds. Repeating it finds the same award.

    Raises the errors of issuing; then the participant stays as they were.
    """
    holder = participant.holder
    if holder is None:
        raise WrongState(state=ParticipantState.LEFT)
    address = holder.addresses.order_by("pk").first()
    turn = f"{participant.public_id}-{_turn(participant)}"
    language = holder.language if holder.language in ("en", "ko") else "en"
    data = AwardData(
        name=holder.name,
        email=address.email if address else "",
        awarded_date=record.on,
        language=language,
        evidence=_evidence(record, language),
    )
    made = award_pathway(participant.rule.version, data, key=turn, actor=actor)
    with tenant(participant.institution), transaction.atomic():
        row(participant, Event.AWARDED, f"{turn}:awarded", award=made, actor=actor, reason=reason)
        Participant.objects.filter(pk=participant.pk, left_at=None).update(
            state=ParticipantState.AWARDED, award=made, grace_until=None
        )
        if actor is not None:
            audit.record(
                "pathway.approved",
                f"participant:{participant.public_id}",
                institution=participant.institution,
                actor=actor,
                facts={"award": made.public_id},
            )
    return made


def propose(participant: Participant) -> None:
    """The rule holds and somebody has to approve: put it on record and tell those who can."""
    key = f"{participant.public_id}-{participant.decisions.count()}:proposed"
    with tenant(participant.institution), transaction.atomic():
        row(participant, Event.PROPOSED, key)
        for person in members(participant.institution):
            if allows(person.role, Right.ISSUE) and person.user.is_active:
                user = person.user
                _mail(user.email, "waiting", participant, user.language, f"pathway:{key}:{user.pk}")


def look_after(participant: Participant, held: Sequence[Held], day: date) -> None:
    """Whether what was awarded still stands, and what follows if not."""
    award_ = participant.award
    if award_ is None or award_.state != "issued":
        return
    credential = strict_json.loads(credential_bytes(award_))
    try:
        record = read_record(credential)
    except TestamurError:
        return  # awarded by hand, without a decision: there is nothing to take again
    documents = [Document(one.document.content, one.report) for one in held]
    verified = {document.digest for document in documents}
    documents += [
        Document(part.content, verify_document(part.content))
        for part in record.parts
        if part.content is not None and part.digest not in verified
    ]
    again = rerun(record, documents)
    others = [holding for one in held for holding in one.holdings]
    found = reevaluate(record, fallen_of(again, day), on=day, others=others)
    _follow(participant, award_, found, held, day)


def _follow(
    participant: Participant,
    award_: Award,
    found: Reevaluated,
    held: Sequence[Held],
    day: date,
) -> None:
    facts = {"by": list(found.by), "open": list(found.open)}
    turn = f"{participant.public_id}-{_turn(participant)}-{award_.public_id}"
    if found.stand is Stand.HOLDS_OTHERWISE and found.by:
        _replace(participant, award_, held, day, facts, turn)
    elif found.stand in (Stand.HOLDS, Stand.HOLDS_OTHERWISE):
        if participant.state == ParticipantState.GRACE:
            _note(participant, Event.MENDED, f"{turn}:mended", ParticipantState.AWARDED, facts, until=None)
    elif found.stand in (Stand.GRACE, Stand.FALLEN):
        until = participant.grace_until or found.until
        if until is not None and day <= until:
            if participant.state != ParticipantState.GRACE:
                facts["until"] = until.isoformat()
                _note(participant, Event.GRACE, f"{turn}:grace", ParticipantState.GRACE, facts, until=until)
        else:
            _withdraw(participant, award_, facts, turn)


def _replace(
    participant: Participant,
    award_: Award,
    held: Sequence[Held],
    day: date,
    facts: Mapping[str, Any],
    turn: str,
) -> None:
    """It holds by another use of what is left: the credential gets the decision that stands, and supersedes the old one."""
    record = record_of(participant, held, day)
    if record.said.outcome != "holds":
        return
    language = award_.language if award_.language in ("en", "ko") else "en"
    try:
        successor = redecide_pathway(award_, _evidence(record, language))
    except IssuingError:
        return  # it is being corrected or revoked in this moment; the next evaluation sees what came of it
    with transaction.atomic():
        row(participant, Event.MENDED, f"{turn}:replaced", award=successor, facts=facts)
        Participant.objects.filter(pk=participant.pk).update(
            state=ParticipantState.AWARDED, award=successor, grace_until=None
        )


def _withdraw(participant: Participant, award_: Award, facts: Mapping[str, Any], turn: str) -> None:
    """Revoke what no longer stands. Where the institution asks for a second person, somebody has to do it by hand, and the
    participant's page says so."""
    try:
        revoke(award_, Reason.REQUIREMENTS_NOT_MET, note="The rule of the microdegree does not hold any more.")
    except IssuingError as error:
        with transaction.atomic():
            row(participant, Event.GRACE, f"{turn}:withdrawal-refused", facts={**facts, "refused": error.code})
        return
    _note(participant, Event.WITHDRAWN, f"{turn}:withdrawn", ParticipantState.FALLEN, facts, until=None)


def _note(
    participant: Participant,
    event: Event,
    key: str,
    state: ParticipantState,
    facts: Mapping[str, Any],
    *,
    until: date | None,
) -> None:
    with tenant(participant.institution), transaction.atomic():
        made = row(participant, event, key, facts=facts)
        Participant.objects.filter(pk=participant.pk).update(state=state, grace_until=until)
        if made:
            tell(participant, event.value, key, {"until": until})


def row(
    participant: Participant,
    event: Event,
    key: str,
    *,
    award: Award | None = None,
    actor: Any = None,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Write what was decided, once for each `key`; whether this call did."""
    _, made = DecisionRow.objects.get_or_create(
        key=key,
        defaults={
            "institution": participant.institution,
            "participant": participant,
            "event": event,
            "rule_digest": participant.rule.digest,
            "record": award.evidence if award is not None else [],
            "facts": dict(facts or {}),
            "reason": reason,
            "award": award,
            "decided_by": actor,
        },
    )
    return made


def tell(participant: Participant, what: str, key: str, facts: Mapping[str, Any]) -> None:
    """Mail the learner. Awarding and revoking are told by the wallet."""
    holder = participant.holder
    address = holder.addresses.order_by("pk").first() if holder is not None else None
    if address is not None and what in ("declined", "grace", "mended"):
        _mail(address.email, what, participant, holder.language, f"pathway:{key}", facts)


def _mail(
    to: str, what: str, participant: Participant, language: str, key: str, facts: Mapping[str, Any] | None = None
) -> None:
    title = participant.rule.version.title_in(language)
    try:
        mail.send(
            to,
            f"pathways/mail/{what}",
            {"participant": participant, "title": title, **(facts or {})},
            language,
            institution=participant.institution,
            dedupe_key=key,
        )
    except ValidationError:
        audit.record(
            "mail.refused",
            f"participant:{participant.public_id}",
            institution=participant.institution,
            facts={"mail": what},
        )

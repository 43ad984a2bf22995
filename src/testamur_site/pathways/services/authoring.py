"""The rule of a version: read, tried, and kept as its author wrote it."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from testamur.errors import InputError
from testamur.pathways import Fault, NotAProgramme, Programme, read_programme, trials
from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import tenant

from ..errors import RuleFixed, RuleRefused
from ..models import Participant, Rule
from ..rules import MAXIMUM_RULE, Awarding


def mistake(line: int, fault: Fault) -> dict[str, Any]:
    """A mistake as the fact of a refusal: its line (0 where it has none), its English sentence, its code and facts."""
    return {"line": line, "message": fault.said(), **stated(fault)}


def stated(fault: Fault) -> dict[str, Any]:
    """A fault as JSON values; `testamur.pathways.reading.said` words it in the reader's language."""
    return {"code": fault.code, "facts": fault.facts}


def read_rule(text: str) -> Programme:
    """The programme that a text is. Raises RuleRefused with every mistake and its line, or with the tests of its own that fail."""
    if len(text.encode()) > MAXIMUM_RULE:
        raise RuleRefused(mistakes=[mistake(0, Fault.of("too_long", most=f"{MAXIMUM_RULE:,}"))])
    try:
        programme = read_programme(text.encode())
    except NotAProgramme as error:
        raise RuleRefused(mistakes=[mistake(one.line, one.fault) for one in error.mistakes]) from error
    except InputError as error:
        raise RuleRefused(mistakes=[mistake(0, Fault.of("other", said=error))]) from error
    failed = [
        {"name": trial.name, "faults": [stated(fault) for fault in trial.faults]}
        for trial in trials(programme)
        if not trial.passed
    ]
    if failed:
        raise RuleRefused(trials=failed)
    return programme


def set_rule(
    version: AchievementVersion, text: str, *, awarding: Awarding = Awarding.APPROVAL, actor: Any = None
) -> Rule:
    """Give a version its rule, or change it while nobody relies on it. The text is kept byte for byte (line ends as line feeds).

    Raises RuleRefused, and RuleFixed once the version is published: what was offered under a rule is decided by it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    programme = read_rule(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with tenant(version.institution), transaction.atomic():
        fresh = AchievementVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        before = Rule.objects.filter(version=fresh).first()
        if fresh.state != AchievementVersion.State.DRAFT and before is not None:
            if before.digest != digest or before.awarding != awarding:
                raise RuleFixed(version=fresh.public_id)
            return before
        if before is not None and Participant.objects.filter(rule=before).exists():
            raise RuleFixed(version=fresh.public_id)
        rule, _ = Rule.objects.update_or_create(
            version=fresh,
            defaults={
                "institution": version.institution,
                "text": text,
                "digest": digest,
                "awarding": awarding,
                "changed_at": timezone.now(),
                "changed_by": actor,
            },
        )
        audit.record(
            "pathway.rule_set",
            f"version:{fresh.public_id}",
            institution=version.institution,
            actor=actor,
            facts={"programme": programme.id, "version": programme.version, "digest": digest, "awarding": awarding},
        )
        return rule

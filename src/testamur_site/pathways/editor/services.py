"""What is written while a rule is being worked on. The draft takes whatever is typed; only `use` asks whether it is a programme."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur.pathways import Fault
from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.tenancy.api import tenant

from ..api import Awarding, Rule, RuleRefused, set_rule
from ..services.authoring import mistake
from .models import RuleDraft

MAXIMUM_TEXT = 200_000
"""Characters of a text; a rule may have as many bytes."""


class ChangedMeanwhile(Exception):
    """Somebody else, or another window, has changed the draft since it was shown."""


def draft_of(version: AchievementVersion) -> RuleDraft | None:
    """The draft of a version's rule, or None."""
    with tenant(version.institution):
        return RuleDraft.objects.filter(version=version).select_related("version", "institution").first()


def begin(version: AchievementVersion, text: str, *, awarding: str = Awarding.APPROVAL, actor: Any) -> RuleDraft:
    """Begin a draft with a text. Where one exists already, that one."""
    with tenant(version.institution):
        try:
            with transaction.atomic():
                draft = RuleDraft.objects.create(
                    institution=version.institution,
                    version=version,
                    text=lines(text),
                    awarding=awarding,
                    changed_by=actor,
                )
                _audit(draft, actor)
                return draft
        except IntegrityError:
            return RuleDraft.objects.select_related("version", "institution").get(version=version)


def keep(draft: RuleDraft, text: str, *, revision: int, actor: Any, awarding: str | None = None) -> RuleDraft:
    """Keep a text, whatever it says. `revision` is the one that the author saw. The same text again changes nothing.

    Raises ChangedMeanwhile, and RuleRefused for a text that is longer than a rule may be.
    """
    text = lines(text)
    if len(text) > MAXIMUM_TEXT:
        raise RuleRefused(mistakes=[mistake(0, Fault.of("too_many_characters", most=f"{MAXIMUM_TEXT:,}"))])
    with tenant(draft.institution), transaction.atomic():
        fresh = RuleDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        awarding = awarding or fresh.awarding
        if fresh.text == text and fresh.awarding == awarding:
            return fresh
        changed = RuleDraft.objects.filter(pk=draft.pk, revision=revision).update(
            text=text,
            before=fresh.text if fresh.text != text else fresh.before,
            awarding=awarding,
            revision=revision + 1,
            changed_at=timezone.now(),
            changed_by=actor,
        )
        if not changed:
            raise ChangedMeanwhile
        fresh.refresh_from_db()
        _audit(fresh, actor)
        return fresh


def undo(draft: RuleDraft, *, revision: int, actor: Any) -> RuleDraft:
    """Go back to the text before the last change; once more, and the change is back. Raises ChangedMeanwhile."""
    return keep(draft, draft.before or draft.text, revision=revision, actor=actor)


def use(draft: RuleDraft, *, actor: Any) -> Rule:
    """Make the draft the rule of its version. Raises RuleRefused and RuleFixed, and then changes nothing."""
    return set_rule(draft.version, draft.text, awarding=Awarding(draft.awarding), actor=actor)


def lines(text: str) -> str:
    """Line ends as line feeds, and no NUL, which one of the databases cannot keep."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "�")


def _audit(draft: RuleDraft, actor: Any) -> None:
    audit.record(
        "pathway.rule_drafted",
        f"version:{draft.version.public_id}",
        institution=draft.institution,
        actor=actor,
        facts={"digest": hashlib.sha256(draft.text.encode()).hexdigest(), "revision": draft.revision},
    )

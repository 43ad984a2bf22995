"""Who may do what: the whole table, in one place. No Django, no database."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    VIEW = "view"  # see everything of the institution but the audit trail and the keys
    DESIGN = "design"  # describe, publish and retire micro-credentials
    LEAD = "lead"  # run offerings: enrol, moderate, decide on results
    ASSESS = "assess"  # mark what was allocated to one
    REVIEW = "review"  # review and approve what others propose
    ISSUE = "issue"  # award, singly and by cohort; correct an award
    REVOKE = "revoke"  # revoke, suspend, reinstate, undo a batch
    MANAGE_PEOPLE = "manage_people"  # invite, change roles, remove
    MANAGE_INSTITUTION = "manage_institution"  # name, colours, logo, contact
    MANAGE_KEYS = "manage_keys"  # see and rotate signing keys
    READ_AUDIT = "read_audit"  # see and export the audit trail


RIGHTS: dict[str, frozenset[Right]] = {
    "owner": frozenset(Right),
    "designer": frozenset({Right.VIEW, Right.DESIGN}),
    "programme_lead": frozenset({Right.VIEW, Right.DESIGN, Right.LEAD, Right.ASSESS}),
    # An assessor sees what is to be marked and nothing else: marking is anonymous where the programme says so.
    "assessor": frozenset({Right.ASSESS}),
    "quality_officer": frozenset({Right.VIEW, Right.REVIEW}),
    "issuer": frozenset({Right.VIEW, Right.ISSUE, Right.REVOKE}),
    "viewer": frozenset({Right.VIEW}),
}


def allows(role: str | None, right: Right) -> bool:
    """Whether `role` includes `right`. No role, or one we do not know, includes nothing."""
    return role is not None and right in RIGHTS.get(role, frozenset())

"""What is done here with four eyes: carried out and described for `keys.proposals` (TESTAMUR_KEY_ACTIONS)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from testamur_site.foundation.design_system.api import moment
from testamur_site.foundation.keys.api import Described, KeyProposal, ProposalRefused, keys_of, propose
from testamur_site.foundation.tenancy.api import Institution

from . import queries, services
from .rules import Place

CUT_OFF, REQUIREMENT = "cut_off", "log_requirement"


def propose_cut_off(
    institution: Institution, fragment: str, place: Place | None, actor: Any, *, reason: str
) -> KeyProposal:
    """Propose that what a key signed counts only before a place (None: before the one that is next when it is carried out).

    Only the latter takes nothing from what was recorded before, and so is urgent. Raises ProposalRefused.
    """
    facts = {} if place is None else {"year": place[0], "index": place[1]}
    return propose(institution, CUT_OFF, actor, reason=reason, target=fragment, facts=facts, urgent=place is None)


def propose_requirement(institution: Institution, after: datetime | None, actor: Any, *, reason: str) -> KeyProposal:
    """Propose another requirement, or none. Raises ProposalRefused."""
    facts = {"required_from": after.isoformat() if after else None}
    return propose(institution, REQUIREMENT, actor, reason=reason, facts=facts)


def carry_out_cut_off(institution: Institution, proposal: KeyProposal, actor: Any) -> None:
    """Raises ProposalRefused."""
    try:
        services.cut_off(institution, proposal.target, place_of(proposal), actor)
    except services.NoSuchPlace:
        raise ProposalRefused("gone") from None


def carry_out_log_requirement(institution: Institution, proposal: KeyProposal, actor: Any) -> None:
    services.change_requirement(institution, _moment_of(proposal), actor)


def describe_cut_off(institution: Institution, proposal: KeyProposal) -> Described:
    place = place_of(proposal)
    follows = [
        _("A new key signs from now on, unless another one does already."),
        _(
            "From now on %(key)s counts for nothing: what a thief signs with it is refused everywhere, whatever date it bears."
        )
        % {"key": proposal.target}
        if place is None
        else _(
            "What %(key)s signed counts only where it is in the log of %(year)s before place %(index)s, or in that of an earlier year."
        )
        % {"key": proposal.target, "year": place[0], "index": place[1]},
        _("Every credential that is in the log before that place stays valid. Nobody has to be written to."),
    ]
    key = next((one for one in keys_of(institution) if one.fragment == proposal.target), None)
    if place is not None and key is not None and proposal.state_now == KeyProposal.State.OPEN:
        found = queries.effect(institution, key, place)
        follows.append(
            _(
                "Of your awards with this key, %(before)s lie before that place and %(after)s after it; those are to be issued again."
            )
            % {"before": found.before, "after": found.after}
        )
    follows.append(_("A cut-off can be moved to an earlier place afterwards, never to a later one."))
    return Described(
        _("Cut off %(key)s") % {"key": proposal.target},
        tuple(follows),
        _("Cut off the key"),
        danger=True,
        link=_look(institution, proposal, place),
    )


def _look(institution: Institution, proposal: KeyProposal, place: Place | None) -> tuple[str, str] | None:
    made = next((one for one in queries.cut_offs(institution) if one.fragment == proposal.target), None)
    if proposal.state == KeyProposal.State.DONE and made is not None:
        return _("Awards after the cut-off"), reverse("log_cut_offs:cut_off", args=[institution.slug, made.public_id])
    if place is None:
        return None
    address = reverse("log_cut_offs:start", args=[institution.slug])
    return _("Which awards these are"), f"{address}?key={proposal.target}&year={place[0]}&index={place[1]}"


def describe_log_requirement(_institution: Institution, proposal: KeyProposal) -> Described:
    after = _moment_of(proposal)
    if after is None:
        return Described(
            _("No longer require the public log"),
            (
                _(
                    "Verifiers will take your credentials whether they are in the log or not, also those that a thief signs in secret."
                ),
                _("That it was required, and no longer is, stays recorded in the log."),
            ),
            _("No longer require it"),
            danger=True,
        )
    return Described(
        _("Require the public log from %(when)s on") % {"when": moment(after)},
        (
            _(
                "From then on verifiers refuse every credential of yours that is not in the log, whatever date it bears."
            ),
            _("What was issued before and is in the log is in order. What is not in the log is issued again first."),
        ),
        _("Require it"),
    )


def place_of(proposal: KeyProposal) -> Place | None:
    """The place that a proposal names; None for the one that is next when it is carried out."""
    facts = proposal.facts
    return (int(facts["year"]), int(facts["index"])) if "year" in facts else None


def _moment_of(proposal: KeyProposal) -> datetime | None:
    written = proposal.facts.get("required_from")
    return parse_datetime(written) if written else None

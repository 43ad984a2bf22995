"""Proposals in words: what they are, what follows, and why a step is not possible now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import KeyProposal

KINDS = ("rotate", "withdraw", "end_history", "abandon_history")

REFUSED = {
    "reason": gettext_lazy("Say why: whoever approves of it reads that first."),
    "open": gettext_lazy("This is proposed already. Carry out or close that proposal first."),
    "closed": gettext_lazy("This proposal is not open any more: somebody else was faster, or it was taken back."),
    "expired": gettext_lazy("This proposal has expired. Propose it again if it is still wanted."),
    "own": gettext_lazy("You proposed this yourself. Somebody else with the right to the keys has to carry it out."),
    "too_new": gettext_lazy(
        "You were given the right to the keys after this was proposed. Somebody who had it before carries it out, or it is proposed again."
    ),
    "too_early": gettext_lazy(
        "You are the only one with the right to the keys, so this has to wait before you carry it out alone."
    ),
    "gone": gettext_lazy("What this is about is not there any more."),
}

CEREMONY = {
    "none": gettext_lazy("There is no history of this identifier yet."),
    "exists": gettext_lazy("There is a history of this identifier already."),
    "next_key": gettext_lazy(
        "This is not the update key that was prepared last. Give the newest file, or prepare a new one."
    ),
    "present_key": gettext_lazy(
        "This is not the update key that the last version committed to. Look for the file that was made before that version was written."
    ),
    "not_prepared": gettext_lazy("Prepare the next update key first."),
    "needed": gettext_lazy(
        "Credentials were issued under the did:webvh, so its history has to go along: give the update keys."
    ),
    "behind": gettext_lazy("The history does not say yet what the DID document says now. Write a version first."),
    "too_soon": gettext_lazy("The last version was written this very second. Try again."),
    "overtaken": gettext_lazy(
        "Somebody else has written a version in the meantime. Look at the history and begin again."
    ),
    "file": gettext_lazy("This is no file of an update key. It begins with “BEGIN ENCRYPTED PRIVATE KEY”."),
    "passphrase": gettext_lazy("The passphrase does not open this file. It has six groups of four signs."),
}


@dataclass(frozen=True, slots=True)
class Described:
    """A proposal in words. `short` is what a mail can say; `follows` are sentences; `link` a label and an address to look at first."""

    title: str
    follows: Sequence[str]
    confirm: str
    danger: bool = False
    link: tuple[str, str] | None = None


def described(proposal: KeyProposal) -> Described:
    if proposal.kind == "rotate":
        return Described(
            _("Make a new signing key"),
            (
                _("The new key signs from now on. The private half of the present key is destroyed."),
                _(
                    "The public half of the present key stays in your DID document, so every credential signed with it stays valid."
                ),
            ),
            _("Make a new key"),
        )
    if proposal.kind == "withdraw":
        return Described(
            _("Withdraw %(key)s") % {"key": proposal.target},
            (
                _(
                    "Every verifier will refuse all that it signed: what a thief signs, and also every credential that you signed with it."
                ),
                _("Correct those awards afterwards; each learner then gets a credential signed with the present key."),
                _("This cannot be taken back."),
            ),
            _("Withdraw the key"),
            danger=True,
        )
    if proposal.kind == "abandon_history":
        return Described(
            _("Give the did:webvh up"),
            (
                _(
                    "For when its update key is lost: no version can be written any more, and new keys cannot be added to it."
                ),
                _(
                    "Verifiers go on taking the keys that its last version lists. If one of those was copied, the history cannot say so."
                ),
                _(
                    "New credentials are issued under your did:web. Issue the others again before you make a new signing key."
                ),
                _("This cannot be taken back."),
            ),
            _("Give the did:webvh up"),
            danger=True,
        )
    return Described(
        _("End the did:webvh"),
        (
            _(
                "Nothing can follow in its history. Every verifier will refuse the credentials that were issued under it."
            ),
            _("Credentials that were issued under your did:web are not affected."),
            _("This cannot be taken back."),
        ),
        _("End the did:webvh"),
        danger=True,
    )


def refused(error: Any) -> str:
    """Why a step was refused: of ProposalRefused, CeremonyRefused or UpdateKeyUnreadable."""
    return str({**CEREMONY, **REFUSED}[error.code])

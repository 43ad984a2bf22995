"""What became of an anchor, in words: from codes and facts to sentences in the reader's language. Made late, never
stored."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KINDS = {
    "evm": gettext_lazy("Block chain of Ethereum's kind"),
    "opentimestamps": gettext_lazy("OpenTimestamps (Bitcoin)"),
    "rfc3161": gettext_lazy("Time-stamping authority (RFC 3161)"),
}
STATES = {
    "waiting": gettext_lazy("waiting to be handed in"),
    "submitted": gettext_lazy("submitted"),
    "pending": gettext_lazy("pending"),
    "confirmed": gettext_lazy("confirmed"),
}
_PROBLEMS = {
    "chain.funds": gettext_lazy(
        "The account that pays has too little money: %(balance)s are there, up to %(needed)s may be needed. Send some to %(address)s."
    ),
    "chain.too_dear": gettext_lazy(
        "The chain is too dear at present: %(gwei)s gwei for a unit of gas, and at most %(most)s are paid. It is tried again later."
    ),
    "chain.other_chain": gettext_lazy(
        "The node follows another chain than the settings say. Correct its address or the number of the chain."
    ),
    "chain.not_configured": gettext_lazy(
        "The settings name this chain no longer. Put it back, or leave this anchor as it is."
    ),
    "chain.nonce_taken": gettext_lazy(
        "Another transaction has taken the place of ours: the account is used elsewhere too. Let only one deployment use it."
    ),
    "chain.reverted": gettext_lazy(
        "The chain has run the transaction and undone it. Look at the contract's address in the settings."
    ),
    "chain.refused": gettext_lazy("The node has refused the transaction. It is handed in again later."),
    "chain.key": gettext_lazy("The key of the account cannot be opened. Put the key-encryption key back."),
    "anchor.no_contract": gettext_lazy(
        "There is no contract for anchors at %(contract)s in this chain. Correct the address in the settings."
    ),
    "anchor.event_missing": gettext_lazy(
        "The contract knows this checkpoint, but the node does not find since when. Name an earlier block in since_block."
    ),
    "anchor.paid_in_vain": gettext_lazy(
        "Paid for %(orders)s times without coming through. Look at the account and the contract."
    ),
    "anchor.authority_unknown": gettext_lazy(
        "The time stamp does not lead to the certificates in the settings. Renew them."
    ),
    "anchor.time_stamp": gettext_lazy("What the authority answered is no time stamp."),
    "anchor.authority": gettext_lazy("The authority answered with status %(status)s instead of a time stamp."),
    "anchor.calendar": gettext_lazy("The calendar answered with status %(status)s instead of a promise."),
    "anchor.explorer": gettext_lazy(
        "What the explorer says of the block cannot be right. Choose another one in the settings."
    ),
    "anchor.not_configured": gettext_lazy("The settings name this end point no longer."),
    "anchor.misconfigured": gettext_lazy("The settings cannot be read at %(place)s."),
    "chain.misconfigured": gettext_lazy("The settings cannot be read at %(place)s."),
    "resolution.unreachable": gettext_lazy("Nobody answers there at present. It is tried again later."),
    "resolution.timeout": gettext_lazy("The answer took too long. It is tried again later."),
    "resolution.private": gettext_lazy(
        "The address is not a public one, and TESTAMUR_ALLOWED_ORIGINS does not name it."
    ),
}
MISTAKES = {
    "missing": gettext_lazy("is missing"),
    "unreadable": gettext_lazy("cannot be read"),
    "unknown": gettext_lazy("is not known here"),
    "wrong": gettext_lazy("cannot be right"),
    "twice": gettext_lazy("is there twice"),
}


def of_problem(code: str, facts: Mapping[str, Any]) -> str:
    """Why an anchor does not get on, and what to do; "" without a code."""
    if not code:
        return ""
    found = _PROBLEMS.get(code)
    if found is None:
        return _("It did not work (%(code)s). It is tried again later.") % {"code": code}
    told = {name: _coins(value) if name in ("balance", "needed") else value for name, value in facts.items()}
    try:
        return str(found) % told
    except (KeyError, TypeError, ValueError):
        return _("It did not work (%(code)s). It is tried again later.") % {"code": code}


def _coins(wei: Any) -> str:
    try:
        return f"{Decimal(wei) / 10**18:.6f} ETH"
    except InvalidOperation:
        return "?"

"""What editions say, in words: from codes and facts to sentences in the reader's language. Made late, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur_site.foundation.keys.api import Described, KeyProposal
from testamur_site.foundation.tenancy.api import Institution

STATES = {
    "signing": gettext_lazy("Being signed"),
    "anchoring": gettext_lazy("Waiting for the chain"),
    "finished": gettext_lazy("Finished"),
    "failed": gettext_lazy("Stands still"),
}
_SENTENCES = {
    "blockcerts.no_chain": gettext_lazy(
        "This deployment makes no Blockcerts editions: whoever runs it has named no chain for them."
    ),
    "blockcerts.off": gettext_lazy("Switch Blockcerts editions on first."),
    "blockcerts.nothing": gettext_lazy(
        "There is nothing to do: every valid award here has its edition, or one is on its way."
    ),
    "blockcerts.too_many": gettext_lazy(
        "At most %(most)s editions share one transaction. Ask for smaller batches one by one."
    ),
    "blockcerts.key_algorithm": gettext_lazy(
        "Editions are signed with Ed25519, and the institution's key is of another kind. They cannot be made with this key."
    ),
    "chain.funds": gettext_lazy(
        "The institution's account has too little money: %(balance)s are there, up to %(needed)s may be needed. Send some to %(address)s."
    ),
    "chain.too_dear": gettext_lazy(
        "The chain is too dear at present: %(gwei)s gwei for a unit of gas, and at most %(most)s are paid. It is tried again later."
    ),
    "chain.nonce_taken": gettext_lazy(
        "Another transaction has taken the place of ours: the account is used elsewhere too. Let only one deployment use it, and try again."
    ),
    "chain.reverted": gettext_lazy("The chain has run the transaction and undone it. Try again."),
    "chain.other_chain": gettext_lazy(
        "The node follows another chain than the settings say. Tell whoever runs this deployment."
    ),
    "chain.not_configured": gettext_lazy("The settings name this chain no longer. Tell whoever runs this deployment."),
    "chain.misconfigured": gettext_lazy(
        "The settings of the chains cannot be read. Tell whoever runs this deployment."
    ),
}


def describe(_institution: Institution, _proposal: KeyProposal) -> Described:
    """What switching on is and what follows, for whoever carries it out."""
    return Described(
        _("Switch Blockcerts editions on"),
        (
            _("The institution gets a key for an account of its own in the chain, kept sealed like its other keys."),
            _(
                "Its DID document lists the key: whatever that account sends speaks for the institution to readers of Blockcerts."
            ),
            _("Nothing is paid until somebody asks for editions."),
        ),
        _("Switch on"),
    )


def of(code: str, facts: Mapping[str, Any]) -> str:
    """Why a request does not get on, and what to do; "" without a code."""
    if not code:
        return ""
    told = {name: _coins(value) if name in ("balance", "needed") else value for name, value in facts.items()}
    try:
        return str(_SENTENCES[code]) % told
    except (KeyError, TypeError, ValueError):
        return _("It did not work (%(code)s). It is tried again later.") % {"code": code}


def _coins(wei: Any) -> str:
    try:
        return f"{Decimal(wei) / 10**18:.6f} ETH"
    except InvalidOperation:
        return "?"

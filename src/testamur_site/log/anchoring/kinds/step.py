"""What one step with an anchor came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from testamur.log.anchors import AnchorPolicy, AnchorResult, Receipt, check

from ..models import Anchor


class Trouble(Exception):
    """Why an anchor does not get on; `code` and `facts` go to its row."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Step:
    """`state` it is in now, when to look again, and what else changes in the row."""

    state: Anchor.State
    again: timedelta = timedelta(minutes=5)
    values: dict[str, Any] = field(default_factory=dict)


def checked(anchor: Anchor, receipt: Receipt, policy: AnchorPolicy) -> Step:
    """The last step: the receipt, which a stranger could check just so. Raises Trouble where it does not pass."""
    found: AnchorResult = check(bytes(anchor.digest), receipt, policy)
    at: datetime | None = found.time
    if at is None:
        raise Trouble(found.code)
    return Step(Anchor.State.CONFIRMED, values={"receipt": receipt.to_json(), "at": at})

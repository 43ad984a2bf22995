"""Pure decisions about links and mailboxes. No Django."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from string import ascii_lowercase, ascii_uppercase

LINK_KEPT = timedelta(hours=1)
"""How long a link that somebody asked for lets in."""
USED_KEPT = timedelta(days=30)
"""How long a link that is over is remembered, so that its reader learns that it was used and not that it never was."""
PER_MAILBOX = 5
PER_VISITOR = 60
"""So many links may be asked for within an hour: for one mailbox, and by one visitor. A class in one room is one visitor to us."""

_ASCII_LOWER_CASE = str.maketrans(ascii_uppercase, ascii_lowercase)


def new_secret() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret. A random one needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def folded(email: str) -> str:
    """One spelling for one mailbox: surrounding space and the case of A to Z do not count.

    No more than that: Unicode's case folding makes "straße.de" and "strasse.de" the same, which belong to two people.
    """
    return email.strip().translate(_ASCII_LOWER_CASE)

"""Open Badges 2.0, 2.1 and the 1.x before them, read and judged by their own rules. Nothing of this is written by us.

An assertion of these standards is proven in one of two ways. *Hosted*: it stands at its own address, and whoever asks that address sees
whether it is so; what counts is what the issuer's host answers, never the copy in hand. *Signed*: it is a compact JWS, checked with a key
that the issuer's profile lists. In both, the badge class and the issuer are documents at addresses of their own.

Source: Open Badges 2.0 (IMS Global, April 2018), "Verification"; 1.0 and 1.1 as the published schemas describe them.
"""

from testamur.formats.open_badges_2.documents import Kind, Version, kind_of, version_of
from testamur.formats.open_badges_2.keys import key_addresses, public_key
from testamur.formats.open_badges_2.nodes import Node, fetch_node
from testamur.formats.open_badges_2.rules import broken_rules, hosted_address, verification_kind
from testamur.formats.open_badges_2.same import first_difference
from testamur.formats.open_badges_2.scope import Scope, scope_of
from testamur.formats.open_badges_2.view import in_words_of_3

__all__ = [
    "Kind",
    "Node",
    "Scope",
    "Version",
    "broken_rules",
    "fetch_node",
    "first_difference",
    "hosted_address",
    "in_words_of_3",
    "key_addresses",
    "kind_of",
    "public_key",
    "scope_of",
    "verification_kind",
    "version_of",
]

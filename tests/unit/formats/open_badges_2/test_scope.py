"""Where an issuer's assertions may stand."""

from __future__ import annotations

from typing import Any

import pytest

from testamur.formats.open_badges_2 import scope_of

PROFILE = "https://issuer.example/profile"


@pytest.mark.parametrize(
    ("policy", "address", "holds"),
    [
        (None, "https://issuer.example/a/1", True),
        (None, "https://ISSUER.example/a/1", True),
        (None, "https://issuer.example:443/a/1", True),
        (None, "https://issuer.example:8443/a/1", False),
        (None, "https://other.example/a/1", False),
        (None, "https://issuer.example.other.test/a/1", False),
        (None, "https://issuer.example@other.test/a/1", False),
        (None, "https://user:pass@issuer.example/a/1", False),
        (None, "urn:uuid:1", False),
        (None, "https://[::1", False),
        ({"allowedOrigins": "badges.example"}, "https://badges.example/1", True),
        ({"allowedOrigins": "badges.example"}, "https://issuer.example/1", False),
        ({"allowedOrigins": ["a.example", "https://b.example"]}, "https://b.example/1", True),
        ({"startsWith": "https://issuer.example/a/"}, "https://issuer.example/a/1", True),
        ({"startsWith": "https://issuer.example/a/"}, "https://issuer.example/b/1", False),
        ({"startsWith": "https://issuer.example/a/"}, "http://issuer.example/a/1", False),
        ({"startsWith": "https://issuer.example/a/"}, "https://issuer.example/a/../b/1", False),
        ({"startsWith": "https://issuer.example"}, "https://issuer.example.other.test/1", False),
        ({"startsWith": ["https://x.example/", "https://issuer.example/"]}, "https://issuer.example/1", True),
        ({"startsWith": "https://issuer.example/", "allowedOrigins": "x.example"}, "https://issuer.example/1", False),
        ({"startsWith": [], "allowedOrigins": []}, "https://issuer.example/1", True),
        ({"startsWith": [3], "allowedOrigins": {}}, "https://other.example/1", False),
    ],
)
def test_scope(policy: Any, address: str, holds: bool) -> None:
    profile = {"verification": policy} if policy is not None else {}
    assert scope_of(profile, PROFILE).holds(address) is holds


def test_a_profile_without_a_web_address_lets_nothing_stand_anywhere() -> None:
    assert not scope_of({}, "urn:uuid:1").holds("https://issuer.example/1")

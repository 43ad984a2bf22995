"""Who may open which address. Written by hand: it says what is meant, the program says what is so, and the test compares them.

PUBLIC      anybody, also without signing in (some of these ask for a secret in the address instead)
SIGNED_IN   anybody who is signed in
a Right     members of the institution whose role includes it; strangers get 404
"""

from __future__ import annotations

from testamur_site.foundation.permissions.api import Right

PUBLIC, SIGNED_IN = "public", "signed_in"

FOUNDATION: dict[str, list[str]] = {
    PUBLIC: [
        "healthz",
        "readyz",
        "institutions/<slug:slug>/did.json",
        "institutions/<slug:slug>/logo",
        "institutions/<slug:slug>/profile.json",
        "invitations/<str:token>",  # the token is the permission
        # Only where TESTAMUR_OUTBOX is on, which tests of mail assure.
        "outbox/",
        "outbox/<str:public_id>",
        "outbox/<str:public_id>/html",
        "outbox/<str:public_id>/resend",
    ],
    SIGNED_IN: ["accounts/", "staff/", "staff/new"],
    Right.READ_AUDIT: ["staff/<slug:slug>/audit", "staff/<slug:slug>/audit.csv"],
    Right.MANAGE_PEOPLE: [
        "staff/<slug:slug>/invitations/<str:invitation>/withdraw",
        "staff/<slug:slug>/people",
        "staff/<slug:slug>/people/<str:person>/remove",
        "staff/<slug:slug>/people/<str:person>/role",
    ],
    Right.MANAGE_KEYS: ["staff/<slug:slug>/keys", "staff/<slug:slug>/keys/rotate"],
    Right.MANAGE_INSTITUTION: ["staff/<slug:slug>/settings/"],
}

# allauth guards its own pages; those that change an account ask who one is (tests of accounts look at that).
ALLAUTH: dict[str, list[str]] = {
    PUBLIC: [
        "accounts/^confirm-email/(?P<key>[-:\\w]+)/$",
        "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "accounts/confirm-email/",
        "accounts/email/",
        "accounts/inactive/",
        "accounts/login/",
        "accounts/login/code/confirm/",
        "accounts/logout/",
        "accounts/password/change/",
        "accounts/password/reset/",
        "accounts/password/reset/done/",
        "accounts/password/reset/key/done/",
        "accounts/password/set/",
        "accounts/reauthenticate/",
        "accounts/signup/",
    ]
}

DESIGN_SYSTEM: dict[str, list[str]] = {
    PUBLIC: [
        "^badge/(?P<shape>[a-z]+)-(?P<primary>[0-9a-f]{6})-(?P<accent>[0-9a-f]{6})-(?P<symbol>[a-z-]+)\\.svg$",
        "^theme/(?P<primary>[0-9a-f]{6})-(?P<accent>[0-9a-f]{6})\\.css$",
        "design",
        "language",
    ]
}

EXPECTED = {
    route: str(access)
    for part in (FOUNDATION, ALLAUTH, DESIGN_SYSTEM)
    for access, routes in part.items()
    for route in routes
}

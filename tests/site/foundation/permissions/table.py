"""Who may open which address. Written by hand: it says what is meant, the program says what is so, and the test compares them.

PUBLIC      anybody, also without signing in (some of these ask for a secret in the address instead)
SIGNED_IN   anybody who is signed in
HOLDER      the holder of the wallet, who came by a link in a mail
LEARNER     a learner, who came by a link in a mail, for what is their own
a Right     members of the institution whose role includes it; strangers get 404
"""

from __future__ import annotations

from testamur_site.foundation.permissions.api import Right

PUBLIC, SIGNED_IN, HOLDER, LEARNER = "public", "signed_in", "holder", "learner"

FOUNDATION: dict[str, list[str]] = {
    PUBLIC: [
        "healthz",
        "readyz",
        ".well-known/did.json",
        "institutions/<slug:slug>/did.json",
        "institutions/<slug:slug>/did.jsonl",
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
    Right.MANAGE_KEYS: [
        "staff/<slug:slug>/keys",
        "staff/<slug:slug>/keys/<str:fragment>/withdraw",
        "staff/<slug:slug>/keys/history",
        "staff/<slug:slug>/keys/history/abandon",
        "staff/<slug:slug>/keys/history/choose",
        "staff/<slug:slug>/keys/history/end",
        "staff/<slug:slug>/keys/history/next-key.pem",
        "staff/<slug:slug>/keys/history/prepare",
        "staff/<slug:slug>/keys/history/write",
        "staff/<slug:slug>/keys/proposals/<str:public_id>",
        "staff/<slug:slug>/keys/proposals/<str:public_id>/close",
        "staff/<slug:slug>/keys/rotate",
    ],
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

CATALOGUE: dict[str, list[str]] = {
    PUBLIC: [
        "achievements/<str:public_id>",
        "achievements/<str:public_id>/image.png",
        "achievements/<str:public_id>/image.svg",
        "catalogue",
        "institutions/<slug:slug>",
        "m/<str:public_id>",
    ],
    Right.VIEW: [
        "staff/<slug:slug>/micro-credentials/",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/export.json",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/history",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/image/file",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/preview",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/consistency",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/plan",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rubrics/<slug:key>/case.json",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rubrics/<slug:key>/preview",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/tasks/<slug:key>/preview",
        "staff/<slug:slug>/owned-together/",
        "staff/<slug:slug>/owned-together/<str:version_id>",
        "staff/<slug:slug>/rubrics/",
        "staff/<slug:slug>/rubrics/<str:template_id>",
        "staff/<slug:slug>/rubrics/<str:template_id>/case.json",
    ],
    Right.DESIGN: [
        "staff/<slug:slug>/micro-credentials/<str:public_id>/ask-co-owners",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/bring-back",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/discard",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/duplicate",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/earlier-learners",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/edit/<slug:section>",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/image",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/image/sample.svg",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/new-version",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/plan/change",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/publish",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/retire",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rubrics/<slug:key>",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rubrics/<slug:key>/keep",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rubrics/import",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rubrics/take",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/tasks/<slug:key>",
        "staff/<slug:slug>/micro-credentials/import",
        "staff/<slug:slug>/micro-credentials/new",
        "staff/<slug:slug>/owned-together/<str:version_id>/answer",
        "staff/<slug:slug>/rubrics/<str:template_id>/change",
        "staff/<slug:slug>/rubrics/import",
    ],
}

OPEN_DATA: dict[str, list[str]] = {
    PUBLIC: [
        "api/catalogue",
        "api/catalogue/openapi.json",
        "catalogue/compare",
        "catalogue/ctdl.jsonld",
        "catalogue/elm.jsonld",
        "catalogue/feed.atom",
        "institutions/<slug:slug>/feed.atom",
        "m/<str:public_id>/ctdl.jsonld",
        "m/<str:public_id>/elm.jsonld",
        "sitemap.xml",
    ]
}

OFFERINGS: dict[str, list[str]] = {
    Right.VIEW: [
        "staff/<slug:slug>/offerings/",
        "staff/<slug:slug>/offerings/<str:public_id>/",
    ],
    Right.LEAD: [
        "staff/<slug:slug>/offerings/<str:public_id>/cancel",
        "staff/<slug:slug>/offerings/<str:public_id>/close",
        "staff/<slug:slug>/offerings/<str:public_id>/current-version",
        "staff/<slug:slug>/offerings/<str:public_id>/discard",
        "staff/<slug:slug>/offerings/<str:public_id>/edit",
        "staff/<slug:slug>/offerings/<str:public_id>/open",
        "staff/<slug:slug>/offerings/new",
    ],
}

STATUS: dict[str, list[str]] = {
    PUBLIC: [
        "status/<str:public_id>",
        "status/<str:public_id>.tlog-proof",
    ],
}

QUALITY: dict[str, list[str]] = {
    PUBLIC: [
        "endorsements/<str:public_id>",
        "quality/<str:public_id>",
        "quality/panel/<str:token>",  # the token is the permission
        "quality/profiles",
        "quality/profiles/<str:profile_id>",
    ],
    Right.VIEW: [
        "staff/<slug:slug>/quality/",
        "staff/<slug:slug>/quality/policy",
        "staff/<slug:slug>/quality/programmes/<str:public_id>",
        "staff/<slug:slug>/quality/proposals/<str:public_id>/",
        "staff/<slug:slug>/quality/proposals/<str:public_id>/programme",
    ],
    Right.DESIGN: [
        "staff/<slug:slug>/quality/conditions/<str:public_id>/fulfil",
        "staff/<slug:slug>/quality/proposals/<str:public_id>/take-back",
        "staff/<slug:slug>/quality/propose",
        "staff/<slug:slug>/quality/propose/<str:public_id>",
    ],
    Right.REVIEW: [
        "staff/<slug:slug>/quality/asked",
        "staff/<slug:slug>/quality/asked/<str:member_id>",
        "staff/<slug:slug>/quality/asked/<str:member_id>/withdraw",
        "staff/<slug:slug>/quality/conditions/<str:public_id>/accept",
        "staff/<slug:slug>/quality/proposals/<str:public_id>/decide",
        "staff/<slug:slug>/quality/proposals/<str:public_id>/invite",
        "staff/<slug:slug>/quality/proposals/<str:public_id>/panel/<str:member>/withdraw",
        "staff/<slug:slug>/quality/proposals/<str:public_id>/retire",
        "staff/<slug:slug>/quality/proposals/<str:public_id>/review",
        "staff/<slug:slug>/quality/proposals/<str:public_id>/withdraw-approval",
    ],
    Right.MANAGE_INSTITUTION: ["staff/<slug:slug>/quality/policy/change"],
}

ENROLMENT: dict[str, list[str]] = {
    PUBLIC: [
        "learn/confirm/<str:secret>",  # the secret is the permission
        "learn/enrol/<str:offering>",
        "learn/enter",
        "learn/enter/<str:secret>",
        "learn/leave",
    ],
    LEARNER: [
        "learn/<str:public_id>/tasks/<str:key>/",
        "learn/<str:public_id>/tasks/<str:key>/draft",
        "learn/<str:public_id>/tasks/<str:key>/submit",
        "learn/<str:public_id>/withdraw",
        "learn/about-me",
        "learn/about-me/delete",
        "learn/evidence/",
        "learn/evidence/<str:public_id>",
        "learn/evidence/<str:public_id>/delete",
        "learn/evidence/<str:public_id>/visibility",
        "learn/submissions/<str:public_id>",
        "learn/submissions/<str:public_id>/withdraw",
    ],
    Right.LEAD: [
        "staff/<slug:slug>/cohorts/",
        "staff/<slug:slug>/cohorts/<str:offering>/",
        "staff/<slug:slug>/cohorts/<str:offering>/export.csv",
        "staff/<slug:slug>/cohorts/<str:offering>/invite",
        "staff/<slug:slug>/cohorts/<str:offering>/learners/<str:public_id>/",
        "staff/<slug:slug>/cohorts/<str:offering>/learners/<str:public_id>/change",
        "staff/<slug:slug>/cohorts/<str:offering>/learners/<str:public_id>/erase",
        "staff/<slug:slug>/cohorts/<str:offering>/learners/<str:public_id>/extend",
        "staff/<slug:slug>/cohorts/<str:offering>/learners/<str:public_id>/identity",
        "staff/<slug:slug>/cohorts/<str:offering>/learners/<str:public_id>/move",
        "staff/<slug:slug>/cohorts/<str:offering>/learners/<str:public_id>/withdraw",
        "staff/<slug:slug>/cohorts/<str:offering>/lists/<str:public_id>",
        "staff/<slug:slug>/cohorts/<str:offering>/lists/<str:public_id>/discard",
        "staff/<slug:slug>/cohorts/<str:offering>/lists/<str:public_id>/start",
        "staff/<slug:slug>/cohorts/<str:offering>/lists/new",
        "staff/<slug:slug>/cohorts/evidence/<str:public_id>",
    ],
}

LEARNING: dict[str, list[str]] = {LEARNER: ["learn/", "learn/<str:public_id>/"]}

ASSESSMENT: dict[str, list[str]] = {
    Right.ASSESS: [
        "staff/<slug:slug>/marking/",
        "staff/<slug:slug>/marking/<str:public_id>/",
        "staff/<slug:slug>/marking/<str:public_id>/decline",
        "staff/<slug:slug>/marking/<str:public_id>/doubt",
        "staff/<slug:slug>/marking/<str:public_id>/evidence/<int:number>",
        "staff/<slug:slug>/marking/<str:public_id>/give-back",
        "staff/<slug:slug>/marking/<str:public_id>/take",
        "staff/<slug:slug>/marking/<str:public_id>/undo",
        "staff/<slug:slug>/marking/next",
        "staff/<slug:slug>/marking/phrases",
    ],
    Right.LEAD: [
        "staff/<slug:slug>/marking/offerings/<str:offering>/<str:key>/",
        "staff/<slug:slug>/marking/offerings/<str:offering>/<str:key>/invite",
        "staff/<slug:slug>/moderation/<str:public_id>/",
        "staff/<slug:slug>/moderation/<str:public_id>/evidence/<int:number>",
    ],
    # The token is the permission.
    PUBLIC: ["validate/<str:token>", "validate/<str:token>/<str:public_id>/evidence/<int:number>"],
    LEARNER: [
        "learn/<str:enrolment>/reviews/",
        "learn/<str:enrolment>/reviews/<str:mark>/",
        "learn/<str:enrolment>/reviews/<str:mark>/evidence/<int:number>",
        "learn/<str:enrolment>/tasks/<str:key>/feedback",
        "learn/<str:enrolment>/tasks/<str:key>/self",
    ],
}

LEADING: dict[str, list[str]] = {
    Right.LEAD: ["staff/<slug:slug>/programmes/", "staff/<slug:slug>/programmes/<str:offering>/"],
}

DECISIONS: dict[str, list[str]] = {
    Right.LEAD: [
        "staff/<slug:slug>/appeals/",
        "staff/<slug:slug>/appeals/<str:public_id>/",
        "staff/<slug:slug>/appeals/<str:public_id>/take-up",
        "staff/<slug:slug>/decisions/",
        "staff/<slug:slug>/decisions/learners/<str:public_id>/",
        "staff/<slug:slug>/decisions/learners/<str:public_id>/misconduct",
        "staff/<slug:slug>/decisions/learners/<str:public_id>/withdraw",
        "staff/<slug:slug>/decisions/offerings/<str:public_id>/",
        "staff/<slug:slug>/decisions/offerings/<str:public_id>/look-again",
        "staff/<slug:slug>/decisions/transcripts/<str:public_id>/",
        "staff/<slug:slug>/decisions/transcripts/<str:public_id>/transcript.csv",
        "staff/<slug:slug>/misconduct/",
        "staff/<slug:slug>/misconduct/<str:public_id>/",
        "staff/<slug:slug>/misconduct/<str:public_id>/no-answer",
        "staff/<slug:slug>/prior-learning/<str:public_id>/decide",
    ],
    # Assessors judge claims of prior learning, and see the evidence that belongs to these.
    Right.ASSESS: [
        "staff/<slug:slug>/decisions/evidence/<str:public_id>",
        "staff/<slug:slug>/prior-learning/",
        "staff/<slug:slug>/prior-learning/<str:public_id>/",
    ],
    Right.MANAGE_INSTITUTION: ["staff/<slug:slug>/decisions/policy"],
    LEARNER: [
        "learn/<str:public_id>/appeal",
        "learn/<str:public_id>/appeal/<str:appeal>/take-back",
        "learn/<str:public_id>/decision",
        "learn/<str:public_id>/hearing/<str:case>",
        "learn/<str:public_id>/prior-learning",
        "learn/<str:public_id>/prior-learning/<str:claim>/take-back",
        "learn/<str:public_id>/transcript",
        "learn/<str:public_id>/transcript.csv",
    ],
}

ISSUING: dict[str, list[str]] = {
    Right.VIEW: [
        "staff/<slug:slug>/awards/",
        "staff/<slug:slug>/awards/<str:public_id>/",
        "staff/<slug:slug>/awards/<str:public_id>/credential.json",
        "staff/<slug:slug>/awards/of-decision/<str:decision>",
        "staff/<slug:slug>/batches/",
        "staff/<slug:slug>/batches/<str:public_id>/",
        "staff/<slug:slug>/batches/<str:public_id>/progress",
        "staff/<slug:slug>/batches/template/<str:micro_credential>.<str:kind>",
    ],
    Right.LEAD: ["staff/<slug:slug>/awards/of-decision/<str:decision>/award"],
    Right.ISSUE: [
        "staff/<slug:slug>/awards/<str:public_id>/correct",
        "staff/<slug:slug>/awards/<str:public_id>/finish",
        "staff/<slug:slug>/awards/<str:public_id>/changes/<str:change>/award-anew",
        "staff/<slug:slug>/awards/<str:public_id>/mail",
        "staff/<slug:slug>/awards/<str:public_id>/reissue",
        "staff/<slug:slug>/awards/new",
        "staff/<slug:slug>/batches/<str:public_id>/carry-on",
        "staff/<slug:slug>/batches/<str:public_id>/columns",
        "staff/<slug:slug>/batches/<str:public_id>/discard",
        "staff/<slug:slug>/batches/<str:public_id>/refused.csv",
        "staff/<slug:slug>/batches/<str:public_id>/start",
        "staff/<slug:slug>/batches/new",
    ],
    Right.MANAGE_INSTITUTION: ["staff/<slug:slug>/revocations/rules"],
    Right.REVOKE: [
        "staff/<slug:slug>/awards/<str:public_id>/changes/<str:change>",
        "staff/<slug:slug>/revocations/",
        "staff/<slug:slug>/revocations/<str:public_id>/",
        "staff/<slug:slug>/revocations/<str:public_id>/approve",
        "staff/<slug:slug>/revocations/<str:public_id>/carry-on",
        "staff/<slug:slug>/revocations/<str:public_id>/decline",
        "staff/<slug:slug>/revocations/<str:public_id>/stop",
        "staff/<slug:slug>/revocations/<str:public_id>/withdraw",
        "staff/<slug:slug>/revocations/new",
        "staff/<slug:slug>/awards/<str:public_id>/reinstate",
        "staff/<slug:slug>/awards/<str:public_id>/revoke",
        "staff/<slug:slug>/awards/<str:public_id>/suspend",
        "staff/<slug:slug>/batches/<str:public_id>/undo",
    ],
}

VERIFICATION: dict[str, list[str]] = {
    PUBLIC: [
        "api/verify",
        "api/verify.schema.json",
        "api/verify/many",
        "api/verify/many/<str:public_id>",
        "verify",
        "verify/many",
        "verify/many/<str:public_id>",
        "verify/many/<str:public_id>/<int:position>",
        "verify/many/<str:public_id>/delete",
        "verify/many/<str:public_id>/progress",
        "verify/many/<str:public_id>/results.csv",
        "verify/many/<str:public_id>/results.json",
        "verify/offline",
        "verify/offline/bundle",
        "verify/offline/data.json",
        "verify/offline/icon-<int:size>.png",
        "verify/offline/manifest.webmanifest",
        "verify/offline/testamur-verify.pyz",
        "verify/offline/worker.js",
        "verify/receipt",
        "problems",
        "problems/<slug:name>",
        "verify/registers",
        "verify/scan",
    ],
}

WALLET: dict[str, list[str]] = {
    PUBLIC: [
        "c/<slug:public_id>",
        "c/<slug:public_id>.json",
        "c/<slug:public_id>.pdf",
        "c/<slug:public_id>.png",
        "c/<slug:public_id>.svg",
        "c/<slug:public_id>.tlog-proof",
        "c/<slug:public_id>/badge.png",
        "c/<slug:public_id>/blockcerts",
        "c/<slug:public_id>/blockcerts.tlog-proof",
        "c/<slug:public_id>/bundle.zip",
        "c/<slug:public_id>/card.png",
        "c/<slug:public_id>/linkedin",
        "c/<slug:public_id>/qr.svg",
        "c/<slug:public_id>/visibility",
        "claim/<str:token>",
        "embed/<slug:public_id>",
        "oembed",
        "p/<slug:public_id>",
        "wallet/enter",
        "wallet/enter/<str:secret>",
        "wallet/leave",
    ],
    Right.ISSUE: ["staff/<slug:slug>/batches/<str:public_id>/certificates"],
    HOLDER: [
        "wallet/",
        "wallet/addresses",
        "wallet/addresses/<str:secret>",
        "wallet/addresses/remove",
        "wallet/elsewhere/",
        "wallet/elsewhere/<slug:public_id>",
        "wallet/elsewhere/<slug:public_id>/delete",
        "wallet/elsewhere/<slug:public_id>/file",
        "wallet/elsewhere/<slug:public_id>/look-again",
        "wallet/export.zip",
        "wallet/forget",
        "wallet/portfolio",
    ],
}

RECOGNITION: dict[str, list[str]] = {
    PUBLIC: [
        "institutions/<slug:slug>/agreements",
        "institutions/<slug:slug>/equivalences",
        "institutions/<slug:slug>/equivalences.csv",
        "institutions/<slug:slug>/equivalences.jsonld",
    ],
    HOLDER: [
        "wallet/recognition/",
        "wallet/recognition/<slug:public_id>",
        "wallet/recognition/<slug:public_id>/answer",
        "wallet/recognition/<slug:public_id>/withdraw",
        "wallet/recognition/to/<slug:slug>",
    ],
    Right.ISSUE: [
        "staff/<slug:slug>/recognition/",
        "staff/<slug:slug>/recognition/<slug:public_id>",
        "staff/<slug:slug>/recognition/<slug:public_id>/ask",
        "staff/<slug:slug>/recognition/<slug:public_id>/decide",
        "staff/<slug:slug>/recognition/<slug:public_id>/documents/<int:number>",
        "staff/<slug:slug>/recognition/<slug:public_id>/publish",
        "staff/<slug:slug>/recognition/agreements/",
        "staff/<slug:slug>/recognition/agreements/<slug:public_id>",
        "staff/<slug:slug>/recognition/agreements/<slug:public_id>/activate",
        "staff/<slug:slug>/recognition/agreements/<slug:public_id>/edit",
        "staff/<slug:slug>/recognition/agreements/<slug:public_id>/end",
        "staff/<slug:slug>/recognition/agreements/new",
        "staff/<slug:slug>/recognition/equivalences/",
        "staff/<slug:slug>/recognition/equivalences/<slug:public_id>/withdraw",
        "staff/<slug:slug>/recognition/settings",
    ],
}

PATHWAYS: dict[str, list[str]] = {
    PUBLIC: [
        "microdegrees",
        "microdegrees/<slug:public_id>",
        "microdegrees/<slug:public_id>/join",
        "microdegrees/<slug:public_id>/rule.json",
        "microdegrees/<slug:public_id>/rule.yaml",
    ],
    Right.DESIGN: [
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule/begin",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule/change",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule/part",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule/requirement",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule/settings",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule/sharing",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule/test",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule/tests",
        "staff/<slug:slug>/micro-credentials/<str:public_id>/rule/try",
    ],
    HOLDER: [
        "wallet/microdegrees/",
        "wallet/microdegrees/<slug:public_id>",
        "wallet/microdegrees/<slug:public_id>/leave",
        "wallet/microdegrees/<slug:public_id>/look-again",
        "wallet/microdegrees/<slug:public_id>/plan",
        "wallet/microdegrees/<slug:public_id>/plans/<slug:plan_id>",
        "wallet/microdegrees/<slug:public_id>/plans/<slug:plan_id>/again",
        "wallet/microdegrees/<slug:public_id>/plans/<slug:plan_id>/delete",
        "wallet/microdegrees/<slug:public_id>/plans/<slug:plan_id>/progress",
        "wallet/microdegrees/<slug:public_id>/plans/<slug:plan_id>/stop",
    ],
    Right.ISSUE: [
        "staff/<slug:slug>/participants/",
        "staff/<slug:slug>/participants/<slug:public_id>",
        "staff/<slug:slug>/participants/<slug:public_id>/allow",
        "staff/<slug:slug>/participants/<slug:public_id>/allowances/<int:allowance>/withdraw",
        "staff/<slug:slug>/participants/<slug:public_id>/approve",
        "staff/<slug:slug>/participants/<slug:public_id>/decline",
        "staff/<slug:slug>/participants/<slug:public_id>/facts",
    ],
}

RECORDS: dict[str, list[str]] = {
    # The address is the permission: of a page that the holder opened, and of a link that was sent.
    PUBLIC: [
        "records/<slug:public_id>",
        "records/<slug:public_id>.json",
        "records/link/<slug:secret>",
        "records/link/<slug:secret>.json",
    ],
    HOLDER: [
        "wallet/records/",
        "wallet/records/<slug:public_id>",
        "wallet/records/<slug:public_id>.json",
        "wallet/records/<slug:public_id>/delete",
        "wallet/records/<slug:public_id>/send",
        "wallet/records/<slug:public_id>/send-outside",
        "wallet/records/<slug:public_id>/share",
        "wallet/records/new",
        "wallet/records/sent/<slug:public_id>/withdraw",
    ],
    Right.ISSUE: [
        "staff/<slug:slug>/records/",
        "staff/<slug:slug>/records/<slug:public_id>",
        "staff/<slug:slug>/records/<slug:public_id>.json",
    ],
}

RENEWAL: dict[str, list[str]] = {
    PUBLIC: ["refresh/<slug:token>"],  # the token stands in the credential alone
    HOLDER: [
        "wallet/renewals/",
        "wallet/renewals/<slug:public_id>",
        "wallet/renewals/<slug:public_id>/add",
        "wallet/renewals/<slug:public_id>/ask",
        "wallet/renewals/<slug:public_id>/count",
        "wallet/renewals/<slug:public_id>/refreshing",
        "wallet/renewals/<slug:public_id>/remove/<slug:activity>",
    ],
    Right.DESIGN: ["staff/<slug:slug>/renewals/cycles/", "staff/<slug:slug>/renewals/cycles/<slug:version>"],
    Right.ISSUE: [
        "staff/<slug:slug>/renewals/",
        "staff/<slug:slug>/renewals/<slug:public_id>",
        "staff/<slug:slug>/renewals/<slug:public_id>/accept",
        "staff/<slug:slug>/renewals/<slug:public_id>/refuse",
    ],
}

ITEM_BANK: dict[str, list[str]] = {
    Right.DESIGN: [
        "staff/<slug:slug>/item-banks/",
        "staff/<slug:slug>/item-banks/<str:public_id>/",
        "staff/<slug:slug>/item-banks/<str:public_id>/calibrate",
        "staff/<slug:slug>/item-banks/<str:public_id>/calibration",
        "staff/<slug:slug>/item-banks/<str:public_id>/close",
        "staff/<slug:slug>/item-banks/<str:public_id>/discard",
        "staff/<slug:slug>/item-banks/<str:public_id>/edit",
        "staff/<slug:slug>/item-banks/<str:public_id>/import",
        "staff/<slug:slug>/item-banks/<str:public_id>/items.csv",
        "staff/<slug:slug>/item-banks/<str:public_id>/items/<int:pk>/",
        "staff/<slug:slug>/item-banks/<str:public_id>/items/<int:pk>/bring-back",
        "staff/<slug:slug>/item-banks/<str:public_id>/items/<int:pk>/retire",
        "staff/<slug:slug>/item-banks/<str:public_id>/items/new",
        "staff/<slug:slug>/item-banks/<str:public_id>/open",
        "staff/<slug:slug>/item-banks/new",
    ],
    Right.LEAD: ["staff/<slug:slug>/tests/<str:offering>/<str:key>/"],
    LEARNER: ["learn/<str:public_id>/test/<str:key>"],
}

RELIABILITY_AND_COPIES: dict[str, list[str]] = {
    Right.LEAD: [
        "staff/<slug:slug>/marking/copies/<str:public_id>/",
        "staff/<slug:slug>/marking/offerings/<str:offering>/<str:key>/copies/",
        "staff/<slug:slug>/marking/offerings/<str:offering>/<str:key>/reliability/",
    ],
}

LOG: dict[str, list[str]] = {
    PUBLIC: [
        "log/",
        "log/<int:year>/checkpoint",
        "log/<int:year>/tile/<path:path>",
        "log/<int:year>/vkey",
        "log/policy.txt",
    ],
    Right.VIEW: [
        "staff/<slug:slug>/tamper-evidence/",
        "staff/<slug:slug>/tamper-evidence/alarms/<str:public_id>",
        "staff/<slug:slug>/tamper-evidence/entries.csv",
    ],
}

CUT_OFFS: dict[str, list[str]] = {
    Right.MANAGE_KEYS: [
        "staff/<slug:slug>/keys/copied",
        "staff/<slug:slug>/keys/copied/awards.csv",
        "staff/<slug:slug>/keys/cut-offs/<str:public_id>",
        "staff/<slug:slug>/keys/cut-offs/<str:public_id>/reissue",
        "staff/<slug:slug>/keys/public-log",
    ],
}

BLOCKCERTS: dict[str, list[str]] = {
    PUBLIC: [
        "institutions/<slug:slug>/blockcerts/profile.json",
        "institutions/<slug:slug>/blockcerts/status/<str:list_id>",
    ],
    Right.VIEW: ["staff/<slug:slug>/awards/<str:public_id>/blockcerts.json", "staff/<slug:slug>/blockcerts/"],
    Right.ISSUE: [
        "staff/<slug:slug>/awards/<str:public_id>/blockcerts",
        "staff/<slug:slug>/batches/<str:public_id>/blockcerts",
        "staff/<slug:slug>/blockcerts/<str:public_id>/again",
    ],
    Right.MANAGE_KEYS: ["staff/<slug:slug>/blockcerts/switch-on"],
}

ANCHORS: dict[str, list[str]] = {PUBLIC: ["log/anchors/", "log/<int:year>/anchors/<int:size>.json"]}

EXIT: dict[str, list[str]] = {
    Right.MANAGE_INSTITUTION: [
        "staff/<slug:slug>/leave",
        "staff/<slug:slug>/leave/<str:public_id>.zip",
        "staff/<slug:slug>/leave/<str:public_id>/delete",
    ],
}

PORTAL: dict[str, list[str]] = {PUBLIC: [""], Right.VIEW: ["staff/<slug:slug>/"]}

# Who may not see a page but begins work there is led on: assessors come from the list of their institutions.
LED_ON = {("staff/<slug:slug>/", "assessor"): "/staff/han-river/marking/"}

EXPECTED = {
    route: str(access)
    for part in (
        FOUNDATION,
        ALLAUTH,
        DESIGN_SYSTEM,
        CATALOGUE,
        OPEN_DATA,
        OFFERINGS,
        STATUS,
        LOG,
        CUT_OFFS,
        ANCHORS,
        BLOCKCERTS,
        QUALITY,
        ENROLMENT,
        LEARNING,
        ITEM_BANK,
        ASSESSMENT,
        RELIABILITY_AND_COPIES,
        LEADING,
        DECISIONS,
        ISSUING,
        PATHWAYS,
        RECOGNITION,
        RECORDS,
        RENEWAL,
        VERIFICATION,
        WALLET,
        EXIT,
        PORTAL,
    )
    for access, routes in part.items()
    for route in routes
}

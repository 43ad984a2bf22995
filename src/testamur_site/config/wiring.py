"""The one place that knows every part: which capabilities there are, in what order, and what they do by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

# From the lowest to the highest. A capability may use those before it, through their `api` only.
FOUNDATION = (
    "i18n",
    "design_system",
    "tables",
    "tenancy",
    "permissions",
    "audit",
    "jobs",
    "mail",
    "signing",
    "keys",
    "keys.identifiers",
    "keys.proposals",
    "chain",
    "accounts",
    "entry_links",
)
CAPABILITIES = (
    *(f"testamur_site.foundation.{part}" for part in FOUNDATION),
    "testamur_site.catalogue",
    "testamur_site.enrolment",
    "testamur_site.item_bank",
    "testamur_site.assessment",
    "testamur_site.decisions",
    "testamur_site.log",
    "testamur_site.log.monitor",
    "testamur_site.log.cut_offs",
    "testamur_site.log.anchoring",
    "testamur_site.log.kept",
    "testamur_site.status",
    "testamur_site.quality",
    "testamur_site.issuing",
    "testamur_site.issuing.blockcerts",
    "testamur_site.verification",
    "testamur_site.wallet",
    "testamur_site.wallet.imported",
    "testamur_site.recognition",
    "testamur_site.pathways",
    "testamur_site.pathways.public",
    "testamur_site.pathways.editor",
    "testamur_site.pathways.planning",
    "testamur_site.records",
    "testamur_site.renewal",
    "testamur_site.exit",
    "testamur_site.portal",
)

# Parts that have no page of their own.
WITHOUT_PAGES = {
    "kept",
    "proposals",
    "chain",
    "signing",
    "identifiers",
    "i18n",
    "tenancy",
    "permissions",
    "jobs",
    "entry_links",
    "tables",
}

# Queued by the worker, once in each period, by whichever worker comes first.
PERIODIC_JOBS: dict[str, timedelta] = {
    "testamur_site.foundation.mail.jobs.forget_old_mail": timedelta(hours=6),
    "testamur_site.foundation.jobs.jobs.forget_finished_jobs": timedelta(hours=24),
    "testamur_site.foundation.entry_links.jobs.forget_old_links": timedelta(hours=24),
    "testamur_site.log.jobs.sequence": timedelta(minutes=1),
    "testamur_site.log.jobs.ask_again": timedelta(minutes=1),
    "testamur_site.log.jobs.heartbeat": timedelta(hours=24),
    "testamur_site.log.jobs.record_trust": timedelta(hours=1),
    "testamur_site.log.monitor.jobs.monitor": timedelta(minutes=10),
    "testamur_site.log.cut_offs.jobs.announce": timedelta(hours=24),
    "testamur_site.status.jobs.sign_anew": timedelta(hours=1),
    "testamur_site.log.anchoring.jobs.anchor": timedelta(minutes=5),
    "testamur_site.foundation.chain.jobs.sweep": timedelta(minutes=1),
    "testamur_site.catalogue.jobs.refresh_catalogue": timedelta(hours=1),
    "testamur_site.enrolment.jobs.remind": timedelta(hours=1),
    "testamur_site.enrolment.jobs.forget_unconfirmed": timedelta(hours=6),
    "testamur_site.enrolment.jobs.sweep_evidence": timedelta(hours=24),
    "testamur_site.item_bank.jobs.end_overdue": timedelta(minutes=5),
    "testamur_site.assessment.integrity.jobs.forget_erased": timedelta(hours=1),
    "testamur_site.assessment.jobs.forget": timedelta(hours=24),
    "testamur_site.decisions.jobs.look_again": timedelta(hours=24),
    "testamur_site.assessment.jobs.end_leases": timedelta(minutes=30),
    "testamur_site.quality.jobs.remind": timedelta(hours=6),
    "testamur_site.wallet.imported.jobs.look_again_at_all": timedelta(hours=24),
    "testamur_site.recognition.jobs.remind": timedelta(hours=6),
    "testamur_site.recognition.jobs.look_again": timedelta(hours=24),
    "testamur_site.pathways.jobs.look_at_all": timedelta(hours=24),
    "testamur_site.pathways.planning.jobs.forget": timedelta(hours=24),
    "testamur_site.records.jobs.end_overdue": timedelta(hours=6),
    "testamur_site.renewal.jobs.remind": timedelta(hours=24),
    "testamur_site.issuing.jobs.forget_drafts": timedelta(hours=1),
    "testamur_site.exit.jobs.nightly": timedelta(hours=24),
}

# Addresses that stand for bytes which anybody may have, by the first part of their path: functions `(rest of the path, Accept)` that answer
# before Django's middleware, or with None (config/public_bytes.py).
PUBLIC_BYTES = {
    "c": "testamur_site.wallet.views.public.answer",
    "institutions": "testamur_site.foundation.keys.queries.public_document",
    "log": "testamur_site.log.queries.public_file",
    "status": "testamur_site.status.public.answer",
}

# The log's proofs of what stands below the first part of an address, before they are written: for a verification that follows them itself.
PUBLIC_PROOFS = {"c": "testamur_site.wallet.views.public.unwritten_proof"}

# What a verification of such an address, or of a credential that names it, can ask the database beside its first question.
EXPECTED = {"c": "testamur_site.wallet.views.public.expected"}

# What is answered without a session, and without the middleware that only sessions and forms need, where the visitor has none: views, or
# functions that answer None where the long way is needed (config/before_django).
WITHOUT_SESSION = {
    ("POST", "/api/verify"): "testamur_site.verification.programs.views.api_verify",
    ("GET", "/verify"): "testamur_site.verification.views.verify",
}

# Of these, what is answered before there is a request at all: functions that take `Asked` and answer None where one is needed.
WITHOUT_REQUEST = {
    ("POST", "/api/verify"): "testamur_site.verification.http.without_request.endpoint",
    ("GET", "/verify"): "testamur_site.verification.http.without_request.page",
}

# The job that hands a freshly issued credential on to its holder. Issuing knows that there is one, not who.
AFTER_ISSUE = "testamur_site.wallet.jobs.after_issue"

# The job that hears that a holder has something else than before: a microdegree may be reached, or fall.
AFTER_HOLDING_CHANGE = "testamur_site.pathways.jobs.holdings_changed"

# What a holder has beside the credentials of this deployment: functions that give documents (pathways/holdings.py). Of two that bring
# the same credential the first counts.
HOLDING_SOURCES = (
    "testamur_site.recognition.api.recognised_for",
    "testamur_site.wallet.imported.api.documents_of",
)

# Asked before an award is decided: whether credentials of this version can be renewed.
CAN_BE_RENEWED = "testamur_site.renewal.queries.can_be_renewed"

# The jobs that record a changed DID document, and a published version, in the public log.
AFTER_KEY_CHANGE = "testamur_site.log.jobs.record_keys"
AFTER_PUBLISH = "testamur_site.log.jobs.record_version"

# The modules that record something in the log and can say whether they did (log/monitor/rules.py).
LOG_SOURCES = ("testamur_site.issuing.reconciliation",)

# What is done with four eyes beside what the keys know themselves, and the pages that belong beside the keys.
KEY_ACTIONS = {
    kind: {step: f"testamur_site.log.cut_offs.actions.{step}_{kind}" for step in ("carry_out", "describe")}
    for kind in ("cut_off", "log_requirement")
} | {
    "blockcerts": {
        "carry_out": "testamur_site.issuing.blockcerts.services.carry_out",
        "describe": "testamur_site.issuing.blockcerts.sentences.describe",
    }
}
AWARD_PAGE = "issuing:award"
# Where the certificates of a batch are printed; the page of the batch leads there.
PRINTING_PAGE = "wallet:certificates"
REISSUE = "testamur_site.issuing.jobs.reissue"
KEY_PAGES = [
    (_("A key may have been copied"), "log_cut_offs:start"),
    (_("The public log in your DID document"), "log_cut_offs:service"),
    (_("Blockcerts editions"), "issuing_blockcerts:overview"),
]


# What the signing process signs: of each kind, whose keys do, and the function that examines it before. And who knows which key may sign.
SIGNING_KEYS = "testamur_site.foundation.keys.holding"
SIGNING_KINDS = {
    "award": ("institution", "testamur_site.issuing.services.signing.sign_awards"),
    "edition": ("institution", "testamur_site.issuing.blockcerts.signing.sign_editions"),
    "edition_list": ("institution", "testamur_site.issuing.blockcerts.signing.sign_edition_lists"),
    "status_list": ("institution", "testamur_site.status.signing.sign_lists"),
    "endorsement": ("institution", "testamur_site.quality.services.signing.sign_endorsements"),
    "receipt": ("deployment", "testamur_site.verification.receipts.signing.sign_receipts"),
    "transcript": ("deployment", "testamur_site.records.signing.sign_transcripts"),
    "checkpoint": ("log", "testamur_site.log.signing.sign_checkpoints"),
}


def _group(words: Any, *entries: tuple[Any, str, str, str]) -> list[dict[str, Any]]:
    return [
        {"group": words, "label": label, "url_name": name, "icon": icon, "right": right}
        for label, name, icon, right in entries
    ]


# What the staff of an institution see beside every page; an entry is shown to those who have the right.
STAFF_NAVIGATION = [
    {"label": _("Overview"), "url_name": "portal:dashboard", "icon": "layout-dashboard", "right": "view"},
    *_group(
        _("Design"),
        (_("Micro-credentials"), "catalogue:list", "layers", "view"),
        (_("Rubrics"), "catalogue:rubrics", "list-checks", "view"),
        (_("Renewal cycles"), "renewal:cycles", "history", "design"),
        (_("Quality"), "quality:queue", "badge-check", "view"),
        (_("Item banks"), "item_bank:banks", "circle-question-mark", "design"),
    ),
    *_group(
        _("Teach and assess"),
        (_("Offerings"), "catalogue:offerings", "calendar", "view"),
        (_("Cohorts"), "enrolment:cohorts", "users", "lead"),
        (_("Marking"), "assessment:queue", "pencil", "assess"),
        (_("Programmes"), "portal:leading", "eye", "lead"),
        (_("Decisions"), "decisions:overview", "circle-check", "lead"),
        (_("Prior learning"), "decisions:claims", "inbox", "assess"),
    ),
    *_group(
        _("Awarding"),
        (_("Awards"), "issuing:awards", "award", "view"),
        (_("Batches"), "issuing:batches", "list-checks", "view"),
        (_("Microdegrees"), "pathways:participants", "layers", "issue"),
        (_("Recognition"), "recognition:desk", "replace", "issue"),
        (_("Renewals"), "renewal:asked", "history", "issue"),
        (_("Received records"), "records:received", "inbox", "issue"),
        (_("Revocations"), "issuing:revocations", "ban", "revoke"),
    ),
    *_group(
        _("Institution"),
        (_("People"), "accounts:people", "users", "manage_people"),
        (_("Keys"), "keys:list", "key-round", "manage_keys"),
        (_("Tamper evidence"), "log_monitor:overview", "shield-check", "view"),
        (_("Audit trail"), "audit:list", "history", "read_audit"),
        (_("Settings"), "accounts:institution_settings", "settings", "manage_institution"),
        (_("Leave at any time"), "exit:overview", "log-out", "manage_institution"),
    ),
]

# What higher capabilities add to a micro-credential: a line on its staff page (right DESIGN), and functions that give its public page
# further links.
MICRO_CREDENTIAL_PAGES = [
    {
        "label": _("Rule of the microdegree"),
        "intro": _("Which credentials it is made of, where it is made of others."),
        "url_name": "pathways_editor:rule",
    },
]
PROGRAMME_LINKS = ("testamur_site.pathways.public.links.of_programme",)
# What a micro-credential counts towards, for the filter and the page of the catalogue (catalogue/finding/stacking.py).
STACKS_INTO = ("testamur_site.pathways.public.links.named_by_rules",)

# Where a holder goes from their wallet, to capabilities above it.
WALLET_NAVIGATION = [
    {"label": _("From other platforms"), "url_name": "wallet_imported:home", "icon": "upload"},
    {"label": _("Recognition"), "url_name": "recognition:home", "icon": "replace"},
    {"label": _("My microdegrees"), "url_name": "pathways:home", "icon": "layers"},
    {"label": _("My renewals"), "url_name": "renewal:home", "icon": "history"},
    {"label": _("My transcripts"), "url_name": "records:home", "icon": "file-text"},
]


# Whose addresses are looked for first, because the world asks for them: an address is compared with all before it.
ASKED_MOST = ("verification", "wallet", "keys", "status", "log")


def url_modules() -> list[str]:
    """The modules with addresses. No address is claimed by two of them, so their order decides only how soon one is found."""

    def rank(name: str) -> int:
        last = name.rpartition(".")[2]
        return ASKED_MOST.index(last) if last in ASKED_MOST else len(ASKED_MOST)

    with_pages = [name for name in CAPABILITIES if name.rpartition(".")[2] not in WITHOUT_PAGES]
    return [f"{name}.urls" for name in sorted(with_pages, key=rank)]

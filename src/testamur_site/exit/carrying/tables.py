"""Which tables an institution takes along, in the order in which they are taken over, and which stay behind and why.

A table is exactly one of three things: carried by its columns (`CARRIED`), taken along in a form of its own (`OTHERWISE`), or left behind
(`LEFT_BEHIND`). A test holds this against every table of the platform that belongs to an institution.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from testamur_site.assessment import api as assessment
from testamur_site.catalogue import api as catalogue
from testamur_site.decisions import api as decisions
from testamur_site.enrolment import api as enrolment
from testamur_site.foundation.keys import api as keys
from testamur_site.foundation.tenancy.api import Carried
from testamur_site.issuing import api as issuing
from testamur_site.item_bank import api as item_bank
from testamur_site.log import api as log
from testamur_site.pathways import api as pathways
from testamur_site.quality import api as quality
from testamur_site.recognition import api as recognition
from testamur_site.records import api as records
from testamur_site.renewal import api as renewal

OTHERWISE = {
    "tenancy.Logo": "institution.json",
    "audit.AuditEntry": "audit/, with its chain of hashes",
    "keys.SigningKey": "keys.json, public halves only",
    "keys_identifiers.DidService": "keys.json",
    "keys_identifiers.DidMethod": "keys.json",
    "keys_identifiers.DidHistory": "keys.json",
    "keys_identifiers.DidVersion": "keys.json",
    "catalogue.AchievementImage": "images.jsonl",
    "catalogue.MicroCredential": "micro-credentials.jsonl",
    "catalogue.AchievementVersion": "micro-credentials.jsonl",
    "status.StatusListPair": "status-lists.jsonl",
    "status.StatusList": "status-lists.jsonl",
    "status.StatusEntry": "awards/, each with its place in the lists",
    "status.PublishedVersion": "the public part, every version as it was published",
    "issuing.Award": "awards/",
    "issuing.PreparedCredential": "awards/",
    "issuing.SharedText": "awards/, in the bytes of each credential",
    "issuing.StatusChange": "awards/",
    "wallet.Deposit": "awards/",
    "log_kept.KeptService": "keys.json, in the service of the DID document",
    "log_kept.KeptProof": "awards/, each with its proof from the log",
}
"""Table → where in an exit it is found."""

LEFT_BEHIND = {
    "tenancy.Membership": "People and their roles do not travel: an import must never let anybody in. Owners invite them anew.",
    "accounts.Invitation": "People and their roles do not travel.",
    "assessment.Appointment": "Who marks from now on is appointed anew, from people who are members there.",
    "assessment.Phrase": "Somebody's own phrases for marking: theirs, not the institution's.",
    "assessment.EvidenceText": "Computed from the files of the learners, where they are there.",
    "keys_identifiers.PreparedUpdateKey": "A private key. Private keys never travel.",
    "jobs.Job": "Work that was waiting at the old place is done there, or is not done.",
    "mail.Message": "Mails that were sent; they hold links that open nothing elsewhere.",
    "catalogue.CatalogueEntry": "Computed from the versions.",
    "catalogue.CatalogueStamp": "Says when the catalogue was computed.",
    "enrolment.LearnerList": "A list that is just being looked through; it ends by itself within days.",
    "issuing.BatchRow": "The rows of a table as they were read; what came of them are the awards.",
    "issuing.ListPart": "A piece of a class list that is just being read; it ends by itself within a day.",
    "issuing.ListReading": "How far a class list was read that is just being read.",
    "issuing_blockcerts.OldFormList": "Signed anew from the status lists.",
    "pathways_planning.AskedPlan": "A learner's plan over what was open on a day; they ask again where they go.",
    "exit.Exit": "Archives do not hold archives.",
    "exit.AdoptedRow": "Under which identities rows came here; it stands in each row.",
}

OF_OTHERS = {
    "tenancy.Institution": "institution.json: its own row.",
    "accounts.User": "People and their roles do not travel; people.jsonl says who was meant.",
    "keys.DeploymentKey": "The deployment's.",
    "chain.Account": "The deployment's purse.",
    "chain.Transaction": "Paid by the deployment; receipts stand in the public part.",
    "entry_links.EntryLink": "Links that let somebody in end with the place that they lead to.",
    "log.Shard": "The log is the deployment's; it lies in the public part as a whole.",
    "log.LogKey": "A private key. Private keys never travel.",
    "log.Entry": "The log is the deployment's; it lies in the public part as a whole.",
    "log.Checkpoint": "The log is the deployment's; it lies in the public part as a whole.",
    "log.WitnessState": "What a witness was asked last.",
    "log_monitor.Watch": "How far the monitor has come.",
    "log_anchoring.Anchor": "The log's; receipts lie in the public part.",
    "verification.BulkRun": "Belongs to whoever had something verified.",
    "verification.BulkEntry": "Belongs to whoever had something verified.",
    "wallet.Holder": "A person, who holds credentials of others too. Found again by the mailbox when a credential comes home.",
    "wallet.HolderAddress": "The person's; the institution knows the address of its own award only.",
    "wallet_imported.ImportedDocument": "The person's own collection.",
    "records.Transcript": "The person's own, made of credentials of several institutions and signed by the deployment; they download it.",
    "records.OutsideSending": "Between a person and somebody who is no institution here.",
    "exit.Origin": "The name of this database.",
}
"""Tables that belong to no institution → whose they are."""

_ORDER = (
    *keys.ARCHIVED_TABLES,
    *log.ARCHIVED_TABLES,
    *catalogue.ARCHIVED_TABLES,
    *quality.ARCHIVED_TABLES,
    *enrolment.ARCHIVED_TABLES,
    *item_bank.ARCHIVED_TABLES,
    *assessment.ARCHIVED_TABLES,
    *decisions.ARCHIVED_TABLES,
    *issuing.ARCHIVED_TABLES,
    *recognition.ARCHIVED_TABLES,
    *pathways.ARCHIVED_TABLES,
    *renewal.ARCHIVED_TABLES,
    *records.ARCHIVED_TABLES,
)


def _ordered(tables: Iterable[Carried]) -> tuple[Carried, ...]:
    """Each table after those that it refers to; otherwise as given."""
    waiting = {table.label: table for table in tables}
    ordered: dict[str, Carried] = {}

    def place(table: Carried) -> None:
        if waiting.pop(table.label, None) is None:
            return
        for column in table.references.values():
            before = waiting.get(column.related_model._meta.label)
            if before is not None:
                place(before)
        ordered[table.label] = table

    for table in list(waiting.values()):
        place(table)
    return tuple(ordered.values())


@cache
def carried() -> tuple[Carried, ...]:
    """The tables that travel by their columns, in the order in which they are taken over."""
    return _ordered(_ORDER)


LATER = issuing.ARCHIVED_LATER
"""What is taken over before the tables and refers to rows of them: model → columns."""

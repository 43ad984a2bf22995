"""A batch that is started, and the examination of everything it has left in the database. Needs Django set up."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from testamur import strict_json
from testamur.proofs.data_integrity import check_proof, proofs_of
from testamur.proofs.keys import PublicKey
from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.audit.api import entries, verify_chain
from testamur_site.foundation.jobs.api import Job
from testamur_site.foundation.keys.api import did_document
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, PreparedCredential

_NAMES = ("김민준", "محمد العلي", "Zoë Müller", "이서연", "فاطمة الزهراء", "Siobhán O'Neill")


def start(institution: Institution, rows: int) -> api.Batch:
    """Publish a micro-credential and start a batch of `rows` learners; nothing is signed yet."""
    with tenant(institution):
        micro_credential = catalogue.create(institution, DESCRIPTION)
        catalogue.publish(micro_credential.versions.get())
        version = AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=micro_credential
        )
        lines = [f"{_NAMES[n % len(_NAMES)]} {n},learner{n}@example.org,2026-03-05" for n in range(rows)]
        batch = api.draft_batch(version, "\n".join(["Name,Email,Award date", *lines]).encode())
        return api.start_batch(batch)


def version_of(award: Award) -> AchievementVersion:
    """The version that an award was made by, with everything that awarding once more reads."""
    with tenant(award.institution):
        return AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            pk=award.version_id
        )


@dataclass
class Observer:
    """Remembers what was seen, and names everything that may never happen."""

    institution: Institution
    batch: api.Batch
    contents: dict[int, str] = field(default_factory=dict)
    signatures: dict[int, str] = field(default_factory=dict)

    def issued(self) -> int:
        with tenant(self.institution):
            return PreparedCredential.objects.exclude(signed=None).count()

    def touched(self) -> int:
        """A number that grows with every finished step."""
        with tenant(self.institution):
            reserved = Award.objects.filter(batch=self.batch).exclude(status_entry=None).count()
            return reserved + PreparedCredential.objects.count() + self.issued()

    def finished(self) -> bool:
        with tenant(self.institution):
            return Award.objects.filter(batch=self.batch, state__in=("queued", "prepared")).count() == 0

    def look(self) -> list[str]:
        """What is wrong now, compared with all earlier looks: prepared or signed bytes that changed or vanished."""
        faults = []
        with tenant(self.institution):
            found = list(PreparedCredential.objects.values_list("award", "content", "signed"))
        contents = {award: _digest(content) for award, content, _ in found}
        signatures = {award: _digest(signed) for award, _, signed in found if signed is not None}
        for what, before, now in (("prepared", self.contents, contents), ("signed", self.signatures, signatures)):
            faults += [f"{what} bytes of award {pk} changed" for pk in before if now.get(pk) != before[pk]]
        self.contents, self.signatures = contents, signatures
        return faults

    def examine(self, rows: int) -> list[str]:
        """What is wrong at the end: lost, doubled, unsigned, unverifiable, unaudited, not handed over, or handed over twice."""
        faults = self.look()
        with tenant(self.institution):
            awards = list(Award.objects.filter(batch=self.batch).select_related("status_entry"))
            handed = Counter(
                award
                for args in Job.objects.filter(args__event="issued").values_list("args", flat=True)
                for award in args["award_ids"]
            )
        states = Counter(award.state for award in awards)
        if states != {"issued": rows}:
            faults.append(f"of {rows} rows: {dict(sorted(states.items()))}")
        for what, values in (
            ("address", [award.recipient_email for award in awards]),
            ("identifier", [award.public_id for award in awards]),
            ("status entry", [award.status_entry_id for award in awards]),
        ):
            faults += [
                f"the {what} {value} occurs {count} times" for value, count in Counter(values).items() if count > 1
            ]
        keys = {
            method["id"]: PublicKey.from_multikey(method["publicKeyMultibase"])
            for method in did_document(self.institution)["verificationMethod"]
            if "publicKeyMultibase" in method
        }
        faults += [fault for award in awards if (fault := _fault_of(award, keys))]
        audited = Counter(entry.target for entry in entries(self.institution, action="award.issued"))
        wanted = {f"award:{award.public_id}": 1 for award in awards}
        if audited != wanted:
            faults.append("the audit trail does not say of each award once that it was issued")
        if handed and handed != {award.public_id: 1 for award in awards}:
            faults.append("not every award was handed over exactly once")
        if not verify_chain(self.institution).intact:
            faults.append("the audit chain is broken")
        return faults


def _fault_of(award: Award, keys: dict[str, PublicKey]) -> str:
    if award.state != "issued":
        return ""
    document: dict[str, Any] = strict_json.loads(api.credential_bytes(award))
    (proof,) = proofs_of(document)
    if check_proof(document, proof, keys[proof["verificationMethod"]]).outcome != "passed":
        return f"the proof of award {award.pk} does not hold"
    names = [
        one["identityHash"] for one in document["credentialSubject"]["identifier"] if one["identityType"] == "name"
    ]
    if document["id"] != award.url or names != [award.recipient_name]:
        return f"the credential of award {award.pk} is another's"
    return ""


def _digest(content: bytes | memoryview) -> str:
    return hashlib.sha256(bytes(content)).hexdigest()

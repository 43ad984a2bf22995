"""Step 2 of the pipeline: from awards to the bytes that will be stored and signed. Nothing is written here.

What awards of one version have in common is looked up once (`Ground`): its content as it stands, what quality bodies say about it, the
issuer's profile and the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from testamur import strict_json
from testamur.errors import IssuingRefused, TestamurError
from testamur.issuing import AwardDetails, CohortIssuer, Recipient
from testamur.issuing import PreparedCredential as Prepared
from testamur_site.catalogue.api import AchievementVersion, content_hash
from testamur_site.foundation.keys.api import InstitutionSigner
from testamur_site.foundation.tenancy.api import Institution, unsaved
from testamur_site.status import api as status

from ...documents import award_parts, endorsed_achievement, endorsed_hash, issuer_profile
from ...models import Award, PreparedCredential
from .kept import cohort_of

_award_of: Any = PreparedCredential._meta.get_field("award")


@dataclass(frozen=True, slots=True)
class Made:
    """What was prepared here and now, and how it is signed without being read back: by the cohort that prepared it.
    `text` is what its bytes are likely to have in common with others."""

    row: PreparedCredential
    prepared: Prepared
    cohort: CohortIssuer
    text: bytes


@dataclass(frozen=True, slots=True)
class Composed:
    """What became of some awards. `refused`: why an award (primary key) may not be signed. `endorsed_otherwise`: some of what was made is
    endorsed otherwise than when it was decided."""

    made: list[Made]
    refused: list[tuple[Award, dict[str, object]]]
    endorsed_otherwise: bool


class Ground:
    """What the awards of some versions (primary keys) have in common, as it stands now. Inside a tenant."""

    def __init__(self, institution: Institution, signer: InstitutionSigner, versions: Iterable[int]) -> None:
        self.institution, self.signer = institution, signer
        rows = AchievementVersion.objects.select_related("institution", "micro_credential", "image")
        found = {version.pk: version for version in rows.filter(pk__in=set(versions))}
        self._hashes = {pk: content_hash(version) for pk, version in found.items()}
        self._achievements = {pk: endorsed_achievement(version) for pk, version in found.items()}
        self._texts = {pk: strict_json.dumps(achievement.to_json()) for pk, achievement in self._achievements.items()}
        self.endorsed: Mapping[int, str] = {
            pk: endorsed_hash(achievement.endorsement) for pk, achievement in self._achievements.items()
        }
        self._cohorts: dict[tuple[int, str], CohortIssuer] = {}

    def compose(self, awards: Sequence[Award]) -> Composed:
        """Compose, lint and prepare. Left out are awards without a status entry: another worker is just reserving it."""
        entries = [award.status_entry for award in awards if award.status_entry is not None]
        statuses = status.credential_status(entries)
        # Chosen when the entry was reserved: the list and the credential must be of one issuer.
        issuers = status.issuers(self.institution, entries)
        now = timezone.now()
        made: list[Made] = []
        refused: list[tuple[Award, dict[str, object]]] = []
        for award in awards:
            version, entry = award.version_id, award.status_entry_id
            if entry is None:
                continue
            if self._hashes[version] != award.content_hash:
                refused.append((award, {"code": "version.changed", "facts": {}}))
                continue
            try:
                cohort = self._cohort(version, issuers[entry])
                recipient, details = award_parts(award, self._achievements[version], statuses[entry])
                one = prepare(recipient, details, cohort, created=now)
            except TestamurError as error:
                refused.append((award, problem_of(error)))
            else:
                made.append(Made(self._row(award, one, now), one, cohort, self._texts[version]))
        others = any((one.row.award.endorsed_hash or "") != self.endorsed[one.row.award.version_id] for one in made)
        return Composed(made, refused, others)

    def _cohort(self, version: int, did: str) -> CohortIssuer:
        found = self._cohorts.get((version, did))
        if found is None:
            profile, key = issuer_profile(self.institution, did), self.signer.under(did)
            found = self._cohorts[version, did] = cohort_of(profile, key, self._achievements[version])
        return found

    def _row(self, award: Award, one: Prepared, now: datetime) -> PreparedCredential:
        row = unsaved(
            PreparedCredential,
            {
                "id": None,
                "institution_id": self.institution.pk,
                "award_id": award.id,
                "content": one.content,
                "digest": one.digest,
                "key_id": self.signer.key_id,
                "prepared_at": now,
                "signed": None,
                "signed_at": None,
                "shared_id": None,
                "shared_at": None,
                "signed_after": None,
            },
        )
        _award_of.set_cached_value(row, award)
        return row


def prepare(recipient: Recipient, details: AwardDetails, cohort: CohortIssuer, *, created: datetime) -> Prepared:
    """The bytes to be stored and signed: those that composing, linting and preparing this one award would give."""
    return cohort.prepare(recipient, details, created=created)


def problem_of(error: TestamurError) -> dict[str, object]:
    """A refusal by the library as it is kept with an award: code and facts; of findings their rule and their sentence."""
    findings = error.findings if isinstance(error, IssuingRefused) else ()
    told = [{"rule": finding.rule, "sentence": finding.sentence} for finding in findings]
    return {"code": error.code, "facts": {"findings": told} if told else {}}

"""Class lists, and batches of them. Needs Django set up."""

from __future__ import annotations

import io

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.demo.data_literacy import DESCRIPTION
from testamur_site.catalogue.models import AchievementVersion
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.issuing import api
from testamur_site.issuing.models import Award
from testamur_site.issuing.services import receive_list

_NAMES = ("김민준", "محمد العلي", "Zoë Müller", "이서연", "فاطمة الزهراء", "Siobhán O'Neill")


def published(institution: Institution) -> AchievementVersion:
    """A micro-credential, published."""
    with tenant(institution):
        micro_credential = catalogue.create(institution, DESCRIPTION)
        catalogue.publish(micro_credential.versions.get())
        return AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            micro_credential=micro_credential
        )


def upload(version: AchievementVersion, rows: int) -> api.Batch:
    """A list of so many learners, read and judged."""
    return api.draft_batch(version, _listed(rows))


def receive(version: AchievementVersion, rows: int) -> api.Batch:
    """The same as a person uploads it: a long one is read by the workers."""
    return receive_list(version, io.BytesIO(_listed(rows)))


def _listed(rows: int) -> bytes:
    lines = [f"{_NAMES[n % len(_NAMES)]} {n},learner{n}@example.org,2026-03-05" for n in range(rows)]
    return "\n".join(["Name,Email,Award date", *lines]).encode()


def start(institution: Institution, rows: int) -> api.Batch:
    """Publish a micro-credential and start a batch of `rows` learners; nothing is signed yet."""
    version = published(institution)
    with tenant(institution):
        return api.start_batch(upload(version, rows))


def version_of(award: Award) -> AchievementVersion:
    """The version that an award was made by, with everything that awarding once more reads."""
    with tenant(award.institution):
        return AchievementVersion.objects.select_related("institution", "micro_credential", "image").get(
            pk=award.version_id
        )

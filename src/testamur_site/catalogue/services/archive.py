"""What of the catalogue goes along when an institution leaves: micro-credentials, every version, and the pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from testamur_site.foundation.tenancy.api import Carried, Institution, as_json, from_json, tenant, unscoped

from ..models import (
    AchievementImage,
    AchievementVersion,
    CoOwnerConsent,
    MicroCredential,
    PublishingPolicy,
    RubricTemplate,
)
from ..offerings.models import Offering

TABLES = (Carried(PublishingPolicy), Carried(RubricTemplate), Carried(CoOwnerConsent), Carried(Offering))
"""Beside micro-credentials, versions and pictures."""

_IMAGE = ("digest", "png", "svg")
_MICRO_CREDENTIAL = ("public_id", "state", "created_at")
_VERSION = (
    *("public_id", "number", "state", "content", "what_changed", "locked_at", "published_at", "created_at"),
    *("approved_hash", "approved_until", "earlier_learners", "earlier_until"),
    *("search_text", "eqf_level", "language_tags"),
)


def archived_images(institution: Institution) -> Iterator[dict[str, Any]]:
    with tenant(institution):
        for image in AchievementImage.objects.order_by("pk").iterator(20):
            yield as_json(image, _IMAGE)


def archived_micro_credentials(institution: Institution) -> Iterator[dict[str, Any]]:
    """Each with its `versions`; of each version `image` is the digest of its picture."""
    with tenant(institution):
        for found in MicroCredential.objects.order_by("pk").iterator(100):
            versions = found.versions.select_related("image").defer("image__png", "image__svg").order_by("number")
            yield {
                **as_json(found, _MICRO_CREDENTIAL),
                "versions": [
                    {**as_json(version, _VERSION), "image": version.image.digest if version.image else None}
                    for version in versions
                ],
            }


def public_addresses(institution: Institution) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """Each micro-credential that has a public page, with the versions that have addresses of their own (public identifiers), and whether
    they have a picture."""
    with tenant(institution):
        shown = MicroCredential.objects.exclude(state=MicroCredential.State.DRAFT).order_by("pk")
        for found in list(shown.only("pk", "public_id")):
            versions = found.versions.exclude(state=AchievementVersion.State.DRAFT).order_by("number")
            rows = versions.values_list("public_id", "image")
            yield found.public_id, [(public_id, image is not None) for public_id, image in rows]


def adopt_image(institution: Institution, values: Mapping[str, Any]) -> bool:
    """Whether it is new. Raises NotAnArchive."""
    image = from_json(AchievementImage, values, _IMAGE)
    with tenant(institution):
        _, made = AchievementImage.objects.get_or_create(
            digest=image.pop("digest"), defaults={**image, "institution": institution}
        )
    return made


def adopt_micro_credential(institution: Institution, values: Mapping[str, Any]) -> int:
    """In the caller's transaction; how many versions were new. What is here already stays as it is. Raises NotAnArchive."""
    stated = from_json(MicroCredential, values, _MICRO_CREDENTIAL)
    created, new = stated.pop("created_at"), 0
    with tenant(institution):
        micro_credential, made = MicroCredential.objects.get_or_create(
            public_id=stated.pop("public_id"), defaults={**stated, "institution": institution}
        )
        if made:
            MicroCredential.objects.filter(pk=micro_credential.pk).update(created_at=created)
        images = {image.digest: image.pk for image in AchievementImage.objects.only("digest")}
        for found in values["versions"]:
            version = from_json(AchievementVersion, found, _VERSION)
            if AchievementVersion.objects.filter(public_id=version["public_id"]).exists():
                continue
            row = AchievementVersion(
                institution=institution,
                micro_credential=micro_credential,
                image_id=images.get(found.get("image")),
                **version,
            )
            AchievementVersion.objects.bulk_create([row])
            AchievementVersion.objects.filter(pk=row.pk).update(created_at=version["created_at"])
            new += 1
    return new


def foreign_versions(institution: Institution | None, public_ids: list[str]) -> list[str]:
    """Which of the identifiers belong to another institution here."""
    with unscoped("an identifier that is taken is a conflict, whoever has it"):
        rows = AchievementVersion.objects.filter(public_id__in=public_ids)
        rows = rows if institution is None else rows.exclude(institution=institution)
        return list(rows.values_list("public_id", flat=True))

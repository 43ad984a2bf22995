"""What the staff pages share: finding, addresses, crumbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from testamur_site.foundation.tenancy.api import Institution

from .. import queries
from ..description.codec import is_language_tag
from ..models import AchievementVersion, MicroCredential
from ..public.views import picture_path
from ..rules import Completeness
from .section_forms import SECTIONS


def found(public_id: str) -> MicroCredential:
    """The institution's micro-credential; 404 for another's, which must not be told apart from none."""
    micro_credential = queries.own_micro_credential(public_id)
    if micro_credential is None:
        raise Http404
    return micro_credential


def address(name: str, micro_credential: MicroCredential, *further: str) -> str:
    return reverse(f"catalogue:{name}", args=[micro_credential.institution.slug, micro_credential.public_id, *further])


def crumbs(institution: Institution, *further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Micro-credentials"), reverse("catalogue:list", args=[institution.slug])), *further]


def section_links(micro_credential: MicroCredential) -> dict[str, str]:
    """Where each section is edited, the picture's page among them."""
    links = {section.key: address("edit", micro_credential, section.key) for section in SECTIONS}
    return {**links, "image": address("image", micro_credential), "plan": address("plan", micro_credential)}


def navigation(current: str, links: Mapping[str, str], meter: Completeness) -> list[dict[str, Any]]:
    """The pages of the editor with the worst of what the meter says of each; `current` is the key of the one that is shown."""
    worst: dict[str, str] = {}
    for element in meter.elements:
        if element.presence == "missing" and element.mandatory:
            worst[element.section] = "missing"
        elif element.presence != "present":
            worst.setdefault(element.section, "weak")
    pages: list[tuple[str, Any]] = [(section.key, section.label) for section in SECTIONS]
    at = next(index for index, (key, _label) in enumerate(pages) if key == "assessment") + 1
    pages[at:at] = [("plan", _("Tasks and rubrics"))]
    return [
        {"label": label, "url": links[key], "current": key == current, "state": worst.get(key, "")}
        for key, label in [*pages, ("image", _("Image"))]
    ]


def own_picture(version: AchievementVersion) -> str:
    """The picture of a version that may still be a draft: staff see it by their own address."""
    if version.image_id is None:
        return ""
    if version.state != AchievementVersion.State.DRAFT:
        return picture_path(version)
    return address("image_file", version.micro_credential)


def languages_of(institution: Institution) -> list[str]:
    """The languages an institution writes in, as far as a credential can hold them (`xx` and `xx-XX`); English where none is set."""
    return [tag for tag in institution.languages or () if is_language_tag(tag)] or ["en"]

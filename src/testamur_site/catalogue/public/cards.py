"""A micro-credential in a list: what somebody decides by whether to open it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from ..description.vocabulary import in_language
from ..models import AchievementVersion, Offering
from ..offerings import presentation as offered
from ..offerings import queries as offerings
from .presentation import credit_words, duration_words, reader_language, short_levels, term


@dataclass(frozen=True)
class Card:
    public_id: str
    title: str
    url: str
    image: str
    institution: Any
    summary: str
    facts: tuple[str, ...]
    mode: str
    offer: str


def cards(versions: Iterable[AchievementVersion]) -> list[Card]:
    """With their next offering, in one query for all."""
    listed = list(versions)
    runs = offerings.next_of([version.micro_credential_id for version in listed])
    return [_card(version, runs.get(version.micro_credential_id)) for version in listed]


def picture_path(version: AchievementVersion) -> str:
    """The address of the picture on this site, '' when there is none."""
    return reverse("catalogue:image_png", args=[version.public_id]) if version.image_id else ""


def _card(version: AchievementVersion, offering: Offering | None) -> Card:
    language = reader_language()
    d = version.description
    credits_ = tuple(credit_words(c.points, c.system, language) for c in d.credits)
    facts = (*short_levels(d, language)[:1], *(words for words in (duration_words(d.workload),) if words), *credits_)
    return Card(
        public_id=version.micro_credential.public_id,
        title=in_language(d.title, language),
        url=reverse("catalogue:public_detail", args=[version.micro_credential.public_id]),
        image=picture_path(version),
        institution=version.institution,
        summary=in_language(d.description, language),
        facts=facts,
        mode=", ".join(term(mode, language) for mode in d.participation),
        offer=f"{offered.when(offering)} · {offered.price(offering)}" if offering else "",
    )

"""What a rule's addresses stand for: micro-credentials of this catalogue, and institutions, by name in the reader's language.

A rule names an achievement by its address, as credentials do. Here the address gets its title, so that a sentence can be read aloud.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.urls import reverse

from testamur.pathways import NotAProgramme, Programme, read_programme
from testamur.pathways.reading import read_values
from testamur.pathways.words import read_aloud, sentences_of
from testamur_site.catalogue.api import AchievementVersion, achievement_id, duration_in_hours, public_versions
from testamur_site.foundation.tenancy.api import Institution, institution_by_slug

MOST = 300
"""Addresses of one rule that are looked up; the rest are shown as they are."""


@dataclass(frozen=True, slots=True)
class Component:
    """A micro-credential of this catalogue that a rule names. `credits` and `hours` where the catalogue has a number."""

    address: str
    title: str
    institution: Institution
    url: str
    number: int
    current: bool
    credits: Decimal | None
    unit: str
    hours: Decimal | None

    @property
    def said(self) -> str:
        return f"{self.title} ({self.institution.localised_name})"


def component_of(version: AchievementVersion, language: str) -> Component:
    description = version.description
    points = description.credits[0] if description.credits else None
    return Component(
        address=achievement_id(version),
        title=version.title_in(language) or version.title,
        institution=version.institution,
        url=reverse("catalogue:public_detail", args=[version.micro_credential.public_id]),
        number=version.number,
        current=version.state == AchievementVersion.State.PUBLISHED,
        credits=_number(points.points) if points else None,
        unit=_unit(points.system.label, language) if points else "",
        hours=duration_in_hours(description.workload) if description.workload else None,
    )


def named(addresses: Iterable[str], language: str) -> dict[str, Component]:
    """Those addresses that name something of this catalogue, with what it is."""
    start = _start()
    wanted = {address.removeprefix(start): address for address in addresses if address.startswith(start)}
    found = public_versions(list(wanted)[:MOST])
    return {wanted[public_id]: component_of(version, language) for public_id, version in found.items()}


def versions_in(text: str) -> tuple[str, ...]:
    """The public identifiers of the versions of this catalogue whose addresses stand in a rule, at most MOST."""
    values, _places = read_values(text)
    start = _start()
    found = {each.removeprefix(start) for each in texts_in(values) if each.startswith(start)}
    return tuple(sorted(found)[:MOST])


def _start() -> str:
    """What the address of every achievement here begins with."""
    return f"{settings.TESTAMUR_BASE_URL}{reverse('catalogue:achievement', args=['x'])}".removesuffix("x")


def institutions_in(values: Any) -> dict[str, Institution]:
    """The institutions of this platform whose DIDs stand somewhere in plain values, by DID."""
    found: dict[str, Institution] = {}
    for text in texts_in(values):
        if text.startswith("did:web:") and text not in found and len(found) < MOST:
            institution = institution_by_slug(text.rpartition(":")[2])
            if institution is not None and institution.did == text:
                found[text] = institution
    return found


def texts_in(values: Any) -> list[str]:
    """Every text of plain values, the embedded tests' left out."""
    found: list[str] = []
    stack = [{key: value for key, value in values.items() if key != "tests"} if isinstance(values, Mapping) else values]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, Mapping):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return found


def aloud(text: str, language: str, names: Mapping[str, str]) -> tuple[list[tuple[int, str]], dict[str, str]]:
    """A programme read aloud with names for addresses: lines with their depth, and what each requirement asks by its name.

    Raises NotAProgramme where the text is none.
    """
    programme = spoken(text, names)
    lines = [
        ((len(line) - len(line.lstrip())) // 2, line.strip()) for line in read_aloud(programme, language).splitlines()
    ]
    return lines, sentences_of(programme, language)


def spoken(text: str, names: Mapping[str, str]) -> Programme:
    """The programme with names in the place of addresses: to be read aloud, never to decide by."""
    values, _ = read_values(text)
    if isinstance(values, dict):
        values.pop("tests", None)
    try:
        return read_programme(json.dumps(_renamed(values, names), default=_plain).encode())
    except NotAProgramme:
        return read_programme(text.encode())  # two of one name, say: then the addresses are read


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {key: _renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    return value


def names_for(values: Any, language: str) -> tuple[dict[str, Component], dict[str, str]]:
    """The micro-credentials that plain values name, and a name for each address in them."""
    components = named(texts_in(values), language)
    names = {address: component.said for address, component in components.items()}
    names |= {did: institution.localised_name for did, institution in institutions_in(values).items()}
    return components, names


def _plain(value: Any) -> Any:
    return int(value) if value == value.to_integral_value() else float(value)


def _unit(label: Mapping[str, str], language: str) -> str:
    return label.get(language) or label.get("en") or next(iter(label.values()), "")


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None

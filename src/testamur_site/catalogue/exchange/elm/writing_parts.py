"""The smaller things of the European Learning Model, written: concepts, notes, organisations, moments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from testamur_site.foundation.tenancy.api import Institution

from ...description.elements import Identifier, Media, Organisation
from ...description.places_and_languages import COUNTRIES, country
from ...description.vocabulary import Concept, Text


def without_empty(members: dict[str, Any]) -> dict[str, Any]:
    """The same without members that say nothing; lists without their empty entries."""
    found: dict[str, Any] = {}
    for name, value in members.items():
        if isinstance(value, list):
            value = [item for item in value if item]
        if value is not None and value not in ("", [], {}):
            found[name] = value
    return found


def concept(c: Concept | None) -> dict[str, Any] | None:
    """A term with its address, its words and the list it is from."""
    if c is None or not (c.uri or c.label):
        return None
    return without_empty(
        {
            "id": c.uri,
            "type": "Concept",
            "prefLabel": {tag: words for tag, words in c.label.items() if words},
            "inScheme": {"id": c.scheme, "type": "ConceptScheme"} if c.scheme else None,
            "notation": c.notation,
        }
    )


def note(words: Text) -> dict[str, Any] | None:
    said = {tag: text for tag, text in words.items() if text}
    return {"type": "Note", "noteLiteral": said} if said else None


def organisation_node(o: Organisation) -> dict[str, Any] | None:
    """None for one without a name or a country: the model demands both."""
    if not any(o.name.values()) or o.country is None:
        return None
    return without_empty(
        {
            "type": "Organisation",
            "legalName": {tag: name for tag, name in o.name.items() if name},
            "altLabel": {tag: name for tag, name in o.short_name.items() if name},
            "location": [
                without_empty(
                    {
                        "type": "Location",
                        "address": [
                            without_empty(
                                {
                                    "type": "Address",
                                    "countryCode": concept(o.country),
                                    "fullAddress": note(o.address),
                                }
                            )
                        ],
                        "spatialCode": [concept(o.region)],
                    }
                )
            ],
            "homepage": [{"type": "WebResource", "contentURL": o.homepage} if o.homepage else None],
            "contactPoint": [_contact(o.email)],
            "registration": _legal(o.registration),
            "vatIdentifier": [_legal(o.vat)],
            "identifier": [_identifier(i) for i in o.identifiers],
            "groupMemberOf": [
                without_empty(
                    {
                        "type": "Group",
                        "prefLabel": {tag: name for tag, name in g.name.items() if name},
                        "contactPoint": [_contact(g.email)],
                    }
                )
                for g in o.member_of
                if any(g.name.values())
            ],
            "logo": _media(o.logo),
        }
    )


def institution_node(institution: Institution) -> dict[str, Any]:
    """The institution itself, under the address of its page here."""
    names = {"en": institution.name}
    names |= {tag: said["name"] for tag, said in (institution.translations or {}).items() if said.get("name")}
    address = {"type": "Address", "countryCode": concept(country_of(institution.country))}
    if institution.address:
        address["fullAddress"] = note({"en": institution.address})
    return without_empty(
        {
            "id": institution.public_url,
            "type": "Organisation",
            "legalName": names,
            "location": [{"type": "Location", "address": [address]}],
            "homepage": [{"type": "WebResource", "contentURL": institution.homepage} if institution.homepage else None],
            "contactPoint": [_contact(institution.email)],
        }
    )


def country_of(alpha_2: str) -> Concept:
    """The concept of a country of the authority table; one that our list lacks is said by its code alone."""
    found = country(alpha_2)
    return found or Concept("", {"en": alpha_2}, COUNTRIES.scheme, alpha_2)


def xsd_time(text: str) -> str | None:
    """A day or a moment as xsd:dateTime with its zone; None for what is neither."""
    if not text:
        return None
    try:
        if len(text) == 10:
            return f"{date.fromisoformat(text).isoformat()}T00:00:00Z"
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return text if moment.tzinfo else f"{moment.isoformat()}Z"


def _contact(email: str) -> dict[str, Any] | None:
    if not email:
        return None
    return {"type": "ContactPoint", "emailAddress": [{"id": f"mailto:{email}", "type": "Mailbox"}]}


def _legal(i: Identifier | None) -> dict[str, Any] | None:
    """The model demands the country whose register it is."""
    if i is None or not i.notation or i.country is None:
        return None
    return without_empty({**(_identifier(i) or {}), "type": "LegalIdentifier", "spatial": concept(i.country)})


def _identifier(i: Identifier) -> dict[str, Any] | None:
    if not i.notation:
        return None
    return without_empty({"type": "Identifier", "notation": i.notation, "schemeName": i.scheme_name})


def _media(m: Media | None) -> dict[str, Any] | None:
    if m is None or not m.content or m.content_type is None or m.content_encoding is None:
        return None
    return {
        "type": "MediaObject",
        "content": m.content,
        "contentType": concept(m.content_type),
        "contentEncoding": concept(m.content_encoding),
    }

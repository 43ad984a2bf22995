"""Who: the profile of an issuer or creator, its address and identifiers, and how a recipient is identified.

Source: Open Badges 3.0, data models Profile, Address, GeoCoordinates, IdentifierEntry, IdentityObject, Image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from testamur.model.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Node):
    """An image by its address (`id`: an https address or a data: URL) and its text for those who do not see it (`caption`)."""

    TYPES: ClassVar[tuple[str, ...]] = ("Image",)
    TYPE_IS_ARRAY: ClassVar[bool] = False

    id: str
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoCoordinates(Node):
    """Latitude and longitude in degrees, WGS 84."""

    TYPES: ClassVar[tuple[str, ...]] = ("GeoCoordinates",)
    TYPE_IS_ARRAY: ClassVar[bool] = False

    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Node):
    """A postal address. `address_country_code` is ISO 3166-1 alpha-2."""

    TYPES: ClassVar[tuple[str, ...]] = ("Address",)

    address_country: str | None = None
    address_country_code: str | None = None
    address_region: str | None = None
    address_locality: str | None = None
    street_address: str | None = None
    post_office_box_number: str | None = None
    postal_code: str | None = None
    geo: GeoCoordinates | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierEntry(Node):
    """An identifier of an organisation, person or achievement. `identifier_type` is an `IdentityType` or begins with `ext:`."""

    TYPES: ClassVar[tuple[str, ...]] = ("IdentifierEntry",)
    TYPE_IS_ARRAY: ClassVar[bool] = False

    identifier: str
    identifier_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityObject(Node):
    """An identifier of the recipient. Where `hashed` is true, `identity_hash` is `sha256$` and the hex digest of value and salt."""

    TYPES: ClassVar[tuple[str, ...]] = ("IdentityObject",)
    TYPE_IS_ARRAY: ClassVar[bool] = False

    hashed: bool | None  # required by the standard; None where a document that was read does not say
    identity_hash: str
    identity_type: str
    salt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Related(Node):
    """An achievement that is the same or near in content: another language, another version."""

    TYPES: ClassVar[tuple[str, ...]] = ("Related",)

    id: str
    in_language: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Node):
    """A person or an organisation, as issuer, creator, endorser or source. `id` is an absolute address: https or a DID."""

    TYPES: ClassVar[tuple[str, ...]] = ("Profile",)

    id: str
    name: str | None = None
    url: str | None = None
    phone: str | None = None
    description: str | None = None
    endorsement: tuple[Mapping[str, Any], ...] = ()
    endorsement_jwt: tuple[str, ...] = ()
    image: Image | None = None
    email: str | None = None
    address: Address | None = None
    other_identifier: tuple[IdentifierEntry, ...] = ()
    official: str | None = None
    parent_org: Profile | None = None
    family_name: str | None = None
    given_name: str | None = None
    additional_name: str | None = None
    patronymic_name: str | None = None
    honorific_prefix: str | None = None
    honorific_suffix: str | None = None
    family_name_prefix: str | None = None
    date_of_birth: str | None = None

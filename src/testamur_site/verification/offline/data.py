"""What the browser needs to judge as the library does: contexts, catalogue, schemas, sentences, registers, as one JSON document."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from testamur import linked_data
from testamur.errors import ContextUnavailable
from testamur.verification import CODES, Register
from testamur.verification.accreditation import claims
from testamur.verification.accreditation.entries import Accreditation, Scope
from testamur.verification.schemas import achievement, credential
from testamur.verification.sentences import english, korean
from testamur_site.verification import services

STATIC = Path(__file__).parent.parent / "static/verification/offline"
_LANGUAGES = (english.ENGLISH, korean.KOREAN)


def document() -> dict[str, Any]:
    """The whole of it.

    - `contexts`: every pinned context by its address, `contextDigests` their hashes; `openBadges` the current one of Open Badges.
    - `codes`: for each code `name`, `question`, `outcome`, `required`.
    - `schemas`: the restated schemas, by kind and version.
    - `languages`: every table of sentences, by language.
    - `annexI`: the heading on quality assurance in criteria, and the words for an accreditation below it, in every language.
    - `registers`: the institutions that this deployment knows, and which registers it relies on.
    """
    return {
        "contexts": {address: linked_data.PINNED.get(address) for address in sorted(linked_data.PINNED.urls())},
        "contextDigests": {
            address: found for address in sorted(linked_data.PINNED.urls()) if (found := _digests(address))
        },
        "openBadges": linked_data.OPEN_BADGES_3,
        "codes": {
            code: {
                "name": row.name,
                "question": row.question.value,
                "outcome": row.outcome.value,
                "required": row.required,
            }
            for code, row in CODES.items()
        },
        "schemas": {
            **{f"{kind} {version}": schema for (kind, version), schema in achievement.SCHEMAS.items()},
            "credential": credential.SCHEMA,
        },
        "languages": {language.tag: _tables(language) for language in _LANGUAGES},
        "annexI": {"headings": list(claims.QUALITY), "accredited": list(claims.ACCREDITED)},
        "registers": [_register(register) for register in services.trust_registry().registers],
    }


@cache
def encoded() -> bytes:
    """The document as it is sent; made once, since everything in it is fixed while the process runs."""
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode()


@cache
def modules() -> tuple[str, ...]:
    """Our own modules and the vendored one, as paths below `static/`; the worker apart, which is served by a view."""
    found = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))
    return tuple(f"verification/offline/{name}" for name in found if name != "worker.js")


@cache
def version() -> str:
    """Names what is kept by the worker: changes exactly when one of the files or the data changes."""
    digest = hashlib.sha256(encoded())
    for path in sorted(STATIC.rglob("*.*")):
        digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _digests(address: str) -> dict[str, str]:
    """The hashes by which a document may pin a context, in hexadecimal; none of one that we restate instead of quoting."""
    try:
        content = linked_data.PINNED.content(address)
    except ContextUnavailable:
        return {}
    return {name: hashlib.new(name, content).hexdigest() for name in ("sha256", "sha384", "sha512")}


def _tables(language: Any) -> dict[str, Any]:
    """All tables of a language; keys that are words of an enumeration become those words."""
    tables = {}
    for field in fields(language):
        value = getattr(language, field.name)
        tables[field.name] = value if isinstance(value, str) else {str(key): text for key, text in value.items()}
    return tables


def _register(register: Register) -> dict[str, Any]:
    return {
        "name": register.name,
        "reliedOn": register.relied_on,
        "institutions": [
            {
                "name": institution.name,
                "ids": sorted(institution.ids),
                "domains": sorted(institution.domains),
                "from": institution.since.isoformat() if institution.since else None,
                "until": institution.until.isoformat() if institution.until else None,
                "accredits": _scope(institution.accredits) if institution.accredits is not None else None,
                "accreditations": [_accreditation(entry) for entry in institution.accreditations],
            }
            for institution in register.institutions
        ],
    }


def _accreditation(entry: Accreditation) -> dict[str, Any]:
    return {
        "by": entry.by,
        "from": entry.since.isoformat() if entry.since else None,
        "until": entry.until.isoformat() if entry.until else None,
        "renewed": entry.renewed,
        **_scope(entry.scope),
    }


def _scope(scope: Scope) -> dict[str, Any]:
    return {"achievementTypes": sorted(scope.achievement_types), "levels": sorted(scope.levels)}

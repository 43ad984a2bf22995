"""The private part: all that is the institution's own, with the names and addresses of people, for its own import elsewhere.

Nobody else may have it. It is a bag of its own, so that the public one can be handed on without looking what is in it.
"""

from __future__ import annotations

import base64
from itertools import islice
from typing import Any

from testamur_site.catalogue.api import archived_images, archived_micro_credentials
from testamur_site.foundation.audit import api as audit
from testamur_site.foundation.keys.api import archived_keys
from testamur_site.foundation.tenancy.api import Institution, as_json, logo
from testamur_site.issuing.api import archived_awards
from testamur_site.log.api import logs, look_up
from testamur_site.status.api import archived_pairs
from testamur_site.wallet.api import archived_deposits

from . import files, front, tables
from .bags import Progress
from .tables import ROOT, line
from .workplace import Workplace

AWARDS_IN_A_FILE = 200
AUDIT_IN_A_FILE = 2000
INSTITUTION = (
    *("public_id", "slug", "name", "translations", "country", "description", "homepage", "email", "address"),
    *("legal_identifier", "primary_colour", "accent_colour", "symbol", "languages"),
)


def write(institution: Institution, place: Workplace, progress: Progress, *, with_files: bool) -> None:
    """The archive into a workplace. The tables come first: what they refer to may only be newer than they are. The awards, which are many,
    are continued where a run that was cut short ended."""
    tables.write(institution, place, progress)
    shown = logo(institution)
    values = {
        **front.description(institution),
        "fields": as_json(institution, INSTITUTION),
        "logs": logs(),
        "logo": None
        if shown is None
        else {"mediaType": shown.media_type, "content": base64.b64encode(bytes(shown.content)).decode()},
    }
    place.put(f"{ROOT}/institution.json", line(values))
    place.put(f"{ROOT}/keys.json", line(archived_keys(institution)))
    place.put(f"{ROOT}/images.jsonl", b"".join(map(line, archived_images(institution))))
    place.put(f"{ROOT}/micro-credentials.jsonl", b"".join(map(line, archived_micro_credentials(institution))))
    place.put(f"{ROOT}/status-lists.jsonl", b"".join(map(line, archived_pairs(institution))))
    _awards(institution, place, progress)
    _audit(institution, place)
    if with_files:
        files.write(institution, place, progress)


def _awards(institution: Institution, place: Workplace, progress: Progress) -> None:
    number = place.cursor("award_files")
    rows = archived_awards(institution, place.cursor("awards"))
    while some := list(islice(rows, AWARDS_IN_A_FILE)):
        number += 1
        deposits = archived_deposits(institution, [values["public_id"] for _, values in some])
        lines = (line(_with_more(values, deposits)) for _, values in some)
        place.put(f"{ROOT}/awards/{number:06}.jsonl", b"".join(lines))
        place.advance(awards=some[-1][0], award_files=number)
        progress("private", number * AWARDS_IN_A_FILE)


def _audit(institution: Institution, place: Workplace) -> None:
    place.clear(f"{ROOT}/audit")
    rows = audit.archived_entries(institution)
    for number, some in enumerate(iter(lambda: list(islice(rows, AUDIT_IN_A_FILE)), []), 1):
        place.put(f"{ROOT}/audit/{number:06}.jsonl", b"".join(map(line, some)))


def _with_more(values: dict[str, Any], deposits: dict[str, dict[str, Any]]) -> dict[str, Any]:
    proof = look_up(f"award:{values['public_id']}").content
    return {
        **values,
        "deposit": deposits.get(values["public_id"]),
        "logProof": None if proof is None else proof.decode(),
    }

"""`POST /verifiers/presentations/verify`: a presentation, and every credential in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testamur.cli.vc_api.problems import from_problems, refused
from testamur.cli.vc_api.verifier import envelopes
from testamur.cli.vc_api.verifier.credentials import Examined, HostedList, examine, identifier_of
from testamur.cli.vc_api.verifier.expectations import Expectations
from testamur.cli.vc_api.verifier.proofs import checked_proofs
from testamur.formats.vc_2 import check_presentation


def examine_presentation(value: object, expected: Expectations, hosted: HostedList, path: str) -> list[str]:
    """Examine a presentation; returns the warnings. Raises Refused.

    1. Open the envelope, where there is one.
    2. The form, and the proof. A presentation without proof is accepted (VC Data Model 2.0 §4.13 allows it, the conformance suites send
       it with a challenge among the options): it shows credentials and says nothing about who shows them. A warning says so.
    3. Every credential, by its own rules.
    4. Say where a credential is the statement of whoever presents it.
    """
    signers: list[str] = []
    if isinstance(value, str) or envelopes.is_envelope(value):
        opened = envelopes.open_presentation(value, expected, path)
        content: Mapping[str, Any] = opened.content
        signers = [opened.controller]
        _conform(content, path)
    elif isinstance(value, dict):
        content = value
        _conform(content, path)
        if "proof" in content:
            signers = [method.controller for method in checked_proofs(content, expected, path)]
    else:
        raise refused("vc_api.presentation_missing", "A presentation is an object or a token.", path=path)
    found = content.get("verifiableCredential", [])
    warnings = (
        []
        if signers
        else ["The presentation has no proof: it answers no challenge, and nobody says that they present it."]
    )
    for index, credential in enumerate(found if isinstance(found, list) else [found]):
        place = f"{path}/verifiableCredential/{index}"
        examined = examine(credential, expected.for_inner(), hosted, place)
        warnings += [f"{place}: {warning}" for warning in examined.warnings]
        warnings += _about_the_holder(content, examined, signers, place)
    return warnings


def _conform(content: Mapping[str, Any], path: str) -> None:
    if problems := check_presentation(content):
        raise from_problems(problems, path)


def _about_the_holder(content: Mapping[str, Any], examined: Examined, signers: list[str], path: str) -> list[str]:
    """What a reader should know of a credential that was sealed by whoever presents it.

    VC Data Model 2.0 §4.13.3 calls a credential self-asserted when its issuer is the holder of the presentation. A presentation
    that names no holder, or another one, contains none by that definition: nothing is broken, and nobody has said who vouches.
    """
    if not signers or not set(examined.signers) <= set(signers):
        return []
    issuer, holder = identifier_of(examined.content.get("issuer")), identifier_of(content.get("holder"))
    if holder is not None and holder == issuer:
        return [f"{path}: The holder is its issuer: this is the holder's own statement."]
    return [
        f"{path}: The key that presents it also made it, and the presentation does not name its issuer as the holder."
    ]

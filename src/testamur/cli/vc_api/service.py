"""The service without the network: from a method, a path and a body to a status and a JSON value.

Every request ends in one of the answers that the VC API and the conformance suites know. What a request can do wrong is a `Refused`
and becomes problem details; nothing else may be raised.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from testamur import strict_json
from testamur.cli.vc_api.issuer import TIME_TO_LIVE, Issuer, StatusList, derive, issue, new_issuers
from testamur.cli.vc_api.problems import Refused, from_error, refused
from testamur.cli.vc_api.verifier import examine, examine_presentation, read_options
from testamur.errors import InputError

MAX_BODY: Final = 1_000_000  # bytes of one request
CREDENTIAL: Final = "application/vc+ld+json"  # and not application/vc: clients that look for “json” in it read it too


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an HTTP status, a JSON value and its media type. `allow` are the methods, where the one used is wrong; for
    `keep` seconds the answer may be kept by whoever gets it."""

    status: int
    body: Any
    media_type: str = "application/json"
    allow: str | None = None
    keep: int = 0


class Service:
    """All keys and lists of one run. `origin` is the address at which it is reached, such as `http://127.0.0.1:8080`."""

    def __init__(self, origin: str, issuers: Mapping[str, Issuer] | None = None) -> None:
        self.issuers = dict(issuers if issuers is not None else new_issuers())
        self._lists: dict[str, StatusList] = {}
        self._list_of: dict[str, StatusList] = {}
        for name, issuer in self.issuers.items():
            if issuer.suite.lists_status:
                path = f"/status-lists/{secrets.token_urlsafe(18)}"
                self._lists[path] = self._list_of[name] = StatusList(origin + path, issuer)

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """The answer to a request. `body` is read only where the path takes one."""
        handlers = self._handlers(path)
        if not handlers:
            return _problem(refused("vc_api.path_unknown", "There is nothing at this address.", status=404))
        handler = handlers.get(method)
        if handler is None:
            wrong = _problem(refused("vc_api.method_wrong", "This address is used in another way.", status=405))
            return Answer(wrong.status, wrong.body, wrong.media_type, ", ".join(handlers))
        try:
            return handler(_read(body) if method == "POST" else {})
        except Refused as refusal:
            return _problem(refusal)

    def _handlers(self, path: str) -> dict[str, Callable[[dict[str, Any]], Answer]]:
        """The methods of an address and what they do; empty for an address that we do not have."""
        match path.strip("/").split("/"):
            case ["issuers"]:
                return {"GET": lambda _: Answer(200, {name: issuer.did for name, issuer in self.issuers.items()})}
            case ["issuers", name, "credentials", "issue"] if name in self.issuers:
                return {"POST": lambda body: self._issue(name, body)}
            case ["issuers", name, "credentials", "status"] if name in self._list_of:
                return {"POST": lambda body: self._set_status(name, body)}
            case ["verifiers", "credentials", "verify"]:
                return {"POST": self._verify_credential}
            case ["verifiers", "presentations", "verify"]:
                return {"POST": self._verify_presentation}
            case ["holders", "credentials", "derive"]:
                return {"POST": lambda body: Answer(201, derive(body))}
            case ["status-lists", _] if path in self._lists:
                return {"GET": lambda _: Answer(200, self._lists[path].signed(), CREDENTIAL, keep=TIME_TO_LIVE // 1000)}
        return {}

    def _issue(self, name: str, body: dict[str, Any]) -> Answer:
        secured = issue(body, self.issuers[name], self._list_of.get(name))
        return Answer(201, {"verifiableCredential": secured})

    def _set_status(self, name: str, body: dict[str, Any]) -> Answer:
        """`{"credentialId": …, "credentialStatus": {"statusPurpose": "revocation"}, "status": true}`, the form of the VC API."""
        identifier, value, entry = body.get("credentialId"), body.get("status", True), body.get("credentialStatus", {})
        purpose = entry.get("statusPurpose", "revocation") if isinstance(entry, dict) else None
        if not isinstance(identifier, str) or not isinstance(value, bool) or purpose != "revocation":
            raise refused(
                "vc_api.status_request_invalid",
                "State credentialId, a credentialStatus with the statusPurpose revocation, and status as true or false.",
            )
        if not self._list_of[name].set(identifier, value):
            raise refused("vc_api.credential_unknown", "No credential of this id was issued here.", status=404)
        return Answer(200, {"credentialId": identifier, "status": value})

    def _verify_credential(self, body: dict[str, Any]) -> Answer:
        expected = read_options(body, "assertionMethod")
        examined = examine(body.get("verifiableCredential"), expected, self._hosted, "/verifiableCredential")
        return _verified(expected.checks, list(examined.warnings))

    def _verify_presentation(self, body: dict[str, Any]) -> Answer:
        expected = read_options(body, "authentication")
        value = body.get("verifiablePresentation")
        warnings = examine_presentation(value, expected, self._hosted, "/verifiablePresentation")
        return _verified(expected.checks, warnings)

    def _hosted(self, address: str) -> dict[str, Any] | None:
        for hosted in self._lists.values():
            if hosted.address == address:
                return hosted.unsigned()
        return None


def _read(body: bytes) -> dict[str, Any]:
    try:
        value = strict_json.loads(body, max_bytes=MAX_BODY)
    except InputError as error:
        raise from_error(error) from None
    if not isinstance(value, dict):
        raise refused("vc_api.request_invalid", "A request is a JSON object.")
    return value


def _verified(checks: list[str], warnings: list[str]) -> Answer:
    return Answer(200, {"verified": True, "checks": checks, "warnings": warnings, "errors": []})


def _problem(refusal: Refused) -> Answer:
    return Answer(refusal.status, refusal.body(), "application/problem+json")

"""The VC API as a caller from outside sees it: addresses, JSON, status codes."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    media_type: str

    @property
    def codes(self) -> list[str]:
        """Our codes of what was wrong."""
        return [detail["code"] for detail in self.body.get("problemDetails", [])]

    @property
    def code(self) -> str:
        (code,) = self.codes
        return code


class Client:
    """Speaks to one service."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.issuers: dict[str, str] = self.get("/issuers").body

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        parts = urlsplit(self.origin)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            content = response.read()
            kind = response.headers.get_content_type()
            return Reply(response.status, json.loads(content) if content else None, kind)
        finally:
            connection.close()

    def get(self, path: str) -> Reply:
        return self.request("GET", path.removeprefix(getattr(self, "origin", "")))

    def post(self, path: str, value: Any) -> Reply:
        return self.request("POST", path, json.dumps(value).encode(), Content_Type="application/json")

    def issue(self, suite: str, credential: Any, **options: Any) -> Reply:
        return self.post(f"/issuers/{suite}/credentials/issue", {"credential": credential, "options": options})

    def issued(self, suite: str, credential: Any, **options: Any) -> dict[str, Any]:
        reply = self.issue(suite, credential, **options)
        assert reply.status == 201, reply
        secured: dict[str, Any] = reply.body["verifiableCredential"]
        return secured

    def derived(self, credential: Any, *pointers: str) -> dict[str, Any]:
        reply = self.post(
            "/holders/credentials/derive",
            {"verifiableCredential": credential, "options": {"selectivePointers": list(pointers)}},
        )
        assert reply.status == 201, reply
        shown: dict[str, Any] = reply.body
        return shown

    def verify(self, credential: Any, **options: Any) -> Reply:
        body: dict[str, Any] = {"verifiableCredential": credential}
        return self._agree(self.post("/verifiers/credentials/verify", body | ({"options": options} if options else {})))

    def verify_presentation(self, presentation: Any, **options: Any) -> Reply:
        body = {"verifiablePresentation": presentation, "options": options}
        return self._agree(self.post("/verifiers/presentations/verify", body))

    @staticmethod
    def _agree(reply: Reply) -> Reply:
        """The status and the body never say two things, and a verifier knows two statuses only."""
        assert (reply.status, reply.body["verified"]) in ((200, True), (400, False)), reply
        return reply

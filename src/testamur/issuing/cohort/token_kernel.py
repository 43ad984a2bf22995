"""What is done once for each token of a cohort: its values set into the payload and that written in base64url, and the way back.

One source for two forms, as `linked_data.shapes.kernel`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from testamur.linked_data.shapes.native import base64url_behind, base64url_between, begun_base64
from testamur.linked_data.shapes.skeleton import Unshaped

COMPILED: bool = False  # the other form says otherwise


class TokenText:
    """Compact JWS with one header, which `beginning` is in base64url and with its dot, and payloads that `template` fills and reads."""

    def __init__(self, beginning: bytes, template: Any) -> None:
        self.beginning = beginning
        self.template = template

    def signing_input(self, written: list[bytes]) -> bytes:
        """What is signed (RFC 7515 §5.1): header, dot, and the payload with `written` in its holes."""
        return base64url_behind(self.beginning, self.template.fill(written))

    def read(self, token: bytes) -> tuple[list[bytes], bytes, bytes]:
        """The values in a token of exactly this form (`Template.read`), what of it is signed, and the signature.

        Raises `Unshaped` for every other text.
        """
        if type(token) is not bytes:
            raise TypeError("bytes")
        start = len(self.beginning)
        end = token.rfind(b".")
        if end < start or not token.startswith(self.beginning):
            raise Unshaped
        payload = base64url_between(token, start, end)
        signature = base64url_between(token, end + 1, len(token))
        if payload is None or signature is None:
            raise Unshaped
        return self.template.read(payload), token[:end], signature

    def read_back(self, some: list[bytes], plain: Callable[[Any], bool], said: Callable[[Any], Any]) -> list[Any]:
        """For each token that is of this form, and whose values are `plain`, what is signed, the signature and what the values `said`; None
        for every other."""
        outcomes: list[Any] = []
        for token in some:
            try:
                values, signed, signature = self.read(token)
                outcomes.append((signed, signature, said(values)) if plain(values) else None)
            except Unshaped:
                outcomes.append(None)
        return outcomes


def tokens(inputs: list[bytes], signatures: list[bytes]) -> list[bytes]:
    """The tokens: what is signed of each, and its signature."""
    made: list[bytes] = []
    for number, signed in enumerate(inputs):
        made.append(base64url_behind(signed + b".", signatures[number]))
    return made


_BEGUN: bool = begun_base64()

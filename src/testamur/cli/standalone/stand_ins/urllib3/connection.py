from __future__ import annotations

from testamur.proofs.plain.left_out import left_out


class HTTPConnection:
    def __init__(self, *_given: object, **_named: object) -> None:
        left_out("the network")


class HTTPSConnection(HTTPConnection):
    pass

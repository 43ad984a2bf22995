from __future__ import annotations

from testamur.proofs.plain.left_out import left_out


class VerificationError(Exception):
    pass


class _LeftOut:
    def __init__(self, *_given: object) -> None:
        left_out("certificates")


class ExtensionPolicy(_LeftOut):
    pass


class PolicyBuilder(_LeftOut):
    pass


class Store(_LeftOut):
    pass

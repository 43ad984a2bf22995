from __future__ import annotations


class InvalidSignature(Exception):
    pass


class UnsupportedAlgorithm(Exception):
    pass

"""Pairings are left out: BBS signatures are examined by the full program alone."""

from __future__ import annotations

from testamur.proofs.plain.left_out import left_out


class G1Point:
    pass


class G2Point:
    @staticmethod
    def from_compressed_bytes(_data: bytes) -> G2Point:
        left_out("BBS signatures")


class GT:
    pass


class Scalar:
    def __init__(self, *_given: object) -> None:
        left_out("BBS signatures")

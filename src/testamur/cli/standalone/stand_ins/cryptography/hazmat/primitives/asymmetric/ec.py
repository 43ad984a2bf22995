from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import HashAlgorithm
from cryptography.hazmat.primitives.serialization import PublicFormat
from testamur.proofs.plain import weierstrass
from testamur.proofs.plain.left_out import left_out


class EllipticCurve:
    plain: weierstrass.Curve

    @property
    def name(self) -> str:
        return self.plain.name


class SECP256R1(EllipticCurve):
    plain = weierstrass.P_256


class SECP384R1(EllipticCurve):
    plain = weierstrass.P_384


class SECP521R1(EllipticCurve):
    plain = weierstrass.P_521


class SECP256K1(EllipticCurve):
    plain = weierstrass.SECP256K1


class ECDSA:
    def __init__(self, algorithm: HashAlgorithm, deterministic_signing: bool = False) -> None:
        del deterministic_signing
        self.algorithm = algorithm


class EllipticCurvePublicKey:
    def __init__(self, curve: EllipticCurve, point: tuple[int, int]) -> None:
        self.curve, self._point = curve, point

    @classmethod
    def from_encoded_point(cls, curve: EllipticCurve, data: bytes) -> EllipticCurvePublicKey:
        point = curve.plain.decode(bytes(data))
        if point is None:
            raise ValueError("No point of this curve")
        return cls(curve, point)

    def public_bytes(self, _encoding: object, form: PublicFormat) -> bytes:
        return self.curve.plain.encode(self._point, compressed=form is PublicFormat.CompressedPoint)

    def verify(self, signature: bytes, data: bytes, algorithm: ECDSA) -> None:
        r, s = decode_dss_signature(signature)
        if not self.curve.plain.verify(self._point, r, s, bytes(data), algorithm.algorithm.name):
            raise InvalidSignature


class EllipticCurvePrivateKey:
    def __init__(self) -> None:
        left_out("private keys")


def generate_private_key(_curve: EllipticCurve) -> EllipticCurvePrivateKey:
    return EllipticCurvePrivateKey()


def derive_private_key(_number: int, _curve: EllipticCurve) -> EllipticCurvePrivateKey:
    return EllipticCurvePrivateKey()

"""ECDSA (FIPS 186-5 §6.4.2) on the curves that credentials use, and their points (SEC 1 §2.3)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeAlias

# Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
_Point: TypeAlias = tuple[int, int, int]
_INFINITY: _Point = (1, 1, 0)


@dataclass(frozen=True, slots=True)
class Curve:
    """y² = x³ + ax + b over the field of `p`; `order` is that of the base point (`x`, `y`). `size` is the bytes of a coordinate."""

    name: str
    size: int
    p: int
    a: int
    b: int
    x: int
    y: int
    order: int

    def decode(self, raw: bytes) -> tuple[int, int] | None:
        """The point in `raw`, compressed or not (SEC 1 §2.3.4); None for what is no point of the curve."""
        if len(raw) == 1 + 2 * self.size and raw[0] == 4:
            x, y = int.from_bytes(raw[1 : 1 + self.size], "big"), int.from_bytes(raw[1 + self.size :], "big")
            return (x, y) if x < self.p and y < self.p and (y * y - self._right(x)) % self.p == 0 else None
        if len(raw) != 1 + self.size or raw[0] not in (2, 3):
            return None
        x = int.from_bytes(raw[1:], "big")
        square = self._right(x)
        y = pow(square, (self.p + 1) // 4, self.p)  # every p here leaves 3 when it is divided by 4
        if x >= self.p or (y * y - square) % self.p:
            return None
        if y & 1 != raw[0] & 1:
            y = self.p - y
        return None if y == self.p else (x, y)

    def encode(self, point: tuple[int, int], *, compressed: bool) -> bytes:
        x, y = (part.to_bytes(self.size, "big") for part in point)
        return bytes((2 + (point[1] & 1),)) + x if compressed else b"\x04" + x + y

    def verify(self, point: tuple[int, int], r: int, s: int, message: bytes, hash_name: str) -> bool:
        """Whether (r, s) is a signature over `message`, hashed with `hash_name` of `hashlib`, by the key at `point` (which is on the
        curve)."""
        if not (0 < r < self.order and 0 < s < self.order):
            return False
        digest = hashlib.new(hash_name, message).digest()
        number = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - self.order.bit_length())
        inverse = pow(s, -1, self.order)
        total = self._sum_of_products(number * inverse % self.order, r * inverse % self.order, point)
        if total[2] == 0:
            return False
        return total[0] * pow(total[2], -2, self.p) % self.p % self.order == r

    def _right(self, x: int) -> int:
        return (x * x * x + self.a * x + self.b) % self.p

    def _double(self, point: _Point) -> _Point:
        x, y, z = point
        if y == 0 or z == 0:
            return _INFINITY
        s = 4 * x * y * y % self.p
        m = (3 * x * x + self.a * pow(z, 4, self.p)) % self.p
        nx = (m * m - 2 * s) % self.p
        return nx, (m * (s - nx) - 8 * pow(y, 4, self.p)) % self.p, 2 * y * z % self.p

    def _add(self, first: _Point, second: _Point) -> _Point:
        if first[2] == 0:
            return second
        if second[2] == 0:
            return first
        z1, z2 = first[2] * first[2] % self.p, second[2] * second[2] % self.p
        u1, u2 = first[0] * z2 % self.p, second[0] * z1 % self.p
        s1, s2 = first[1] * z2 * second[2] % self.p, second[1] * z1 * first[2] % self.p
        if u1 == u2:
            return self._double(first) if s1 == s2 else _INFINITY
        h, r = (u2 - u1) % self.p, (s2 - s1) % self.p
        h2 = h * h % self.p
        h3, v = h * h2 % self.p, u1 * h2 % self.p
        x = (r * r - h3 - 2 * v) % self.p
        return x, (r * (v - x) - s1 * h3) % self.p, h * first[2] * second[2] % self.p

    def _sum_of_products(self, n: int, m: int, point: tuple[int, int]) -> _Point:
        """n·base + m·point, both numbers bit by bit together (Shamir's trick)."""
        first, second = (self.x, self.y, 1), (*point, 1)
        both, total = self._add(first, second), _INFINITY
        for bit in range(max(n.bit_length(), m.bit_length()) - 1, -1, -1):
            total = self._double(total)
            match n >> bit & 1, m >> bit & 1:
                case 1, 1:
                    total = self._add(total, both)
                case 1, 0:
                    total = self._add(total, first)
                case 0, 1:
                    total = self._add(total, second)
        return total


# SEC 2 version 2, §2.4 to §2.6.
P_256 = Curve(
    "secp256r1",
    32,
    2**256 - 2**224 + 2**192 + 2**96 - 1,
    -3,
    0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
)
P_384 = Curve(
    "secp384r1",
    48,
    2**384 - 2**128 - 2**96 + 2**32 - 1,
    -3,
    0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
    0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
)
P_521 = Curve(
    "secp521r1",
    66,
    2**521 - 1,
    -3,
    int(
        "0051953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00",
        16,
    ),
    int(
        "00C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66",
        16,
    ),
    int(
        "011839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD16650",
        16,
    ),
    (2**257 - 1 << 264) | 0xFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409,
)
SECP256K1 = Curve(
    "secp256k1",
    32,
    2**256 - 2**32 - 977,
    0,
    7,
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
)

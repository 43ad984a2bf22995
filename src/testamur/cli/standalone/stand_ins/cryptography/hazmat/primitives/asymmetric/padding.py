from __future__ import annotations

from cryptography.hazmat.primitives.hashes import HashAlgorithm


class PKCS1v15:
    pass


class MGF1:
    def __init__(self, algorithm: HashAlgorithm) -> None:
        self.algorithm = algorithm


class PSS:
    DIGEST_LENGTH = object()

    def __init__(self, mgf: MGF1, salt_length: object) -> None:
        self.mgf, self.salt_length = mgf, salt_length

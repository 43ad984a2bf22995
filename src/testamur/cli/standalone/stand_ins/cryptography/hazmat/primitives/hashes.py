from __future__ import annotations


class HashAlgorithm:
    name = ""


class SHA256(HashAlgorithm):
    name = "sha256"


class SHA384(HashAlgorithm):
    name = "sha384"


class SHA512(HashAlgorithm):
    name = "sha512"

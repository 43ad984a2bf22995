"""Files of keys for the log: one JSON object each, written once, readable by their owner only."""

from __future__ import annotations

import base64
from pathlib import Path

from testamur.cli.common import UsageError, pretty, read_json, write_atomically
from testamur.errors import Malformed
from testamur.log import KeyType, SecretKey
from testamur.log.notes import decode, is_key_name

TYPES = {"ed25519": KeyType.ED25519_COSIGNATURE, "ml-dsa-44": KeyType.ML_DSA_44}


def write_new(path: Path, name: str, types: list[str]) -> list[SecretKey]:
    """Make the keys of a witness. Raises UsageError: the file is there already, or the name cannot be one."""
    if path.exists():
        raise UsageError(f"{path} exists already; a key is never overwritten. Choose another name")
    if not is_key_name(name):
        raise UsageError("A witness's name has no spaces and no plus signs: witness.university.example/w1")
    keys = [SecretKey.generate(name, TYPES[each]) for each in types]
    content = {
        "name": name,
        "keys": [
            {"vkey": each.key.text, "secret": base64.b64encode(each.secret).decode(), "type": int(each.type)}
            for each in keys
        ],
    }
    write_atomically(path, (pretty(content) + "\n").encode(), secret=True)
    return keys


def read(path: str) -> list[SecretKey]:
    """The keys in a file that `write_new` wrote. Raises UsageError."""
    content = read_json(path)
    try:
        keys = [
            SecretKey(str(content["name"]), KeyType(each["type"]), decode(each["secret"])) for each in content["keys"]
        ]
        if not keys or any(key.key.text != each["vkey"] for key, each in zip(keys, content["keys"], strict=True)):
            raise ValueError
    except (KeyError, TypeError, ValueError, Malformed):
        raise UsageError(f"{path} is not a file of witness keys. Make one with: testamur witness key") from None
    return keys

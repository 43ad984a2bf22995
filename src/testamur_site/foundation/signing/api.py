"""The door of signing."""

from . import sealing
from .client import (
    CANNOT_SIGN,
    destroy_key,
    make_key,
    make_log_key,
    reason_of,
    refuse_in_production,
    sign_by_process,
    socket_path,
)
from .desk import Pen
from .keyring import Opened, batches_of, key_encryption_keys, open_key, sign_many
from .places import Place, Scope, StoredKey
from .process import serve
from .record import RecordBroken, examine
from .requests import FRESH, MAX_ITEMS, Item, Refused, Request, cryptosuite_of, fresh_date, sign_documents
from .sealing import NoKeyEncryptionKey, SealBroken

__all__ = [
    "CANNOT_SIGN",
    "FRESH",
    "MAX_ITEMS",
    "Item",
    "NoKeyEncryptionKey",
    "Opened",
    "Pen",
    "Place",
    "RecordBroken",
    "Refused",
    "Request",
    "Scope",
    "SealBroken",
    "StoredKey",
    "batches_of",
    "cryptosuite_of",
    "destroy_key",
    "examine",
    "fresh_date",
    "key_encryption_keys",
    "make_key",
    "make_log_key",
    "open_key",
    "reason_of",
    "refuse_in_production",
    "sealing",
    "serve",
    "sign_by_process",
    "sign_documents",
    "sign_many",
    "socket_path",
]

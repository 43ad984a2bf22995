"""The door of signing."""

from . import sealing
from .client import destroy_key, make_key, make_log_key, refuse_in_production, sign_by_process, socket_path
from .desk import Pen
from .keyring import key_encryption_keys, open_key
from .places import Place, Scope, StoredKey
from .process import serve
from .record import RecordBroken, examine
from .requests import FRESH, Item, Refused, Request, cryptosuite_of, fresh_date, sign_documents
from .sealing import NoKeyEncryptionKey, SealBroken

__all__ = [
    "FRESH",
    "Item",
    "NoKeyEncryptionKey",
    "Pen",
    "Place",
    "RecordBroken",
    "Refused",
    "Request",
    "Scope",
    "SealBroken",
    "StoredKey",
    "cryptosuite_of",
    "destroy_key",
    "examine",
    "fresh_date",
    "key_encryption_keys",
    "make_key",
    "make_log_key",
    "open_key",
    "refuse_in_production",
    "sealing",
    "serve",
    "sign_by_process",
    "sign_documents",
    "socket_path",
]

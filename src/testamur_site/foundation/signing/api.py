"""The door of signing."""

from . import sealing
from .sealing import NoKeyEncryptionKey, SealBroken

__all__ = ["NoKeyEncryptionKey", "SealBroken", "sealing"]

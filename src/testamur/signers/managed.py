"""What all keys that are kept elsewhere have in common."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from testamur.proofs.keys import PublicKey
from testamur.signers.uris import KeyUri


@runtime_checkable
class ManagedSigner(Protocol):
    """A `testamur.ports.Signer` whose private half somebody else holds. Threads may share it; processes may not."""

    @property
    def uri(self) -> str:
        """Where the key lies; without any secret."""
        ...

    @property
    def public(self) -> PublicKey: ...

    @property
    def algorithm(self) -> str: ...

    @property
    def public_multikey(self) -> str: ...

    def sign(self, data: bytes) -> bytes:
        """As the port says. Raises `SignerRefused` and `SignerUnavailable`."""
        ...

    def sign_many(self, data: Sequence[bytes]) -> list[bytes]:
        """One signature for each, in order: all of them, or an error. Raises as `sign`."""
        ...

    def close(self) -> None:
        """Let go of the session. The signer may be used again: it opens a new one."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing:
    """`with open_signer(…) as signer:` closes the session at the end."""

    def close(self) -> None:
        """Nothing to let go of."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class KeptElsewhere(Closing):
    """What a signer says of a key that lies in a device or a service: where it is (`_uri`), and its public half (`_public`)."""

    _uri: KeyUri
    _public: PublicKey

    @property
    def uri(self) -> str:
        return self._uri.text

    @property
    def public(self) -> PublicKey:
        return self._public

    @property
    def algorithm(self) -> str:
        return self._public.algorithm

    @property
    def public_multikey(self) -> str:
        return self._public.multikey

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.uri} {self.public_multikey}>"

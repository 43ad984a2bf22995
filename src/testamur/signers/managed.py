"""What all keys that are kept elsewhere have in common."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Protocol, Self, runtime_checkable

from testamur.proofs.keys import PublicKey
from testamur.signers.uris import KeyUri

AHEAD: Final = 4
"""So many batches are with the device or wait for it at the same time."""


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
    """A signer whose key lies in a device or a service: where that is (`_uri`), its public half (`_public`), what it is asked for
    (`_asked`) and how (`_made`), and how its answers are looked at (`_confirmed`)."""

    _uri: KeyUri
    _public: PublicKey

    def _asked(self, texts: Sequence[bytes]) -> Sequence[bytes]:
        """What goes elsewhere for each: the text itself, or its hash."""
        return texts

    def _made(self, asked: Sequence[bytes]) -> list[bytes]:
        """A signature for each, as they come from elsewhere. Raises as `sign`."""
        raise NotImplementedError

    def _confirmed(self, signatures: list[bytes], texts: Sequence[bytes]) -> list[bytes]:
        """The signatures, all of which are this key's. Raises `SignerRefused` (`signer.false_signature`)."""
        raise NotImplementedError

    def sign_many(self, data: Sequence[bytes]) -> list[bytes]:
        """One signature for each, in one session, without waiting in between; looked at together before any is given."""
        return self._confirmed(self._made(self._asked(data)), data)

    def sign_batches(self, batches: Iterable[Sequence[bytes]]) -> Generator[list[bytes], None, None]:
        """What `sign_many` gives for each of the batches, in their order, without the device waiting: while it signs one, the next are
        taken from `batches`, and what it made before is looked at.

        Up to `AHEAD` batches are taken before the signatures of the first are given. Where one fails its error is raised in its place; what
        was signed behind it is forgotten.
        """
        under_way: deque[tuple[Sequence[bytes], Future[list[bytes]]]] = deque()
        device = ThreadPoolExecutor(1, "testamur-signer")
        try:
            for texts in batches:
                under_way.append((texts, device.submit(self._made, self._asked(texts))))
                if len(under_way) == AHEAD:
                    yield self._awaited(*under_way.popleft())
            while under_way:
                yield self._awaited(*under_way.popleft())
        finally:
            device.shutdown(cancel_futures=True)

    def _awaited(self, texts: Sequence[bytes], made: Future[list[bytes]]) -> list[bytes]:
        return self._confirmed(made.result(), texts)

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

"""A small load client: so many connections that each ask again as soon as they are answered (a closed loop), over raw sockets.

Every answer is read whole, by its Content-Length, and must have the status that was said; anything else ends the measurement.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence


class Unexpected(RuntimeError):
    """An answer that was not the one that is measured; the message holds its beginning."""


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Sequence[bytes], first: int, until: float, status: bytes) -> None:
        self.requests, self.number, self.until, self.status = requests, first, until, status
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = bytearray()
        self.missing = -1  # bytes of the answer that are still to come; -1 while its head is
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(self.requests[self.number % len(self.requests)])
        self.number += 1

    def data_received(self, data: bytes) -> None:
        if self.missing < 0:
            self.buffer += data
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.buffer[:end]).lower()
            at = head.find(b"content-length:")
            if not head.startswith(b"http/1.1 " + self.status) or (at < 0 and self.status != b"304"):
                self.fail(Unexpected(bytes(self.buffer[:300]).decode("latin-1")))
                return
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self.missing = length - (len(self.buffer) - end - 4)
            self.buffer.clear()
        else:
            self.missing -= len(data)
        if self.missing == 0:
            now = time.perf_counter()
            self.latencies.append(now - self.sent_at)
            self.missing = -1
            if now < self.until:
                self.ask()
            else:
                self.transport.close()
                if not self.done.done():
                    self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or Unexpected("the server closed the connection"))

    def fail(self, error: Exception) -> None:
        self.done.set_exception(error)
        self.transport.close()


def run(port: int, requests: Sequence[bytes], seconds: float, connections: int, status: int = 200) -> list[float]:
    """Ask `requests` in turn over `connections` connections for `seconds`; the latency of each answer, in seconds, sorted.

    Raises Unexpected for an answer with another status.
    """

    async def all_of_them() -> list[float]:
        loop = asyncio.get_running_loop()
        until = time.perf_counter() + seconds
        made = [
            (
                await loop.create_connection(
                    lambda n=n: _Connection(requests, n * 7, until, str(status).encode()), "127.0.0.1", port
                )
            )[1]
            for n in range(connections)
        ]
        await asyncio.gather(*(each.done for each in made))
        return sorted(latency for each in made for latency in each.latencies)

    return asyncio.run(all_of_them())

"""Files on their way in, straight from the connection to the evidence store.

A view that takes files is decorated with `receives_evidence`. Django would otherwise keep small files in memory and large ones in the
system's temporary directory, without a digest and on another disk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from ..evidence.store import Incoming

MOST_FILES = 10
"""Files in one request; what comes after is read and dropped."""
View = Callable[..., HttpResponseBase]


class EvidenceUploadHandler(FileUploadHandler):
    """Writes every chunk to the store's own temporary file while it is hashed. Nothing comes into request.FILES: see `received`."""

    chunk_size = 64 * 1024

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.received: list[Incoming] = []
        self._current: Incoming | None = None

    def new_file(self, *arguments: Any, **options: Any) -> None:
        super().new_file(*arguments, **options)
        self._current = None
        if len(self.received) < MOST_FILES:
            self._current = Incoming(self.file_name or "", self.field_name or "")
            self.received.append(self._current)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        if self._current is not None:
            self._current.write(raw_data)

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - Django's signature
        self._current = None

    def upload_interrupted(self) -> None:
        """The body ended in the middle. Which file it was the parser does not say for certain: none of them is kept."""
        for incoming in self.received:
            incoming.cut_off()

    def drop(self) -> None:
        for incoming in self.received:
            incoming.drop()


def receives_evidence(view: View) -> View:
    """Outermost decorator of a view that takes files. Temporary files that the view did not keep are deleted, whatever happens.

    The middleware's check against forged requests would read the body before the handler is in place; it is made here instead.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        handler = EvidenceUploadHandler(request)
        request.upload_handlers = [handler]
        try:
            return checked(request, *args, **kwargs)
        finally:
            handler.drop()

    return guarded


def received(request: HttpRequest, name: str) -> list[Incoming]:
    """The files of one field, also those that were refused on their way."""
    request.POST  # noqa: B018 - reading it is what parses the body
    return [
        incoming
        for handler in request.upload_handlers
        if isinstance(handler, EvidenceUploadHandler)
        for incoming in handler.received
        if incoming.field == name
    ]

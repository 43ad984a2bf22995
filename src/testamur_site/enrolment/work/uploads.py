"""Files on their way in, straight from the connection to the evidence store.

A view that takes files is decorated with `receives_evidence`. Django would otherwise keep small files in memory and large ones in the
system's temporary directory, without a digest and on another disk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from ..evidence.store import Incoming

MOST_FILES = 10
"""Files in one request; what comes after is read and dropped."""
View = Callable[..., HttpResponseBase]


class EvidenceUpload(UploadedFile):
    """What a view finds in request.FILES: the name, and `incoming`, to be kept or dropped."""

    def __init__(self, incoming: Incoming) -> None:
        super().__init__(file=None, name=incoming.file_name, size=incoming.size)
        self.incoming = incoming


class EvidenceUploadHandler(FileUploadHandler):
    """Writes every chunk to the store's own temporary file while it is hashed."""

    chunk_size = 64 * 1024

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.received: list[Incoming] = []
        self._current: Incoming | None = None

    def new_file(self, *arguments: Any, **options: Any) -> None:
        super().new_file(*arguments, **options)
        if len(self.received) >= MOST_FILES:
            raise SkipFile
        self._current = Incoming(self.file_name or "")
        self.received.append(self._current)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        if self._current is not None:
            self._current.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:  # noqa: ARG002 - Django's signature
        done, self._current = self._current, None
        return EvidenceUpload(done or Incoming())

    def upload_interrupted(self) -> None:
        """The connection ended in the middle: nothing of it is kept."""
        self.drop()

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
    """The files of one field."""
    return [file.incoming for file in request.FILES.getlist(name) if isinstance(file, EvidenceUpload)]

"""The site as a visitor sees it who is nobody: what an exit writes is what anybody was shown, nothing else can get into it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    media_type: str
    content: bytes


class Visitor:
    """Asks the site within the process, through all its middleware, without a cookie."""

    def __init__(self) -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()

    def get(self, path: str, *, accept: str = "text/html", language: str = "en") -> Answer:
        """The answer to a GET of `path`, an error page included."""
        base = urlsplit(settings.TESTAMUR_BASE_URL)
        request = WSGIRequest(
            {
                "REQUEST_METHOD": "GET",
                "SCRIPT_NAME": "",
                "PATH_INFO": path,
                "RAW_URI": quote(path),
                "QUERY_STRING": "",
                "HTTP_HOST": base.netloc,
                "SERVER_NAME": base.hostname or "localhost",
                "SERVER_PORT": str(base.port or (443 if base.scheme == "https" else 80)),
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "HTTP_ACCEPT": accept,
                "HTTP_ACCEPT_LANGUAGE": language,
                "HTTP_X_FORWARDED_PROTO": base.scheme,
                "wsgi.url_scheme": base.scheme,
                "wsgi.input": BytesIO(),
            }
        )
        # The middleware switches the thread to the visitor's language; whoever asks goes on in their own.
        with translation.override(translation.get_language()):
            response = self._handler.get_response(request)
            content = b"".join(response.streaming_content) if response.streaming else response.content
        return Answer(response.status_code, response.get("Content-Type", "").partition(";")[0].strip(), content)

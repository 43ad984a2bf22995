"""The single file never reaches out: these names exist so that the library can be imported."""

from __future__ import annotations


class BaseHTTPResponse:
    pass

"""What can be refused here. Each carries a stable `code` and facts; the words are made by the pages."""

from __future__ import annotations

from ..errors import PathwayError


class TooManyOpen(PathwayError):
    """So many plans of this participant are being worked out that another has to wait. Facts: `limit`."""

    code = "planning.too_many_open"

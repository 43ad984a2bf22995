"""A log of each test's own, as in the tests of the site: a folder is not rolled back."""

from __future__ import annotations

from tests.site.conftest import _log_of_its_own  # noqa: F401

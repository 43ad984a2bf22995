"""The pages of an exit as one line each: to render them is half of what an exit takes, and most tests are about what else is in it.

Whoever imports the fixture has it for the tests of that module. What pages are, that they need nobody and what is taken out of them, is
tested where it is not imported: test_writing.py, test_pages.py, test_vanished.py.
"""

from __future__ import annotations

import pytest
from tests.standing import aside

from testamur_site.exit import rules
from testamur_site.exit.writing.public import SITE, PublicPart


@pytest.fixture(autouse=True)
@aside
def _each_page_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def put(part: PublicPart, path: str) -> None:
        for language in ("", "ko"):
            part._put(f"{SITE}/{rules.page_file(path, language)}", f"<title>{path}</title>\n".encode())

    monkeypatch.setattr(PublicPart, "_page", put)

"""A demonstration whose telling was interrupted is told from its beginning."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings

from testamur_site.foundation.tenancy.api import institution_by_slug
from testamur_site.portal.demo import api as demonstration
from testamur_site.portal.demo import story

pytestmark = pytest.mark.django_db


def test_an_interrupted_start_leaves_nothing(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TESTAMUR_DEMO = True

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(story, "_ana", interrupted)
        with pytest.raises(KeyboardInterrupt):
            demonstration.create()
    assert institution_by_slug(story.SLUG) is None
    demonstration.create()
    assert institution_by_slug(story.SLUG) is not None

"""The guide to several hosts and the examples beside it name only what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from testamur_site.config import settings
from testamur_site.foundation.public_bytes.api import FOR_EVER, FOR_MINUTES
from testamur_site.log.queries import FOR_A_MOMENT

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/how-to/scale.md"
EXAMPLES = sorted((ROOT / "examples/deployment").iterdir())


@pytest.mark.parametrize("path", [GUIDE, *EXAMPLES], ids=lambda path: path.name)
def test_every_setting_exists(path: Path) -> None:
    known = set(re.findall(r"^(TESTAMUR_\w+) ", settings.__doc__ or "", re.MULTILINE))
    named = set(re.findall(r"TESTAMUR_\w+", path.read_text("utf-8")))
    assert named - known == set()


def test_every_file_that_is_named_exists() -> None:
    text = GUIDE.read_text("utf-8")
    linked = re.findall(r"\]\(([^)#]+)\)", text)
    assert len(linked) >= 4
    assert [name for name in linked if not (GUIDE.parent / name).exists()] == []
    named = re.findall(r"`((?:tests|examples)/[\w/.@-]+)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_what_may_be_kept_is_what_the_answers_say() -> None:
    text = GUIDE.read_text("utf-8")
    for caching in (FOR_EVER, FOR_MINUTES, FOR_A_MOMENT):
        assert f"`{caching}`" in text


def test_what_many_share_and_what_the_asker_keeps_are_five_minutes_together() -> None:
    ages = [int(age) for age in re.findall(r"age=(\d+)", FOR_MINUTES)]
    assert len(ages) == 2
    assert sum(ages) == 300


@pytest.mark.parametrize("name", ["testamur-web.service", "testamur-worker@.service"])
def test_the_services_start_what_there_is(name: str) -> None:
    text = (ROOT / "examples/deployment" / name).read_text("utf-8")
    for module in re.findall(r"testamur_site[.\w]+", text):
        folder = ROOT / "src" / module.replace(".", "/")
        assert folder.is_dir() or folder.with_suffix(".py").is_file(), module
    assert "EnvironmentFile=/etc/testamur/environment" in text


def test_the_load_balancer_keeps_nothing_longer_than_it_may() -> None:
    text = (ROOT / "examples/deployment/nginx.conf").read_text("utf-8")
    assert "proxy_cache_use_stale off;" in text
    assert "proxy_cache_valid" not in text  # would keep an answer longer, or one that says it must not be kept
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_cache_bypass $http_cookie;" in text

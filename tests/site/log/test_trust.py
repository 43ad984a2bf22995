"""Whom the deployment believes is recorded when it changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from testamur.log import Kind
from testamur_site.log import api as log
from testamur_site.log import jobs
from testamur_site.log.models import Entry


@pytest.mark.django_db(transaction=True)
def test_a_changed_policy_and_a_changed_register_are_recorded_once(settings: Any, tmp_path: Path) -> None:
    policy, register = tmp_path / "policy.txt", tmp_path / "register.json"
    policy.write_text("quorum none\n")
    register.write_text("{}")
    settings.TESTAMUR_LOG_POLICY, settings.TESTAMUR_TRUST_FILES = policy, [str(register)]
    assert jobs.record_trust(None) == 2  # type: ignore[arg-type]
    assert jobs.record_trust(None) == 0  # type: ignore[arg-type]
    register.write_text('{"changed": true}')
    assert jobs.record_trust(None) == 1  # type: ignore[arg-type]
    kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == [Kind.POLICY, Kind.TRUST_REGISTRY, Kind.TRUST_REGISTRY]
    log_size = jobs.sequence(None)  # type: ignore[arg-type]
    assert log_size == 3
    assert log.monitor() == []

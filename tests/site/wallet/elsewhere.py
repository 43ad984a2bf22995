"""A university that is no institution here, on the network that our verifier sees."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone
from tests.simulator import Institution

from testamur.ports import Resource
from testamur_site.verification import services
from testamur_site.verification.api import Everywhere


class Neighbour(Institution):
    """The simulated university; what it issues comes as bytes."""

    def credential(self, **details: Any) -> bytes:
        return json.dumps(self.issue(**details)).encode()


def neighbour(monkeypatch: pytest.MonkeyPatch) -> Neighbour:
    """Let our verifier reach the neighbour, and nothing else outside."""
    simulated = Neighbour(now=timezone.now().replace(microsecond=0))

    class Both(Everywhere):
        def fetch(self, url: str, *, accept: Any = ("application/json",)) -> Resource:
            return self.own.fetch(url, accept=accept) if self.own.serves(url) else simulated.fetch(url, accept=accept)

    monkeypatch.setattr(services, "Everywhere", Both)
    return simulated

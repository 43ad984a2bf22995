"""The demonstration's story goes through the same gates as everybody's, and can be told twice."""

from __future__ import annotations

from typing import Any

import pytest

from testamur_site.catalogue import services as catalogue
from testamur_site.catalogue.api import create_assessed_demo
from testamur_site.foundation.tenancy.api import Institution, tenant
from testamur_site.quality import api
from testamur_site.quality.errors import QualityError
from testamur_site.quality.models import Proposal

from .conftest import fresh


def test_the_assessed_programme_is_approved_by_others_than_its_author(
    institution: Institution, owner: Any, designer: Any, quality_officer: Any
) -> None:
    api.set_demo_policy(institution, actor=owner)
    made = create_assessed_demo(institution, actor=designer, publish=False)
    with tenant(institution):
        version = fresh(made.versions.get())
    for _ in range(2):
        proposal = api.approve_demo(version, author=designer, reviewer=quality_officer, decider=quality_officer)
    assert proposal.state == "approved"
    with tenant(institution):
        assert Proposal.objects.count() == 1
        assert catalogue.publish(fresh(version)).state == "published"
    (endorsement,) = api.endorsements(version)
    assert "Acme Analytics" in endorsement["credentialSubject"]["endorsementComment"]


def test_its_author_cannot_decide(institution: Institution, owner: Any, quality_officer: Any) -> None:
    api.set_demo_policy(institution, actor=owner)
    made = create_assessed_demo(institution, actor=owner, publish=False)
    with tenant(institution):
        version = fresh(made.versions.get())
    with pytest.raises(QualityError):
        api.approve_demo(version, author=owner, reviewer=quality_officer, decider=owner)
    with tenant(institution):
        assert not Proposal.objects.exists()  # all or nothing

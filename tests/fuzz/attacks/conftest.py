from __future__ import annotations

import pytest

from tests.simulator import Institution


@pytest.fixture
def university() -> Institution:
    return Institution()

from __future__ import annotations

import pytest
from tests.softhsm import Token, new_token


@pytest.fixture(scope="module")
def token(request: pytest.FixtureRequest) -> Token:
    return new_token(f"Testamur-{request.module.__name__.rpartition('.')[2]}")

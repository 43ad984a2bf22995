"""What an exit holds, and that it is whole."""

from __future__ import annotations

from pathlib import Path

from testamur_site.exit import services
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.wallet.models import Deposit


def test_an_exit_is_whole(published: Deposit, institution: Institution, tmp_path: Path) -> None:
    written = services.write_exit(institution, tmp_path / "out", with_awards=True)
    checked = services.check_exit(tmp_path / "out")
    assert {part: found.fingerprint for part, found in checked.items()} == written.fingerprints
    assert all(found.sound for found in checked.values())

"""Which form of a kernel runs: the compiled one only where it was made from exactly this source, and nobody needs one."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from testamur import accelerated
from testamur.linked_data.shapes import kernel

TOOL = Path(__file__).resolve().parents[3] / "tools" / "accelerate.py"


@pytest.fixture
def other_form(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Something in the place of the compiled form, made from this source."""
    monkeypatch.delenv("TESTAMUR_PURE", raising=False)
    form = ModuleType(kernel.__name__ + accelerated.SUFFIX)
    form.FINGERPRINT = accelerated.fingerprint(Path(kernel.__file__))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, form.__name__, form)
    return form


def test_a_form_made_from_this_source_runs(other_form: ModuleType) -> None:
    assert accelerated.quickest(kernel) is other_form


def test_one_made_from_another_source_does_not(other_form: Any) -> None:
    other_form.FINGERPRINT = "0" * 64
    assert accelerated.quickest(kernel) is kernel


def test_one_that_does_not_say_of_what_does_not(other_form: Any) -> None:
    del other_form.FINGERPRINT
    assert accelerated.quickest(kernel) is kernel


def test_python_can_be_asked_for(other_form: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTAMUR_PURE", "1")
    assert accelerated.quickest(kernel) is kernel


def test_without_one_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, kernel.__name__ + accelerated.SUFFIX, None)
    assert accelerated.quickest(kernel) is kernel
    assert kernel.COMPILED is False


# -- compiling


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tool over a copy of one kernel."""
    specification = importlib.util.spec_from_file_location("accelerate", TOOL)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    for suffix in (".py", ".pxd"):
        source = Path(kernel.__file__).with_suffix(suffix)
        (tmp_path / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr(module, "SOURCE", tmp_path)
    monkeypatch.setattr(module, "KERNELS", ("kernel.py",))
    monkeypatch.setattr(sys, "argv", ["accelerate.py"])
    return module


def test_without_a_compiler_it_says_so_and_leaves_everything_as_it_was(
    tool: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    assert tool.main() == 0
    assert "kernel.py runs as Python: Cython is not there" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["accelerate.py", "--require"])
    assert tool.main() == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_source_that_does_not_compile_changes_nothing(
    tool: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kernel.py").write_text("COMPILED: bool = False\n(\n")
    before = sorted(tmp_path.iterdir())
    assert tool.main() == 0
    assert "runs as Python" in capsys.readouterr().out
    assert sorted(tmp_path.iterdir()) == before


def test_what_is_there_is_taken_away_and_not_made_twice(
    tool: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / f"kernel{accelerated.SUFFIX}{tool.sysconfig.get_config_var('EXT_SUFFIX')}"
    made.write_bytes(b"\x7fELF " + accelerated.fingerprint(tmp_path / "kernel.py").encode())
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    assert tool.main() == 0
    assert not capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["accelerate.py", "--remove"])
    assert tool.main() == 0
    assert not made.exists()

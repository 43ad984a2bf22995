"""One capability enters another only through its `api.py`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from testamur_site.config.wiring import FOUNDATION

from .sources import SITE, SOURCE, Import, capabilities, capability_of, imports_of, module_name, python_files

CAPABILITIES = capabilities()


def trespass(found: Import, module: str) -> str | None:
    """What is wrong with one import of `module`, or None.

    Allowed into another capability: `from testamur_site.x.api import …`, `import testamur_site.x.api`, `from testamur_site.x import api`.
    """
    there = capability_of(found.module)
    if there is None and found.name:
        there = capability_of(f"{found.module}.{found.name}")  # from testamur_site import catalogue
    if there is None or there == capability_of(module):
        return None
    door = f"testamur_site.{there}"
    if found.module == f"{door}.api" or (found.module == door and found.name == "api"):
        return None
    return f"{module}:{found.line} imports {found.module} {found.name}".rstrip()


@pytest.mark.parametrize("path", python_files(), ids=lambda path: path.relative_to(SITE).as_posix())
def test_other_capabilities_are_entered_by_their_door(path: Path) -> None:
    module = module_name(path)
    source = path.read_text(encoding="utf-8")
    wrong = [trespass(found, module) for found in imports_of(source, module, is_package=path.name == "__init__.py")]
    assert [sentence for sentence in wrong if sentence] == []


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("from testamur_site.foundation.tenancy.api import Institution", True),
        ("from testamur_site.foundation.tenancy import api", True),
        ("import testamur_site.foundation.tenancy.api", True),
        ("from . import services", True),
        ("from .models import Job", True),
        ("from testamur_site.foundation.jobs.models import Job", True),
        ("from testamur_site.foundation.tenancy.models import Institution", False),
        ("from testamur_site.foundation.tenancy import models", False),
        ("from testamur_site.foundation import tenancy", False),
        ("import testamur_site.foundation.tenancy.models", False),
        ("from ..tenancy.models import Institution", False),
        ("def f():\n    from ..tenancy import services", False),
    ],
)
def test_the_rule_itself(line: str, allowed: bool) -> None:
    module = "testamur_site.foundation.jobs.services"
    assert all(trespass(found, module) is None for found in imports_of(line, module)) == allowed


@pytest.mark.parametrize("name", [name for name, folder in CAPABILITIES.items() if (folder / "api.py").exists()])
def test_a_door_says_what_it_promises(name: str) -> None:
    tree = ast.parse((CAPABILITIES[name] / "api.py").read_text(encoding="utf-8"))
    assignments = [
        node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert assignments, f"{name}/api.py has no __all__"
    promised = set(ast.literal_eval(assignments[0].value))
    defined = {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    defined |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    defined |= {ast.unparse(t) for node in tree.body if isinstance(node, ast.Assign) for t in node.targets}
    assert promised <= defined


PURE = sorted(path for path in SITE.rglob("rules.py"))


IMPURE = ("django", "allauth", "csp", "urllib3", "socket", "http", "requests", "testamur.fetch", "testamur_site")


def impurities(module: str, seen: set[str]) -> list[str]:
    """What `module` imports that a rule must not, itself or through modules of its own capability."""
    seen.add(module)
    file = SOURCE.joinpath(*module.split(".")).with_suffix(".py")
    package = SOURCE.joinpath(*module.split("."), "__init__.py")
    path = file if file.exists() else package
    wrong = []
    for found in imports_of(path.read_text(encoding="utf-8"), module, is_package=path == package):
        inner = f"{found.module}.{found.name}"
        if not SOURCE.joinpath(*inner.split(".")).with_suffix(".py").exists():
            inner = found.module
        if capability_of(inner) == capability_of(module) or inner == "testamur_site.foundation.tables.api":
            wrong += [] if inner in seen else impurities(inner, seen)
        elif any(f"{inner}.".startswith(f"{name}.") for name in IMPURE):
            wrong.append(f"{module}:{found.line} imports {inner}")
    return wrong


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.relative_to(SITE).as_posix())
def test_rules_are_pure(path: Path) -> None:
    """`rules.py` decides over values: no framework, no tables, no network, also not through its neighbours."""
    assert impurities(module_name(path), set()) == []


@pytest.mark.parametrize("path", python_files(), ids=lambda path: path.relative_to(SITE).as_posix())
def test_parts_of_the_foundation_use_only_lower_ones(path: Path) -> None:
    """The order stands in `config/wiring.py`. Between the other capabilities import-linter looks at it."""
    module = module_name(path)
    mine = (capability_of(module) or "").removeprefix("foundation.")
    if mine not in FOUNDATION:
        return
    allowed = FOUNDATION[: FOUNDATION.index(mine) + 1]
    for found in imports_of(path.read_text(encoding="utf-8"), module, is_package=path.name == "__init__.py"):
        there = (capability_of(found.module) or "").removeprefix("foundation.")
        if there in FOUNDATION:
            assert there in allowed, f"{module}:{found.line} imports {found.module}"


def test_there_are_capabilities() -> None:
    """If the folders moved, every test above would pass over nothing."""
    assert {"foundation.tenancy", "foundation.jobs"} <= set(CAPABILITIES)
    assert len(python_files()) > 50
    assert SOURCE.name == "src"

"""Reads the sources of the site as syntax trees: who imports what from where."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
SITE = SOURCE / "testamur_site"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `module` is absolute; `name` is empty for `import module`."""

    module: str
    name: str
    line: int


@cache
def capabilities() -> dict[str, Path]:
    """Dotted name below testamur_site → folder: `catalogue`, `foundation.jobs` …"""
    top = [
        path for path in SITE.iterdir() if (path / "__init__.py").exists() and path.name not in {"config", "foundation"}
    ]
    foundation = [path for path in (SITE / "foundation").iterdir() if (path / "__init__.py").exists()]
    return {path.relative_to(SITE).as_posix().replace("/", "."): path for path in sorted(top + foundation)}


def capability_of(module: str) -> str | None:
    """`testamur_site.foundation.jobs.worker` → `foundation.jobs`; None for what belongs to no capability."""
    parts = module.split(".")
    if parts[0] != "testamur_site" or len(parts) < 2:
        return None
    name = ".".join(parts[1:3]) if parts[1] == "foundation" else parts[1]
    return name if name in capabilities() else None


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str, module: str, *, is_package: bool = False) -> Iterator[Import]:
    """Every import of the module, also inside functions, relative ones made absolute."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "", node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                kept = package[: len(package) - (node.level - 1)]
                base = ".".join([*kept, base] if base else kept)
            for alias in node.names:
                yield Import(base, alias.name, node.lineno)


def python_files() -> list[Path]:
    return sorted(path for path in SITE.rglob("*.py") if "migrations" not in path.parts)

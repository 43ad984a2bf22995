"""Where something stands in a JSON document: names of members and places in arrays."""

from __future__ import annotations

import re
from typing import TypeAlias

from testamur.errors import Malformed

Path: TypeAlias = tuple[str | int, ...]

_STEP = re.compile(r"(?P<name>[^.\[\]]+)|\[(?P<index>0|[1-9]\d{0,8})\]", re.ASCII)


def parse_path(text: str) -> Path:
    """`credentialSubject.phoneNumbers[0]` as `("credentialSubject", "phoneNumbers", 0)`.

    Names stand between dots, places in brackets, counted from 0. Raises `Malformed` (`sd_jwt.path_invalid`).
    """
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        found = _STEP.match(text, position)
        after_dot = position > 0 and text[position - 1] == "."
        if (
            found is None
            or (found["name"] is not None and position > 0 and not after_dot)
            or (after_dot and not found["name"])
        ):
            raise _invalid(text)
        steps.append(found["name"] if found["name"] is not None else int(found["index"]))
        position = found.end()
        if text[position : position + 1] == ".":
            position += 1
            if position == len(text):
                raise _invalid(text)
    if not steps or not isinstance(steps[0], str):
        raise _invalid(text)
    return tuple(steps)


def write_path(path: Path) -> str:
    """The text of a path, for people."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _invalid(text: str) -> Malformed:
    return Malformed(
        "A path names members between dots and places in brackets, such as credentialSubject.address.street or names[0].",
        code="sd_jwt.path_invalid",
        facts={"path": text[:200]},
    )

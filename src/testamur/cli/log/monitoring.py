"""`testamur log monitor`: follow a log from outside, and look for one's own credentials in it.

What is remembered from one run to the next stands in the state file: the roots over what was seen, and where one's own
entries stand. Nothing is asked of the log but its checkpoint and its entries.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from testamur import strict_json
from testamur.cli.common import ExitStatus, Formatter, UsageError, write_atomically
from testamur.errors import Malformed, ProofError, TestamurError
from testamur.log import Entry, Kind, Policy, handle_of
from testamur.log.entries import PERSONAL
from testamur.log.monitor import Look, Position, look

_MONITOR = """\
Look at what came into a log since the last time, and refuse to follow it when it is not the same log any more: a
history that was changed, a log that became shorter, a signature that is not its own.

With --own it also looks for your own credentials: a text with one identifier a line, or the list that the page
"Tamper evidence" of your institution gives (CSV). Told are those that are not in the log, and a second credential under
an identifier of yours; with --only-own, for a log that nobody shares with you, also every credential that you do not name.

Run it by the clock, on a machine that whoever runs the log does not run.

example:
  testamur log monitor https://university.example/log/2026 --policy policy.txt --state seen.json --own issued.txt
"""

MAX_STATE = 256_000_000
LISTED = 20
_HANDLE = re.compile(r"[0-9a-f]{64}")
Read = Callable[[str], bytes | None]
Reading = Callable[[str, list[str]], Read]


def register(actions: Any, reading: Reading) -> None:
    """Describe the command. `reading` opens what was named as the log."""
    parser = actions.add_parser(
        "monitor", help="follow how a log grows", description=_MONITOR, formatter_class=Formatter
    )
    parser.add_argument("log", metavar="ADDRESS|FOLDER", help="where the log is served, or a mirror of it")
    parser.add_argument("--policy", required=True, metavar="FILE", help="a C2SP tlog-policy: whom you believe")
    parser.add_argument("--state", required=True, metavar="FILE", help="what was seen; kept from one run to the next")
    parser.add_argument(
        "--own", metavar="FILE", help="the identifiers of your credentials, or your list of entries (CSV)"
    )
    parser.add_argument("--only-own", action="store_true", help="nobody else records in this log (with --own)")
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="ask this origin although it is not public or not https",
    )
    parser.set_defaults(run=lambda arguments: _run(arguments, reading))


class _Own:
    """One's own credentials: by their handles, the name under which they were listed; and where they stand."""

    def __init__(self, names: dict[str, str], places: dict[str, int], *, only: bool) -> None:
        self.names = names
        self.places = places
        self.only = only
        self.findings: list[str] = []

    def see(self, first: int, contents: Sequence[bytes]) -> None:
        """Called by `look` for new entries."""
        for number, content in enumerate(contents, first):
            try:
                entry = Entry.from_bytes(content)
            except Malformed:
                self.findings.append(f"entry {number}: This entry is not one of this kind of log.")
                continue
            handle = entry.handle.hex()
            if handle in self.names:
                if entry.kind is Kind.ISSUE and handle in self.places:
                    self.findings.append(
                        f"entry {number}: A second credential under {self.names[handle]}, which entry "
                        f"{self.places[handle]} has recorded."
                    )
                self.places.setdefault(handle, number)
            elif self.only and entry.kind in PERSONAL:
                self.findings.append(f"entry {number}: A credential that you do not name (handle {handle}).")

    def find(self, first: int, contents: Sequence[bytes]) -> None:
        """Called by `look` for entries that were seen before: only where those stand that are still missing."""
        for number, content in enumerate(contents, first):
            handle = content[2:34].hex()
            if handle in self.names:
                self.places.setdefault(handle, number)

    @property
    def missing(self) -> list[str]:
        return [name for handle, name in self.names.items() if handle not in self.places]


def _run(arguments: argparse.Namespace, reading: Reading) -> int:
    """0 all is well, 1 something is not."""
    if arguments.only_own and not arguments.own:
        raise UsageError("--only-own needs --own")
    policy = Policy.from_text(_text(Path(arguments.policy)))
    state, place = Path(arguments.state), str(arguments.log).rstrip("/")
    position, places = _remembered(state, place)
    own = _Own(_listed(Path(arguments.own)) if arguments.own else {}, places, only=arguments.only_own)
    read, keys = reading(arguments.log, arguments.allow_origin), [each.key for each in policy.logs]
    seen = look(read, position, keys, own.see)
    lines = [*_findings(seen, policy), *own.findings]
    if not seen.findings:
        if own.missing and position.size:
            # Listed after its entry was seen: the log is gone through once more, by what is known of it now.
            look(read, Position(), keys, own.find)
        kept = {"log": place, "position": seen.position.to_json(), "own": own.places}
        write_atomically(state, strict_json.dumps(kept))
    missing = own.missing
    print(f"{seen.position.size} entries seen, {seen.position.size - position.size} of them new")
    if arguments.own:
        print(f"{len(own.names) - len(missing)} of your {len(own.names)} are in the log")
        lines += [f"not in the log: {name}" for name in missing[:LISTED]]
        lines += [f"and {len(missing) - LISTED} more"] if len(missing) > LISTED else []
    for line in lines:
        print(line)
    return ExitStatus.FAILED if lines else ExitStatus.DONE


_SENTENCES = {
    "log.bundle": "Entries are missing or damaged.",
    "log.checkpoint": "There is no checkpoint that can be read.",
    "log.fork": "What is served now does not continue what was seen before. Keep a copy, and tell the witnesses.",
    "log.rolled_back": "The log is shorter than it was. Keep a copy, and tell the witnesses.",
    "log.signature_false": "A signature under the checkpoint is false.",
    "log.unknown_key": "No key that the policy names for this log has signed the checkpoint.",
}


def _findings(seen: Look, policy: Policy) -> list[str]:
    lines = [f"{each.place}: {_SENTENCES.get(each.code, each.code)}" for each in seen.findings]
    try:
        enough = seen.checkpoint is None or policy.judge(seen.checkpoint).quorum
    except ProofError:
        enough = False
    return lines if enough else [*lines, "checkpoint: Fewer witnesses have cosigned it than the policy demands."]


def _listed(file: Path) -> dict[str, str]:
    """The list: of each line the handle that stands in it, or that of the identifier that it is."""
    names: dict[str, str] = {}
    for line in _text(file).splitlines():
        text = line.strip().lstrip("\ufeff")
        cells = text.split(",")
        found = next((cell for cell in cells if _HANDLE.fullmatch(cell)), None)
        if found is not None:
            names.setdefault(found, cells[-1] or found)
        elif text and not text.startswith("#") and "handle" not in cells:
            names.setdefault(handle_of(text).hex(), text)
    return names


def _remembered(file: Path, place: str) -> tuple[Position, dict[str, int]]:
    """Raises UsageError for a file of another log, or one that this command did not write."""
    if not file.exists():
        return Position(), {}
    try:
        document = strict_json.loads(file.read_bytes(), max_bytes=MAX_STATE)
        position = Position.from_json(document["position"])
        places = {str(handle): int(number) for handle, number in document["own"].items()}
        of = document["log"]
    except (OSError, TestamurError, KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{file} is not what this command remembers; name another file to begin anew") from None
    if of != place:
        raise UsageError(f"{file} is about another log: {of}")
    return position, places


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None

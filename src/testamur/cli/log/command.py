"""`testamur log audit` (and, beside it, `monitor`), `testamur witness key` and `testamur witness run`: the commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from testamur.cli.common import ExitStatus, Formatter, UsageError, origin_of, stop_when_told
from testamur.cli.log import keys, monitoring
from testamur.cli.log.server import WitnessServer
from testamur.errors import NotFound
from testamur.fetch import HttpResolver
from testamur.fetch.log_folder import FolderStore, WitnessFile
from testamur.log import Policy, VerifierKey, Witness
from testamur.log.audit import Audit, audit

_AUDIT = """\
Compute a whole log again from what it serves, and believe nothing of it: every entry, every tile of every
level, the root, the signatures, and whether a credential's number was given twice.

The policy says whom you believe (C2SP tlog-policy): the log's verifier key, which you should have from somewhere
else than the log itself, and its witnesses.

  log university.example/log/2026+f6b9ac2d+AQ…
  witness partner witness.partner.example/w1+0d1c…+BA…
  quorum partner

examples:
  testamur log audit https://university.example/log/2026 --policy policy.txt
  testamur log audit mirror/2026 --policy policy.txt
"""

_KEY = """\
Make the keys of a witness, and print the verifier keys that logs and policies name.

example:
  testamur witness key --name witness.university.example/w1 --out witness-key.json
"""

_RUN = """\
Watch the logs of others: cosign a checkpoint when it is proven to be a longer form of the one that was cosigned
last, and refuse everything else. What was cosigned is kept in the state file before it is answered; never put
back an old copy of that file.

Put it behind a server that speaks https. It ends with Ctrl-C.

example:
  testamur witness run --key witness-key.json --log 'university.example/log/2026+f6b9ac2d+AQ…' --state witness.db
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the commands."""
    log = commands.add_parser(
        "log", help="look through a transparency log", description="Look through a log.", formatter_class=Formatter
    )
    actions = log.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    auditing = actions.add_parser(
        "audit", help="compute a whole log again", description=_AUDIT, formatter_class=Formatter
    )
    auditing.add_argument("log", metavar="ADDRESS|FOLDER", help="where the log is served, or a mirror of it")
    auditing.add_argument("--policy", required=True, metavar="FILE", help="a C2SP tlog-policy: whom you believe")
    auditing.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="ask this origin although it is not public or not https",
    )
    auditing.set_defaults(run=_audit)
    monitoring.register(actions, _reading)

    witness = commands.add_parser(
        "witness",
        help="watch the logs of others",
        description="Watch the logs of others, and cosign what is consistent.",
        formatter_class=Formatter,
    )
    actions = witness.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    key = actions.add_parser("key", help="make the keys of a witness", description=_KEY, formatter_class=Formatter)
    key.add_argument("--name", required=True, help="the name of the witness, an address without its scheme")
    key.add_argument("--out", required=True, metavar="FILE", help="the file to write; never overwritten")
    key.add_argument(
        "--type",
        action="append",
        choices=tuple(keys.TYPES),
        help="by default both: Ed25519, and ML-DSA-44 for the time after quantum computers",
    )
    key.set_defaults(run=_key)
    running = actions.add_parser("run", help="cosign checkpoints", description=_RUN, formatter_class=Formatter)
    running.add_argument("--key", required=True, metavar="FILE", help="the file that `testamur witness key` wrote")
    running.add_argument(
        "--log",
        action="append",
        required=True,
        metavar="VKEY",
        help="a verifier key of a log to watch; several times for several keys or logs",
    )
    running.add_argument(
        "--state", required=True, metavar="FILE", help="what was cosigned last; kept from one run to the next"
    )
    running.add_argument("--listen", default="127.0.0.1:8090", metavar="ADDRESS:PORT", help="port 0 takes any free one")
    running.set_defaults(run=_run)


def _audit(arguments: argparse.Namespace) -> int:
    """0 sound, 1 not."""
    policy = Policy.from_text(_text(arguments.policy))
    show = sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        if show:
            print(f"\r{done} of {total} entries", end="\n" if done == total else "", file=sys.stderr)

    found = audit(_reading(arguments.log, arguments.allow_origin), policy, progress=progress)
    for line in _sentences(found):
        print(line)
    return ExitStatus.DONE if found.sound else ExitStatus.FAILED


_SENTENCES = {
    "log.and_more": "So much is wrong that the rest was not examined.",
    "log.bundle": "This bundle of entries is damaged; nothing after it could be examined.",
    "log.entry": "This entry is not one of this kind of log.",
    "log.handle_twice": "This entry records a second, different credential under an identifier that was recorded before.",
    "log.missing": "This file is missing.",
    "log.quorum": "Fewer witnesses have cosigned the checkpoint than the policy demands.",
    "log.root": "The entries do not lead to the root that the checkpoint states: the log was changed after it was signed.",
    "log.signature_false": "A signature under the checkpoint is false.",
    "log.tile": "This tile is not what the entries below it make it: it was damaged or changed.",
    "log.unknown_key": "No key that the policy names for this log has signed the checkpoint.",
}


def _sentences(found: Audit) -> list[str]:
    lines = [f"{found.size} entries, root {found.root.hex()}"]
    if found.judgement is not None:
        names = ", ".join(sorted(found.judgement.witnesses)) or "nobody"
        lines.append(f"signed by the log: {'yes' if found.judgement.by_log else 'no'}; cosigned by: {names}")
    lines += [f"{each.place}: {_SENTENCES.get(each.code, each.code)}" for each in found.findings]
    lines.append(
        "The log is sound."
        if found.sound
        else "The log is NOT sound. Keep a copy of what it serves now, and ask its operator."
    )
    return lines


def _reading(place: str, origins: list[str]) -> Callable[[str], bytes | None]:
    if urlsplit(place).scheme not in ("http", "https"):
        folder = Path(place)
        if not folder.is_dir():
            raise UsageError(f"{place} is neither an address nor a folder")
        return FolderStore(folder).read
    resolver = HttpResolver([*origins, origin_of(place)])  # who types an address wants it asked, as in `verify`

    def read(path: str) -> bytes | None:
        try:
            return resolver.fetch(f"{place.rstrip('/')}/{path}", accept=("*/*",)).content
        except NotFound:
            return None

    return read


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} cannot be read: {error}") from None


def _key(arguments: argparse.Namespace) -> int:
    made = keys.write_new(Path(arguments.out), arguments.name, arguments.type or list(keys.TYPES))
    for each in made:
        print(f"vkey  {each.key.text}")
    print(f"file  {arguments.out} (secret: only you can read it)")
    return ExitStatus.DONE


def _run(arguments: argparse.Namespace) -> int:
    """Serve until the process is told to stop (SIGINT, SIGTERM)."""
    signers = keys.read(arguments.key)
    logs: dict[str, list[VerifierKey]] = {}
    for text in arguments.log:
        key = VerifierKey.from_text(text)
        logs.setdefault(key.name, []).append(key)
    try:
        parts = urlsplit(f"//{arguments.listen}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or port is None:
        raise UsageError("--listen is an address and a port: 127.0.0.1:8090")
    witness = Witness(signers, logs, WitnessFile(Path(arguments.state)))
    try:
        server = WitnessServer(host, port, witness, [each.key.text for each in signers])
    except OSError as error:
        raise UsageError(f"{arguments.listen} cannot be listened on: {error.strerror}") from None
    stop_when_told(server)
    print(f"witness: http://{host}:{server.server_port}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.server_close()
    return ExitStatus.DONE

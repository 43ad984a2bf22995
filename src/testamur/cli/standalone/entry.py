"""`python3 testamur-verify.pyz credential.json --bundle bundle.zip`: verify a credential with nothing installed and nobody asked.

1. Open the bundle; a bundle that is given as the document brings its credentials with it.
2. Verify each document as `testamur verify --offline` does, with the same library.
3. Print the report. What this one file leaves out is said to be undecided, never held against a credential.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

# What happens to be installed here must not decide whether a credential is valid.
sys.path[:] = [entry for entry in sys.path if not entry.rstrip("/\\").endswith(("site-packages", "dist-packages"))]

from testamur.errors import TestamurError  # noqa: E402
from testamur.fetch.bundle import BundleResolver, bundle_in, write_bundle  # noqa: E402
from testamur.log.anchors import AnchorPolicy  # noqa: E402
from testamur.log.policies import MAX_BYTES as MAX_POLICY  # noqa: E402
from testamur.log.policies import Policy as TrustedLogs  # noqa: E402
from testamur.log.proofs import MAX_BYTES as MAX_PROOF  # noqa: E402
from testamur.proofs.plain.left_out import LeftOut  # noqa: E402
from testamur.verification import Level, LogPolicy, Policy, Verdict, Verifier  # noqa: E402
from testamur.verification.moments import iso, moment  # noqa: E402
from testamur.verification.presenters import to_json, to_text  # noqa: E402

_DESCRIPTION = """\
Examine credentials offline: nothing is installed, nobody is asked. Keys, status lists and log proofs come from a
bundle (ZIP), which holders download beside their credential. A bundle alone is enough: the credentials in it are
examined.

exit status: 0 all are valid · 1 at least one is invalid · 3 at least one could not be determined · 2 wrong usage
"""
_EXAMPLES = """\
examples:
  python3 testamur-verify.pyz credential.json --bundle bundle.zip
  python3 testamur-verify.pyz bundle.zip
  python3 testamur-verify.pyz badge.png --bundle bundle.zip --as-of collected
"""
_STATUS = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.UNDETERMINED: 3}
_MAX_FILE = 8_000_000
_MAX_BUNDLE = 64_000_000


class _Usage(Exception):
    pass


def main(argv: list[str] | None = None) -> int:
    """Run with `argv` (by default the process's own); returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Korean names must not fail in a terminal of another encoding
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    try:
        return _run(arguments)
    except (_Usage, TestamurError) as error:
        print(f"testamur-verify: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="testamur-verify",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "documents", nargs="+", metavar="FILE", help="a credential (JSON, JWT, PNG, SVG, PDF) or a bundle"
    )
    parser.add_argument("--bundle", metavar="FILE", help="keys, status lists and log proofs, as they were answered")
    parser.add_argument("--recipient", metavar="ID", help="the e-mail address or other identifier of the person")
    parser.add_argument(
        "--as-of", metavar="DATE", help="ask about an earlier day (2026-03-01), or “collected”: that of the bundle"
    )
    parser.add_argument(
        "--log-policy", metavar="FILE", help="the logs and witnesses that you believe (a C2SP tlog-policy)"
    )
    levels = [level.value for level in Level if level is not Level.SIGNED]
    parser.add_argument("--require-level", choices=levels, help="nothing is valid below this level of public record")
    parser.add_argument("--log-proof", metavar="FILE", action="append", default=[], help="a log's proof (.tlog-proof)")
    parser.add_argument("--anchor-policy", metavar="FILE", help="contracts, blocks and authorities that you believe")
    parser.add_argument("--json", action="store_true", help="one report a line, as JSON")
    parser.add_argument("--language", choices=("en", "ko"), default=_language(), help="of the report")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    statuses = []
    bundle = None if arguments.bundle is None else _bundle(arguments.bundle)
    for given in arguments.documents:
        content = _read(given, _MAX_BUNDLE)
        inside = bundle_in(content)
        resolver = bundle or inside or BundleResolver(write_bundle(()))
        verifier = Verifier(resolver)
        for name, document in _documents(given, content, inside):
            policy = Policy(
                recipient=arguments.recipient, as_of=_as_of(arguments.as_of, resolver), log=_log_policy(arguments)
            )
            statuses.append(_one(name, document, verifier, policy, arguments))
    return next((status for status in (1, 3) if status in statuses), 0)


def _one(name: str, document: bytes, verifier: Verifier, policy: Policy, arguments: argparse.Namespace) -> int:
    try:
        proofs = [_read(proof, MAX_PROOF) for proof in arguments.log_proof]
        report = verifier.verify(document, policy, log_proofs=proofs)
    except LeftOut as left_out:
        if arguments.json:
            print(json.dumps({"document": name, "verdict": "undetermined", "leftOut": left_out.what}))
        else:
            print(f"== {name}\n{_LEFT_OUT[arguments.language].format(what=left_out.what)}")
        return _STATUS[Verdict.UNDETERMINED]
    if arguments.json:
        print(json.dumps({"document": name, **to_json(report, arguments.language)}, ensure_ascii=False))
    else:
        print(f"== {name}")
        print(to_text(report, arguments.language), end="")
    return _STATUS[report.verdict]


_LEFT_OUT = {
    "en": "Undetermined: the single file does not examine {what}. Ask the full program: testamur verify",
    "ko": "판단할 수 없습니다. 이 단일 파일은 다음을 검사하지 않습니다: {what}. 전체 프로그램을 이용하십시오: testamur verify",
}


def _documents(given: str, content: bytes, inside: BundleResolver | None) -> Iterator[tuple[str, bytes]]:
    """The documents to examine: the file itself, or the credentials of a bundle. Raises _Usage for a bundle without one."""
    if inside is None:
        if len(content) > _MAX_FILE:
            raise _Usage(f"{given} has more than {_MAX_FILE} bytes; credentials are smaller.")
        yield given, content
        return
    found = inside.credentials
    if not found:
        raise _Usage(f"There is no credential in {given}; name the credential's file first and this with --bundle.")
    for resource in found:
        yield f"{given}: {resource.url}", resource.content


def _bundle(name: str) -> BundleResolver:
    try:
        return BundleResolver(_read(name, _MAX_BUNDLE))
    except TestamurError:
        raise _Usage(f"{name} is no bundle. Holders download one beside their credential.") from None


def _log_policy(arguments: argparse.Namespace) -> LogPolicy | None:
    """What the user asks of the public record; None where they ask nothing."""
    if not (arguments.log_policy or arguments.require_level or arguments.anchor_policy):
        return None
    logs, anchors = (_text(name) for name in (arguments.log_policy, arguments.anchor_policy))
    try:
        return LogPolicy(
            TrustedLogs.from_text(logs) if logs is not None else TrustedLogs(),
            Level(arguments.require_level or Level.SIGNED),
            AnchorPolicy.from_text(anchors) if anchors is not None else None,
        )
    except ValueError as error:
        raise _Usage(str(error)) from None


def _text(name: str | None) -> str | None:
    try:
        return None if name is None else _read(name, 2 * MAX_POLICY).decode()
    except UnicodeDecodeError:
        raise _Usage(f"{name} is no text.") from None


def _read(name: str, limit: int) -> bytes:
    try:
        with Path(name).open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise _Usage(f"{name} cannot be read: {error.strerror}") from None
    if len(content) > limit:
        raise _Usage(f"{name} has more than {limit} bytes.")
    return content


def _as_of(stated: str | None, resolver: BundleResolver) -> datetime | None:
    """The moment of `--as-of`: a date stands for its end, `collected` for when the oldest part of the bundle was obtained."""
    if stated is None:
        return None
    now = datetime.now(UTC)
    if stated == "collected":
        if not resolver.resources:
            raise _Usage("--as-of collected is about a bundle; give one with --bundle.")
        return min(resource.fetched_at for resource in resolver.resources)
    found = moment(f"{stated}T23:59:59Z") or moment(stated)
    if found is None:
        raise _Usage(f"--as-of {stated} is no date: write 2026-03-01 or 2026-03-01T10:00:00Z.")
    if found.date() > now.date():
        raise _Usage(f"--as-of {stated} is still to come; it is {iso(now)}.")
    return min(found, now)


def _language() -> str:
    """That of the environment where the report speaks it, else English."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "ko" if named.lower().startswith("ko") else "en"


if __name__ == "__main__":
    sys.exit(main())

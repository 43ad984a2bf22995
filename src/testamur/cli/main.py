"""The command line: which commands there are, and what happens when one goes wrong."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from testamur.cli import bench, bundle, check, envelope, inspect, issue, key, log, plan, site, vc_api, verify
from testamur.cli.common import ExitStatus, Formatter, UsageError
from testamur.errors import TestamurError

_DESCRIPTION = """\
Issue and verify micro-credentials (Open Badges 3.0, W3C Verifiable Credentials), without a server.

  testamur key new --out key.json                                make a signing key
  testamur issue --issuer issuer.json --achievement badge.json \\
                 --recipients class.csv --key key.json --out issued
  testamur verify issued/*.json                                  examine what was issued
"""


def parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    top = argparse.ArgumentParser(
        prog="testamur",
        description=_DESCRIPTION,
        formatter_class=Formatter,
        epilog="Each command explains itself: testamur verify --help",
    )
    top.add_argument("--version", action="version", version=f"testamur {metadata.version('testamur')}")
    commands = top.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    for module in (verify, inspect, issue, check, plan, key, envelope, bundle, log, bench, vc_api, site):
        module.register(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line with `argv` (by default the process's own) and return the exit status.

    0 done, or valid · 1 invalid, or something was refused · 2 wrong usage · 3 undetermined.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Korean names must not fail in a terminal of another encoding
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    arguments_given = list(sys.argv[1:] if argv is None else argv)
    if arguments_given[:1] == ["site"]:  # everything after it belongs to the site, its --help included
        return site.delegate(arguments_given[1:])
    top = parser()
    try:
        arguments = top.parse_args(arguments_given)
        if arguments.command is None:
            top.print_help()
            return ExitStatus.USAGE
        status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except SystemExit as stop:  # argparse: 0 after --help, 2 after a wrong argument
        return stop.code if isinstance(stop.code, int) else ExitStatus.USAGE
    except UsageError as error:
        print(f"testamur: {error}", file=sys.stderr)
        return ExitStatus.USAGE
    except TestamurError as error:
        print(f"testamur: {error}", file=sys.stderr)
        return ExitStatus.FAILED
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`). Python would complain once more while flushing at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.FAILED
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130

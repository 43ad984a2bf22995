"""`testamur site`: the platform. It is another package with more dependencies, entered only when it is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from testamur.cli.common import ExitStatus, Formatter

_NOT_INSTALLED = """\
testamur: the platform is not installed here (missing: {missing}).
Install it with its dependencies:  pip install "testamur[site]"
Everything else (verify, inspect, issue, key, bundle) works without it.
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "site",
        help="run the platform (needs the extra “site”)",
        description="Run the platform: testamur site run --demo. Everything after “site” is passed on to it.",
        formatter_class=Formatter,
        add_help=False,
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…", help="see: testamur site --help")
    parser.set_defaults(run=lambda arguments: delegate(arguments.arguments))


def delegate(argv: Sequence[str]) -> int:
    """Hand `argv` to the platform, or say how to install it."""
    try:
        from testamur_site.portal.run import main
    except ModuleNotFoundError as error:
        print(_NOT_INSTALLED.format(missing=error.name), end="", file=sys.stderr)
        return ExitStatus.USAGE
    status = main(list(argv))
    return status if isinstance(status, int) else ExitStatus.DONE

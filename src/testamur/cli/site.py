"""`testamur site`: the platform. It is another package with more dependencies, entered only when it is asked for."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence

from testamur.cli.common import ExitStatus, Formatter

_NEEDED = ("testamur_site", "django", "allauth", "granian")
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
    # The package is always there; what it needs is not. Asked beforehand, so that a missing module inside the platform, which would be a
    # fault and not a question of installing, is not taken for this.
    missing = next((name for name in _NEEDED if importlib.util.find_spec(name) is None), None)
    if missing is not None:
        print(_NOT_INSTALLED.format(missing=missing), end="", file=sys.stderr)
        return ExitStatus.USAGE
    from testamur_site.portal.run import main

    status = main(list(argv))
    return status if isinstance(status, int) else ExitStatus.DONE

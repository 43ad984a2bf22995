"""`make fuzz`, or `python -m tests.fuzz --help`: the longer run of what the tests do briefly.

1. Every parser is fed with changed seeds.
2. Changed documents of every format go through the verifier, and what must hold of them is checked (`oracle`).
3. A share of them goes through the page, the interface and the command line.

It prints a table with, per format, how many documents, what became of them, and the dearest one; it exits with 1 if anything failed. With
`--guided PARSER` the mutations are led by the code that they reach, for which `atheris` must be installed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

KEPT = Path("build/fuzz")
Target = Callable[[Any, bytes], Any]


def main() -> int:
    arguments = _arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.site.settings")
    if arguments.guided:
        from tests.fuzz.guided import guided

        return guided(arguments.guided, arguments.seconds)
    import django

    django.setup()
    failed = False
    for title, results in _runs(arguments):
        print(f"\n{title}\n" + _row("", "documents", "failures", "dear", "cpu/doc", "worst", "memory", "outcomes"))
        for result in results:
            failed |= bool(result.failures or result.slow)
            mean = 1000 * result.seconds / max(1, result.documents)
            common = ", ".join(f"{count} {word}" for word, count in result.outcomes.most_common(4))
            print(_row(result.family, result.documents, len(result.failures), len(result.slow), f"{mean:.1f} ms",
                       f"{result.worst_seconds:.2f} s", f"{result.worst_mebibytes:.0f} MiB", common), flush=True)  # fmt: skip
            for line in [*dict.fromkeys(result.failures), *result.slow][:10]:
                print("    " + line[:300])
            if arguments.json:
                with arguments.json.open("a") as log:
                    log.write(json.dumps({"run": title, **result.to_json()}) + "\n")
    return int(failed)


def _runs(arguments: argparse.Namespace) -> Iterator[tuple[str, Iterable[Any]]]:
    from tests.fuzz import campaign, doors
    from tests.fuzz.oracle import Oracle
    from tests.fuzz.parsers import PARSERS
    from tests.fuzz.seeds import everything

    first, seeds = arguments.first, everything()

    def through(target: Target, documents: int) -> Iterator[Any]:
        each = documents // len(seeds.families)
        for family in arguments.formats.split(",") if arguments.formats else seeds.families:
            yield campaign.run(seeds.seeds, family, range(first, first + each), target, keep=KEPT)

    if arguments.inputs:
        yield "parsers", (
            campaign.run(parser.as_seeds(), name, range(first, first + arguments.inputs), lambda _, data, p=parser: p(data), keep=KEPT)
            for name, parser in PARSERS.items()
            if parser.seeds()
        )  # fmt: skip
    oracle = Oracle(seeds)
    if arguments.documents:
        yield "verifier", through(lambda seed, data: oracle.judge(seed, data).verdict, arguments.documents)
    share = arguments.documents // 10 if arguments.doors is None else arguments.doors
    with ExitStack() as stack:
        if share:
            stack.enter_context(_database())
            page, api = stack.enter_context(doors.site(oracle))
            yield "page", through(page, share)
            yield "interface for programs", through(api, share)
            yield "command line", through(stack.enter_context(doors.command_line(oracle)), share)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--documents",
        type=int,
        default=100_000,
        help="changed documents for the verifier; a tenth for each door (100000)",
    )
    parser.add_argument("--doors", type=int, help="changed documents for each door, if not a tenth")
    parser.add_argument(
        "--formats", metavar="A,B", help="only documents of these formats; the others' share is left out"
    )
    parser.add_argument("--inputs", type=int, default=3_000, help="changed inputs for each parser (3000)")
    parser.add_argument(
        "--first",
        type=int,
        default=int(time.time()),
        help="number of the first document; the same number, the same run",
    )
    parser.add_argument("--json", type=Path, help="append the results to this file, one line each")
    parser.add_argument("--guided", metavar="PARSER", help="coverage-guided, one parser, by its name")
    parser.add_argument("--seconds", type=int, default=60, help="how long, with --guided (60)")
    return parser.parse_args()


@contextmanager
def _database() -> Iterator[None]:
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases, teardown_test_environment

    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)
        teardown_test_environment()


def _row(*cells: Any) -> str:
    return "{:24} {:>9} {:>8} {:>5} {:>8} {:>7} {:>8}  {}".format(*map(str, cells))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m testamur_site.log.anchoring.deploy CHAIN`: see the package."""

from __future__ import annotations

import argparse
import os
import sys

import django


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m testamur_site.log.anchoring.deploy")
    parser.add_argument("chain", help="the name that the file of TESTAMUR_ANCHORING gives the chain")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
    django.setup()
    from testamur_site.foundation.chain.api import Misconfigured  # the models can be imported only now
    from testamur_site.log.anchoring import sentences
    from testamur_site.log.anchoring.deploy.step import deploy

    try:
        found = deploy(options.chain)
    except Misconfigured as error:
        print(f"{error.place} {sentences.MISTAKES[error.problem]}", file=sys.stderr)
        return 1
    if found is None:
        print(f"The file of TESTAMUR_ANCHORING names no chain {options.chain}.", file=sys.stderr)
        return 1
    if found.contract:
        print(f'contract = "{found.contract}"')
        return 0
    print(
        sentences.of_problem(found.problem, found.facts) or f"On its way ({found.state}). Run this again in a minute."
    )
    print(f"The account that pays: {found.account}")
    return 2 if found.problem else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The command for translators and for `make`; it needs no gettext on the machine.

    python -m testamur_site.foundation.i18n.messages extract [PART…]   bring the .po files up to date with the sources
    python -m testamur_site.foundation.i18n.messages compile           write the .mo files that Django reads
    python -m testamur_site.foundation.i18n.messages check [PART…]     say what is missing; exit code 1 if anything is

PART is a folder of the site, for example `foundation/accounts`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import catalogs


def compile_all() -> int:
    """Compile every catalog that has changed; how many were written."""
    written = 0
    for part in catalogs.parts():
        for language in catalogs.LANGUAGES:
            path = part.catalog_path(language)
            written += path.exists() and catalogs.compile_catalog(path, language)
    return written


def check(chosen: Sequence[catalogs.Part]) -> list[str]:
    """Everything that is wrong, one sentence a line."""
    found = []
    for language in catalogs.LANGUAGES:
        for part in chosen:
            found += catalogs.problems(part, language)
        found += catalogs.conflicts(language, list(chosen))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m testamur_site.foundation.i18n.messages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=["extract", "compile", "check"])
    parser.add_argument("part", nargs="*")
    options = parser.parse_args(arguments)
    known = {part.name: part for part in catalogs.parts()}
    if unknown := [name for name in options.part if name not in known]:
        parser.error(f"no such part: {', '.join(unknown)}. There are: {', '.join(known)}")
    chosen = [known[name] for name in options.part] or list(known.values())
    if options.command == "compile":
        print(f"{compile_all()} catalogs compiled.")
        return 0
    if options.command == "extract":
        for part in chosen:
            for language in catalogs.LANGUAGES:
                print(f"{part.name} [{language}]: {catalogs.update(part, language)} to translate")
        return 0
    found = check(chosen)
    print("\n".join(found) or "Every string is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m testamur_site.foundation.accounts.found --slug … --name … --country … --owner E-MAIL`: for the operator.

Where registration is closed this is how an institution begins: it is set up and its first owner invited. The address of the invitation is
also printed, for a platform that does not send mail yet.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import django


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m testamur_site.foundation.accounts.found", description=__doc__)
    parser.add_argument("--slug", required=True, help="short name in addresses, for ever (han-river)")
    parser.add_argument("--name", required=True, help="name of the institution")
    parser.add_argument("--country", required=True, help="two letters, ISO 3166-1 (KR)")
    parser.add_argument("--owner", required=True, help="e-mail address of the first owner")
    parser.add_argument("--language", default="en", choices=["en", "ko"], help="language of the invitation")
    options = parser.parse_args(arguments)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
    django.setup()
    from testamur_site.foundation.accounts import services  # the models can be imported only now

    try:
        link = services.found(
            slug=options.slug,
            name=options.name,
            country=options.country.upper(),
            owner_email=options.owner,
            language=options.language,
        )
    except services.SlugTaken:
        print(f"There is an institution with the short name {options.slug} already.", file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"invitation: {link}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m testamur_site.foundation.keys.rotate_deployment`: a new key for receipts, because the old one may be known to somebody."""

from __future__ import annotations

import os

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
    django.setup()
    from testamur_site.foundation.keys import deployment  # the models can be imported only now

    key = deployment.rotate_deployment_key()
    print(
        f"{deployment.deployment_did()}#{key.fragment} signs from now on. Receipts that were signed before stay valid."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""`python -m testamur_site.foundation.keys.reseal`: after a new key-encryption key was put first into its file."""

from __future__ import annotations

import os

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
    django.setup()
    from testamur_site.foundation.keys import deployment, services  # the models can be imported only now

    changed = services.reseal() + deployment.reseal_deployment_key()
    print(f"{changed} signing keys were sealed anew. The old key-encryption key can be taken out of the file.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

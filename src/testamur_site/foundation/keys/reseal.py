"""`python -m testamur_site.foundation.keys.reseal`: after a new key-encryption key was put first into its file."""

from __future__ import annotations

import os

import django


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
    django.setup()
    from django.conf import settings  # the models can be imported only now
    from django.utils.module_loading import import_string

    from testamur_site.foundation.keys import deployment, services

    changed = services.reseal() + deployment.reseal_deployment_key()
    # And what other capabilities keep sealed.
    changed += sum(import_string(path)() for path in settings.TESTAMUR_RESEALED)
    print(f"{changed} keys were sealed anew. The old key-encryption key can be taken out of the file.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

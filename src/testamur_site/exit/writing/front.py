"""What explains the public part to whoever finds it: a page, a text, a configuration, the policy of the log, and the verifier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from testamur.cli.standalone import FILE_NAME, build
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.log.api import public_policy

FORMAT = "testamur-exit/2"
READ = ("testamur-exit/1", FORMAT)
"""The formats that are imported. The first one held awards and versions only."""


def description(institution: Institution) -> dict[str, object]:
    """What the exit is of: the same for the same institution at the same place."""
    return {
        "format": FORMAT,
        "deployment": settings.TESTAMUR_BASE_URL,
        "institution": institution.public_id,
        "slug": institution.slug,
        "name": institution.name,
        "did": institution.did,
    }


def files(institution: Institution) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file beside the mirror."""
    context = {
        "institution": institution,
        "base_url": settings.TESTAMUR_BASE_URL,
        "host": urlsplit(settings.TESTAMUR_BASE_URL).hostname,
        "home": f"site/institutions/{institution.slug}.html",
        "verifier": FILE_NAME,
    }
    yield "description.json", json.dumps(description(institution), ensure_ascii=False, indent=1).encode() + b"\n"
    for language, name in (("en", "index.html"), ("ko", "index.ko.html")):
        with translation.override(language):
            yield name, render_to_string("exit/front.html", {**context, "language": language}).encode()
    with translation.override("en"):
        yield "README.txt", render_to_string("exit/readme.txt", context).encode()
        yield "nginx.conf", render_to_string("exit/nginx.conf", context).encode()
    yield "log-policy.txt", public_policy().encode()
    yield FILE_NAME, build()

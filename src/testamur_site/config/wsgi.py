"""What the web server calls."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
_django = get_wsgi_application()

from .before_django.without_session import WithoutSession  # noqa: E402 - the capabilities can be imported only now
from .public_bytes import PublicBytesFirst  # noqa: E402

application = PublicBytesFirst(WithoutSession(_django))

"""What the web server calls.

Loaded before the first page is asked for is what the first pages would load while others wait for theirs: the views, and the words of each
language.
"""

from __future__ import annotations

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
_django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - Django is set up only now
from django.urls import resolve  # noqa: E402
from django.utils import translation  # noqa: E402

from .before_django.without_session import WithoutSession  # noqa: E402 - the capabilities can be imported only now
from .public_bytes import PublicBytesFirst  # noqa: E402

TURN_SECONDS = 0.001
"""So long a thread keeps the interpreter when others want it. A page gives it up with each question to the database; beside a thread that
calculates (another page, a list that is looked at) it waited five milliseconds each time to have it back."""

sys.setswitchinterval(TURN_SECONDS)
resolve("/")
for _language, _ in settings.LANGUAGES:
    with translation.override(_language):
        pass

application = PublicBytesFirst(WithoutSession(_django))

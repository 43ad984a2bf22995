"""The platform's own settings with four differences: a temporary data directory, a quick password hasher, mail kept in memory, and
static files found in place."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "TESTAMUR_DATA" not in os.environ:
    os.environ["TESTAMUR_DATA"] = tempfile.mkdtemp(prefix="testamur-tests-")
    atexit.register(shutil.rmtree, os.environ["TESTAMUR_DATA"], ignore_errors=True)
os.environ["TESTAMUR_STATIC_COLLECTED"] = "no"
for name in ("TESTAMUR_BASE_URL", "TESTAMUR_DEMO", "TESTAMUR_DEBUG", "TESTAMUR_SMTP_URL", "TESTAMUR_OPEN_REGISTRATION"):
    os.environ.pop(name, None)

from testamur_site.config.settings import *  # noqa: E402, F403
from testamur_site.config.settings import DATABASES, TESTAMUR_DATA  # noqa: E402
from testamur_site.foundation.i18n.messages import compile_all  # noqa: E402

compile_all()  # Django reads compiled catalogs; a changed one is compiled here, so that no test sees yesterday's words

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TESTAMUR_MAIL_SERVER = True
TESTAMUR_JOB_MODULES = ("testamur_site.", "tests.site.")
TESTAMUR_OPEN_REGISTRATION = True
ACCOUNT_RATE_LIMITS = False  # the tests of the limits turn them on
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production, so that a worker in another thread or process sees the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(TESTAMUR_DATA) / "test.sqlite3")}

# The jobs that record keys and versions in the log are queued by the capabilities below it; their own tests count their own jobs.
TESTAMUR_AFTER_KEY_CHANGE = None
TESTAMUR_AFTER_PUBLISH = None

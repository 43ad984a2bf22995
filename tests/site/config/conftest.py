"""Several hosts need a database server: on the embedded file there is nothing to try, and on the server it is tried once."""

from __future__ import annotations

import os

collect_ignore = (
    [] if os.environ.get("TESTAMUR_DATABASE_URL", "").startswith("postgresql:") else ["test_several_hosts.py"]
)

"""Commits to the database so many times a second, until it is ended: what the issuing of a cohort does to those who
ask whether anything was committed. Run by `run.py` in a process of its own."""

from __future__ import annotations

import os
import sys
import time


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")
    import django

    django.setup()
    from django.db import connection

    every = 1 / int(sys.argv[1])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS benchmark_commits (number integer)")
        while True:
            cursor.execute("INSERT INTO benchmark_commits VALUES (1)")
            time.sleep(every)


if __name__ == "__main__":
    main()

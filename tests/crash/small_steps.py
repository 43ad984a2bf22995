"""A worker that takes small steps: sixty rows then take as many of them as ten thousand do, and can be killed between two.

python -m tests.crash.small_steps --poll 0.05        as `python -m testamur_site.foundation.jobs`
"""

from __future__ import annotations

import runpy

import django

if __name__ == "__main__":
    django.setup()
    from .platforms import small_steps

    small_steps()
    runpy.run_module("testamur_site.foundation.jobs", run_name="__main__")

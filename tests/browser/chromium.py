"""Which browser, and how it is started: in the tests and in the demonstration."""

from __future__ import annotations

from pathlib import Path

# The first is the same browser without its windows, which takes two thirds of the time; Playwright too runs it where it brings its own.
CHROMIUM = next(
    (path for path in map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")) if path.exists()),
    Path("/usr/bin/chromium"),
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

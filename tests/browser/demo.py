"""`make demo`: the story of `story.py` on a real platform, in a real browser; what came out of it stays in build/demo/.

1. Start `testamur site run --demo` with a data folder of its own, on a free port, and wait until it names its start page.
2. Tell the story in three browsers.
3. Verify the downloaded credential once more with the command line, without a network, from the bundle.
4. Stop the platform.

Exit code 0 if everything came out as told, 1 otherwise.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from . import story
from .chromium import CHROMIUM, FLAGS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/demo"
TESTAMUR = Path(sys.executable).parent / "testamur"
_STOP_SECONDS = 30


def main() -> int:
    if not CHROMIUM.exists():
        print("There is no Chromium. Run: sh tools/ensure-debian-packages", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="testamur-demo-") as data, _platform(Path(data)) as address:
        print(f"The platform runs at {address}")
        try:
            files = _tell(address)
        except (AssertionError, Error) as error:
            print(f"The story broke off: {error}", file=sys.stderr)
            return 1
    command = [str(TESTAMUR), "verify", str(files["credential.json"]), "--offline", str(files["bundle.zip"])]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    print(
        f"\n$ testamur verify build/demo/credential.json --offline build/demo/bundle.zip\n{verified.stdout}{verified.stderr}"
    )
    print("In build/demo:", ", ".join(sorted(path.name for path in FOLDER.iterdir())))
    return 0 if verified.returncode == 0 else 1


def _tell(address: str) -> dict[str, Path]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        pages = []
        for _ in range(3):
            context = browser.new_context(base_url=address, locale="en-GB", reduced_motion="reduce")
            context.set_default_timeout(30_000)
            pages.append(context.new_page())
        stage = story.Stage(
            *pages,
            folder=FOLDER,
            wait=lambda: pages[0].wait_for_timeout(500),
            say=lambda sentence: print("·", sentence, flush=True),
        )
        story.tell(stage)
        browser.close()
        return stage.files


@contextmanager
def _platform(data: Path) -> Iterator[str]:
    """The address of a platform that runs while the block does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(TESTAMUR), "site", "run", "--demo", "--data", str(data), "--listen", f"127.0.0.1:{port}"]
    with (FOLDER / "platform.log").open("w") as log:
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT)
        try:
            lines = iter(running.stdout or ())
            address = next((line.split(": ", 1)[1].strip() for line in lines if line.startswith("start page: ")), None)
            if address is None:
                raise SystemExit(f"The platform did not start; see {log.name}")
            yield address
        finally:
            running.terminate()
            running.wait(_STOP_SECONDS)


if __name__ == "__main__":
    sys.exit(main())

"""`make demo`: three stories on a real platform, in a real browser; what came out of them stays in build/demo/.

1. Start `testamur site run --demo` with a data folder of its own, on a free port, and wait until it names its start page.
2. Tell the main job (`story.py`) in three browsers; its files go to build/demo/main-job/.
3. Run a cohort of thirty through an assessed programme (`cohort_story.py`); its files go to build/demo/.
4. Complete a microdegree of three institutions and let it fall (`consortium_story.py`); its files go to build/demo/consortium/.
5. Stop the platform, and verify the downloaded credentials once more with the command line, from their bundles.

Exit code 0 if everything came out as told, 1 otherwise.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from . import cohort_story, consortium_story, story
from .chromium import CHROMIUM, FLAGS
from .cohort_cast import people

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build/demo"
MAIN_JOB = FOLDER / "main-job"
CONSORTIUM = FOLDER / "consortium"
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
            _tell(address)
        except (AssertionError, Error) as error:
            print(f"The story broke off: {error}", file=sys.stderr)
            return 1
    statuses = [_verify(folder) for folder in (MAIN_JOB, FOLDER, CONSORTIUM)]
    print("In build/demo:", ", ".join(sorted(path.name for path in FOLDER.iterdir())))
    return max(statuses)


def _verify(folder: Path) -> int:
    files = [str(folder / name) for name in ("credential.json", "bundle.zip")]
    command = [str(TESTAMUR), "verify", files[0], "--offline", files[1]]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    shown = " ".join(Path(name).relative_to(ROOT).as_posix() for name in files)
    print(f"\n$ testamur verify {shown.replace(' ', ' --offline ')}\n{verified.stdout}{verified.stderr}")
    return verified.returncode


def _tell(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))

        def arrive() -> Page:
            context = browser.new_context(
                base_url=address, locale="en-GB", reduced_motion="reduce", viewport={"width": 1280, "height": 900}
            )
            context.set_default_timeout(30_000)
            return context.new_page()

        def stage(folder: Path, staff: Page, learner: Page, employer: Page) -> story.Stage:
            (folder / "screenshots").mkdir(parents=True, exist_ok=True)
            return story.Stage(
                staff,
                learner,
                employer,
                folder=folder,
                wait=lambda: staff.wait_for_timeout(500),
                say=lambda sentence: print("·", sentence, flush=True),
            )

        pages = [arrive() for _ in range(3)]
        story.tell(stage(MAIN_JOB, *pages))
        cohort_story.tell(cohort_story.Cohort(browser, stage(FOLDER, *pages), people(), address))
        consortium_story.tell(consortium_story.Consortium(stage(CONSORTIUM, arrive(), arrive(), arrive()), arrive))
        browser.close()


@contextmanager
def _platform(data: Path) -> Iterator[str]:
    """The address of a platform that runs while the block does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(TESTAMUR), "site", "run", "--demo", "--data", str(data), "--listen", f"127.0.0.1:{port}"]
    # A mark may be taken back for five minutes before its result is agreed; the story does not wait for that.
    environment = {**os.environ, "TESTAMUR_UNDO_MARK_SECONDS": "0"}
    with (FOLDER / "platform.log").open("w") as log:
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT, env=environment)
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

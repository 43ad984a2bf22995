"""The single file in a bare interpreter: no site packages; a look at the network, a native package or another program ends the run.

To start it is to compile the library, two seconds of a processor each time. So a process imports the file once and is forked for each
run: what a run finds of it (its modules, the guard) is what a fresh process would, and it ends as a process does. `afresh` starts one
from nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, NamedTuple

from testamur.cli.standalone import FILE_NAME, build

_GUARD: Final = """
import runpy, sys
def refuse(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.system", "urllib.")):
        raise SystemExit(f"reached out: {event}")
    if event == "import" and arguments[0].partition(".")[0] in ("_cffi_backend", "site"):
        raise SystemExit(f"imported {arguments[0]}")
sys.addaudithook(refuse)
path, sys.argv = sys.argv[1], sys.argv[1:]
"""
_AS_PROGRAM: Final = 'runpy.run_path(path, run_name="__main__")\n'
# Imported under another name it runs nothing. For each line a child goes on to the end of the script, and the parent tells how it ended.
# Where the file is open (for the data in it), the child opens it for itself: to read would move the place of all others.
_FORKED: Final = """
import json, os, signal
sys.path.insert(0, path)
runpy.run_path(path, run_name="imported")
for line in sys.stdin:
    child = os.fork()
    if not child:
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    raise SystemExit
signal.alarm(120)
for number in map(int, os.listdir("/proc/self/fd")):
    try:
        if os.readlink(f"/proc/self/fd/{number}") != path:
            continue
    except OSError:  # the list's own
        continue
    own = os.open(path, os.O_RDONLY)
    os.lseek(own, os.lseek(number, 0, os.SEEK_CUR), os.SEEK_SET)
    os.dup2(own, number)
    os.close(own)
asked = json.loads(line)
os.chdir(asked["folder"])
for name, number in (("stdout", 1), ("stderr", 2)):
    os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
os.environ.clear()
os.environ.update(asked["environment"])
sys.path.remove(path)
sys.argv = [path, *asked["arguments"]]
"""


class Said(NamedTuple):
    """What a run answered: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class SingleFile:
    """The file, and the process that has imported it; `folder` is for what runs say."""

    path: Path
    folder: Path
    process: subprocess.Popen[str]

    def run(self, *arguments: str | Path, folder: Path, language: str = "en_GB.UTF-8") -> Said:
        """With `folder` as the working directory."""
        out, err = self.folder / "out", self.folder / "err"
        asked = {
            "arguments": [*map(str, arguments)],
            "folder": str(folder),
            "environment": {"LANG": language},
            "stdout": str(out),
            "stderr": str(err),
        }
        _pipe(self.process.stdin).write(f"{json.dumps(asked)}\n")
        _pipe(self.process.stdin).flush()
        status = int(_pipe(self.process.stdout).readline())
        return Said(status, out.read_text(), err.read_text())

    def afresh(self, *arguments: str | Path, folder: Path, language: str = "en_GB.UTF-8") -> Said:
        """The same in a process of its own."""
        done = subprocess.run(
            [*_bare(_GUARD + _AS_PROGRAM), str(self.path), *map(str, arguments)],
            capture_output=True,
            cwd=folder,
            env={"LANG": language},
            timeout=120,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def single_file(folder: Path) -> Iterator[SingleFile]:
    """The file written into `folder`, ready to be run."""
    path = folder.resolve() / FILE_NAME
    path.write_bytes(build())
    with subprocess.Popen(
        [*_bare(_GUARD + _FORKED + _AS_PROGRAM), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"LANG": "en_GB.UTF-8"},
    ) as process:
        yield SingleFile(path, folder, process)
        _pipe(process.stdin).close()


def _bare(script: str) -> list[str | os.PathLike[str]]:
    return [sys.executable, "-I", "-S", "-c", script]


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe

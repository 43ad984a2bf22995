"""`testamur site …`: start the platform, or manage one that stands.

`run` is what `make run` calls. The procedure:

1. Read the options; all state lives in one data folder.
2. Bring the database and the translations up to date, collect the static files.
3. With `--demo`: create the demonstration institution, once.
4. Start the web server and two workers as processes of their own, the workers with a lower priority: a cohort being signed slows no page
   down, and what is issued is in the public log within a second, whatever else there is to do.
5. When the server answers, print the addresses, one `label: address` a line.
6. Wait. A worker that dies is started again; when the server dies, or we are asked to stop, everything stops.
"""

from __future__ import annotations

import argparse
import ctypes
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import FrameType

_LISTEN = "127.0.0.1:8000"
# One process with a few threads is what an embedded database serves best; more come with PostgreSQL.
_SERVER = ("--interface", "wsgi", "--http", "1", "--no-ws", "--workers", "1", "--blocking-threads", "4",
           "--workers-kill-timeout", "15", "--log-level", "error")  # fmt: skip
_WORKER = "testamur_site.foundation.jobs"
_WORKERS = ((), ("--queue", "log", "--poll", "0.25"))
# Whoever looks at a page waits for it; a cohort may take a moment longer. What is left of the processor is the workers' all the same.
_WORKER_NICENESS = 10
_OPEN_DEMONSTRATION = (
    "Warning: a demonstration can be reached from other machines. It shows all mail to everybody, anybody may register, and its "
    "password is printed on the start page. Put nothing real into it."
)
_EXIT = (
    "Write everything with which an institution's credentials stay verifiable without this platform, as BagIt bags: public/ for "
    "anybody to mirror, and with --with-awards private/ for an import elsewhere. May be stopped at any time and run again."
)
_IMPORT = (
    "Take over an institution from an exit that was written elsewhere. First only says what would happen; with --yes does it. "
    "May be stopped at any time and run again."
)
_START_SECONDS = 60  # a server that does not answer after this long has failed to start
_STOP_SECONDS = 20  # a worker may finish the chunk in hand; what it does not finish, the next start takes up again


def main(argv: Sequence[str] | None = None) -> int:
    """Run `testamur site ARGUMENTS`; returns the exit code (0 stopped as asked, 1 failed, 2 wrong usage)."""
    parser = argparse.ArgumentParser(
        prog="testamur site", description="The platform: pages, background work, database."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="start the platform", description=__doc__.split("\n\n")[0])
    run.add_argument(
        "--demo", action="store_true", help="with a demonstration institution, its learners and an open outbox"
    )
    run.add_argument(
        "--data",
        type=Path,
        default=None,
        metavar="DIR",
        help="where all state lives (default: $TESTAMUR_DATA or ./var)",
    )
    run.add_argument(
        "--listen", default=_LISTEN, metavar="ADDRESS:PORT", help=f"where the server listens (default: {_LISTEN})"
    )
    sign = commands.add_parser(
        "sign",
        help="the signing process, which alone holds the keys",
        description="Serve the socket that TESTAMUR_SIGNING_SOCKET names. docs/how-to/keep-keys.md says how it is set up.",
    )
    sign.add_argument("--data", type=Path, default=None, metavar="DIR")
    sign.add_argument(
        "--examine-record", action="store_true", help="only look whether the record of signatures is whole"
    )
    relay = commands.add_parser(
        "relay",
        help="hand jobs out through RabbitMQ, for Celery workers",
        description="Publish the ids of jobs that are due to the broker of TESTAMUR_BROKER_URL. docs/how-to/scale.md says when and how.",
    )
    relay.add_argument("--data", type=Path, default=None, metavar="DIR")
    relay.add_argument("--poll", type=float, default=0.25, metavar="SECONDS", help="between two looks when idle")
    manage = commands.add_parser(
        "manage", help="a management command of the web framework, such as createsuperuser or migrate"
    )
    manage.add_argument("--data", type=Path, default=None, metavar="DIR")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    exit_ = commands.add_parser(
        "exit", help="write all that an institution needs to leave, or check what was written", description=_EXIT
    )
    import_exit = commands.add_parser(
        "import-exit", help="take over an institution that left elsewhere", description=_IMPORT
    )
    _add_exit_arguments(exit_, import_exit)
    options = parser.parse_args(argv)
    if options.command == "manage":
        _environment(options.data, base_url=None, demo=False)
        from django.core.management import execute_from_command_line

        execute_from_command_line(["testamur site manage", *options.arguments])
        return 0
    if options.command == "sign":
        _environment(options.data, base_url=None, demo=False)
        return _sign(examine_record=options.examine_record)
    if options.command == "relay":
        _environment(options.data, base_url=None, demo=False)
        return _relay(options.poll)
    if options.command in ("exit", "import-exit"):
        return _exit(options)
    host, _, port = options.listen.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        parser.error(f"--listen wants ADDRESS:PORT, such as {_LISTEN}; this is {options.listen!r}")
    host = host.strip("[]")
    if not _is_free(host, int(port)):
        print(
            f"Port {port} of {host} is taken, or not yours to take. Try --listen {host}:{_next(int(port))}",
            file=sys.stderr,
        )
        return 1
    if options.demo and not _is_loopback(host):
        print(_OPEN_DEMONSTRATION, file=sys.stderr)
    return _run(host, int(port), options.data, demo=options.demo)


def _sign(*, examine_record: bool) -> int:
    import django

    django.setup()
    from django.conf import settings

    from testamur_site.foundation.signing.api import RecordBroken, examine, serve

    if not examine_record:
        return serve()
    try:
        lines, signatures = examine(settings.TESTAMUR_SIGNING_RECORD)
    except (RecordBroken, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The record is whole: {signatures} signatures in {lines} lines.")
    return 0


def _relay(poll_seconds: float) -> int:
    import django

    django.setup()
    from testamur_site.foundation.jobs.api import relay_command

    return relay_command(poll_seconds)


def _add_exit_arguments(exit_: argparse.ArgumentParser, import_exit: argparse.ArgumentParser) -> None:
    exit_.add_argument("--institution", metavar="SLUG", help="whose exit: its short name in addresses")
    exit_.add_argument("--out", type=Path, metavar="FOLDER|FILE.zip", help="where to write it")
    exit_.add_argument(
        "--with-awards",
        action="store_true",
        help="also the private part: names and addresses of all holders, for an import elsewhere",
    )
    exit_.add_argument(
        "--with-files", action="store_true", help="in it also the files that learners handed in (with --with-awards)"
    )
    exit_.add_argument(
        "--recipient",
        action="append",
        default=[],
        metavar="KEY",
        help="encrypt the private part for this public key of age or SSH (may be repeated)",
    )
    exit_.add_argument(
        "--check", type=Path, metavar="FOLDER|FILE.zip", help="check one that was written, and the log in it"
    )
    import_exit.add_argument(
        "source", type=Path, metavar="FOLDER|FILE.zip", help="an exit that was made with --with-awards"
    )
    import_exit.add_argument("--yes", action="store_true", help="do it; without this it is only said what would happen")
    import_exit.add_argument("--owner", metavar="ADDRESS", help="invite this person as the first owner (with --yes)")
    for each in (exit_, import_exit):
        each.add_argument("--identity", type=Path, metavar="FILE", help="the private key that opens the private part")
        each.add_argument(
            "--passphrase-file", type=Path, metavar="FILE", help="the passphrase of the private part, in its first line"
        )
        each.add_argument("--data", type=Path, default=None, metavar="DIR", help="where all state of the platform lies")


def _exit(options: argparse.Namespace) -> int:
    # What is written is what stood at the address where the platform runs, also if this shell was not told which that is.
    data = options.data or Path(os.environ.get("TESTAMUR_DATA", "var"))
    remembered = data / "base-url"
    _environment(options.data, base_url=remembered.read_text().strip() if remembered.exists() else None, demo=False)
    import django

    django.setup()
    if getattr(options, "check", None) is None:
        _prepare()
    from testamur_site.exit import api as leaving

    return leaving.exit_command(options) if options.command == "exit" else leaving.import_command(options)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _next(port: int) -> int:
    return port + 1 if 1024 <= port < 65_535 else 8000


def _is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. Asked before anything is prepared, and because another Testamur on this port would answer
    as if it were ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _environment(data: Path | None, *, base_url: str | None, demo: bool) -> None:
    # Learners' names, sessions and sealed keys lie in the data folder, which may have been made by somebody with wider permissions.
    os.umask(0o077)
    if data is not None:
        os.environ["TESTAMUR_DATA"] = str(data.resolve())
    if base_url is not None:
        os.environ.setdefault("TESTAMUR_BASE_URL", base_url)
    if demo:
        os.environ["TESTAMUR_DEMO"] = "yes"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testamur_site.config.settings")


def _run(host: str, port: int, data: Path | None, *, demo: bool) -> int:
    # An identifier that is issued contains this address; `localhost` and not 127.0.0.1, because did:web forbids IP addresses.
    _environment(data, base_url=f"http://localhost:{port}", demo=demo)
    import django

    django.setup()
    _prepare()
    labels = _addresses(demo)
    stopping = False

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    server = _start("granian", *_SERVER, "--host", host, "--port", str(port), "testamur_site.config.wsgi:application")
    workers = [_start(_WORKER, *arguments, niceness=_WORKER_NICENESS) for arguments in _WORKERS]
    try:
        if not _answers(host, port, server, lambda: stopping):
            if not stopping:
                print(f"The server did not start. Try --listen {host}:{_next(port)}", file=sys.stderr)
            return 0 if stopping else 1
        for label, address in labels:
            print(f"{label}: {address}", flush=True)
        while not stopping:
            if server.poll() is not None:
                print("The server has stopped.", file=sys.stderr)
                return 1
            for number, arguments in enumerate(_WORKERS):
                if workers[number].poll() is not None:
                    print("A worker has stopped; starting it again.", file=sys.stderr)
                    workers[number] = _start(_WORKER, *arguments, niceness=_WORKER_NICENESS)
            time.sleep(0.5)
        return 0
    finally:
        _stop(server, *workers)


def _prepare() -> None:
    from django.conf import settings
    from django.core.management import call_command

    from testamur_site.foundation.i18n.api import compile_all

    compile_all()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    remembered = settings.TESTAMUR_DATA / "base-url"
    if remembered.exists() and (before := remembered.read_text().strip()) != settings.TESTAMUR_BASE_URL:
        print(
            f"This data was made at {before}; it now runs at {settings.TESTAMUR_BASE_URL}. Credentials issued before keep naming the old "
            "address and can only be verified there.",
            file=sys.stderr,
        )
    else:
        remembered.write_text(settings.TESTAMUR_BASE_URL + "\n")


def _addresses(demo: bool) -> list[tuple[str, str]]:
    from django.conf import settings
    from django.urls import reverse

    addresses = [
        ("start page", reverse("portal:home")),
        ("catalogue", reverse("catalogue:public_list")),
        ("verify page", reverse("verification:verify")),
        ("sign in", reverse("account_login")),
    ]
    if demo:
        from testamur_site.portal.demo import api as demonstration

        addresses += demonstration.create()
    return [
        (label, settings.TESTAMUR_BASE_URL + value if value.startswith("/") else value) for label, value in addresses
    ]


def _start(module: str, *arguments: str, niceness: int = 0) -> subprocess.Popen[bytes]:
    """Start a module as a process that ends with us, even when we are killed."""
    prepare = partial(_die_with_parent, os.getpid(), niceness)
    return subprocess.Popen([sys.executable, "-m", module, *arguments], preexec_fn=prepare)  # noqa: S603


def _die_with_parent(parent: int, niceness: int) -> None:
    # PR_SET_PDEATHSIG = 1 (Linux). Elsewhere a killed parent leaves its children; an orderly stop ends them everywhere.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before we had said so
            os._exit(1)
    if niceness:
        os.nice(niceness)
    # Ctrl-C reaches the whole group; only we act on it and stop the others in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _answers(host: str, port: int, server: subprocess.Popen[bytes], stopping: object) -> bool:
    where = f"[{host}]" if ":" in host else ("127.0.0.1" if host == "0.0.0.0" else host)  # noqa: S104 - compared, not bound
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None and not (callable(stopping) and stopping()):
        try:
            with urllib.request.urlopen(f"http://{where}:{port}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def _stop(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()

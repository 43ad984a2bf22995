"""What is served, beside an empty view of the same server, in one run of alternating rounds.

    python benchmarks/serving/run.py [--rounds 5] [--seconds 2] [--clients 50] [--only NAME,…] [--postgresql URL] [--processes 2]
        [--commits 20]

1. A database is seeded (`seed.py`) in a temporary folder; the real server starts on it, one process with the threads that
   `testamur site run` gives it, on one processor; this client has another.
2. In each round every address gets its turn, the empty view (`/healthz`: all middleware, no database) first. Ratios are taken
   inside a round. With `--commits` another process commits something else so many times a second, as the issuing of a cohort does.
3. Printed are requests per second of the server's own CPU time (from /proc, all its threads) as a ratio to the empty view's, the
   same by the clock, and the latencies at so many clients. Absolute numbers say more about the machine than about the program.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent))
import load

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
GOALS = {
    "verify page": 0.4,
    "verify endpoint": 0.4,
    "verify by address": 0.4,
    "status list": 0.8,
    "hosted credential": 0.8,
    "log tile": 0.8,
}


def requests_of(seed: Mapping[str, Any], port: int) -> dict[str, list[bytes]]:
    """What is asked, by name. Several credentials take turns, so that no answer is just the last one again."""
    awards, base = seed["awards"], f"http://localhost:{port}"
    size = seed["size"]

    def get(path: str, accept: str = "*/*", more: str = "") -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: {accept}\r\n{more}\r\n".encode()

    def post(path: str, body: bytes) -> bytes:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: */*\r\nContent-Type: application/json\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    page = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    return {
        "empty view": [get("/healthz")],
        "verify endpoint": [post("/api/verify", one.encode()) for one in seed["credentials"]],
        "verify by address": [
            post("/api/verify", json.dumps({"address": f"{base}/c/{one}"}).encode()) for one in awards
        ],
        "verify page": [get(f"/verify?address={quote(f'{base}/c/{one}', safe='')}", page) for one in awards],
        "share page": [get(f"/c/{one}", page) for one in awards],
        "status list": [get(f"/status/{one}") for one in seed["lists"]],
        "hosted credential": [get(f"/c/{one}.json") for one in awards],
        "log tile": [get(f"/log/{seed['year']}/tile/0/000.p/{size}")],
        "PNG": [get(f"/c/{one}.png") for one in awards],
        "SVG": [get(f"/c/{one}.svg") for one in awards],
        "PDF": [get(f"/c/{one}.pdf") for one in awards],
    }


class Server:
    """The server in processes of its own, each on a processor as far as there are some."""

    def __init__(
        self, environment: Mapping[str, str], port: int, processors: Sequence[int], threads: int, processes: int = 1
    ) -> None:
        self.port = port
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"]
        command += ["--workers", str(processes)]
        command += ["--blocking-threads", str(threads), "--workers-kill-timeout", "15", "--log-level", "error"]
        command += ["--host", "127.0.0.1", "--port", str(port), "testamur_site.config.wsgi:application"]
        self.process = subprocess.Popen(
            command, env=dict(environment), preexec_fn=lambda: os.sched_setaffinity(0, set(processors[:processes]))
        )
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def cpu_seconds(self) -> float:
        """Of the server and its workers, user and system."""
        total = 0
        for pid in (self.process.pid, *self._children(self.process.pid)):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    @staticmethod
    def _children(pid: int) -> list[int]:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--only", default="", help="names, separated by commas; the empty view is always measured")
    parser.add_argument(
        "--postgresql", default="", help="address of an empty database (tools/with-postgresql gives one)"
    )
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--commits", type=int, default=0, help="so many a second, of another process")
    parser.add_argument("--keep", type=Path, help="seed into this folder, or use what was seeded there")
    options = parser.parse_args()
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {processors[-1]})
    with tempfile.TemporaryDirectory(prefix="testamur-serving-") as temporary, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        folder = options.keep or Path(temporary)
        if (folder / "seed.json").exists():
            port = json.loads((folder / "seed.json").read_text())["port"]
        probe.close()
        environment = os.environ | {
            "TESTAMUR_DATA": str(folder),
            "TESTAMUR_BASE_URL": f"http://localhost:{port}",
            "TESTAMUR_VERIFICATIONS_PER_MINUTE": "1000000000",
            "PYTHONPATH": str(ROOT / "src"),
        }
        environment.pop("TESTAMUR_DATABASE_URL", None)
        if options.processes > 1:
            environment["TESTAMUR_CACHE_TABLE"] = "shared_counts"
        if options.postgresql:
            environment["TESTAMUR_DATABASE_URL"] = options.postgresql
        if not (folder / "seed.json").exists():
            folder.mkdir(parents=True, exist_ok=True)
            seeded = subprocess.run(
                [sys.executable, str(Path(__file__).with_name("seed.py"))],
                env=environment,
                check=True,
                capture_output=True,
            )
            (folder / "seed.json").write_text(json.dumps(json.loads(seeded.stdout) | {"port": port}))
        seed = json.loads((folder / "seed.json").read_text())
        asked = requests_of(seed, port)
        if options.only:
            asked = {
                name: made for name, made in asked.items() if name == "empty view" or name in options.only.split(",")
            }
        server = Server(environment, port, processors, options.threads, options.processes)
        command = [sys.executable, str(Path(__file__).with_name("commits.py")), str(options.commits)]
        others = subprocess.Popen(command, env=environment) if options.commits else None
        try:
            measured = measure(server, asked, options.rounds, options.seconds, options.clients)
        finally:
            if others is not None:
                others.terminate()
                others.wait()
            server.stop()
    report(measured, options)
    return 0


def measure(
    server: Server, asked: Mapping[str, list[bytes]], rounds: int, seconds: float, clients: int
) -> dict[str, list[dict[str, float]]]:
    """Of every address and round: requests per second by the clock and per second of server CPU, and latencies."""
    for requests in asked.values():  # caches warm, every thread with its connection
        load.run(server.port, requests, 0.5, clients)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, requests in asked.items():
            before, begun = server.cpu_seconds(), time.perf_counter()
            latencies = load.run(server.port, requests, seconds, clients)
            used, took = server.cpu_seconds() - before, time.perf_counter() - begun
            found[name].append(
                {
                    "clock": len(latencies) / took,
                    "cpu": len(latencies) / max(used, 1 / TICKS),
                    "p50": percentile(latencies, 0.5) * 1000,
                    "p99": percentile(latencies, 0.99) * 1000,
                }
            )
    return found


def report(measured: Mapping[str, list[dict[str, float]]], options: argparse.Namespace) -> None:
    empty = measured["empty view"]
    print(
        f"{options.rounds} rounds of {options.seconds:g} s, {options.clients} clients, {options.processes} × {options.threads} threads, "
        f"{'PostgreSQL' if options.postgresql else 'SQLite'}, {options.commits} commits a second beside it"
    )
    print(
        f"{'':18} {'of the empty view, CPU':>26} {'by the clock':>22} {'req/CPU-s':>10} {'p50 ms':>8} {'p99 ms':>8} {'p99/p50':>8}"
    )
    for name, rounds in measured.items():
        line = f"{name:18}"
        for unit, width in (("cpu", 26), ("clock", 22)):
            ratios = sorted(one[unit] / none[unit] for one, none in zip(rounds, empty, strict=True))
            text = f"{statistics.median(ratios):.2f} [{ratios[0]:.2f}–{ratios[-1]:.2f}]"
            line += f" {text:>{width}}"
        middle = {key: statistics.median(one[key] for one in rounds) for key in ("cpu", "p50", "p99")}
        spread = statistics.median(one["p99"] / one["p50"] for one in rounds)
        goal = f"   goal {GOALS[name]}" if name in GOALS else ""
        print(f"{line} {middle['cpu']:10.0f} {middle['p50']:8.1f} {middle['p99']:8.1f} {spread:8.1f}{goal}")


if __name__ == "__main__":
    raise SystemExit(main())

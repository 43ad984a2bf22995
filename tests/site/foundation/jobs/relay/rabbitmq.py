"""A RabbitMQ of its own for a test: Debian's server in a temporary folder, on free ports of this machine only, that ends with the test."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""The server itself: what stands in PATH changes to a user of its own and reads the configuration of the machine."""
PATIENCE = 120.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RabbitMQ:
    """`url` is what TESTAMUR_BROKER_URL wants. `start`, `kill` (as a machine that is lost, with its disk) and `stop`."""

    def __init__(self, folder: Path) -> None:
        if not SERVER.exists():
            raise RuntimeError("There is no RabbitMQ. Run: sh tools/ensure-debian-packages rabbitmq")
        self._folder = folder
        self._port, names, between = _free_port(), _free_port(), _free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}//"
        self._environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"testamur-{self._port}@localhost",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(between),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "none"),
            # One scheduler; and the port by which nodes of a cluster speak is, like the names' service, this machine's own.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(names),
        }
        # Started by us, so that the server does not start one that outlives it and listens to everybody.
        self._names = subprocess.Popen(
            ["epmd", "-address", "127.0.0.1", "-port", str(names)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        with (self._folder / "said").open("ab") as said:
            self._server = subprocess.Popen(
                [str(SERVER)], env=self._environment, stdout=said, stderr=said, start_new_session=True
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._server.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self._port), 1) as asked:
                    asked.sendall(b"AMQP\x00\x00\x09\x01")
                    if asked.recv(1):
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError((self._folder / "said").read_text("utf-8", "replace")[-2000:])

    def kill(self) -> None:
        """SIGKILL to all of it, and everything it kept is gone."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
        shutil.rmtree(self._folder / "data", ignore_errors=True)

    def stop(self) -> None:
        self.kill()
        self._names.terminate()
        self._names.wait()

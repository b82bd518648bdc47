"""Real processes of a site, to be killed without warning."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]


class Processes:
    """The web server and the worker of one site; each in a session of its own."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CXWIKI_")}
        self.environment = {**inherited, **settings, "PYTHONPATH": str(ROOT)}
        self.log = log
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.port = free_port()

    def start(self, name: str) -> None:
        arguments = ["web", "--port", str(self.port)] if name == "web" else [name]
        self.running[name] = self._spawn(arguments)

    def kill(self, name: str) -> None:
        """As a power cut would: the process and its children, with no chance to tidy up."""
        process = self.running.pop(name, None)
        if process is not None:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def kill_all(self) -> None:
        for name in [*self.running]:
            self.kill(name)

    def run(self, *arguments: str, seconds: float = 300) -> int:
        """Run a command to its end and give its exit status."""
        process = self._spawn([*arguments])
        self.running["command"] = process
        try:
            return process.wait(seconds)
        finally:
            self.kill("command")

    def wait_for_web(self) -> None:
        wait_until(lambda: answers(f"http://127.0.0.1:{self.port}/healthz"))

    def _spawn(self, arguments: list[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "cxwiki.cli", *arguments],
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 40) -> bool:
    """Wait for a condition, at most so long; says whether it came true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False

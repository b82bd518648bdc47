"""Starts the processes of a site, starts them again when they die, and stops them together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

import click

PAUSE = 1.0
GRACE = 10.0


class Supervisor:
    """Parent of the web server, the worker and the encoder.

    Children hold the reading end of a pipe: should the parent be killed, they leave by themselves.
    """

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self.commands = commands
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False

    def run(self) -> int:
        """Watch over the children until told to stop. Returns the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for name in self.commands:
            self._start(name)
        while not self.stopping:
            time.sleep(PAUSE)
            for name, child in list(self.children.items()):
                if child.poll() is not None and not self.stopping:
                    click.echo(
                        f"{name} stopped (status {child.returncode}); starting it again", err=True
                    )
                    self._start(name)
        return self._end()

    def _start(self, name: str) -> None:
        command = [sys.executable, "-m", "cxwiki.cli", *self.commands[name], "--with-parent"]
        # glibc keeps a heap a thread unless it is told not to: tens of megabytes in each process.
        environment = {"MALLOC_ARENA_MAX": "2", **os.environ}
        self.children[name] = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, env=environment
        )

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _end(self) -> int:
        for child in self.children.values():
            child.terminate()
        deadline = time.monotonic() + GRACE
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
        return 0

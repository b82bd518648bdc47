"""The drawing process seen from the application: started when first needed, replaced when it dies.

Altair and vl-convert cost about 120 MB and a second at first use. They live in a process of
their own (`drawing.py`), so that the web process stays small and its first page is not kept
waiting; after some minutes without work that process leaves and gives its memory back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

DRAWING = Path(__file__).with_name("drawing.py")


class DrawingError(RuntimeError):
    """The drawing process could not draw, died twice, or took too long."""


class _GoneError(Exception):
    """The process ended before it answered."""


class DrawingProcess:
    """One process that draws one scene at a time for all threads of this one.

    `program` is the script to run, `patience` the seconds that a drawing may take, its start
    included, `idle` the seconds after which the process leaves, `rest` the seconds without a new
    try after a drawing took too long.
    """

    def __init__(
        self,
        program: Path = DRAWING,
        patience: float = 15,
        idle: float = 600,
        rest: float = 60,
    ) -> None:
        # -P: the script's own folder must not hide modules of the same name.
        self._command = [sys.executable, "-P", str(program), str(idle)]
        self._patience = patience
        self._rest = rest
        self._resting_until = 0.0
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int | None:
        """The id of the running process, if there is one."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def draw(self, scene: str) -> str:
        """Return the SVG of a scene given as JSON; DrawingError if there is none to be had."""
        if not self._lock.acquire(timeout=self._patience):
            raise DrawingError("too many charts are waiting")
        try:
            if time.monotonic() < self._resting_until:
                raise DrawingError("the last drawing took too long; waiting before the next try")
            answer = json.loads(self._ask(scene))
        finally:
            self._lock.release()
        if "error" in answer:
            raise DrawingError(answer["error"])
        return str(answer["svg"])

    def stop(self) -> None:
        """End the process, if it runs; the next drawing starts another."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, scene: str) -> str:
        try:
            return self._exchange(scene)
        except _GoneError:
            # It may have left for idleness just as it was asked.
            try:
                return self._exchange(scene)
            except _GoneError as gone:
                raise DrawingError("the drawing process ended without an answer") from gone

    def _exchange(self, scene: str) -> str:
        process = self._running()
        too_late = threading.Timer(self._patience, process.kill)
        too_late.daemon = True
        started = time.monotonic()
        too_late.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(scene + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except (OSError, ValueError):
            answer = ""
        finally:
            too_late.cancel()
        if answer.endswith("\n"):
            return answer
        self.stop()
        if time.monotonic() - started >= self._patience:
            self._resting_until = time.monotonic() + self._rest
            raise DrawingError(f"no drawing within {self._patience:g} seconds")
        raise _GoneError

    def _running(self) -> subprocess.Popen[str]:
        if self.pid is None or self._process is None:
            self.stop()
            self._process = subprocess.Popen(  # noqa: S603  (our own script)
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        return self._process


drawing_process = DrawingProcess()


def _forget_after_fork() -> None:
    """A forked child must not share the pipes, nor a lock that another thread held."""
    global drawing_process
    drawing_process = DrawingProcess()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)

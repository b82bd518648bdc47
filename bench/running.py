"""A site in a folder of its own for benchmarks: its commands, its pages, its processes.

Everything runs on this machine, so client and server share its cores; latencies are measured by
the client over loopback.
"""

from __future__ import annotations

import http.cookiejar
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

EMAIL, PASSWORD = "bench@example.org", "a passphrase for the bench"
WORK_LEFT = "SELECT count(*) FROM jobs WHERE handler != 'search.recount_lexicon'"
"""Counting words anew can wait for minutes; nobody waits for it."""


class Site:
    """A site in a folder of its own: its commands, and its pages through one browser a client."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """`settings` are added to the environment of every command."""
        self.folder = folder
        self.port, self._encoder_port = free_port(), free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CXWIKI_")},
            "CXWIKI_DATA": str(folder),
            "CXWIKI_ENCODER_PORT": str(self._encoder_port),
            "CXWIKI_WRITE_LIMIT": "100000 per minute",
            "CXWIKI_SIGN_IN_LIMIT": "1000 per minute",
            **settings,
        }
        self.url = f"http://127.0.0.1:{self.port}"

    def command(self, *words: str) -> str:
        """Run a `cxwiki` command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "cxwiki.cli", *words],
            env=self.environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    @contextmanager
    def background(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command beside us, and end it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "cxwiki.cli", *words],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)

    def wait_for_encoder(self) -> None:
        """Wait until the encoder of a running site has loaded its models."""
        until_answers(f"http://127.0.0.1:{self._encoder_port}/healthz")
        until(lambda: b"ready" in body(f"http://127.0.0.1:{self._encoder_port}/healthz"))

    def count(self, query: str) -> int:
        """Ask the database."""
        with sqlite3.connect(self.folder / "cxwiki.sqlite3") as connection:
            return int(connection.execute(query).fetchone()[0])

    def browser(self) -> urllib.request.OpenerDirector:
        """A signed-in browser."""
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        opener = urllib.request.build_opener(jar)
        page = opener.open(f"{self.url}/sign-in").read().decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token, "the sign-in page has no token"
        form = {"csrf_token": token[1], "email": EMAIL, "password": PASSWORD}
        answer = opener.open(f"{self.url}/sign-in", urllib.parse.urlencode(form).encode())
        assert "/sign-in" not in answer.url, "signing in failed"
        return opener


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def row(name: str, value: str) -> None:
    """Print a row of a Markdown table."""
    print(f"| {name} | {value} |", flush=True)


def quantiles(seconds: Sequence[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    return f"{p50 * 1000:.0f} ms / {p95 * 1000:.0f} ms"


def fetch(browser: urllib.request.OpenerDirector, url: str) -> float:
    """Seconds until a page was read."""
    began = time.perf_counter()
    browser.open(url).read()
    return time.perf_counter() - began


def until(done: Callable[[], bool], pause: float = 0.5) -> float:
    """Wait for something; the seconds that it took."""
    began = time.perf_counter()
    while not done():
        time.sleep(pause)
    return time.perf_counter() - began


def until_answers(url: str) -> None:
    """Wait for a server."""
    while True:
        try:
            body(url)
        except OSError:
            time.sleep(0.05)
        else:
            return


def body(url: str) -> bytes:
    """What an address answers, be it an error."""
    try:
        with urllib.request.urlopen(url) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        return bytes(error.read())


def print_memory(supervisor: int) -> None:
    """Print the memory of the processes of a site."""
    for process in psutil.Process(supervisor).children(recursive=True):
        words = process.cmdline()
        name = next((word for word in ("web", "worker", "encoder") if word in words), "child")
        row(f"memory of {name} (pid {process.pid})", f"{process.memory_info().rss / 2**20:.0f} MB")

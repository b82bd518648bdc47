"""Speed and memory of a whole site with 10,003 imported insights, through its commands and pages.

Everything runs on this machine, so client and server share its cores; latencies are measured by
the client over loopback. CXWIKI_BENCH_ROWS makes a smaller run.
"""

from __future__ import annotations

import http.cookiejar
import itertools
import json
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench import datasets

EMAIL, PASSWORD = "bench@example.org", "a passphrase for the bench"
TEAMS = ("Cards", "Payments", "Transfers", "App", "Support")
ROUNDS = 60
CLIENTS = 8


class Site:
    """A site in a folder of its own: its commands, and its pages through one browser a client."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CXWIKI_")},
            "CXWIKI_DATA": str(folder),
            "CXWIKI_ENCODER_PORT": str(_free_port()),
            "CXWIKI_WRITE_LIMIT": "100000 per minute",
            "CXWIKI_SIGN_IN_LIMIT": "1000 per minute",
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _row(name: str, value: str) -> None:
    print(f"| {name} | {value} |", flush=True)


def _quantiles(seconds: Sequence[float]) -> str:
    p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    return f"{p50 * 1000:.0f} ms / {p95 * 1000:.0f} ms"


def _fetch(browser: urllib.request.OpenerDirector, url: str) -> float:
    began = time.perf_counter()
    browser.open(url).read()
    return time.perf_counter() - began


def main() -> None:
    """Import, index, group, serve and measure; prints one Markdown table."""
    source = datasets.folder() / "pub-banking77-train" / "items.jsonl"
    rows = int(os.environ.get("CXWIKI_BENCH_ROWS", "10003"))
    with tempfile.TemporaryDirectory(prefix="cxwiki-bench-") as temporary:
        site = Site(Path(temporary) / "data")
        sample = Path(temporary) / "items.jsonl"
        _write_sample(source, sample, rows)
        print(f"\n| site with {rows} insights | figure |\n|---|---|")
        _measure_intake(site, sample, rows)
        _measure_pages(site, datasets.stackfaq().queries)


def _write_sample(source: Path, sample: Path, rows: int) -> None:
    """Every n-th text, dealt out to five teams."""
    lines = source.read_text("utf-8").splitlines()
    step = max(1, len(lines) // rows)
    with sample.open("w", encoding="utf-8") as file:
        for number, line in enumerate(itertools.islice(lines, 0, None, step)):
            item = json.loads(line)
            team = TEAMS[number % len(TEAMS)]
            file.write(
                json.dumps({"external_id": item["id"], "body": item["text"], "team": team}) + "\n"
            )


def _measure_intake(site: Site, sample: Path, rows: int) -> None:
    teams = [word for team in TEAMS for word in ("--team", team)]
    site.command(
        "init", "--company", "Bench", "--admin-email", EMAIL, "--admin-password", PASSWORD, *teams
    )
    began = time.perf_counter()
    site.command("import", "insights", str(sample), "--json")
    _row("import", f"{rows / (time.perf_counter() - began):.0f} rows/s")
    with site.background("encoder"), site.background("worker"):
        began = time.perf_counter()
        waiting = "SELECT count(*) FROM jobs WHERE handler = '{}'"
        _until(lambda: not site.count(waiting.format("search.index_changed")))
        _row("all findable by words after", f"{time.perf_counter() - began:.0f} s")
        _until(lambda: not site.count(waiting.format("search.embed_changed")))
        _row("all findable by meaning after", f"{time.perf_counter() - began:.0f} s")
        _until(lambda: not site.count("SELECT count(*) FROM jobs"))
        _row("all work done after", f"{time.perf_counter() - began:.0f} s")
    _row("themes", site.command("themes", "rebuild").strip())


def _until(done: Callable[[], bool]) -> None:
    while not done():
        time.sleep(0.5)


def _measure_pages(site: Site, questions: Sequence[str]) -> None:
    began = time.perf_counter()
    with site.background("serve", "--port", str(site.port)) as supervisor:
        _until_answers(f"{site.url}/sign-in")
        _row("first page after start", f"{time.perf_counter() - began:.1f} s")
        browser = site.browser()
        _until(lambda: b'"ready":true' in _body(f"{site.url}/readyz").replace(b" ", b""))
        time.sleep(15)  # the encoder loads its models
        theme = site.count("SELECT id FROM themes ORDER BY size DESC LIMIT 1")
        insight = site.count("SELECT min(id) FROM insights")
        pages = {
            "home": "/",
            "insights": "/insights/",
            "insights, page 300": "/insights/?page=300",
            "one insight": f"/insights/{insight}",
            "themes": "/themes/",
            "the largest theme": f"/themes/{theme}",
            "actions board": "/actions/board",
        }
        for name, path in pages.items():
            _fetch(browser, site.url + path)
            _row(
                f"{name}, p50 / p95",
                _quantiles([_fetch(browser, site.url + path) for _ in range(ROUNDS)]),
            )
        _measure_search(site, browser, questions)
        _print_memory(supervisor.pid)


def _measure_search(
    site: Site, browser: urllib.request.OpenerDirector, questions: Sequence[str]
) -> None:
    addresses = [f"{site.url}/search?" + urllib.parse.urlencode({"q": text}) for text in questions]
    _fetch(browser, addresses[0])
    one, many = addresses[1 : ROUNDS + 1], addresses[ROUNDS + 1 : ROUNDS + 1 + CLIENTS * 30]
    _row("search, one client, p50 / p95", _quantiles([_fetch(browser, url) for url in one]))
    _row("the same again (vectors remembered)", _quantiles([_fetch(browser, url) for url in one]))
    browsers = [site.browser() for _ in range(CLIENTS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = [many[number::CLIENTS] for number in range(CLIENTS)]
        timed = pool.map(
            lambda pair: [_fetch(pair[0], url) for url in pair[1]],
            zip(browsers, shares, strict=True),
        )
        seconds = list(itertools.chain.from_iterable(timed))
    _row(f"search, {CLIENTS} clients, p50 / p95", _quantiles(seconds))
    _row(
        f"search, {CLIENTS} clients", f"{len(seconds) / (time.perf_counter() - began):.0f} a second"
    )


def _until_answers(url: str) -> None:
    while True:
        try:
            _body(url)
        except OSError:
            time.sleep(0.05)
        else:
            return


def _body(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        return bytes(error.read())


def _print_memory(supervisor: int) -> None:
    for process in psutil.Process(supervisor).children(recursive=True):
        words = process.cmdline()
        name = next((word for word in ("web", "worker", "encoder") if word in words), "child")
        _row(f"memory of {name} (pid {process.pid})", f"{process.memory_info().rss / 2**20:.0f} MB")

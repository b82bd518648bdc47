"""Speed and memory of a whole site with 10,003 imported insights, through its commands and pages.

CXWIKI_BENCH_ROWS makes a smaller run.
"""

from __future__ import annotations

import itertools
import json
import os
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from bench import datasets
from bench.running import (
    EMAIL,
    PASSWORD,
    WORK_LEFT,
    Site,
    fetch,
    print_memory,
    quantiles,
    row,
    until,
    until_answers,
)
from bench.searching import measure_findable, measure_search
from bench.typing import measure_similar

TEAMS = ("Cards", "Payments", "Transfers", "App", "Support")
ROUNDS = 60


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
    row("import", f"{rows / (time.perf_counter() - began):.0f} rows/s")
    with site.background("encoder"), site.background("worker"):
        began = time.perf_counter()
        waiting = "SELECT count(*) FROM jobs WHERE handler = '{}'"
        until(lambda: not site.count(waiting.format("search.index_changed")))
        row("all findable by words after", f"{time.perf_counter() - began:.0f} s")
        until(lambda: not site.count(waiting.format("search.embed_changed")))
        row("all findable by meaning after", f"{time.perf_counter() - began:.0f} s")
        until(lambda: not site.count(WORK_LEFT))
        row("all work done after", f"{time.perf_counter() - began:.0f} s")
        began = time.perf_counter()
        site.command("reindex")
        row("rebuild of both indexes, vectors kept", f"{time.perf_counter() - began:.0f} s")
    row("themes", site.command("themes", "rebuild").strip())


def _measure_pages(site: Site, questions: Sequence[str]) -> None:
    began = time.perf_counter()
    with site.background("serve", "--port", str(site.port)) as supervisor:
        until_answers(f"{site.url}/sign-in")
        row("first page after start", f"{time.perf_counter() - began:.1f} s")
        browser = site.browser()
        site.wait_for_encoder()
        _measure_reading(site, browser)
        measure_search(site, browser, questions)
        measure_similar(site, browser, questions)
        measure_findable(site)
        print_memory(supervisor.pid)


def _measure_reading(site: Site, browser: urllib.request.OpenerDirector) -> None:
    theme = site.count("SELECT id FROM themes ORDER BY size DESC LIMIT 1")
    insight = site.count("SELECT min(id) FROM insights")
    pages = {
        "home": "/",
        "insights": "/insights/",
        "insights, page 300": "/insights/?page=300",
        "one insight": f"/insights/{insight}",
        "the editor, empty": "/insights/new",
        "the editor of one insight": f"/insights/{insight}/edit",
        "completion of a page's title": "/writing/completions?sign=%5B%5B&q=card",
        "themes": "/themes/",
        "the largest theme": f"/themes/{theme}",
        "map of themes": "/themes/map",
        "teams and themes": "/themes/matrix",
        "actions board": "/actions/board",
    }
    for name, path in pages.items():
        fetch(browser, site.url + path)
        times = [fetch(browser, site.url + path) for _ in range(ROUNDS)]
        row(f"{name}, p50 / p95", quantiles(times))

"""A site with 100,000 insights: how it grows, how quickly it finds, what a theme run takes.

Texts are composed (bench/compose.py). Preparing takes a while, so the site is kept in data/bench
for the next run. CXWIKI_BENCH_LARGE sets another size.
"""

from __future__ import annotations

import os
import resource
import shutil
import time

from bench import compose, datasets
from bench.running import (
    EMAIL,
    PASSWORD,
    WORK_LEFT,
    Site,
    print_memory,
    row,
    until,
    until_answers,
)
from bench.searching import measure_search


def main() -> None:
    """Prepare the site unless it is there, then search it and run its themes."""
    count = int(os.environ.get("CXWIKI_BENCH_LARGE", "100000"))
    keep = datasets.ROOT / "data" / "bench"
    folder = keep / f"site-{count}"
    print(f"\n| site with {count} composed insights | figure |\n|---|---|")
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _prepare(folder, count)
        (folder / "complete").touch()
    site = Site(folder)
    _measure_search(site)
    _measure_themes(site)


def _prepare(folder: os.PathLike[str], count: int) -> None:
    keep = datasets.ROOT / "data" / "bench"
    known = compose.base(keep)
    source = keep / f"composed-{count}.jsonl"
    compose.write(source, known.topics, count)
    with compose.encoder(known) as address:
        site = Site(keep / f"site-{count}", CXWIKI_EMBEDDING_URL=address)
        teams = [word for team in compose.TEAMS for word in ("--team", team)]
        site.command(
            "init", "--company", "Bench", "--admin-email", EMAIL, "--admin-password", PASSWORD,
            *teams,
        )  # fmt: skip
        began = time.perf_counter()
        site.command("import", "insights", str(source), "--json")
        row("import", f"{count / (time.perf_counter() - began):.0f} rows/s")
        with site.background("worker"):
            waiting = "SELECT count(*) FROM jobs WHERE handler = '{}'"
            began = time.perf_counter()
            until(lambda: not site.count(waiting.format("search.index_changed")))
            row("all findable by words after", f"{time.perf_counter() - began:.0f} s")
            until(lambda: not site.count(WORK_LEFT))
            row("all work done after", f"{time.perf_counter() - began:.0f} s")


def _measure_search(site: Site) -> None:
    began = time.perf_counter()
    with site.background("serve", "--no-worker", "--port", str(site.port)) as supervisor:
        until_answers(f"{site.url}/sign-in")
        row("first page after start", f"{time.perf_counter() - began:.1f} s")
        site.wait_for_encoder()
        measure_search(site, site.browser(), datasets.stackfaq().queries)
        print_memory(supervisor.pid)


def _measure_themes(site: Site) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    row("full theme run", site.command("themes", "rebuild").strip())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    shown = f"{peak / 1024:.0f} MB" if peak > before else f"below {peak / 1024:.0f} MB"
    row("most memory of it", shown)

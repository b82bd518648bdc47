"""How quickly a running site finds: one client, eight clients, suggestions, and what is new."""

from __future__ import annotations

import itertools
import json
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.running import EMAIL, Site, fetch, quantiles, row, until

ROUNDS = 60
CLIENTS = 8
TYPED = ("card pay", "wie kann", "tran", "top up fail", "exchange ra", "rechn", "refund not", "pin")


def measure_search(
    site: Site, browser: urllib.request.OpenerDirector, questions: Sequence[str]
) -> None:
    """Print latencies of the result page for questions that nobody asked before, and again."""
    addresses = [f"{site.url}/search?" + urllib.parse.urlencode({"q": text}) for text in questions]
    fetch(browser, addresses[0])
    one, many = addresses[1 : ROUNDS + 1], addresses[ROUNDS + 1 : ROUNDS + 1 + CLIENTS * 30]
    row("search, one client, p50 / p95", quantiles([fetch(browser, url) for url in one]))
    row("the same again (vectors remembered)", quantiles([fetch(browser, url) for url in one]))
    browsers = [site.browser() for _ in range(CLIENTS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = [many[number::CLIENTS] for number in range(CLIENTS)]
        timed = pool.map(
            lambda pair: [fetch(pair[0], url) for url in pair[1]],
            zip(browsers, shares, strict=True),
        )
        seconds = list(itertools.chain.from_iterable(timed))
    row(f"search, {CLIENTS} clients, p50 / p95", quantiles(seconds))
    row(
        f"search, {CLIENTS} clients", f"{len(seconds) / (time.perf_counter() - began):.0f} a second"
    )
    _measure_suggestions(site, browser)


def _measure_suggestions(site: Site, browser: urllib.request.OpenerDirector) -> None:
    """Print how long suggestions take, letter by letter."""
    typed = [text[:end] for text in TYPED for end in range(2, len(text) + 1)]
    addresses = [
        f"{site.url}/search/suggestions?" + urllib.parse.urlencode({"q": text}) for text in typed
    ]
    fetch(browser, addresses[0])
    row("suggestions, p50 / p95", quantiles([fetch(browser, url) for url in addresses]))


def measure_findable(site: Site, rounds: int = 5) -> None:
    """Print how long after saving an insight is found, and stands in its theme."""
    api = _Api(site)
    words, meaning, theme = [], [], []
    known = api.get("/themes?sort=size&per_page=1")["items"][0]
    example = api.get(f"/themes/{known['id']}")["members"][0]["id"]
    said = api.get(f"/insights/{example}")["body"]
    for number in range(rounds):
        mark = f"zq{int(time.time())}{number}"
        insight = api.post("/insights", {"title": f"{said[:120]} {mark}", "body": said})["id"]
        words.append(until(lambda: api.get(f"/search?q={mark}")["total"] > 0, 0.05))  # noqa: B023
        meaning.append(words[-1] + until(_has(api, f"/insights/{insight}/related"), 0.05))
        placed = f"SELECT count(*) FROM theme_members WHERE insight_id = {insight}"
        theme.append(meaning[-1] + until(lambda: site.count(placed) > 0, 0.05))  # noqa: B023
    for name, seconds in (("by words", words), ("by meaning", meaning), ("in its theme", theme)):
        row(f"saved, then found {name}, the slowest of {rounds}", f"{max(seconds):.1f} s")


def _has(api: _Api, path: str) -> Any:
    return lambda: bool(api.get(path)["items"])


class _Api:
    """The site's API with a token of its own."""

    def __init__(self, site: Site) -> None:
        self._url = f"{site.url}/api/v1"
        said = site.command("token", "create", "--email", EMAIL).split()
        self._headers = {
            "Authorization": f"Bearer {max(said, key=len)}",
            "Content-Type": "application/json",
        }

    def get(self, path: str) -> Any:
        """Read."""
        return self._answer(urllib.request.Request(self._url + path, headers=self._headers))

    def post(self, path: str, content: dict[str, Any]) -> Any:
        """Write."""
        data = json.dumps(content).encode()
        return self._answer(
            urllib.request.Request(self._url + path, data, self._headers, method="POST")
        )

    def _answer(self, request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

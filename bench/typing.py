"""How quickly a running site says what exists already, while somebody types a new insight."""

from __future__ import annotations

import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence

from bench.running import Site, quantiles, row

ROUNDS = 60
PAUSES = 4
"""How often somebody pauses while writing one title."""


def measure_similar(
    site: Site, browser: urllib.request.OpenerDirector, questions: Sequence[str]
) -> None:
    """Print latencies for titles that grow word by word, and for titles with a body.

    Questions that the bench of search asked already would find their vectors remembered, so this
    takes them from the end.
    """
    token = _token(site, browser)
    titles = [text for text in questions[::-1] if len(text) > 20][:ROUNDS]
    texts = list(_typed(titles))
    _ask(site, browser, token, texts[0], "")
    typed = [_ask(site, browser, token, text, "") for text in texts[1:]]
    row("similar while typing a title, p50 / p95", quantiles(typed))
    bodies = [" ".join(titles[number:] + titles[:number])[:1500] for number in range(len(titles))]
    with_body = [
        _ask(site, browser, token, title, body) for title, body in zip(titles, bodies, strict=True)
    ]
    row("similar to a title and 1,500 characters, p50 / p95", quantiles(with_body))


def _typed(titles: Sequence[str]) -> Iterator[str]:
    """What stands in the field at each pause."""
    for title in titles:
        for part in range(1, PAUSES + 1):
            yield title[: max(5, len(title) * part // PAUSES)]


def _token(site: Site, browser: urllib.request.OpenerDirector) -> str:
    page = browser.open(f"{site.url}/insights/new").read().decode()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the form has no token"
    return found[1]


def _ask(
    site: Site, browser: urllib.request.OpenerDirector, token: str, title: str, body: str
) -> float:
    form = urllib.parse.urlencode({"title": title, "body": body}).encode()
    began = time.perf_counter()
    browser.open(
        urllib.request.Request(
            f"{site.url}/insights/similar", form, {"X-CSRFToken": token, "Referer": site.url}
        )
    ).read()
    return time.perf_counter() - began

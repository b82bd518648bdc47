"""Style sheets as paper needs them: the light colours of the tokens, put in place of their names.

The printing process knows neither `light-dark()` nor tokens within drawings. Colours and sizes stay
in tokens.css and nowhere else.
"""

from __future__ import annotations

import re
from pathlib import Path

_TOKEN = re.compile(r"^\s*(--[\w-]+):\s*(.+?);$", re.MULTILINE)
_BOTH = re.compile(r"light-dark\((#[0-9a-fA-F]+),\s*#[0-9a-fA-F]+\)")
_HALO = re.compile(r"paint-order: stroke; stroke: [^;]+;")
_NAMED = re.compile(r"var\((--[\w-]+)(?:,\s*([^()]*))?\)")


def sheets(folder: Path) -> tuple[str, str]:
    """The sheet of a report and the one of its drawings, ready for paper."""
    tokens = read_tokens((folder / "tokens.css").read_text())
    report = (folder / "report.css").read_text()
    # The printing process would paint the halo of letters over them.
    drawings = _HALO.sub("", (folder / "components" / "chart.css").read_text() + report)
    return on_paper(report, tokens), on_paper(drawings, tokens)


def read_tokens(text: str) -> dict[str, str]:
    """The value of each token in the light theme."""
    return {name: _BOTH.sub(r"\1", value) for name, value in _TOKEN.findall(text)}


def on_paper(text: str, tokens: dict[str, str]) -> str:
    """Put values in place of the tokens' names; tokens may name other tokens."""
    while True:
        resolved = _NAMED.sub(lambda one: tokens.get(one[1], one[2] or "initial"), text)
        if resolved == text:
            return text
        text = resolved

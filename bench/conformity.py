"""How much of the CommonMark specification is rendered as it says, and what bounds cost.

What we do otherwise on purpose is taken out of both sides: titles come a level deeper, a line break
stays one, and only harmless HTML comes through. `python -m bench markdown`.
"""

from __future__ import annotations

import json
import re
import time

from bench import datasets
from cxwiki.richtext import LONGEST, to_html
from cxwiki.richtext.rendering import harmless

HOSTILE = ("[a", "![", "[![a](", "[[a|", "[a][", "*a* ", "> a\n", "1. a\n   ", "- a\n  ", "<a ",
           "|a|b|\n|-|-|\n", "a\n---\n", "@a ", "a@b.c ", "www.a.bc ", "`a", "*", "[", "[[", "<",
           "<div>", "[a]: b\n", "- [ ] \n")  # fmt: skip
HONEST = """## Why the first bill is too high

Callers in **Service** say that *it* holds two months, see [the guide](https://example.org/guide).

- what happened, with `code`
  - and what ~~did~~ came of it
- [x] told to the team

| Month | Calls |
|---|---|
| May | 12 |

"""


def agrees(markdown: str, html: str) -> bool:
    """Whether the specification's HTML is what we make of the Markdown."""
    deeper = re.sub(r"(</?h)([1-6])", lambda tag: f"{tag[1]}{min(int(tag[2]) + 1, 6)}", html)
    return _even(to_html(markdown)) == _even(harmless(deeper))


def _even(html: str) -> str:
    """Without line ends as they are with us, and with attributes in one order."""
    html = re.sub(r"<br>\s*", " ", html)
    html = re.sub(r"<img( src=\"[^\"]*\")( alt=\"[^\"]*\")", r"<img\2\1", html)
    return " ".join(html.split()).replace("> ", ">").replace(" <", "<")


def main() -> None:
    """Print the share by section, and how long hostile texts take."""
    lines = (datasets.folder() / "pub-commonmark-spec" / "spec.jsonl").read_text().splitlines()
    examples = [json.loads(line) for line in lines]
    sections: dict[str, list[bool]] = {}
    for one in examples:
        sections.setdefault(one["section"], []).append(agrees(one["markdown"], one["html"]))
    for section, results in sections.items():
        if not all(results):
            print(f"{section:45} {sum(results):4} of {len(results)}")
    same = sum(sum(results) for results in sections.values())
    print(f"CommonMark: {same} of {len(examples)} examples ({same / len(examples):.1%})")
    for size in (20_000, LONGEST):
        took = {unit: _seconds((unit * size)[:size]) for unit in HOSTILE}
        worst = max(took, key=lambda unit: took[unit])
        print(f"hostile text of {size} characters: at most {took[worst]:.2f} s ({worst!r})")
    usual = (HONEST * 8)[:2000]
    print(f"usual text of 2 kB: {min(_seconds(usual) for _ in range(20)) * 1000:.1f} ms")
    wide = "|" + "a|" * 100 + "\n|" + "-|" * 100 + "\n" + ("|" + "b|" * 100 + "\n") * 590
    print(f"table of 60,000 cells: {_seconds(wide):.2f} s")


def _seconds(text: str) -> float:
    """Computing time, however busy the machine is."""
    started = time.process_time()
    to_html(text)
    return time.process_time() - started

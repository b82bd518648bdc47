"""Reads HTML as a browser would, and objects to everything that could do something."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

HARMLESS_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h2", "h3",
    "h4", "h5", "h6", "hr", "img", "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
HARMLESS_ATTRIBUTES = {
    "href", "title", "src", "alt", "start", "align", "scope", "rowspan", "colspan", "type", "checked",
    "disabled", "rel",
    "data-link", "data-mention", "data-note",
}  # fmt: skip
BLANKS = "".join(map(chr, range(0x21)))
NEEDS_NO_END = {"br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Collects the words, and knows what is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in HARMLESS_TAGS, tag
        for name, value in attrs:
            assert name in HARMLESS_ATTRIBUTES, (tag, name, value)
            if name in ("href", "src"):
                # as browsers do: blanks around it and line breaks inside it do not count
                address = re.sub(r"[\t\n\r]", "", (value or "").strip(BLANKS))
                assert urlsplit(address).scheme in ("", "http", "https", "mailto", "tel"), value
            if tag == "input" and name == "type":
                assert value == "checkbox"
        if tag not in NEEDS_NO_END:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> str:
    """Return the words of harmless HTML; fails on any other."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return "".join(reader.words)


def payloads(folder: Path) -> list[str]:
    """Known attacks, as they would be typed."""
    lines = (folder / "pub-owasp-xss" / "payloads.jsonl").read_text().splitlines()
    return [json.loads(line)["payload"] for line in lines]

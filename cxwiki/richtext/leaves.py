"""The elements that lines become: paragraphs, code, HTML, headings."""

from __future__ import annotations

from html import escape
from typing import Any
from xml.etree import ElementTree

from markdown.blockparser import BlockParser
from markdown.util import AtomicString

from cxwiki.richtext.boxes import RAW, Box, Leaf
from cxwiki.richtext.lines import TASK
from cxwiki.richtext.raw import Aside

PARAGRAPH = "paragraph"
"""The parser's state while it reads one."""


class Leaves:
    """Makes them."""

    def __init__(self, parser: BlockParser, aside: Aside) -> None:
        self.parser, self.aside = parser, aside

    def put(self, box: Box, leaf: Leaf) -> None:
        """Put the element of a leaf at the end of a box."""
        text = "\n".join(leaf.lines)
        if leaf.kind == "paragraph":
            self._paragraph(box, text)
        elif leaf.kind == "html":
            self._raw(box.element, text + "\n")
        else:
            code = text.strip("\n") if leaf.kind == "code" else text
            code = escape(code, quote=False) + ("\n" if leaf.lines else "")
            self._raw(box.element, f"<pre><code>{code}</code></pre>")

    def _paragraph(self, box: Box, text: str) -> None:
        """Leave it to the other block processors; at the beginning of an item may be a box."""
        if box.is_item and not len(box.element) and (task := TASK.match(text)):
            checked = " checked" if task[1] != " " else ""
            html = f'<input type="checkbox" disabled{checked}>'
            text = self.aside.keep(html, "", task[0]) + text[task.end() :]
        self.parser.state.set(PARAGRAPH)
        self.parser.parseBlocks(box.element, [text])
        self.parser.state.reset()

    def _raw(self, parent: Any, html: str) -> None:
        ElementTree.SubElement(parent, RAW).text = AtomicString(self.aside.keep(html))

"""Our Markdown as an extension of the package: what is put in place of what."""

from __future__ import annotations

from markdown import Markdown
from markdown.extensions import Extension

from cxwiki.richtext import inline
from cxwiki.richtext.limits import Budget
from cxwiki.richtext.links import Images, Links
from cxwiki.richtext.literals import Literals
from cxwiki.richtext.paragraphs import Definitions, Tables
from cxwiki.richtext.raw import Aside
from cxwiki.richtext.structure import Structure

_BLOCKS = (
    "empty", "indent", "code", "hashheader", "setextheader", "hr", "olist", "ulist", "quote",
    "reference",
)  # fmt: skip
_INLINE = (
    "backtick", "escape", "reference", "link", "image_link", "image_reference", "short_reference",
    "short_image_ref", "autolink", "automail", "linebreak", "html", "entity",
)  # fmt: skip


class House(Extension):
    """CommonMark's structure, wiki links, mentions, checklists, bare addresses; all bounded."""

    def __init__(self) -> None:
        super().__init__()
        self.budget = Budget()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register the parts in a parser."""
        md.registerExtension(self)
        self.aside = Aside(md)
        md.preprocessors.deregister("html_block")
        for name in _BLOCKS:
            md.parser.blockprocessors.deregister(name)
        for name in _INLINE:
            md.inlinePatterns.deregister(name)
        blocks, patterns = md.parser.blockprocessors, md.inlinePatterns
        blocks.register(Structure(md.parser, self.aside, self.budget), "structure", 200)
        blocks.register(Definitions(md.parser), "definitions", 120)
        blocks.register(Tables(md.parser, self.budget), "tables", 110)
        md.treeprocessors.register(Literals(md, self.aside, self.budget), "literals", 30)
        patterns.register(Images(md, self.aside, self.budget), "images", 180)
        patterns.register(Links(md, self.aside, self.budget), "links", 170)
        for priority, pattern, html in (
            (160, inline.ADDRESS, inline.address),
            (150, inline.MENTION, inline.mention),
        ):
            kept = inline.Kept(pattern, html, md, self.aside)
            patterns.register(kept, html.__name__, priority)

    def reset(self) -> None:
        """Begin a text."""
        self.aside.start()
        self.budget.start()

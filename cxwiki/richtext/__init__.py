"""Rich text: Markdown in, safe HTML out. Rendered once a revision.

What depends on the reader (wiki links, mentions) stays a placeholder in the HTML: see `marks`.
"""

from __future__ import annotations

from cxwiki.richtext.plain import check_length, clean, one_line
from cxwiki.richtext.rendering import LONGEST, first_words, to_html, to_text

__all__ = [
    "LONGEST",
    "check_length",
    "clean",
    "first_words",
    "one_line",
    "to_html",
    "to_text",
]

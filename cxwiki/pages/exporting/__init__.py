"""Taking texts along: pages and insights as a zip of Markdown or of HTML, with their files."""

from __future__ import annotations

from cxwiki.pages.exporting.bundles import as_html, as_markdown
from cxwiki.pages.exporting.collecting import More, of_subjects, register

__all__ = ["More", "as_html", "as_markdown", "of_subjects", "register"]

"""One text as a Markdown file that other tools read, too."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import quote

from cxwiki.apibase import address
from cxwiki.attachments.claiming import NAMED
from cxwiki.pages.exporting.collecting import Bundle
from cxwiki.pages.importing import front_matter, wrapping
from cxwiki.pages.importing.segments import outside_code
from cxwiki.richtext.marks import WIKI_LINK
from cxwiki.writing import texts

_ATTACHED = re.compile(NAMED.pattern + r"[^\s()\"'<>]*")
_SPECIAL = re.compile(r"([*_`])")
_PAGE = re.compile(r"(?<=[(\"])/(?:pages|insights)/(\d{1,10})(?:-[^\s()\"'<>#]*)?")


def file_of(subject: Any, bundle: Bundle) -> str:
    """The content of the file: front matter and Markdown, links relative where they can be."""
    start = posixpath.dirname(bundle.paths[subject.id])
    body = outside_code(subject.body, lambda part: _led(part, bundle, start))
    more = bundle.more.get(subject.id)
    parts = [wrapping.with_hard_breaks(body).strip()]
    if more and more.below:
        parts.append(more.below.strip())
    return front_matter.write(_facts(subject, bundle, start)) + "\n" + "\n\n".join(parts) + "\n"


def _facts(subject: Any, bundle: Bundle, start: str) -> dict[str, Any]:
    """What the front matter says; the import of pages reads it back."""
    names = [name for name in texts.of(subject).labels if name not in ("team", "parent", "tags")]
    more = bundle.more.get(subject.id)
    attached = bundle.files.get(subject.id, [])
    return {
        "title": subject.title,
        **{name: getattr(subject, name) for name in names},
        "tags": bundle.tags.get(subject.id, []),
        "team": subject.team.name,
        **(more.facts if more else {}),
        "author": subject.author.name if subject.author else None,
        "created": subject.created_at.isoformat(timespec="seconds"),
        "updated": subject.updated_at.isoformat(timespec="seconds"),
        "url": address(subject),
        "files": [posixpath.relpath(bundle.file_paths[one.id], start or ".") for one in attached],
    }


def _led(text: str, bundle: Bundle, start: str) -> str:
    """Lead wiki links, links to pages and files to where these are now."""

    def wiki_link(found: re.Match[str]) -> str:
        target = bundle.targets.get(found[1].strip())
        if target is None:
            return found.group()
        label = (found[2] or "").strip()
        label = label or (target.title if found[1].startswith("#") else found[1].strip())
        words = _SPECIAL.sub(r"\\\1", label)
        return f"[{words}]({_way_to(target.id, start) or address(target)})"

    def attached(found: re.Match[str]) -> str:
        path = bundle.file_paths.get(int(found[1]))
        return found.group() if path is None else _quoted(posixpath.relpath(path, start or "."))

    def page(found: re.Match[str]) -> str:
        return _way_to(int(found[1]), start) or found.group()

    def _way_to(number: int, begin: str) -> str:
        path = bundle.paths.get(number)
        return "" if path is None else _quoted(posixpath.relpath(f"{path}.md", begin or "."))

    return _PAGE.sub(page, _ATTACHED.sub(attached, WIKI_LINK.sub(wiki_link, text)))


def _quoted(path: str) -> str:
    return quote(path, safe="/#.-_~%")

"""The text of an imported page: its links lead to the pages and files that came along."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

from cxwiki.pages import outline
from cxwiki.pages.importing import links
from cxwiki.pages.importing.links import Link
from cxwiki.pages.importing.planning import Plan, Planned
from cxwiki.pages.importing.report import Report
from cxwiki.pages.importing.segments import outside_code

_PLAIN_LABEL = re.compile(r"[^\[\]|`*_<>\\!\n]{1,300}")
_CROSS_REFERENCE = re.compile(r"(?<![\w@\[])@(?P<name>(?:sec|fig|tbl)-[\w-]+)")
Found = tuple[Literal["page", "file"], str, str]


@dataclass(frozen=True)
class Places:
    """Where pages and files are now: the number of a page, the address of a file's attachment.

    `page` gives a page's number by its path, `file` the address of a file that hangs on the page
    being written, or None if it was refused. `base` is the address of the old wiki, if it is known.
    """

    page: Callable[[str], int]
    page_address: Callable[[str], str]
    file: Callable[[str], str | None]
    base: str = ""


def files_in(page: Planned, plan: Plan) -> list[str]:
    """The paths of the archive's files that the page shows or links to, each once."""
    wanted = []
    for link in links.found(page.text):
        found = find(link, page, plan)
        if found and found[0] == "file":
            wanted.append(found[1])
    return list(dict.fromkeys(wanted))


def find(link: Link, page: Planned, plan: Plan) -> Found | None:
    """What a link of another wiki means: a page or file by path, and a place on it."""
    if link.is_foreign:
        return None
    if not link.path:
        return ("page", page.path, link.fragment) if link.fragment else None
    if link.form != "picture" and (path := plan.resolver.page(link.path, page.path)) is not None:
        return "page", path, link.fragment
    if (path := plan.resolver.file(link.path, page.path)) is not None:
        return "file", path, ""
    return None


def write(page: Planned, plan: Plan, places: Places, report: Report) -> str:
    """The page's text with its links led to their new places; counts them in the report."""

    def change(link: Link) -> str | None:
        found = find(link, page, plan)
        if found is None:
            return _elsewhere(link, page, places, report)
        kind, path, fragment = found
        if kind == "file":
            return _file(link, page, path, places, report)
        report.links += 1
        return _page_link(link, page, path, _anchor(fragment, path, plan), places)

    text = links.rewrite(page.text, change)
    text = outside_code(text, lambda part: _cross_references(part, page, plan, places, report))
    report.tables += text.count("\n| --- |") + len(re.findall(r"(?im)^\s*<table\b", text))
    return text


def _elsewhere(link: Link, page: Planned, places: Places, report: Report) -> str | None:
    """A link to another site stays; of one to nothing at least the old wiki's page is offered."""
    if link.is_foreign:
        report.links_elsewhere += 1
        return None
    if not link.path:
        return None
    report.miss(page.path, link.target)
    if not places.base:
        return None
    home = page.addresses[0] if page.addresses else page.path
    return _written(link, urljoin(urljoin(places.base, home), link.target))


def _file(link: Link, page: Planned, path: str, places: Places, report: Report) -> str | None:
    address = places.file(path)
    if address is None:
        report.miss(page.path, link.target)
        return None
    report.files += 1
    return _written(link, address)


def _page_link(link: Link, page: Planned, path: str, anchor: str, places: Places) -> str:
    """A wiki link where there can be one, else a plain link to the page's address."""
    if path == page.path and anchor:
        return _written(link, f"#{anchor}")
    plain = _PLAIN_LABEL.fullmatch(link.label.strip()) and link.label.strip()
    if link.form == "inline" and plain and not anchor and not link.in_table:
        return f"[[#{places.page(path)}|{plain}]]"
    return _written(link, f"{places.page_address(path)}{f'#{anchor}' if anchor else ''}")


def _written(link: Link, target: str) -> str:
    target = target.replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    if link.form in ("reference", "html"):
        return target
    title = f" {link.title}" if link.title else ""
    return f"{'!' if link.form == 'picture' else ''}[{link.label}]({target}{title})"


def _anchor(fragment: str, path: str, plan: Plan) -> str:
    """The name that the meant heading has here."""
    if not fragment:
        return ""
    fragment = fragment.lstrip("\\")
    heading = plan.pages[path].anchors.get(fragment.lstrip("#"), "")
    return outline.anchor_of(heading or fragment.lstrip("#").replace("-", " "))


def _cross_references(text: str, page: Planned, plan: Plan, places: Places, report: Report) -> str:
    """Name the section that a cross-reference of Quarto means, and lead there."""

    def change(found: re.Match[str]) -> str:
        known = plan.anchors.get(found["name"])
        if known is None:
            return found.group()
        report.links += 1
        path, heading = known
        label = re.sub(r"[\[\]|]", "", heading)
        if path == page.path:
            return f"[{label}](#{outline.anchor_of(heading)})"
        return f"[[#{places.page(path)}|{label}]]"

    return _CROSS_REFERENCE.sub(change, text)

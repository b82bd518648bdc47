"""From the files of a wiki to the pages that it becomes: titles, places, texts. Pure.

A folder becomes a guide with what is in it below: its own front page (`index.md`, `README.md`) or
a page of its name beside it, else an empty page that is named after it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxwiki.pages.importing import dialect, front_matter
from cxwiki.pages.importing.resolving import Resolver, is_index, key_of
from cxwiki.richtext import clean, one_line, to_text
from cxwiki.search.words.language import detect

PAGE_ENDINGS = (".md", ".markdown", ".mdx", ".qmd")
DEEPEST = 11
_FIRST_HEADING = re.compile(r"\A\s*#[ \t]+(?P<title>[^\n]+?)[ \t#]*(?:\n|\Z)")
_ANY_HEADING = re.compile(r"^#[ \t]+(?P<title>[^\n]+?)[ \t#]*$", re.M)
_NAMED = ("title", "title_de", "long-title", "name")
_TAKEN = frozenset(
    {*_NAMED, "kind", "definition", "also_called", "tags", "language", "lang", "visibility",
     "description", "subtitle", "position", "order", "weight", "nav_order", "sidebar_position",
     "permalink", "url", "slug", "aliases", "redirect_from", "eleventynavigation", "id", "team"}
)  # fmt: skip


@dataclass
class Planned:
    """One page that is going to be. `text` still has the links of the other wiki.

    `position` is None where the wiki says nothing of an order.
    """

    path: str
    title: str
    text: str = ""
    kind: str = "guide"
    language: str | None = None
    tags: tuple[str, ...] = ()
    definition: str = ""
    also_called: str = ""
    visibility: str | None = None
    position: int | None = None
    parent: str | None = None
    is_folder: bool = False
    addresses: tuple[str, ...] = ()
    anchors: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    dropped: tuple[str, ...] = ()


@dataclass
class Plan:
    """All pages of a wiki, those that stand above others first, and what finds its links.

    `taken` are the paths of pages whose names belong to something that the importer may not touch.
    """

    pages: dict[str, Planned]
    resolver: Resolver
    anchors: dict[str, tuple[str, str]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def is_page(path: str) -> bool:
    """Whether a file becomes a page."""
    return path.lower().endswith(PAGE_ENDINGS)


def plan(texts: Mapping[str, str], files: Iterable[str], languages: tuple[str, ...]) -> Plan:
    """Plan the pages of a wiki from its Markdown files by path, and the paths of other files."""
    made = Plan({}, Resolver({}, ()))
    pages: dict[str, Planned] = {}
    for path in sorted(texts, key=lambda path: (path.count("/"), path)):
        try:
            pages[path] = _read(path, texts[path], languages)
        except front_matter.FrontMatterError as error:
            made.problems.append((path, f"front matter: {error}"))
            pages[path] = _page(path, {}, texts[path], languages)
    _place(pages)
    made.pages = {page.path: page for page in _in_order(pages)}
    made.resolver = Resolver({path: page.addresses for path, page in made.pages.items()}, files)
    for path, page in made.pages.items():
        for name, heading in page.anchors.items():
            made.anchors.setdefault(name, (path, heading))
    return made


def _read(path: str, text: str, languages: tuple[str, ...]) -> Planned:
    block, body = front_matter.split(clean(text))
    return _page(path, front_matter.read(block) if block.strip() else {}, body, languages)


def _page(path: str, values: Mapping[str, Any], body: str, languages: tuple[str, ...]) -> Planned:
    navigation = values.get("eleventynavigation")
    navigation = navigation if isinstance(navigation, dict) else {}
    language = front_matter.text(values, "language", "lang")[:2].lower() or detect(
        body[:4000], languages
    )
    done = dialect.translate(body, language)
    body, title = done.text, front_matter.text(values, *_NAMED)
    first = _FIRST_HEADING.match(body)
    if first and (not title or _same(to_text(first["title"]), title)):
        title, body = title or to_text(first["title"]), body[first.end() :]
    elif not title and (inner := _ANY_HEADING.search(body)):
        title = to_text(inner["title"])
    lead = front_matter.text(values, "description", "subtitle")
    if lead and lead[:60].casefold() not in to_text(body[:2000]).casefold():
        body = f"*{_plain(lead)}*\n\n{body.lstrip()}" if len(lead) <= 300 else f"{lead}\n\n{body}"
    return Planned(
        path=path,
        title=one_line(title)[:300] or titled(path),
        text=body.strip(),
        kind="term" if front_matter.text(values, "kind") == "term" else "guide",
        language=language if language in languages else None,
        tags=_tags(values),
        definition=front_matter.text(values, "definition")[:600],
        also_called=", ".join(front_matter.texts(values, "also_called"))[:500],
        visibility="team" if front_matter.text(values, "visibility") == "team" else None,
        position=front_matter.number(
            {**navigation, **values}, "position", "order", "weight", "nav_order", "sidebar_position"
        ),
        addresses=tuple(
            address
            for address in (
                front_matter.text(values, "permalink", "url"),
                *front_matter.texts(values, "redirect_from"),
                *front_matter.texts(values, "aliases"),
            )
            if address
        ),
        anchors=done.anchors,
        left_out=done.left_out,
        dropped=tuple(sorted(name for name in values if name not in _TAKEN)),
    )


def titled(path: str) -> str:
    """A title made of the name of a file or folder."""
    name = posixpath.basename(path.rstrip("/"))
    for ending in PAGE_ENDINGS:
        name = name.removesuffix(ending)
    if is_index(path):
        name = posixpath.basename(posixpath.dirname(path)) or name
    words = " ".join(re.sub(r"^\d+[-_. ]+", "", name).replace("-", " ").replace("_", " ").split())
    return (words[:1].upper() + words[1:] or name)[:300]


def _place(pages: dict[str, Planned]) -> None:
    """Say for each page below which one it stands; make pages of folders that have none."""
    fronts: dict[str, str] = {}
    for path in pages:
        # A front page stands for its folder; a page beside a folder of the same name does so, too.
        if is_index(path):
            fronts[posixpath.dirname(path)] = path
    for path in pages:
        fronts.setdefault(posixpath.splitext(path)[0], path)

    def front_of(folder: str) -> str | None:
        if folder in fronts:
            return fronts[folder]
        if not folder:
            return None
        made = Planned(f"{folder}/", titled(folder), is_folder=True)
        pages[made.path] = made
        fronts[folder] = made.path
        made.parent = front_of(posixpath.dirname(folder))
        return made.path

    for path, page in list(pages.items()):
        if page.kind == "term":
            continue
        folder = posixpath.dirname(path)
        parent = front_of(folder)
        if parent == path:
            parent = front_of(posixpath.dirname(folder)) if folder else None
        page.parent = parent
    for page in pages.values():
        while page.parent and _depth(page, pages) > DEEPEST:
            page.parent = pages[page.parent].parent


def _depth(page: Planned, pages: Mapping[str, Planned]) -> int:
    depth = 1
    while page.parent is not None:
        page, depth = pages[page.parent], depth + 1
    return depth


def _in_order(pages: Mapping[str, Planned]) -> list[Planned]:
    return sorted(pages.values(), key=lambda page: (_depth(page, pages), page.path))


def _tags(values: Mapping[str, Any]) -> tuple[str, ...]:
    tags = [tag.strip().lstrip("#").lower()[:60] for tag in front_matter.texts(values, "tags")]
    return tuple(dict.fromkeys(tag for tag in tags if tag))[:20]


def _same(one: str, other: str) -> bool:
    return key_of(one.strip()) == key_of(other.strip())


def _plain(text: str) -> str:
    return re.sub(r"([*_`\[\]])", r"\\\1", text)

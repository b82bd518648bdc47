"""Which page or file of a wiki a link means. Pure.

Wikis write links as paths of files (`../agile/index.md`), as addresses of their site
(`/service-manual/agile`) or relative to them; all of them lead to the page that is meant.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

_PAGE_ENDINGS = (".md", ".markdown", ".mdx", ".qmd", ".html", ".htm")
_INDEX = ("index", "readme", "home")


class Resolver:
    """Knows the paths of all pages, under which addresses they were read, and all files."""

    def __init__(self, addresses: Mapping[str, Iterable[str]], files: Iterable[str]) -> None:
        self._pages: dict[str, str] = {}
        self._home: dict[str, str] = {}
        for path, others in addresses.items():
            self._pages.setdefault(key_of(path), path)
            for at, address in enumerate(others):
                self._pages.setdefault(key_of(address), path)
                if at == 0:
                    self._home[path] = address.strip("/")
        self._files = {path.lower(): path for path in files}

    def page(self, target: str, start: str) -> str | None:
        """The path of the page to which a target leads from the page `start`."""
        for candidate in self._candidates(target, start):
            if (found := self._pages.get(key_of(candidate))) is not None:
                return found
        return None

    def file(self, target: str, start: str) -> str | None:
        """The path of the file to which a target leads from the page `start`."""
        for candidate in self._candidates(target, start):
            if (found := self._files.get(candidate.strip("/").lower())) is not None:
                return found
        return None

    def _candidates(self, target: str, start: str) -> Iterable[str]:
        if target.startswith("/"):
            parts = target.strip("/").split("/")
            # A site often lives below a path that its files know nothing of.
            for dropped in range(min(len(parts), 4)):
                yield "/".join(parts[dropped:])
            return
        bases = [posixpath.dirname(start)]
        if start in self._home:
            bases.append(self._home[start])
        bases.append(_without_ending(start))
        for base in bases:
            joined = posixpath.normpath(posixpath.join("/", base, target))
            yield joined.strip("/")
        yield target.lstrip("./")


def key_of(path: str) -> str:
    """What all ways to write a page's address have in common."""
    path = _without_ending(re.sub(r"/{2,}", "/", path.strip("/")))
    folder, _slash, name = path.rpartition("/")
    if name.lower() in _INDEX:
        path = folder
    return path.lower()


def is_index(path: str) -> bool:
    """Whether a file is the front page of its folder."""
    return _without_ending(posixpath.basename(path)).lower() in _INDEX


def _without_ending(path: str) -> str:
    for ending in _PAGE_ENDINGS:
        if path.lower().endswith(ending):
            return path[: -len(ending)]
    return path

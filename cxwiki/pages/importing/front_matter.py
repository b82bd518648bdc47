"""Front matter: the YAML between two lines of dashes at the beginning of a Markdown file.

Read carefully: only plain values, no aliases (a few lines of them unfold to gigabytes), not large.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import yaml

from cxwiki.richtext import one_line

LARGEST = 64_000
LONGEST_NUMBER = 64
"""In bits."""
_BLOCK = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)(?:\n|\A)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)


class FrontMatterError(Exception):
    """The front matter of a file cannot be read; its text says why."""


class _Loader(yaml.SafeLoader):
    """Plain values only; anchors and aliases are refused."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FrontMatterError("anchors and aliases are not allowed")
        return super().compose_node(parent, index)


def split(text: str) -> tuple[str, str]:
    """Part a file into its front matter, without the dashes, and the Markdown behind it."""
    found = _BLOCK.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def read(block: str) -> dict[str, Any]:
    """The values by their names in lower case. Raises FrontMatterError if they cannot be read."""
    if len(block) > LARGEST:
        raise FrontMatterError(f"it is longer than {LARGEST} characters")
    try:
        values = yaml.load(block, Loader=_Loader)  # noqa: S506 (a safe loader, made stricter)
    except yaml.YAMLError as error:
        raise FrontMatterError(" ".join(str(error).split())[:200]) from None
    except (RecursionError, ValueError, OverflowError) as error:
        raise FrontMatterError(str(error)[:200]) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise FrontMatterError("it names no values")
    return {_plain(name).lower(): value for name, value in values.items()}


def text(values: Mapping[str, Any], *names: str) -> str:
    """The first of the named values that is a plain one, as a line of text; empty if none is."""
    for name in names:
        value = values.get(name)
        if isinstance(value, str | int | float | date | datetime) and not isinstance(value, bool):
            return _plain(value)
    return ""


def _plain(value: object) -> str:
    """A value as a line of text; a number of thousands of digits (0xff…) says nothing."""
    if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER:
        return ""
    return one_line(str(value))


def texts(values: Mapping[str, Any], name: str) -> list[str]:
    """A list of plain values, or one, or several separated by commas."""
    value = values.get(name)
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        value = [value]
    return [_plain(one) for one in value if isinstance(one, str | int) and _plain(one)]


def number(values: Mapping[str, Any], *names: str) -> int | None:
    """The first of the named values that is a whole number."""
    for name in names:
        value = values.get(name)
        if isinstance(value, str) and value.strip().isdecimal() and len(value) < 9:
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value if value.bit_length() < LONGEST_NUMBER else None
    return None


def write(values: Mapping[str, Any]) -> str:
    """The front matter of a file that is exported, with its dashes."""
    kept = {name: value for name, value in values.items() if value not in (None, "", [], ())}
    block = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{block}---\n"

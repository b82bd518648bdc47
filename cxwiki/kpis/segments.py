"""Segments in words and by their parts: "channel=app;region=North"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def parts_of(segment: str) -> dict[str, str]:
    """The key of each dimension: {"channel": "app", "region": "North"}; empty for the total."""
    pairs = (part.partition("=") for part in segment.split(";") if part)
    return {dimension: key for dimension, _sign, key in pairs}


def in_words(segment: str) -> str:
    """A segment as people read it: "app, North"; empty for the total."""
    return ", ".join(parts_of(segment).values())


def dimension_of(segment: str) -> str | None:
    """The one dimension that a segment names; None for the total and for crossed segments."""
    parts = parts_of(segment)
    return next(iter(parts)) if len(parts) == 1 else None


def by_dimension(segments: Iterable[str]) -> dict[str, list[str]]:
    """Segments that name one dimension each, by that dimension, in alphabetical order."""
    found: dict[str, list[str]] = defaultdict(list)
    for segment in sorted(segments):
        if dimension := dimension_of(segment):
            found[dimension].append(segment)
    return dict(found)


def called(segments: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those segments of a single dimension whose key is one of the names, in any case."""
    wanted = {name.strip().casefold() for name in names if name.strip()}
    return [
        segment
        for segment in segments
        if dimension_of(segment) and in_words(segment).casefold() in wanted
    ]

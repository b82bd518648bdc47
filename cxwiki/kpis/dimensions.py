"""The dimensions by which a KPI is split, and the segments that follow from them.

A segment is written "channel=app;team=Service": its dimensions by name, in small letters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import richtext
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.kpis.models import Kpi, KpiDimension

Dimensions = tuple[tuple[str, tuple[str, ...]], ...]
"""Each dimension with the keys that it knows; without any, all keys are welcome."""
USUAL = ("team", "touchpoint", "channel", "persona")
MOST_DIMENSIONS = 8
MOST_KEYS = 200
LONGEST_SEGMENT = 200
LONGEST_NAME = 40
LONGEST_KEY = 100


def check_dimensions(dimensions: Iterable[tuple[str, Iterable[str]]]) -> Dimensions:
    """Bring dimensions into their one form. Raises DomainError where they make no sense."""
    found: dict[str, tuple[str, ...]] = {}
    for name, keys in dimensions:
        name = richtext.one_line(name).lower()
        named = {key.casefold(): key for key in filter(None, map(richtext.one_line, keys))}
        if not name or len(name) > LONGEST_NAME or re.search("[=;:,]", name):
            raise DomainError(_("A dimension is a word such as “channel”."), "dimensions")
        if name in found:
            raise DomainError(_("Name each dimension once."), "dimensions")
        if len(named) > MOST_KEYS:
            raise DomainError(
                _("A dimension has at most %(number)s values.", number=MOST_KEYS), "dimensions"
            )
        if any(len(key) > LONGEST_KEY or re.search("[=;]", key) for key in named.values()):
            raise DomainError(
                _("A value is short and has neither “=” nor “;” in it."), "dimensions"
            )
        found[name] = tuple(sorted(named.values()))
    if len(found) > MOST_DIMENSIONS:
        raise DomainError(
            _("A KPI has at most %(number)s dimensions.", number=MOST_DIMENSIONS), "dimensions"
        )
    return tuple(sorted(found.items()))


def read_dimensions(text: str) -> Dimensions:
    """Read one dimension a line: "channel: app, phone", or only "team"."""
    lines = (line.partition(":") for line in text.splitlines() if line.strip())
    return check_dimensions((name, keys.split(",")) for name, _colon, keys in lines)


def write_dimensions(dimensions: Dimensions) -> str:
    """Write dimensions as `read_dimensions` reads them."""
    return "\n".join(f"{name}: {', '.join(keys)}" if keys else name for name, keys in dimensions)


def dimensions_of(kpi_ids: Iterable[int]) -> dict[int, Dimensions]:
    """The dimensions of many KPIs with one query; KPIs without any have none."""
    query = select(KpiDimension).where(KpiDimension.kpi_id.in_(set(kpi_ids)))
    found: dict[int, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(KpiDimension.kpi_id, KpiDimension.dimension)):
        found[row.kpi_id].append((row.dimension, tuple(row.keys)))
    return {kpi_id: tuple(dimensions) for kpi_id, dimensions in found.items()}


def set_dimensions(kpi: Kpi, dimensions: Dimensions) -> None:
    """Let the KPI be split by these and no others."""
    present = {row.dimension: row for row in kpi.dimensions}
    kpi.dimensions = [
        present.get(name) or KpiDimension(dimension=name, keys=list(keys))
        for name, keys in dimensions
    ]
    for row in kpi.dimensions:
        row.keys = list(dict(dimensions)[row.dimension])


def parts_of(segment: str) -> dict[str, str]:
    """Take a segment apart: "channel=app;team=Service". Raises DomainError."""
    parts: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in richtext.clean(segment).split(";"))):
        name, sign, key = (" ".join(half.split()) for half in part.partition("="))
        if not (sign and name and key) or "=" in key:
            raise DomainError(_("Write a segment like this: channel=app; region=North."), "segment")
        if name.lower() in parts:
            raise DomainError(_("Name each dimension of a segment once."), "segment")
        parts[name.lower()] = key
    return parts


def segment_of(parts: Mapping[str, str]) -> str:
    """Put a segment together in its one form. Raises DomainError if it is too long."""
    segment = ";".join(f"{name}={parts[name]}" for name in sorted(parts))
    if len(segment) > LONGEST_SEGMENT:
        raise DomainError(_("This segment is too long."), "segment")
    return segment


def known_parts(parts: Mapping[str, str], dimensions: Dimensions) -> dict[str, str]:
    """The parts with their keys as the KPI writes them. Raises DomainError for what is unknown.

    A KPI that names no dimensions takes all.
    """
    if not dimensions:
        return dict(parts)
    known, found = dict(dimensions), {}
    for name, key in parts.items():
        if name not in known:
            raise DomainError(
                _(
                    "This KPI is not split by “%(name)s”. It knows: %(known)s.",
                    name=name,
                    known=", ".join(known),
                ),
                "segment",
            )
        spelt = {one.casefold(): one for one in known[name]}
        if spelt and key.casefold() not in spelt:
            raise DomainError(
                _(
                    "%(name)s: “%(key)s” is not known. Known: %(known)s.",
                    name=name,
                    key=key,
                    known=", ".join(known[name][:10]),
                ),
                "segment",
            )
        found[name] = spelt.get(key.casefold(), key)
    return found

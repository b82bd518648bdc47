"""The cells of a row of raw answers: a day, a value, an id and the parts of a segment.

What can be read in two ways is decided for the whole file, or refused row by row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from cxwiki import i18n, richtext
from cxwiki.errors import DomainError
from cxwiki.kpis import dimensions
from cxwiki.kpis.answers import AnswerRow
from cxwiki.kpis.definition import LARGEST, AnswerScale
from cxwiki.kpis.dimensions import Dimensions
from cxwiki.kpis.numbers import is_formula, parse_number, tidy, unharmed
from cxwiki.kpis.spreadsheets import Formula

EARLIEST = date(1970, 1, 1)
LONGEST_ID = 200
REMEMBERED = 50_000
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](.*))?")
_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[, ].*)?")
SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[, ].*)?")
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,100}")
_ZONE = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_WORDS = dict.fromkeys(("yes", "ja", "true", "wahr", "y", "j"), Decimal(1)) | dict.fromkeys(
    ("no", "nein", "false", "falsch", "n"), Decimal(0)
)


@dataclass(frozen=True)
class Columns:
    """How a file is read: which column holds what, and what ambiguous cells mean.

    `slashes` says which part of 03/04/2026 comes first: "dmy", "mdy", or "" to refuse such days.
    """

    value: str
    answered_on: str
    external_id: str = ""
    dimensions: dict[str, str] = field(default_factory=dict)
    slashes: str = ""
    decimal_comma: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Columns:
        """What `as_dict` gave; other entries are ignored."""
        return cls(**{name: saved[name] for name in cls.__dataclass_fields__ if name in saved})


class RowReader:
    """Reads the rows of one file; remembers what it read, because cells repeat."""

    def __init__(
        self, scale: AnswerScale, known: Dimensions, columns: Columns, names: Sequence[str]
    ) -> None:
        """Raises DomainError if the file has not the columns that are said to hold something."""
        places = {name: number for number, name in enumerate(names)}
        wanted = [columns.value, columns.answered_on, *columns.dimensions.values()]
        wanted += [columns.external_id] if columns.external_id else []
        for name in wanted:
            if name not in places:
                raise DomainError(_("The file has no column “%(name)s”.", name=name), "file")
        self._value, self._day = places[columns.value], places[columns.answered_on]
        self._id = places[columns.external_id] if columns.external_id else None
        self._parts = [(name, places[column]) for name, column in columns.dimensions.items()]
        self._places, self._width = [place for _name, place in self._parts], len(names)
        self._scale, self._known, self._columns = scale, known, columns
        self._today, self._zone = i18n.today(), i18n.settings().timezone
        self._values: dict[Any, Decimal] = {}
        self._days: dict[Any, date] = {}
        self._segments: dict[tuple[Any, ...], str] = {}
        self._keys: dict[str, set[str]] = {name: set() for name, _place in self._parts}

    def read(self, cells: Sequence[Any]) -> AnswerRow | None:
        """Read one row; None where nobody answered. Raises DomainError with the reason."""
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        value_cell = cells[self._value]
        if value_cell == "" or (isinstance(value_cell, str) and not value_cell.strip()):
            return None
        value = self._values.get(value_cell)
        if value is None:
            value = self._read_value(value_cell)
        day_cell = cells[self._day]
        day = self._days.get(day_cell) or self._read_day(day_cell)
        segment = ""
        if self._parts:
            key = tuple([cells[place] for place in self._places])
            found = self._segments.get(key)
            segment = self._read_segment(key) if found is None else found
        named = self._read_id(cells[self._id]) if self._id is not None else None
        return AnswerRow(day, value, segment, named)

    def _read_value(self, cell: Any) -> Decimal:
        name = self._columns.value
        if isinstance(cell, str):
            text = unharmed(cell.strip())
            _refuse_formula(name, cell)
            word = _WORDS.get(text.lower()) if self._scale.is_yes_or_no else None
            try:
                value = (
                    word
                    if word is not None
                    else parse_number(text, decimal_comma=self._columns.decimal_comma)
                )
            except DomainError as error:
                raise DomainError(
                    _(
                        "%(column)s: “%(text)s”. %(problem)s",
                        column=name,
                        text=_short(text),
                        problem=error.message,
                    )
                ) from error
        elif isinstance(cell, bool | int | float):
            value = _number(name, cell)
        else:
            _refuse_formula(name, cell)
            raise DomainError(_("%(column)s: this is no number.", column=name))
        if problem := self._scale.problem(value):
            raise DomainError(f"{name}: {problem}")
        _remember(self._values, cell, value)
        return value

    def _read_day(self, cell: Any) -> date:
        name = self._columns.answered_on
        if isinstance(cell, datetime):
            day = cell.date()
        elif isinstance(cell, date):
            day = cell
        elif isinstance(cell, str):
            _refuse_formula(name, cell)
            text = cell.strip()
            if not text:
                raise DomainError(_("%(column)s: the day is missing.", column=name))
            day = self._day_of(name, text)
        else:
            _refuse_formula(name, cell)
            raise DomainError(_("%(column)s: this is no day.", column=name))
        if day > self._today:
            raise DomainError(
                _("%(column)s: %(day)s has not come yet.", column=name, day=i18n.day(day))
            )
        if day < EARLIEST:
            raise DomainError(
                _("%(column)s: %(day)s lies too far back.", column=name, day=i18n.day(day))
            )
        _remember(self._days, cell, day)
        return day

    def _day_of(self, name: str, text: str) -> date:
        try:
            if found := _ISO.fullmatch(text):
                if found[4] and _ZONE.search(found[4]):
                    moment = datetime.fromisoformat(text.replace("/", "-"))
                    return moment.astimezone(self._zone).date()
                return date(int(found[1]), int(found[2]), int(found[3]))
            if found := _DOTS.fullmatch(text):
                return date(int(found[3]), int(found[2]), int(found[1]))
            if found := SLASHES.fullmatch(text):
                return self._slashed(name, text, int(found[1]), int(found[2]), int(found[3]))
        except (ValueError, OverflowError):
            pass
        raise DomainError(
            _("%(column)s: “%(text)s” is no day. Write it like this: 2026-03-31.",
              column=name, text=_short(text))
        )  # fmt: skip

    def _slashed(self, name: str, text: str, first: int, second: int, year: int) -> date:
        order = self._columns.slashes
        if not order and first <= 12 and second <= 12 and first != second:
            raise DomainError(
                _(
                    "%(column)s: “%(text)s” can be read in two ways. Say for the whole file "
                    "whether the day or the month comes first.",
                    column=name,
                    text=_short(text),
                )
            )
        if not order:
            order = "mdy" if second > 12 else "dmy"
        day, month = (first, second) if order == "dmy" else (second, first)
        return date(year, month, day)

    def _read_segment(self, key: tuple[Any, ...]) -> str:
        parts = {}
        for (name, _place), cell in zip(self._parts, key, strict=True):
            _refuse_formula(name, cell, "=＝")
            text = richtext.one_line(unharmed(_text(cell)))
            if not text:
                continue
            if "=" in text or ";" in text or len(text) > dimensions.LONGEST_KEY:
                raise DomainError(
                    _(
                        "%(column)s: “%(text)s” cannot name a segment: it must be short, without "
                        "“=” and “;”.",
                        column=name,
                        text=_short(text),
                    )
                )
            parts[name] = text
        parts = dimensions.known_parts(parts, self._known)
        for name, text in parts.items():
            seen = self._keys.setdefault(name, set())
            if text not in seen and len(seen) >= dimensions.MOST_KEYS:
                raise DomainError(
                    _(
                        "%(column)s: more than %(number)s different values. This column does not "
                        "name segments.",
                        column=name,
                        number=dimensions.MOST_KEYS,
                    )
                )
            seen.add(text)
        segment = dimensions.segment_of(parts)
        _remember(self._segments, key, segment)
        return segment

    def _read_id(self, cell: Any) -> str:
        if isinstance(cell, str) and _PLAIN_ID.fullmatch(cell):
            return cell
        _refuse_formula(self._columns.external_id, cell, "=＝")
        text = richtext.clean(unharmed(_text(cell))).strip()
        if not text:
            raise DomainError(_("%(column)s: the id is missing.", column=self._columns.external_id))
        if len(text) > LONGEST_ID:
            raise DomainError(
                _("%(column)s: this id is too long.", column=self._columns.external_id)
            )
        return text


def _number(name: str, cell: float) -> Decimal:
    value = Decimal(int(cell)) if isinstance(cell, bool) else Decimal(repr(cell))
    if not value.is_finite() or abs(value) >= LARGEST:
        raise DomainError(_("%(column)s: this number is too large.", column=name))
    return tidy(value)


def _text(cell: Any) -> str:
    """A cell as people see it: a spreadsheet keeps 17 as 17.0."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        return cell.astimezone(UTC).isoformat()
    return str(cell) if not isinstance(cell, timedelta) else str(cell.total_seconds())


def _refuse_formula(name: str, cell: Any, signs: str = "=＝+-@") -> None:
    if isinstance(cell, Formula):
        raise DomainError(
            _(
                "%(column)s: %(place)s is a formula. Put its value there instead.",
                column=name,
                place=cell.place,
            )
        )
    if isinstance(cell, str) and is_formula(cell) and cell.lstrip()[0] in signs:
        raise DomainError(
            _("%(column)s: “%(text)s” is a formula, not a value.", column=name, text=_short(cell))
        )


def _short(text: str) -> str:
    text = richtext.one_line(text)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _remember(store: dict[Any, Any], key: Any, value: Any) -> None:
    if len(store) < REMEMBERED:
        store[key] = value

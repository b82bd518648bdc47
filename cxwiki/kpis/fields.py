"""Form fields for figures, as people type them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import Field
from wtforms.widgets import MonthInput, TextArea, TextInput

from cxwiki.errors import DomainError
from cxwiki.kpis.dimensions import Dimensions, read_dimensions, write_dimensions
from cxwiki.kpis.numbers import parse_number, parse_whole, plain
from cxwiki.kpis.periods import read_month


class _ReadField(Field):
    """A line of text that is read; what cannot be read stays in the form with the reason."""

    widget: Any = TextInput()
    read: Callable[[str], Any]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; nothing means None."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = type(self).read(valuelist[0].strip())
            except DomainError as error:
                raise ValueError(error.message) from error

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else self.write(self.data)

    def write(self, value: Any) -> str:
        """Write a value as it is typed."""
        return "" if value is None else str(value)


class FigureField(_ReadField):
    """A Decimal; the comma before the decimals is welcome."""

    data: Decimal | None
    read = staticmethod(parse_number)

    def write(self, value: Decimal | None) -> str:
        """Write it in the reader's language."""
        return plain(value)


class CountField(_ReadField):
    """A number of people or cases."""

    data: int | None
    read = staticmethod(parse_whole)


class PeriodMonthField(_ReadField):
    """A month, as its first and last day; None where none was given."""

    widget = MonthInput()
    data: Any
    read = staticmethod(read_month)

    def write(self, value: tuple[date, date] | None) -> str:
        """Write it as browsers expect a month."""
        return f"{value[0]:%Y-%m}" if value else ""


class DimensionsField(_ReadField):
    """The dimensions of a KPI, one a line: "channel: app, phone"."""

    widget = TextArea()
    data: Any
    read = staticmethod(read_dimensions)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; nothing means none."""
        super().process_formdata(valuelist)
        self.data = self.data or ()

    def write(self, value: Dimensions | None) -> str:
        """Write them as they are typed."""
        return write_dimensions(value or ())

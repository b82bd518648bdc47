"""Figures as people type them, in German and in English, and cells that stay harmless."""

from __future__ import annotations

import re
from decimal import Decimal

from flask_babel import get_locale
from flask_babel import gettext as _

from cxwiki.errors import DomainError

LARGEST = Decimal(10) ** 12
PLACES = Decimal("0.000001")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_MINUS = str.maketrans({"−": "-", "–": "-"})
_NUMBER = re.compile(r"[+-]?[\d.,\s]+%?")
# A text that is a formula, or one that was made harmless before; also with spaces before it.
_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]")
_SPACES = re.compile(r"[\s'’]")


def comma_is_decimal() -> bool:
    """Whether the reader's language writes 3.5 as "3,5"."""
    locale = get_locale()
    return bool(locale) and locale.number_symbols.get("latn", {}).get("decimal") == ","


def parse_number(text: str, *, decimal_comma: bool | None = None) -> Decimal:
    """Read "3.5", "3,5", "1.234,5" or "1,234.5". `decimal_comma` None means the reader's language.

    Raises DomainError for what is no number, and for "1,234" where it could mean two numbers.
    """
    text = _SPACES.sub("", text).translate(_MINUS).removesuffix("%")
    comma = comma_is_decimal() if decimal_comma is None else decimal_comma
    lone = _GROUPED.fullmatch(text)
    if lone and (lone[1] == ",") != comma:
        raise DomainError(
            _(
                "“%(text)s” can be read in two ways. Write it without grouping its digits.",
                text=text,
            )
        )
    if "," in text and "." in text:
        grouping = "." if text.rfind(",") > text.rfind(".") else ","
        text = text.replace(grouping, "")
    text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})", text):
        raise DomainError(_("This is not a number."))
    number = Decimal(text)
    if abs(number) >= LARGEST:
        raise DomainError(_("This number is too large."))
    return tidy(number)


def parse_whole(text: str) -> int:
    """Read a number of people or cases: "1250", "1.250", "1 250". Raises DomainError otherwise."""
    digits = re.sub(r"(?<=\d)[.,](?=\d{3}(\D|$))", "", _SPACES.sub("", text))
    if not re.fullmatch(r"\d{1,9}", digits):
        raise DomainError(_("This is not a whole number."))
    return int(digits)


def tidy(number: Decimal) -> Decimal:
    """Round to the six places that the database keeps."""
    return number.quantize(PLACES)


def plain(number: Decimal | None) -> str:
    """Write a number for a form in the reader's language: no grouping, no trailing zeros."""
    if number is None:
        return ""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(".", ",") if comma_is_decimal() else text


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula; `unharmed` takes it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def unharmed(text: str) -> str:
    """Take back what `harmless` did."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def is_formula(text: str) -> bool:
    """Whether a cell holds a formula: what a spreadsheet would compute, and no number."""
    text = text.lstrip()
    return text[:1] in ("=", "＝") or (text[:1] in ("+", "-", "@") and not _NUMBER.fullmatch(text))

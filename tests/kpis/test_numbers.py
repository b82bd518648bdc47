"""Figures are read as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cxwiki.errors import DomainError
from cxwiki.kpis.numbers import harmless, parse_number, parse_whole, plain, unharmed


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3.5", "3.5"),
        ("3,5", "3.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("−12", "-12"),
        ("-0,125", "-0.125"),
        ("42 %", "42"),
        ("3.125", "3.125"),
    ],
)
def test_a_number_is_read_with_comma_or_dot(context, text, number):
    assert parse_number(text, decimal_comma=False) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1e5", "--1", "1.2.3", "NaN", "Infinity", "9" * 19])
def test_what_is_no_number_is_refused(context, text):
    with pytest.raises(DomainError):
        parse_number(text)


def test_a_number_that_could_mean_two_things_is_refused(context):
    with pytest.raises(DomainError, match="two ways"):
        parse_number("1,234", decimal_comma=False)
    assert parse_number("1,234", decimal_comma=True) == Decimal("1.234")
    with pytest.raises(DomainError, match="two ways"):
        parse_number("1.234", decimal_comma=True)


@pytest.mark.parametrize("text", ["1250", "1.250", "1,250", "1 250"])
def test_counts_may_be_grouped(context, text):
    assert parse_whole(text) == 1250


@pytest.mark.parametrize("text", ["1.5", "-3", "12,34", "x", "12345678901"])
def test_a_count_is_a_whole_number(context, text):
    with pytest.raises(DomainError):
        parse_whole(text)


def test_a_number_is_written_without_needless_zeros(context):
    assert plain(Decimal("42.500000")) == "42.5"
    assert plain(Decimal("100")) == "100"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "plain", "'quoted"])
def test_a_cell_stays_text_and_comes_back_as_it_was(text):
    assert harmless(text)[0] not in "=+-@"
    assert unharmed(harmless(text)) == text

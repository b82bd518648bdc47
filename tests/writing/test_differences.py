"""What changed between two states: nothing is left out, and unchanged lines far away are folded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxwiki.writing import differences
from cxwiki.writing.differences import ADDED, REMOVED, SAME, Part, Row, between, words
from cxwiki.writing.texts import Content

LINE = st.lists(st.sampled_from(["waits", "on", "Mondays", "ä", "-"]), max_size=4).map(" ".join)
# As bodies are kept: without blanks at either end.
TEXT = st.lists(LINE, max_size=7).map(lambda lines: "\n".join(lines).strip())


def all_rows(old: str, new: str) -> list[Row]:
    return list(differences._rows(old, new, 1.0))


def said(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts)


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


@given(TEXT, TEXT)
def test_the_rows_say_both_texts(old: str, new: str) -> None:
    """Put below each other, what a state has in the rows are its lines; blank ones apart."""
    rows = all_rows(old, new)
    assert lines("\n".join(said(row.old) for row in rows)) == lines(old)
    assert lines("\n".join(said(row.new) for row in rows)) == lines(new)


@given(TEXT, TEXT)
def test_every_change_is_shown(old: str, new: str) -> None:
    difference = between(Content("T", old, {}), Content("T", new, {}))
    assert difference.is_empty == (old == new)


@given(TEXT)
def test_the_same_text_has_no_changes(text: str) -> None:
    assert between(Content("T", text, {}), Content("T", text, {})).rows == []


def test_lines_are_compared_by_words() -> None:
    [row] = all_rows("We call back on Monday.", "We call back on Friday.")
    assert row.parts == (
        Part(SAME, "We call back on "),
        Part(REMOVED, "Monday"),
        Part(ADDED, "Friday"),
        Part(SAME, "."),
    )


def test_an_added_line_is_a_row_of_its_own() -> None:
    rows = all_rows("one\nthree", "one\ntwo\nthree")
    assert [row.parts for row in rows] == [
        (Part(SAME, "one"),), (Part(ADDED, "two"),), (Part(SAME, "three"),),
    ]  # fmt: skip


def test_an_added_blank_line_is_a_change() -> None:
    assert any(row.is_changed for row in all_rows("one\ntwo", "one\n\ntwo"))


def test_what_is_far_from_any_change_is_folded() -> None:
    before = [f"line {number}" for number in range(40)]
    after = [*before[:20], "another line", *before[21:]]
    rows = between(Content("T", "\n".join(before), {}), Content("T", "\n".join(after), {})).rows
    assert [row.skipped for row in rows if row.skipped] == [18, 17]
    assert len(rows) == 2 + 5


def test_titles_are_compared_by_words() -> None:
    assert words("Long waits", "Long queues") == (
        Part(SAME, "Long "), Part(REMOVED, "waits"), Part(ADDED, "queues"),
    )  # fmt: skip


def test_a_comparison_has_an_end() -> None:
    """However different two texts are, the time is bounded; what is shown is bounded, too."""
    old = "\n".join(f"{number * 7919 % 10007} old words" for number in range(6000))
    new = "\n".join(f"{number * 104729 % 10007} new words" for number in range(6000))
    difference = between(Content("T", old, {}), Content("T", new, {}), seconds=0.05)
    assert difference.rows
    assert len(difference.rows) <= differences.MOST_ROWS


@pytest.mark.parametrize("shown", [-1, 0, 1])
def test_more_rows_than_a_page_can_hold_are_cut_and_said(
    shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "MOST_ROWS", 10)
    count = 10 + shown
    old = "\n".join(f"{number} old" for number in range(count))
    new = "\n".join(f"{number} new" for number in range(count))
    difference = between(Content("T", old, {}), Content("T", new, {}))
    assert len(difference.rows) == min(count, 10)
    assert difference.is_shortened == (shown > 0)

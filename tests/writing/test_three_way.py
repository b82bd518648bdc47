"""Merging two edits of one text: nothing is lost, and what does not touch needs no choice."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxwiki.writing.edits import apply, edits
from cxwiki.writing.three_way import Piece, merge, merge_values, without_base

WORDS = st.sampled_from(
    ["waits", "on", "Mondays", "the", "customer", "calls", "a", "ä", "10", "**bold**", "| a | b |"]
)
LINE = st.lists(WORDS, max_size=6).map(" ".join)
TEXT = st.lists(LINE, max_size=8).map("\n".join)
ANY = st.text(alphabet=st.sampled_from("ab \n.ä\t-"), max_size=40)
TEXTS = st.one_of(TEXT, ANY)


def side(pieces: list[Piece], name: str) -> str:
    return "".join(getattr(piece, name) or "" for piece in pieces)


def clean(base: str, mine: str, theirs: str) -> str:
    pieces = merge(base, mine, theirs)
    assert all(piece.is_settled for piece in pieces), pieces
    return "".join(piece.settled for piece in pieces)


# --- what one text changes in another -------------------------------------------------------------


@given(TEXTS, TEXTS)
def test_edits_turn_the_old_text_into_the_new_one(old: str, new: str) -> None:
    found = edits(old, new)
    assert apply(old, found) == new
    assert (found == []) == (old == new)


@given(TEXTS, TEXTS)
def test_edits_are_in_order_and_kept_words_stand_between_them(old: str, new: str) -> None:
    found = edits(old, new)
    for before, after in pairwise(found):
        assert before.end < after.start
        assert old[before.end : after.start].strip(" \t") != ""


def test_edits_without_time_are_coarse_and_still_true() -> None:
    old = " ".join(f"word{n}" for n in range(3000))
    new = " ".join(f"word{n * 7 % 3001}" for n in range(3000))
    assert apply(old, edits(old, new, seconds=0)) == new


@pytest.mark.parametrize("name", ["lone surrogate \ud800", "\x00", "\u2028", "😀", "\U0010ffff"])
def test_any_character_can_be_compared(name: str) -> None:
    assert apply("a b", edits("a b", f"a {name} b")) == f"a {name} b"


# --- merging --------------------------------------------------------------------------------------


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=400)
def test_nothing_is_lost(base: str, mine: str, theirs: str) -> None:
    """Each side of all pieces put together is that side's text, to the character."""
    pieces = merge(base, mine, theirs)
    assert side(pieces, "base") == base
    assert side(pieces, "mine") == mine
    assert side(pieces, "theirs") == theirs


@given(TEXTS, TEXTS)
def test_without_the_base_nothing_is_lost_either(mine: str, theirs: str) -> None:
    pieces = without_base(mine, theirs)
    assert side(pieces, "mine") == mine
    assert side(pieces, "theirs") == theirs
    assert all(piece.is_settled for piece in pieces) == (mine == theirs)


@given(TEXTS, TEXTS)
def test_when_only_one_changed_it_that_is_the_text(base: str, other: str) -> None:
    assert clean(base, other, base) == other
    assert clean(base, base, other) == other
    assert clean(base, other, other) == other


@given(TEXTS, TEXTS, TEXTS)
def test_it_does_not_matter_who_was_first(base: str, mine: str, theirs: str) -> None:
    swapped = [Piece(one.base, one.theirs, one.mine) for one in merge(base, theirs, mine)]
    assert swapped == merge(base, mine, theirs)


@given(st.lists(LINE, min_size=3, max_size=8, unique=True), st.data())
def test_changes_of_different_lines_are_both_kept(lines: list[str], data: st.DataObject) -> None:
    """Lines that begin with a number of their own, so that none can be taken for another."""
    lines = [f"{number}. {line}" for number, line in enumerate(lines)]
    first, second = data.draw(
        st.lists(st.integers(0, len(lines) - 1), min_size=2, max_size=2, unique=True)
    )

    def changed(*numbers: int) -> str:
        return "\n".join(
            f"{line} changed{number}" if number in numbers else line
            for number, line in enumerate(lines)
        )

    assert clean(changed(), changed(first), changed(second)) == changed(first, second)


@given(TEXTS, TEXTS, TEXTS)
def test_choosing_gives_one_side_and_both_keeps_both(base: str, mine: str, theirs: str) -> None:
    for piece in merge(base, mine, theirs):
        if not piece.is_settled:
            assert piece.mine in piece.both
            assert piece.theirs in piece.both


@given(TEXT, TEXT, TEXT)
def test_open_pieces_are_whole_lines(base: str, mine: str, theirs: str) -> None:
    before = ""
    for piece in merge(base, mine, theirs):
        texts = [text for text in (piece.base, piece.mine, piece.theirs) if text]
        if not piece.is_settled and before and not before.endswith("\n"):
            assert all(text.startswith("\n") for text in texts)
        before += piece.base or ""


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ("The quick fox jumps.", "The slow fox jumps.", "The quick fox sleeps.", "The slow fox sleeps."),
        ("a\n\nb", "a\n\nb\n\nc", "0\n\na\n\nb", "0\n\na\n\nb\n\nc"),
        ("- one\n- two", "- one!\n- two", "- one\n- two!", "- one!\n- two!"),
        ("a\n\nb\n\nc", "a\n\nc", "a\n\nb\n\nc d", "a\n\nc d"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |",
         "| A | b |\n|---|---|\n| 1 | 2 |", "| A | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"),
    ],
)  # fmt: skip
def test_what_does_not_touch_is_merged(base: str, mine: str, theirs: str, merged: str) -> None:
    assert clean(base, mine, theirs) == merged


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "open_pieces"),
    [
        ("On Mondays.", "On Mondays at noon.", "On Mondays at night.",
         [("On Mondays at noon.", "On Mondays at night.")]),
        ("- one", "- one\n- mine", "- one\n- theirs", [("\n- mine", "\n- theirs")]),
        ("quick brown", "slow brown", "quick red", [("slow brown", "quick red")]),
        ("keep\nold\nkeep", "keep\nkeep", "keep\nnew\nkeep", [("", "new\n")]),
        ("a b", "", "a b c", [("", "a b c")]),
    ],
)  # fmt: skip
def test_what_touches_is_open(
    base: str, mine: str, theirs: str, open_pieces: list[tuple[str, str]]
) -> None:
    found = [piece for piece in merge(base, mine, theirs) if not piece.is_settled]
    assert [(piece.mine, piece.theirs) for piece in found] == open_pieces


def test_both_are_put_below_each_other() -> None:
    assert Piece("", "\n- mine", "\n- theirs").both == "\n- mine\n- theirs"
    assert Piece("a", "mine", "theirs").both == "mine\ntheirs"
    assert Piece("a", "", "theirs").both == "theirs"


# --- values ---------------------------------------------------------------------------------------


def test_values_that_one_side_changed_are_taken_from_it() -> None:
    base = {"severity": 2, "channel": "phone", "kind": "pain_point"}
    merged, open_names = merge_values(base, {**base, "severity": 5}, {**base, "channel": "web"})
    assert merged == {"severity": 5, "channel": "web", "kind": "pain_point"}
    assert open_names == []


def test_a_value_that_both_changed_differently_is_open() -> None:
    merged, open_names = merge_values({"severity": 2}, {"severity": 5}, {"severity": 1})
    assert (merged, open_names) == ({"severity": 1}, ["severity"])


def test_a_value_that_the_base_did_not_know_is_open_unless_both_agree() -> None:
    assert merge_values({}, {"team": 1}, {"team": 2}) == ({"team": 2}, ["team"])
    assert merge_values({}, {"team": 1}, {"team": 1}) == ({"team": 1}, [])


@given(*[st.lists(st.sampled_from("abcdef"), unique=True) for _side in range(3)])
def test_tags_are_merged_one_by_one(base: list[str], mine: list[str], theirs: list[str]) -> None:
    merged, open_names = merge_values({"tags": base}, {"tags": mine}, {"tags": theirs})
    assert open_names == []
    for tag in "abcdef":
        sides = [tag in mine, tag in theirs]
        wished = sides[0] if sides[1] == (tag in base) else sides[1]
        assert (tag in merged["tags"]) == wished

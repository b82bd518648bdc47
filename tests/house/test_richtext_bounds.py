"""Rich text is made with bounded work, whatever was written."""

from __future__ import annotations

import sys

import pytest

from cxwiki import richtext
from cxwiki.richtext import limits, to_html
from cxwiki.richtext.rendering import AS_WRITTEN
from tests.house.harmless import read

UNITS = [
    "[a", "![](", "[", "[x](", "]( [", "[![a](", "[[a|", "[a][", "[]", "[a]: b\n", "![", "[ (", "[`",
    "<a ", "<a '", "<a b=\"", "<!--", "<", "<div>", "</p>", "~a\n", "a~b\n", "a\n=\n", "# a\n",
    "a\n---\n", "1. ", "> ", "- ", "*a ", "_*", "*a* ", "*a_ ", "`a", "``a", "|a", "|a|b|\n|-|-|\n",
    "\\", "&#", "&amp;", "- [ ] \n", "~~~\n", "http://", "www.a.b ", "a@b.c ", "@a ", "@", "> a\n",
    "- a\n  ", "1. a\n   ",
]  # fmt: skip


def calls(text: str) -> int:
    """How many functions are called to render a text: the same on every machine."""
    number = 0

    def count(_frame: object, happened: str, _argument: object) -> None:
        nonlocal number
        number += happened in ("call", "c_call")

    sys.setprofile(count)
    try:
        to_html(text)
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_of_twice_the_length_costs_about_twice_the_work(unit: str) -> None:
    """None of the marks makes the parser read the rest of the text again and again."""
    to_html("x")
    once, twice = calls((unit * 3000)[:3000]), calls((unit * 6000)[:6000])
    assert twice < 3 * once + 1000


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_that_is_made_to_cost_much_comes_out_harmless_and_whole(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    html = to_html(text)
    words = read(html)
    if AS_WRITTEN in html:
        assert words.replace("\n", "").strip() == text.replace("\n", "").strip()


def test_thousands_of_brackets_are_shown_as_they_were_written_and_it_is_said() -> None:
    html = to_html("![" * 5000)
    assert html.startswith(f'<p data-note="{AS_WRITTEN}"></p>')
    assert read(html) == "![" * 5000


def test_nobody_can_forge_that_remark() -> None:
    assert to_html(f'<p data-note="{AS_WRITTEN}">x</p>') == "<p>x</p>"


def test_an_endless_text_is_cut() -> None:
    assert len(to_html("word " * 1_000_000)) < 2 * richtext.LONGEST


def test_nesting_beyond_reason_shows_the_text_as_it_is_and_harms_nobody_after() -> None:
    text = "1. " * 5000
    assert read(to_html(text)) == text
    assert to_html("**still fine**") == "<p><strong>still fine</strong></p>"


def test_lists_may_be_nested_as_deeply_as_anybody_writes() -> None:
    text = "".join(f"{'  ' * depth}- level {depth}\n" for depth in range(15))
    assert to_html(text).count("<ul>") == 15


def test_an_honest_long_text_is_rendered_in_full() -> None:
    paragraph = "See [the guide](https://example.org/guide) and ~~never mind~~ **this**, a < b.\n\n"
    html = to_html("# Part\n\n" + paragraph * 1000 + "- [ ] do it\n" * 3000)
    assert html.count("<a ") == html.count("<strong>") == html.count("<del>") == 1000
    assert html.count("<input") == 3000


@pytest.mark.parametrize(
    "text",
    [
        "- a\n" * limits.MOST_BLOCKS,
        "|a|b|c|\n|-|-|-|\n" + "|x\n" * (limits.MOST_CELLS // 3),
        "[" * (limits.MOST_UNCLOSED + 1),
        "> " * limits.DEEPEST + "a",
        "*a *" * 20_000,
        "<div>" * (limits.MOST_OPEN + 1),
    ],
)
def test_beyond_each_limit_the_text_is_shown_as_it_was_written(text: str) -> None:
    html = to_html(text)
    assert f'data-note="{AS_WRITTEN}"' in html
    assert read(html).split() == text.split()


@pytest.mark.parametrize(
    "text",
    [
        '[a]: "' + '"' * 50_000 + "x",
        "|" + "".join("`" * (number % 50 + 1) + "a" for number in range(3000)) + "|\n|-|",
        "<!--" * 10_000,
        "[[" * 5000 + "]]" * 5000,
        "".join("`" * number + " " for number in range(1, 400)),
    ],
)
def test_what_costs_other_parsers_the_square_of_the_text_costs_few_calls(text: str) -> None:
    to_html("x")
    assert calls(text) < 20 * len(text)

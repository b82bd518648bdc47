"""The Markdown of other wikis, turned into ours; what is code is never touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxwiki.pages.importing import links, tables, wrapping
from cxwiki.pages.importing.dialect import translate
from cxwiki.richtext import to_html


def becomes(text: str, language: str = "en") -> str:
    return translate(text, language).text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("one\ntwo", "one two"),
        ("one  \ntwo", "one\ntwo"),
        ("one\\\ntwo", "one\ntwo"),
        ("- one\n  two\n- three", "- one two\n- three"),
        ("> one\n> two", "> one two"),
        ("one\n\n    code\n    code", "one\n\n    code\n    code"),
        ("```\none\ntwo\n```", "```\none\ntwo\n```"),
        ("| a | b |\n| - | - |\n| c | d |", "| a | b |\n| - | - |\n| c | d |"),
        ("# Title\ntext\nmore", "# Title\ntext more"),
        ("Title\n=====\ntext", "Title\n=====\ntext"),
        ("text\n- item", "text\n- item"),
    ],
)
def test_lines_of_a_paragraph_are_joined(written: str, read: str) -> None:
    assert becomes(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[x]({{ '/a/' | url }})", "[x](/a/)"),
        ("[x]({{site.baseurl}}/a)", "[x](/a)"),
        ('{% image "a/b.png" "A dot" %}', "![A dot](/a/b.png)"),
        ("{% highlight html %}\n<a>\n{% endhighlight %}", "```html\n<a>\n```"),
        ("a{% comment %}\nno\n{% endcomment %}b", "ab"),
        ("[x](y){.usa-link .big}", "[x](y)"),
        ("![x](y){width=45% #fig-x}", "![x](y)"),
        ("Text\n{:.intro}", "Text"),
        ("## Head {#id}", "## Head"),
        ("##Head", "## Head"),
        ("A[^1]\n\n[^1]: note", "A<sup>1</sup>\n\n<sup>1</sup> note"),
        ("::: {.callout-tip}\ntext\n:::", "> **Tip**\n>\n> text"),
        ('::: {.x when-format="pdf"}\nno\n:::\nyes', "yes"),
        ("`{{ '/a' | url }}` `[^1]` `{.x}`", "`/a` `[^1]` `{.x}`"),
    ],
)
def test_what_is_not_markdown_becomes_it(written: str, read: str) -> None:
    assert becomes(written).strip() == read


def test_callouts_speak_the_language_of_the_text() -> None:
    assert "**Wichtig**" in becomes("::: {.callout-important}\nx\n:::", "de")


def test_what_is_taken_out_is_named() -> None:
    done = translate("a {% include 'x.html' y: 1 %} b {% for p in q %}{{ p }}{% endfor %}")
    assert done.text.split() == ["a", "b"]
    assert sorted(done.left_out) == ["for p in q", "include 'x.html' y: 1"]


GRID = (
    "+---+-----+\n| A | B   |\n+===+=====+\n| 1 | one |\n|   | two |\n+---+-----+\n: Caption {#tbl}"
)
SIMPLE = "  A    B\n  ---- -----\n  1    one\n  2    a|b\n"
MULTI = "  -----------\n  A     B\n  ----- -----\n  1     one\n        two\n\n  2     x\n  -----------\n"
KRAMDOWN = "|---\n| A | B |\n| 1 | one |\n| 2 |"


@pytest.mark.parametrize("table", [GRID, SIMPLE, MULTI, KRAMDOWN])
def test_tables_of_others_are_tables_here(table: str) -> None:
    html = to_html(becomes(f"before\n\n{table}\n\nafter"))
    assert html.count("<table") == 1
    assert "<th>A</th>" in html
    assert "<td>1</td>" in html
    assert "one" in html


def test_a_cell_over_two_lines_is_one() -> None:
    assert "| 1 | one two |" in tables.translate(GRID)
    assert "| 2 | a\\|b |" in tables.translate(SIMPLE)


def test_html_stays_html_however_far_it_is_indented() -> None:
    text = (
        '<div>\n\n      <p class="x">a</p>\n\n    <ul>\n      <li>[b](c)</li>\n    </ul>\n\n</div>'
    )
    html = to_html(becomes(text))
    assert "<pre" not in html
    assert "<p>a</p>" in html
    assert '<a href="c"' in html


@given(st.text(alphabet="ab \n*-#>|`[]()!.1", max_size=200))
def test_breaks_that_are_marked_as_meant_come_back(text: str) -> None:
    """Exported and imported again, a text reads as before."""
    text = text.strip()
    marked = wrapping.with_hard_breaks(text)
    assert marked.replace(" ", "") == text.replace(" ", "")
    again = wrapping.unwrapped(marked)
    assert again.split() == text.split() or "`" in text


@given(st.text(max_size=300))
def test_links_that_nobody_changes_stay(text: str) -> None:
    assert links.rewrite(text, lambda _link: None) == text


def test_links_beside_a_table_are_found_as_those_in_it() -> None:
    text = (
        "See [a](one.md).\n\n| b | [c](two.md) |\n|---|---|\n\n![d](three.png) and [e\nf](four.md)"
    )
    assert [(link.target, link.in_table) for link in links.found(text)] == [
        ("one.md", False),
        ("two.md", True),
        ("three.png", False),
        ("four.md", False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "[a](" * 20_000,
        "`" * 50_000,
        "`a" * 30_000,
        "![[" * 20_000,
        "<a href=" * 20_000,
        "{% " * 30_000,
        "{{ " * 30_000,
        "::: {.callout-tip}\n" * 5_000,
        "| a " * 30_000,
        "+-" * 30_000,
        "> " * 30_000,
        "[a]: b\n" * 20_000,
        "# a {#b\n" * 10_000,
        "<div>" * 20_000,
    ],
    ids=lambda text: text[:8],
)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    """A hundred kilobytes: work that grows with the square of the length would not end here."""
    translated = translate(text).text
    assert links.rewrite(translated, lambda _link: None) == translated

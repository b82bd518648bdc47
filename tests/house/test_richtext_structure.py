"""Lists, code, tables and quotes come out as the people meant who typed them."""

from __future__ import annotations

import pytest

from cxwiki.richtext import to_html


def together(html: str) -> str:
    """Without line ends between elements."""
    return html.replace("\n<", "<").replace(">\n", ">")


@pytest.mark.parametrize("blanks", [2, 3])
def test_two_or_three_blanks_nest_a_list(blanks: int) -> None:
    html = to_html(f"- one\n{' ' * blanks}- two\n- three")
    assert together(html) == "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>"


def test_a_list_may_stand_right_below_a_paragraph() -> None:
    assert together(to_html("Three things:\n- one\n- two")) == (
        "<p>Three things:</p><ul><li>one</li><li>two</li></ul>"
    )


def test_a_number_at_the_beginning_of_a_line_makes_no_list_of_a_sentence() -> None:
    assert "<ol>" not in to_html("The bill was paid in\n2024. It was wrong.")


def test_a_list_begins_with_the_number_that_was_written() -> None:
    assert to_html("7. seven").startswith('<ol start="7">')


def test_another_sign_begins_another_list() -> None:
    assert to_html("- a\n* b\n1. c\n1) d").count("<li>") == 4
    assert to_html("- a\n* b").count("<ul>") == 2


def test_code_between_fences_belongs_to_its_item() -> None:
    html = together(to_html("1. Run\n   ```\n   - no item\n   ```\n2. Look"))
    assert html == "<ol><li>Run<pre><code>- no item</code></pre></li><li>Look</li></ol>"


def test_items_with_an_empty_line_between_them_are_paragraphs() -> None:
    assert together(to_html("- a\n\n- b")) == "<ul><li><p>a</p></li><li><p>b</p></li></ul>"


def test_an_empty_line_in_a_nested_list_leaves_the_outer_one_as_it_is() -> None:
    assert together(to_html("- a\n  - b\n\n    c\n- d")) == (
        "<ul><li>a<ul><li><p>b</p><p>c</p></li></ul></li><li>d</li></ul>"
    )


def test_a_quote_holds_lists_and_goes_on_without_its_sign() -> None:
    assert together(to_html("> - a\n> - b\n\n> c\nd")) == (
        "<blockquote><ul><li>a</li><li>b</li></ul></blockquote>"
        "<blockquote><p>c<br>d</p></blockquote>"
    )


def test_a_table_may_stand_right_below_its_introduction() -> None:
    html = together(to_html("Calls:\n| a | b |\n|:--|--:|\n| 1 | [x](y) |"))
    assert html.startswith("<p>Calls:</p><table><thead>")
    assert '<td align="left">1</td><td align="right"><a href="y"' in html


def test_a_wiki_link_with_a_label_stands_in_a_table() -> None:
    html = to_html("| a | b |\n|---|---|\n| [[Page\\|label]] | 2 |")
    assert '<td><span data-link="Page">label</span></td>' in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("**Note:** read", "<p><strong>Note:</strong> read</p>"),
        ("*a **b** c*", "<p><em>a <strong>b</strong> c</em></p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("`a*b*`", "<p><code>a*b*</code></p>"),
        ("\\*a\\*", "<p>*a*</p>"),
        ("&amp; &copy; &nothing;", "<p>&amp; © &amp;nothing;</p>"),
        ("![a *b*](c.png)", '<p><img alt="a b" src="c.png"></p>'),
        ("![a][b]\n\n[b]: c.png", '<p><img alt="a" src="c.png"></p>'),
    ],
)
def test_marks_within_a_line(text: str, html: str) -> None:
    assert to_html(text) == html


def test_an_image_may_be_a_link() -> None:
    assert '"><img alt="a" src="b"></a>' in to_html("[![a](b)](c)")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/a_b_c.", "https://example.org/a_b_c"),
        ("(see www.example.org)", "https://www.example.org"),
        ("<https://example.org/*>", "https://example.org/*"),
        ("bob@example.org", "mailto:bob@example.org"),
        ("[a](</b c>)", "/b%20c"),
        ("[a](b_(c))", "b_(c)"),
        ("[a]\n\n[a]: /?b=1&copy=2", "/?b=1&amp;copy=2"),
        ("[`a`]\n\n[`a`]: b", "b"),
        ("[A  b][]\n\n[a B]: <c d> 'e'", "c%20d"),
    ],
)
def test_addresses_lead_where_they_say(text: str, address: str) -> None:
    assert f'<a href="{address}"' in to_html(text)


def test_a_wiki_link_within_a_link_is_what_was_written() -> None:
    assert ">see [[Page]]</a>" in to_html("[see [[Page]]](https://example.org)")

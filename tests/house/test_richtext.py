"""Rich text: what comes out is harmless and readable, and made with bounded work."""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import conformity
from cxwiki import richtext
from cxwiki.richtext import first_words, to_html, to_text
from cxwiki.richtext.rendering import AS_WRITTEN

HARMLESS_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h2", "h3",
    "h4", "h5", "h6", "hr", "img", "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
HARMLESS_ATTRIBUTES = {
    "href", "title", "src", "alt", "start", "align", "scope", "type", "checked", "disabled", "rel",
    "data-link", "data-mention", "data-note",
}  # fmt: skip
BLANKS = "".join(map(chr, range(0x21)))
NEEDS_NO_END = {"br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Reads HTML as a browser would, and objects to everything that could do something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in HARMLESS_TAGS, tag
        for name, value in attrs:
            assert name in HARMLESS_ATTRIBUTES, (tag, name, value)
            if name in ("href", "src"):
                # as browsers do: blanks around it and line breaks inside it do not count
                address = re.sub(r"[\t\n\r]", "", (value or "").strip(BLANKS))
                assert urlsplit(address).scheme in ("", "http", "https", "mailto", "tel"), value
            if tag == "input" and name == "type":
                assert value == "checkbox"
        if tag not in NEEDS_NO_END:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> str:
    """Return the words of harmless HTML; fails on any other."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return "".join(reader.words)


def payloads(folder: Path) -> list[str]:
    lines = (folder / "pub-owasp-xss" / "payloads.jsonl").read_text().splitlines()
    return [json.loads(line)["payload"] for line in lines]


def test_known_attacks_come_out_harmless_wherever_they_stand(public_data: Path) -> None:
    attacks = payloads(public_data)
    assert len(attacks) > 100
    for attack in attacks:
        for text in (
            attack,
            f"# {attack}",
            f"- {attack}",
            f"[{attack}]({attack})",
            f'![x]({attack} "{attack}")',
            f"`{attack}` <{attack}>",
            f"| a |\n|---|\n| {attack} |",
            f"[x]: {attack}\n\n[x]",
            f"    {attack}",
        ):
            read(to_html(text))


def test_naughty_strings_come_out_harmless(public_data: Path) -> None:
    for text in json.loads((public_data / "pub-blns" / "blns.json").read_text()):
        read(to_html(text))
        assert "<" not in to_text(text) or "<" in text or "&lt" in text


def test_examples_of_the_specification_are_rendered_harmlessly(public_data: Path) -> None:
    lines = (public_data / "pub-commonmark-spec" / "spec.jsonl").read_text().splitlines()
    examples = [json.loads(line) for line in lines]
    assert len(examples) > 600
    for example in examples:
        read(to_html(example["markdown"]))


def test_nearly_all_examples_of_the_specification_are_rendered_as_it_says(
    public_data: Path,
) -> None:
    """But for what we do otherwise on purpose: `conformity` takes it out of both sides."""
    lines = (public_data / "pub-commonmark-spec" / "spec.jsonl").read_text().splitlines()
    examples = [json.loads(line) for line in lines]
    same = sum(conformity.agrees(one["markdown"], one["html"]) for one in examples)
    assert same >= 0.97 * len(examples), f"{same} of {len(examples)}"


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("ab <>[]()!*_`~#-|\"'&;:=\\\n\t\x00/1.ä\U0001f600"), max_size=200
    )
)
def test_any_text_comes_out_harmless(text: str) -> None:
    read(to_html(text))
    to_text(text)
    first_words(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and *slanted*", "<p><strong>bold</strong> and <em>slanted</em></p>"),
        ("# First\n## Second", "<h2>First</h2>\n<h3>Second</h3>"),
        ("###### Sixth", "<h6>Sixth</h6>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("~~gone~~", "<p><del>gone</del></p>"),
        ("<b>no</b> <kbd>yes</kbd>", "<p>no <kbd>yes</kbd></p>"),
        ("a\x00b", "<p>ab</p>"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert to_html(text) == html


def test_links_do_not_vouch_for_where_they_lead() -> None:
    assert 'rel="noopener noreferrer nofollow"' in to_html("[x](https://example.org)")
    assert "href" not in to_html("[x](javascript:alert(1))")
    assert "href" not in to_html("[x](data:text/html,x)")


def test_tables_task_lists_and_code_are_understood() -> None:
    assert "<td>1</td>" in to_html("| a |\n|---|\n| 1 |")
    assert to_html("- [x] done").count("checked") == 1
    assert (
        to_html("```python\n# no heading\n---\n```")
        == "<pre><code># no heading\n---\n</code></pre>"
    )


# --- bounded work -------------------------------------------------------------------------------

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


# --- plain text ---------------------------------------------------------------------------------


def test_plain_text_has_the_words_and_nothing_else() -> None:
    assert to_text("# Head\n\n**a** &amp; [b](https://x.org) <i>c</i>") == "Head \na & b c"
    assert "script" not in to_text("<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The bill is wrong. Again.", "The bill is wrong."),
        ("\n\n# Bill\n\nmore", "Bill"),
        ("word " * 50, "word " * 17 + "word…"),
        ("", ""),
        ("<script>x</script>", ""),
    ],
)
def test_a_title_is_made_of_the_first_words(text: str, title: str) -> None:
    assert first_words(text) == title


def test_what_no_database_holds_is_dropped_and_line_ends_are_one() -> None:
    assert richtext.clean("a\x00\r\nb\rc\ud800") == "a\nb\nc"

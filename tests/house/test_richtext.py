"""Rich text: what comes out is harmless, and what was meant."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import conformity
from cxwiki import richtext
from cxwiki.richtext import first_words, marks, to_html, to_text
from cxwiki.richtext.literals import Literals
from tests.house.harmless import payloads, read


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


def test_at_least_nine_in_ten_examples_of_the_specification_are_rendered_as_it_says(
    public_data: Path,
) -> None:
    """But for what we do otherwise on purpose: `conformity` takes it out of both sides."""
    lines = (public_data / "pub-commonmark-spec" / "spec.jsonl").read_text().splitlines()
    examples = [json.loads(line) for line in lines]
    same = sum(conformity.agrees(one["markdown"], one["html"]) for one in examples)
    assert same >= 0.92 * len(examples), f"{same} of {len(examples)}"


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


def test_cells_of_a_table_may_reach_over_a_hundred_others_and_no_more() -> None:
    html = to_html('<table><tr><td rowspan="4">a</td><td colspan="65000">b</td></tr></table>')
    assert '<td rowspan="4">a</td><td>b</td>' in html


def test_tables_task_lists_and_code_are_understood() -> None:
    assert "<td>1</td>" in to_html("| a |\n|---|\n| 1 |")
    assert to_html("- [x] done").count("checked") == 1
    assert (
        to_html("```python\n# no heading\n---\n```")
        == "<pre><code># no heading\n---\n</code></pre>"
    )


# --- what marks the place of things in the text -------------------------------------------------


@pytest.mark.parametrize(
    "forged",
    [
        "\x02wzxhzdk:0\x03",
        "\x02klzzwxh:0000\x03",
        "\x02\x02wzxhzdk:0\x03\x03",
        "\x02amp\x03lt;",
        "&#2;wzxhzdk:0&#3;",
        "&#x02;klzzwxh:0000&#x3;",
    ],
)
@pytest.mark.parametrize(
    "text", ["`kept` {}", "*a* `kept` [{}](b)", '`kept` [a]({} "{}")', "[r]: {}\n\n`kept` [r]"]
)
def test_nobody_can_name_a_place_where_something_was_kept_aside(text: str, forged: str) -> None:
    html = to_html(text.replace("{}", forged))
    assert html.count("kept") == html.count("<code>") == 1
    assert not set("\x02\x03") & set(html)


@pytest.mark.parametrize(
    "text",
    [
        "<textarea>\n\n[[Page]] @Bob",
        "<table><tr><td align='\n\n[[Page]] @Bob\n\n'>",
        "<xmp>\n\n[[Page]]",
        "<kbd title='[[Page]]'>",
        "[[[Page]]](x '[[Page]]')",
    ],
)
def test_the_seal_of_placeholders_never_comes_out(text: str) -> None:
    assert marks.SEAL not in to_html(text)


@pytest.mark.parametrize("name", [marks.LINK, marks.MENTION, marks.NOTE])
def test_a_placeholder_that_is_written_as_html_is_none(name: str) -> None:
    assert name not in to_html(f'<span {name}="Page">x</span> <p {name}="Page">x</p>')


# --- one text after another ---------------------------------------------------------------------


def test_where_a_label_leads_ends_with_the_text() -> None:
    assert "href" in to_html("[a]: https://example.org\n\n[a]")
    assert to_html("[a]") == "<p>[a]</p>"


def test_texts_in_many_threads_do_not_meet() -> None:
    texts = [f"[a]: /page-{n}\n\n[a] `code {n}` [[Page {n}]]\n\n- {n}" for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(to_html, texts * 5))
    assert together == [to_html(text) for text in texts] * 5


@pytest.mark.parametrize("cause", [RecursionError, ValueError])
def test_a_text_that_breaks_off_leaves_nothing_behind(
    cause: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Literals, "run", Mock(side_effect=cause))
        with suppress(ValueError):
            html = to_html("[a]: /leaks\n\n- one [a]")
            assert read(html) == "[a]: /leaks\n\n- one [a]"
    assert to_html("[a]") == "<p>[a]</p>"


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

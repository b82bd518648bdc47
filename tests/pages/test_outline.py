"""Headings get names, a table of contents, and never the name of a part of our own pages."""

from __future__ import annotations

from cxwiki.pages.outline import anchor_of, outline


def test_headings_are_named_by_their_words() -> None:
    html = str(outline("<h2>Über <em>uns</em></h2>").html)
    assert html == '<h2 id="text-ueber-uns">Über <em>uns</em></h2>'


def test_the_same_words_twice_get_two_names() -> None:
    html = str(outline("<h3>More</h3><h3>More</h3>").html)
    assert 'id="text-more"' in html
    assert 'id="text-more-2"' in html


def test_links_within_the_text_lead_to_them() -> None:
    html = str(outline('<a href="#%C3%BCber-uns">x</a><a href="#">y</a><h2>Über uns</h2>').html)
    assert '<a href="#text-ueber-uns">x</a><a href="#">y</a>' in html


def test_the_two_topmost_levels_are_listed_if_there_is_enough() -> None:
    text = "<h3>A</h3><h4>B</h4><h5>C</h5><h3>D</h3>"
    assert [(one.words, one.level) for one in outline(text).headings] == [
        ("A", 1), ("B", 2), ("D", 1),
    ]  # fmt: skip
    assert outline("<h2>A</h2><h2>B</h2>").headings == []


def test_words_are_never_markup() -> None:
    headings = outline("<h2>a &lt;b&gt;</h2><h2>b</h2><h2>c</h2>").headings
    assert headings[0].words == "a <b>"
    assert '"' not in anchor_of('x" onclick="alert(1)')


def test_a_long_text_lists_its_topmost_headings_alone() -> None:
    text = "".join(f"<h2>Part {number}</h2><h3>More</h3><h3>Still more</h3>" for number in range(6))
    assert [one.words for one in outline(text).headings] == [f"Part {n}" for n in range(6)]

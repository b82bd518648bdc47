"""Terms of the glossary are explained where a text uses them first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import pytest

from cxwiki.insights.models import Insight
from cxwiki.linking import terms
from cxwiki.linking.resolving import Target
from cxwiki.linking.showing import shown_text
from cxwiki.linking.terms import Term
from cxwiki.richtext import to_html
from tests.conftest import Cast
from tests.linking.conftest import Write

GLOSSARY = [
    Term(
        Target(901, "page", "NPS"), ("NPS", "Net Promoter Score"), "en", lambda: "Would <b> they?"
    ),
    Term(Target(902, "page", "Kündigung"), ("Kündigung",), "de", lambda: "Ende des Vertrags"),
    Term(Target(903, "page", "first contact"), ("first contact",), "en", lambda: "The first time"),
    Term(Target(904, "page", "contact"), ("contact",), "en", lambda: "Any time"),
    Term(Target(905, "page", "IT"), ("IT",), "en", lambda: "The department"),
    Term(Target(906, "page", "Leiter"), ("Leiter",), "de", lambda: "Führt"),
    Term(Target(907, "page", "R&D"), ("R&D",), "en", lambda: "Research"),
]


@pytest.fixture(autouse=True)
def glossary(monkeypatch: pytest.MonkeyPatch) -> None:
    def terms_for(_person: Any) -> Sequence[Term]:
        return GLOSSARY

    monkeypatch.setattr(terms, "_providers", [terms_for])


def explained(write: Write, cast: Cast, text: str, language: str = "en") -> list[tuple[int, str]]:
    """The numbers and the words of the terms that are marked up in a text."""
    insight = write("Text", language=language)
    html = str(shown_text(to_html(text), insight, person=cast.person("alice")))
    found = re.findall(r'aria-describedby="term-(\d+)">([^<]+)</a>', html)
    assert re.sub(r'<span class="term__meaning".*?</span>|<[^>]+>', "", html) == re.sub(
        "<[^>]+>", "", to_html(text)
    ), "the words of the text stay"
    return [(int(number), unescape(words)) for number, words in found]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("The NPS fell. The NPS rose.", "en", [(901, "NPS")]),
        ("Net promoter score, then NPS", "en", [(901, "Net promoter score")]),
        (
            "At the first contact, no other contacts",
            "en",
            [(903, "first contact"), (904, "contacts")],
        ),
        ("The first, contact", "en", [(904, "contact")]),
        ("Viele Kündigungen", "de", [(902, "Kündigungen")]),
        ("Ask IT whether it works", "en", [(905, "IT")]),
        ("whether it works", "en", []),
        ("Die Leiter leiten", "de", [(906, "Leiter")]),
        ("wir leiten", "de", []),
        ("Ask R&D", "en", [(907, "R&D")]),
        ("**NPS** in bold", "en", [(901, "NPS")]),
        ("`NPS`, [NPS](https://x.org), [[NPS]]", "en", []),
        ("# NPS\n\nNPS", "en", [(901, "NPS")]),
        ("```\nNPS\n```", "en", []),
        ("SNPS NPSX", "en", []),
        ("| NPS |\n|---|\n| NPS |", "en", []),
    ],
)
def test_the_first_use_outside_of_links_code_and_titles_is_marked(
    write: Write, cast: Cast, text: str, language: str, found: list[tuple[int, str]]
) -> None:
    assert explained(write, cast, text, language) == found


def test_what_it_means_is_said_to_every_reader(write: Write, cast: Cast) -> None:
    html = str(shown_text("<p>NPS</p>", write("Text"), person=cast.person("alice")))
    assert '<a class="term__word" href="/pages/901-nps" aria-describedby="term-901">NPS</a>' in html
    assert 'role="tooltip" id="term-901">Would &lt;b&gt; they?</span>' in html


def test_a_term_does_not_explain_itself(write: Write, cast: Cast) -> None:
    insight = write("Text")
    itself = Term(Target(insight.id, "page", "NPS"), ("fcr",), "en", lambda: "x")
    GLOSSARY.append(itself)
    try:
        assert "term" not in shown_text("<p>FCR</p>", insight, person=cast.person("alice"))
    finally:
        GLOSSARY.remove(itself)


def test_a_page_of_several_texts_explains_each_term_once(write: Write, cast: Cast) -> None:
    person, one, other = cast.person("alice"), write("One"), write("Other")
    assert "term-901" in shown_text("<p>NPS</p>", one, person=person)
    html = shown_text("<p>NPS and IT</p>", other, person=person)
    assert "term-901" not in html
    assert "term-905" in html


def test_comments_are_left_alone(page: None, cast: Cast) -> None:
    assert shown_text("<p>NPS</p>", object(), person=cast.person("alice")) == "<p>NPS</p>"
    assert shown_text("<p>NPS</p>", person=cast.person("alice")) == "<p>NPS</p>"


@pytest.mark.parametrize("text", ["NPS " * 5, "*N*PS <kbd>NPS</kbd> &lt;NPS", "<NPS> NPS"])
def test_at_most_one_mark_a_term_and_well_formed_html(write: Write, cast: Cast, text: str) -> None:
    insight: Insight = write("Text")
    html = str(shown_text(to_html(text), insight, person=cast.person("alice")))
    assert html.count("term-901") == 2
    assert html.count("<span") == html.count("</span>")


def test_a_tag_at_the_border_of_what_is_read_stays_whole(
    write: Write, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    insight, html = write("Text"), to_html("Our NPS [fell](https://example.org/a) again.")
    person = cast.person("alice")
    for border in range(1, len(html)):
        monkeypatch.setattr(terms, "MOST_TEXT", border)
        shown = str(shown_text(html, insight, person=person))
        assert re.sub(r'<span class="term">.*</span></span>', "NPS", shown) == html

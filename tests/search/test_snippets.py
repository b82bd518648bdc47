import pytest

from cxwiki.search.query.parsing import parse
from cxwiki.search.words.snippets import snippet


def marked(text: str, query: str, language: str = "de", width: int = 220) -> list[str]:
    return [piece for piece, hit in snippet(text, wanted(query), language, width) if hit]


def wanted(query: str) -> list[str]:
    return [name for word in parse(query).words for name in word.names]


@pytest.mark.parametrize(
    ("text", "query", "words"),
    [
        ("Alle Rechnungen kamen zu spät.", "Rechnung", ["Rechnungen"]),
        ("Die Gebühren sind zu hoch.", "gebuehr", ["Gebühren"]),
        ("Unsere Kund:innen warten.", "Kundin", ["Kund:innen"]),
        ("Bitte per E-Mail melden.", "email", ["E-Mail"]),
        ("Die Karte wurde gesperrt.", "sperren", ["gesperrt"]),
        ("Das ging nicht.", "gehen", ["ging"]),
        ("Die Online-Rechnungen fehlen.", "Rechnung", ["Online-Rechnungen"]),
    ],
)
def test_every_form_of_a_word_is_marked(text: str, query: str, words: list[str]) -> None:
    assert marked(text, query) == words


def test_the_pieces_make_up_a_short_text() -> None:
    text = "The card has not arrived, and the new card neither."
    pieces = snippet(text, wanted("cards"), "en")
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, hit in pieces if hit] == ["card", "card"]


def test_the_passage_with_most_of_the_words_is_shown() -> None:
    filler = "Hier steht etwas anderes. " * 40
    text = f"Rechnung. {filler}Die Rechnung für die Wallbox war falsch. {filler}"
    shown = "".join(piece for piece, _ in snippet(text, wanted("Wallbox Rechnung"), "de"))
    assert "Rechnung für die Wallbox" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 250


def test_a_compound_that_was_looked_for_is_marked_whole() -> None:
    text = "Der Vertretungsplan hängt aus, die Vertretung fehlt."
    pieces = snippet(text, ["vertretung", "vertretungsplan"], "de")
    assert [piece for piece, hit in pieces if hit] == ["Vertretungsplan", "Vertretung"]


def test_a_quote_in_the_other_language_is_marked_too() -> None:
    text = "Ein Kunde schrieb uns: My replies were never answered."
    assert marked(text, "reply") == ["replies"]


def test_a_passage_far_down_a_long_page_is_shown() -> None:
    text = "Hier steht etwas anderes. " * 1_500 + "Die Wallbox war falsch."
    assert marked(text, "Wallbox") == ["Wallbox"]


def test_many_matches_of_one_word_are_worth_less_than_two_words() -> None:
    text = "Rechnung Rechnung Rechnung. " + "Hier steht nichts. " * 30 + "Rechnung der Wallbox."
    assert marked(text, "Rechnung Wallbox", width=60) == ["Rechnung", "Wallbox"]


def test_without_a_match_the_beginning_is_shown() -> None:
    shown = snippet("Anfang " + "Wort " * 100, ["nirgends"], "de", width=40)
    assert shown[0][0].startswith("Anfang")
    assert not any(hit for _, hit in shown)


@pytest.mark.parametrize("text", ["", " ", "\x00", "x" * 5_000, "😀" * 500, "a " * 50_000])
def test_any_text_has_a_snippet_of_bounded_length(text: str) -> None:
    assert sum(len(piece) for piece, _ in snippet(text, ["x", "a"], "en")) <= 2 * 220


def test_markup_stays_text() -> None:
    assert marked("<b>Rechnung</b>", "Rechnung") == ["Rechnung"]

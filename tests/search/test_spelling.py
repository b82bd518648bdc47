import pytest

from cxwiki.search.words.dictionary import Entry
from cxwiki.search.words.spelling import allowed_errors, corrections, distance, neighbourhood

WORDS = [
    Entry("rechnung", "Rechnung", 9),
    Entry("rechner", "Rechner", 2),
    Entry("zahler", "Zähler", 3),
    Entry("strasse", "Straße", 1),
    Entry("haus", "Haus", 5),
    Entry("maus", "Maus", 50),
    Entry("geheimnis", "Geheimnis", 0),
]


@pytest.mark.parametrize(
    ("typed", "term", "errors"),
    [
        ("rechnugn", "rechnung", 1),
        ("rehcnung", "rechnung", 1),
        ("erchnung", "rechnung", 1),
        ("rechnugnn", "rechnung", 2),
        ("echnung", "rechnung", 1),
        ("zaehler", "zahler", 0),
        ("sraße".replace("ß", "ss"), "strasse", 1),
        ("hau", "haus", None),
        ("hauss", "haus", 1),
        ("mauss", "haus", None),
        ("haus", "maus", None),
        ("rechenung", "rechner", None),
    ],
)
def test_errors_are_letters_wrong_missing_too_many_or_swapped(
    typed: str, term: str, errors: int | None
) -> None:
    assert distance(typed, term) == errors


def test_short_words_forgive_less() -> None:
    assert [allowed_errors(length) for length in (3, 4, 7, 8, 20)] == [0, 1, 1, 2, 2]


def test_the_nearest_come_first_then_the_commonest() -> None:
    assert [one.surface for one in corrections("rechnugn", WORDS, 3)] == ["Rechnung"]
    near = [Entry("plan", "Plan", 1), Entry("platz", "Platz", 9), Entry("plane", "Plane", 4)]
    assert [one.surface for one in corrections("plam", near, 3)] == ["Plan"]
    assert [one.surface for one in corrections("plann", near, 3)] == ["Plane", "Plan"]


def test_what_no_company_visible_document_has_is_no_correction() -> None:
    assert corrections("geheimnsi", WORDS, 3) == []


def test_a_misspelt_word_keeps_its_beginning_or_its_end() -> None:
    for typed in ("rechnugn", "rehcnung", "rechnng", "erchnung"):
        begin, end = neighbourhood(typed)
        assert "rechnung".startswith(begin) or "rechnung".endswith(end)

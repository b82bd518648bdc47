"""Labels read like a person's: telling words, as people write them, none twice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxwiki.themes.labels import label, most_central
from cxwiki.themes.vectors import normalise

DELIVERY = [
    "My card has not arrived yet, where is the delivery?",
    "The cards were delivered late again",
    "Can you track the delivery of a card",
    "please track my card",
]
PIN = [
    "I forgot the PIN",
    "How do I change my PIN?",
    "Why is it blocked? The PIN was right",
    "They want to unblock a PIN",
]
RECHNUNG = [
    "Die Kundin versteht ihre Rechnung nicht",
    "Viele fragen nach der Höhe der Rechnungen",
    "Unverständliche Rechnung, der Abschlag fehlt",
    "Bitte den Abschlag auf der Rechnung erklären",
]
ZÄHLER = ["Der Zähler ist defekt", "Niemand liest den Zähler ab", "Wer tauscht Zähler?"]


def test_a_heading_tells_what_the_theme_is_about():
    labels = label({1: DELIVERY, 2: PIN}, [], "en")
    assert "card" in labels[1].lower()
    assert "PIN" in labels[2] or "pin" in labels[2].lower()


def test_a_phrase_that_members_share_is_the_heading():
    late = ["Appointment moved without notice", "They moved my appointment without any notice",
            "My appointment was moved, no notice"]  # fmt: skip
    assert label({1: late, 2: PIN}, [], "en")[1] == "Appointment moved without notice"
    hoch = ["Die Rechnung zu hoch", "Rechnung ist viel zu hoch", "Warum ist die Rechnung zu hoch?"]
    assert label({1: hoch, 2: ZÄHLER}, [], "de")[1] == "Rechnung zu hoch"


def test_a_heading_begins_and_ends_with_a_telling_word():
    labels = label({1: ["The card of the", "For the card of the", "Of a card"], 2: PIN}, [], "en")
    assert labels[1] == "Card"


def test_german_nouns_keep_their_capital_and_stop_words_are_no_label():
    labels = label({1: RECHNUNG, 2: ZÄHLER}, [], "de")
    assert labels[1] == "Abschlag auf der Rechnung"
    assert "Zähler" in labels[2]


@pytest.mark.parametrize(
    ("language", "titles", "heading"),
    [
        ("en", ["My card is not working", "My card isn't working at all", "Why is my card not working?"],
         "Card is not working"),
        ("en", ["Can I track the card you sent?", "I want to track the card", "Track the card"],
         "Track the card"),
        ("en", ["I can't top up my account", "Why can I not top up?", "I can't top up my account"],
         "Can't top up my account"),
        ("en", ["Does my card work abroad?", "Will my card work abroad?", "My card and work abroad"],
         "Card and work abroad"),
        ("en", ["Can I give my daughter a card?", "A card for my daughter", "My daughter needs a card"],
         "Card for my daughter"),
        ("de", ["Karte nicht angekommen", "Meine Karte ist nicht angekommen", "Karte nicht da"],
         "Karte nicht angekommen"),
        ("de", ["Wie kann ich meine PIN ändern?", "Ich will die PIN ändern", "Kann man die PIN ändern?"],
         "PIN ändern"),
        ("de", ["Alle fragen, was der neue Zähler kostet", "Was der Zähler kostet, weiß niemand",
                "Der Zähler vom Amt"], "Zähler vom Amt"),
    ],
)  # fmt: skip
def test_a_heading_is_cut_where_a_person_would(
    language: str, titles: list[str], heading: str
) -> None:
    others = {"en": ["The shop is closed", "A shop opens", "shop"], "de": RECHNUNG}[language]
    assert label({1: titles, 2: others}, [], language)[1] == heading


def test_what_members_deny_is_not_lost():
    refused = ["The card was not accepted", "My card was not accepted", "Card was not accepted"]
    gone = ["The card was accepted", "My card was accepted again", "Card accepted"]
    labels = label({1: refused, 2: gone}, [], "en")
    assert "not" in labels[1].split()
    assert "not" not in labels[2].split()


def test_a_heading_begins_with_a_capital():
    texts = {1: ["delivery late. delivery lost", "delivery late again"], 2: PIN}
    assert label(texts, [], "en")[1].startswith("Delivery")


def test_no_two_forms_of_one_word_in_a_label():
    texts = ["cards delivered", "card delivery", "deliver the card", "a delivery of cards"]
    words = label({1: texts, 2: PIN}, [], "en")[1].lower().replace(",", "").split()
    assert len([word for word in words if word.startswith("card")]) == 1
    assert len([word for word in words if word.startswith("deliver")]) == 1


def test_a_possessive_is_no_end():
    texts = ["Reminder for the landlord's call", "A reminder for the landlord's call", "landlord's"]
    assert not label({1: texts, 2: PIN}, [], "en")[1].endswith("'s")


def test_themes_with_the_same_texts_have_different_labels():
    labels = label(dict.fromkeys(range(30), DELIVERY), [], "en")
    assert len({heading.casefold() for heading in labels.values()}) == len(labels) == 30


def test_a_name_that_people_gave_is_not_given_again():
    given_by_software = label({1: DELIVERY, 2: PIN}, [], "en")[1]
    labels = label({1: DELIVERY, 2: PIN}, [], "en", taken=[given_by_software.upper()])
    assert labels[1].casefold() != given_by_software.casefold()


def test_a_single_text_and_empty_words_make_no_label():
    assert label({1: ["My card"], 2: ["I do not know", "who are you"], 3: []}, [], "en") == {}


def test_a_long_page_does_not_name_the_theme():
    labels = label({1: [*DELIVERY, "umbrella " * 500], 2: PIN}, [], "en")
    assert "umbrella" not in labels[1].lower()


def test_hostile_texts_are_cut():
    endless = "a" * 100_000
    labels = label({1: [endless, endless, "card " * 40_000], 2: DELIVERY}, [endless], "en")
    assert all(len(heading) < 300 for heading in labels.values())


WORDS = st.sampled_from(
    [
        "card",
        "cards",
        "Rechnung",
        "deliver",
        "PIN",
        "lost",
        "waiting",
        "der",
        "the",
        "123",
        "e-mail",
        "Ärger",
    ]
)
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(0, 20), st.lists(TEXTS, max_size=5), max_size=8),
    st.sampled_from(["en", "de"]),
)
def test_labels_are_never_equal_whatever_people_write(texts, language):
    labels = label(texts, [], language)
    told = [heading.casefold() for heading in labels.values()]
    assert len(told) == len(set(told))


def test_the_most_central_member_comes_first():
    vectors = normalise(np.array([[1, 0.9], [1, 0], [1, 0.1], [1, -0.4]]))
    assert most_central(vectors)[0] == 2
    assert len(most_central(vectors[:0])) == 0

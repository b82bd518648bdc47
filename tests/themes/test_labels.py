"""Labels read like a person's: telling words, as people write them, none twice."""

import numpy as np
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


def test_words_tell_what_the_theme_is_about():
    labels = label({1: DELIVERY, 2: PIN}, [], "en")
    assert {"card", "delivery"} <= set(labels[1])
    assert labels[2][0] == "PIN"


def test_german_nouns_keep_their_capital_and_stop_words_are_no_label():
    labels = label({1: RECHNUNG, 2: ZÄHLER}, [], "de")
    assert set(labels[1]) == {"Rechnung", "Abschlag"}
    assert labels[2][0] == "Zähler"


def test_a_capital_that_only_begins_the_sentence_is_dropped_in_english():
    labels = label({1: ["Delivery late. Delivery lost", "Delivery failed"], 2: PIN}, [], "en")
    assert labels[1][0] == "delivery"


def test_no_two_forms_of_one_word_in_a_label():
    texts = ["cards delivered", "card delivery", "deliver the card", "a delivery of cards"]
    words = label({1: texts, 2: PIN}, [], "en")[1]
    assert len([word for word in words if word.startswith("card")]) == 1
    assert len([word for word in words if word.startswith("deliver")]) == 1


def test_two_or_three_words():
    labels = label({1: DELIVERY, 2: PIN, 3: DELIVERY[:3] + PIN[:2]}, ["something else"], "en")
    assert all(1 <= len(words) <= 3 for words in labels.values())


def test_themes_with_the_same_texts_have_different_labels():
    labels = label(dict.fromkeys(range(30), DELIVERY), [], "en")
    assert len({frozenset(words) for words in labels.values()}) == len(labels) == 30


def test_a_name_that_people_gave_is_not_given_again():
    given_by_software = label({1: DELIVERY, 2: PIN}, [], "en")[1]
    labels = label({1: DELIVERY, 2: PIN}, [], "en", taken=[", ".join(given_by_software).title()])
    assert set(labels[1]) != set(given_by_software)


def test_a_single_text_and_empty_words_make_no_label():
    assert label({1: ["My card"], 2: ["I do not know", "who are you"], 3: []}, [], "en") == {}


def test_a_long_page_does_not_name_the_theme():
    labels = label({1: [*DELIVERY, "umbrella " * 500], 2: PIN}, [], "en")
    assert "umbrella" not in labels[1]


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
    told = [frozenset(word.casefold() for word in words) for words in labels.values()]
    assert len(told) == len(set(told))


def test_the_most_central_member_comes_first():
    vectors = normalise(np.array([[1, 0.9], [1, 0], [1, 0.1], [1, -0.4]]))
    assert most_central(vectors)[0] == 2
    assert len(most_central(vectors[:0])) == 0

"""The software shows before and after; it never says that one came of the other."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest

from tests.architecture.test_translations import Key, catalog, sentences, texts

# Files whose sentences stand beside a difference: named for effects, movement and telling.
SPEAKS_OF_EFFECTS = re.compile(r"effect|movement|telling|occasions|comparing|differences|windows")
ENGLISH = re.compile(
    r"\b(because|due to|owing to|thanks to|caus(e[sd]?|ing)|led to|leads? to|resulted|results? in|"
    r"as a result|attribut\w+|brought about|made (it|this) (better|worse)|proved|proves?)\b",
    re.IGNORECASE,
)
GERMAN = re.compile(
    r"\b(weil|wegen|aufgrund|infolge|dank|deshalb|dadurch|bewirk\w+|verursach\w+|beweist|bewiesen|"
    r"führt\w* zu|ursächlich|zurückzuführen|hat \w+ (verbessert|verschlechtert))\b",
    re.IGNORECASE,
)


def sentences_of_effects() -> dict[Key, str]:
    return {
        key: place
        for key, place in sentences().items()
        if SPEAKS_OF_EFFECTS.search(PurePosixPath(place.partition(":")[0]).stem)
    }


def test_the_sentences_of_effects_are_found() -> None:
    found = {place.partition(":")[0] for place in sentences_of_effects().values()}
    assert {
        "cxwiki/kpis/effect_words.py",
        "cxwiki/actions/effect_page.py",
        "cxwiki/actions/telling.py",
        "templates/actions/effects.html",
        "templates/actions/_effect_section.html",
        "templates/actions/_effects.html",
        "templates/actions/_effects_of_insight.html",
    } <= found


def test_no_sentence_says_why_in_english() -> None:
    wrong = [
        f"{place}: {text}"
        for key, place in sentences_of_effects().items()
        for text in ([key] if isinstance(key, str) else key)
        if ENGLISH.search(text)
    ]
    assert wrong == []


def test_no_sentence_says_why_in_german() -> None:
    known = catalog("de")
    wrong = []
    for key, place in sentences_of_effects().items():
        message = known.get(key if isinstance(key, str) else key[0])
        wrong += [
            f"{place}: {text}"
            for text in (texts(message) if message else [])
            if GERMAN.search(text)
        ]
    assert wrong == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (ENGLISH, "The score is better because of this action."),
        (ENGLISH, "This caused 4 points more."),
        (ENGLISH, "It led to fewer complaints."),
        (GERMAN, "Der Wert ist wegen dieser Maßnahme besser."),
        (GERMAN, "Die Maßnahme hat ihn verbessert."),
        (GERMAN, "Das führte zu weniger Beschwerden."),
    ],
)
def test_the_words_are_recognised(words: re.Pattern[str], text: str) -> None:
    assert words.search(text)

import json
from pathlib import Path

import pytest

from cxwiki.search.words.language import MAX_WORD, detect, forms_of, terms


def forms(word: str, language: str = "de") -> set[str]:
    return set(terms(word, language))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rechnung", "Rechnungen"),
        ("Gebühr", "gebühren"),
        ("Gebühr", "Gebuehren"),
        ("Straße", "Strassen"),
        ("Zähler", "za\u0308hler"),
        ("Kundin", "Kundinnen"),
        ("Kundin", "Kund:innen"),
        ("Kunde", "Kund*innen"),
        ("Kunden", "KundInnen"),
        ("Kunde", "Kund_innen"),
        ("Kunde", "Kunden/-innen"),
        ("Ärzte", "Ärzt:innen"),
        ("Abschlag", "Abschläge"),
        ("schnell", "schneller"),
        ("Ver\u00adtrag", "Verträge"),
    ],
)
def test_german_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert forms(one) == forms(other)


@pytest.mark.parametrize(
    ("form", "base"),
    [(form, "Kunde") for form in (
        "Kundin", "Kundinnen", "Kund:in", "Kund:innen", "Kund*in", "Kund*innen", "Kund_innen",
        "KundIn", "KundInnen", "Kund/innen", "Kund/-innen", "Kunden/-innen", "Kund(inn)en",
        "Kund·innen", "Kunde/Kundin", "Kundinnen/Kunden", "KUNDINNEN",
    )]
    + [
        ("Mitarbeiter:in", "Mitarbeiter"), ("Mitarbeiter*innen", "Mitarbeiter"),
        ("Mitarbeiter(in)", "Mitarbeiter"), ("Mitarbeiter(innen)", "Mitarbeiter"),
        ("MitarbeiterInnen", "Mitarbeiter"), ("Ärzt:innen", "Arzt"), ("Ärztin", "Ärzte"),
        ("Bürger:innen", "Bürger"), ("Bürger/in", "Bürger"), ("Kolleg*innen", "Kollegen"),
        ("Kollegin", "Kollege"), ("Beamt:innen", "Beamte"), ("Beamtinnen", "Beamter"),
        ("Expert:innen", "Experte"), ("Nutzer:innen", "Nutzer"), ("Jurist*in", "Juristen"),
        ("Patient_innen", "Patienten"), ("Anwält:innen", "Anwalt"), ("Berater·innen", "Berater"),
    ],
)  # fmt: skip
def test_gendered_forms_are_one_word(form: str, base: str) -> None:
    assert forms(form) == forms(base)
    assert len(forms(form)) == 1


@pytest.mark.parametrize("word", ["LinkedIn", "PlugIn", "10:innen", "Termin", "Benzin"])
def test_what_only_ends_like_a_gendered_form_is_left_alone(word: str) -> None:
    (term,) = forms(word)
    assert term.endswith(("in", "innen"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Krankheitsvertretungspläne", "Krankheitsvertretungsplan"),
        ("Abschlagszahlungen", "Abschlagszahlung"),
        ("Wallboxinstallationen", "Wallboxinstallation"),
        ("Kundenberaterinnen", "Kundenberater"),
        ("Weiterleitungen", "Weiterleitung"),
    ],
)
def test_forms_of_compounds_that_no_dictionary_has_are_one_term(one: str, other: str) -> None:
    assert forms(one) == forms(other)


@pytest.mark.parametrize(
    ("one", "other"), [("invoice", "Invoices"), ("pay", "paid"), ("customer", "customer's")]
)
def test_english_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert forms(one, "en") == forms(other, "en")


@pytest.mark.parametrize(
    ("one", "other"), [("Termin", "Term"), ("Versand", "Verstand"), ("Konto", "Kontakt")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert forms(one).isdisjoint(forms(other))


def test_a_hyphenated_word_is_found_joined_and_by_its_parts() -> None:
    assert forms("email") < forms("E-Mail")
    assert forms("banking") < forms("Online-Banking")


def test_numbers_and_other_scripts_are_words() -> None:
    assert terms("Fehler 4711 счёт 請求書", "de")[1:] == ["4711", "счет", "請求書"]


def test_nul_emoji_and_signs_leave_no_term() -> None:
    assert terms("\x00 😀 ¿? -- *** ‏", "de") == []


def test_an_endless_word_is_cut() -> None:
    assert all(len(term) <= MAX_WORD for term in terms("x" * 10_000, "en"))


def test_a_query_matches_whatever_the_language_of_the_text() -> None:
    ((_form, alternatives),) = forms_of("Rechnungen")
    assert forms("Rechnung") <= set(alternatives)
    assert set(terms("Rechnungen", "en")) <= set(alternatives)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Rechnung ist falsch, und niemand ruft zurück.", "de"),
        ("The invoice is wrong and nobody calls back.", "en"),
        ("Zählerstand falsch", "de"),
        ("how hot is it", "en"),
    ],
)
def test_the_language_of_a_text_is_recognised(text: str, language: str) -> None:
    assert detect(text, ("en", "de")) == language


@pytest.mark.parametrize("text", ["", "12345", "😀", "\x00"])
def test_a_text_that_says_nothing_gets_the_first_language(text: str) -> None:
    assert detect(text, ("de", "en")) == "de"
    assert detect(text, ("en", "de")) == "en"


def test_short_texts_of_both_languages_are_told_apart(public_data: Path) -> None:
    lines = (public_data / "pub-xsid-de-en-valid" / "pairs.jsonl").read_text("utf-8").splitlines()
    pairs = [json.loads(line) for line in lines]
    texts = [(" ".join(pair[lang].split()[:4]), lang) for pair in pairs for lang in ("de", "en")]
    for allowed in (("en", "de"), ("de", "en")):
        right = sum(detect(text, allowed) == language for text, language in texts)
        assert right / len(texts) >= 0.95

import pytest

from cxwiki.search.language import MAX_WORD, detect, query_words, terms


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
    (alternatives,), _ = query_words("Rechnungen", 8)
    assert forms("Rechnung") <= set(alternatives)
    assert set(terms("Rechnungen", "en")) <= set(alternatives)


def test_a_query_leaves_stop_words_out() -> None:
    words, _ = query_words("Wo ist die Rechnung von the customer", 8)
    assert len(words) == 2


def test_a_query_of_stop_words_alone_keeps_them() -> None:
    assert query_words("to be or not to be", 8)[0]


def test_a_long_query_is_cut_and_says_so() -> None:
    words, cut = query_words(" ".join(f"word{number}" for number in range(100)), 10)
    assert (len(words), cut) == (10, True)


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

"""Queries that are helped by the lexicon, against a real index, with the named scopes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import event, select

from cxwiki.database import db
from cxwiki.search.documents import Document, Filters, Scope
from cxwiki.search.embedded.keyword import KeywordIndex
from cxwiki.search.models import LexiconPart
from cxwiki.search.port import KeywordEngine
from cxwiki.search.postgres.keyword import PostgresKeyword
from cxwiki.search.query.parsing import parse
from cxwiki.search.words import lexicon
from cxwiki.search.words.expansion import Expanded, expand

EVERYBODY = Scope()
TEAM_ONE = Scope(team_ids=frozenset({1}))
TEAM_TWO = Scope(team_ids=frozenset({2}))


def insight(subject_id: int, title: str, body: str = "", **more: object) -> Document:
    document = Document(subject_id, "insight", title, body, "de", 1, "company")
    return replace(document, **more)  # type: ignore[arg-type]


class Site:
    """An index and the lexicon beside it."""

    def __init__(self, index: KeywordEngine) -> None:
        self.index = index
        self.index.rebuild([])

    def add(self, *documents: Document) -> None:
        self.index.update(documents)
        lexicon.learn(documents, self.index)

    def titled(self, *titles: str, **more: object) -> None:
        self.add(*(insight(number, one, **more) for number, one in enumerate(titles, start=1)))

    def expand(self, text: str, scope: Scope = EVERYBODY) -> Expanded:
        return expand(parse(text), self.index, scope)

    def found(self, text: str, scope: Scope = EVERYBODY) -> list[int]:
        query = self.expand(text, scope).query
        hits = self.index.search(query, scope, Filters(), 50).hits
        return [hit.subject_id for hit in hits]

    def meant(self, text: str, scope: Scope = EVERYBODY) -> list[tuple[str, str]]:
        return [(one.typed, one.meant) for one in self.expand(text, scope).corrections]

    def recount(self) -> None:
        lexicon.recount(self.index)


@pytest.fixture
def site(context: APIFlask, tmp_path: Path) -> Site:
    on_postgres = db.engine.dialect.name == "postgresql"
    return Site(PostgresKeyword() if on_postgres else KeywordIndex(tmp_path / "index"))


def test_a_word_finds_its_compounds(site: Site) -> None:
    site.titled(
        "Vertretungsplan fehlt",
        "Krankheitsvertretung ungeklärt",
        "Krankheitsvertretungspläne kommen spät",
        "Vertretung gesucht",
        "Vertrag gekündigt",
    )
    assert site.found("Vertretung")[0] == 4
    assert set(site.found("Vertretung")) == {1, 2, 3, 4}
    assert set(site.found("Vertretungsplan")) >= {1, 3}
    assert set(site.found("Pläne")) == {1, 3}


def test_a_compound_finds_its_parts_after_itself(site: Site) -> None:
    site.titled("Plan für morgen", "Stundenplan unklar", "Versand dauert", "Stunde verpasst")
    found = site.found("Stundenplan")
    assert found[0] == 2
    assert set(found) == {1, 2, 4}
    assert set(site.found("plan")) == {1, 2}


def test_words_that_only_look_like_compounds_stay_whole(site: Site) -> None:
    site.titled("Sand im Getriebe", "Stand der Dinge", "Versand dauert", "Verstand verloren")
    assert site.found("Sand") == [1]
    assert site.found("Stand") == [2]
    assert site.found("Versand") == [3]


def test_a_word_that_only_the_site_knows_is_a_part(site: Site) -> None:
    site.titled("Zorbix ist da", "Zorbixlieferung verspätet", "Der Zorbixtarif ist teuer")
    assert set(site.found("Zorbix")) == {1, 2, 3}


def test_a_part_that_came_later_is_found_after_a_recount(site: Site) -> None:
    site.titled("Zorbixlieferung verspätet")
    site.add(insight(2, "Zorbix ist da"))
    site.recount()
    assert set(site.found("Zorbix")) == {1, 2}


def test_hyphens_and_closed_forms_are_one(site: Site) -> None:
    site.titled("Online-Banking geht nicht", "Onlinebanking ist langsam", "Banking ist schwer")
    assert set(site.found("Banking")) == {1, 2, 3}
    assert set(site.found("Onlinebanking")) >= {1, 2}


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("log in", "Login fails"),
        ("login", "Cannot log in"),
        ("email", "No e-mail came"),
        ("e-mails", "Email is late"),
        ("signup", "Sign-up is broken"),
        ("sign-up", "Signup is broken"),
        ("callback", "Call back later"),
        ("call back", "The callback never came"),
        ("customer's", "Customers complain"),
        ("Kunden Service", "Kundenservice nicht erreichbar"),
        ("Kundin", "Kundinnen warten"),
        ("Kunden", "Kund:innen warten"),
        ("Kund*innen", "Eine Kundin wartet"),
        ("Zaehlerstand", "Zählerstände falsch"),
    ],
)
def test_ways_to_write_a_word_find_one_another(site: Site, query: str, title: str) -> None:
    language = "de" if any(word in title for word in ("Kund", "Zähler")) else "en"
    site.titled(title, "Etwas ganz anderes", language=language)
    assert site.found(query) == [1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Rechnugn", "Rechnung"),
        ("Rehcnung", "Rechnung"),
        ("Rechnng", "Rechnung"),
        ("Rechhnung", "Rechnung"),
        ("Echnung", "Rechnung"),
        ("Abschlagzahlnug", "Abschlagszahlung"),
        ("Zahler", "Zähler"),
    ],
)
def test_a_misspelt_word_finds_what_was_meant_and_offers_it(
    site: Site, typed: str, meant: str
) -> None:
    site.titled("Rechnung falsch", "Abschlagszahlung zu hoch", "Zähler defekt", "Gebühr")
    number = ["Rechnung", "Abschlagszahlung", "Zähler"].index(meant) + 1
    assert site.found(typed) == [number]
    if typed != "Zahler":  # without its dots the word is found as it is
        assert site.meant(typed) == [(typed.lower(), meant)]


@pytest.mark.parametrize("typed", ["Rechnugnsbetrag", "Rechnungsbetarg"])
def test_a_misspelt_half_of_a_compound_finds_the_other(site: Site, typed: str) -> None:
    site.titled("Rechnung falsch", "Betrag zu hoch", "Gebühr")
    assert {1, 2} >= set(site.found(typed)) != set()


@pytest.mark.parametrize("query", ["Rechnung", "Rechn", "xyz", "Rec", "Qwertzuiop", "4711"])
def test_nothing_is_offered_for_words_that_find_or_resemble_none(site: Site, query: str) -> None:
    site.titled("Rechnung falsch", "Abschlagszahlung zu hoch")
    assert site.meant(query) == []


def test_the_own_word_comes_before_what_was_maybe_meant(site: Site) -> None:
    site.titled("Rechnung falsch")
    site.add(insight(2, "Rechnugn falsch", visibility="team"))
    assert site.found("Rechnugn", TEAM_ONE) == [2]
    assert site.meant("Rechnugn", TEAM_ONE) == []
    assert site.meant("Rechnugn", TEAM_TWO) == [("rechnugn", "Rechnung")]


def test_a_beginning_finds_the_words_that_begin_so(site: Site) -> None:
    site.titled("Rechnung falsch", "Rechner kaputt", "Gebühr", "Rechtliches")
    assert set(site.found("Rechn")) == {1, 2}
    assert set(site.found("rech*")) == {1, 2, 4}
    assert site.found("re") == []
    assert set(site.found("Gebue")) == {3}


def test_a_beginning_that_is_a_word_is_a_beginning_only_with_a_star(site: Site) -> None:
    site.titled("Kind", "Kindheit")
    assert site.found("Kind") == [1]
    assert set(site.found("Kind*")) == {1, 2}


def test_a_star_counts_in_conditions_too(site: Site) -> None:
    site.titled("Rechnung Gebühr", "Rechner Gebühr", "Nur Gebühr")
    assert site.found("Gebühr -rech*") == [3]


def test_words_of_phrases_are_exact(site: Site) -> None:
    site.titled("Vertretung fehlt", "Vertretungsplan fehlt")
    assert site.found('"Vertretung fehlt"') == [1]


def test_many_words_cost_no_more_queries_than_few(site: Site) -> None:
    site.titled("Rechnung falsch", "Vertretungsplan")
    counts = []
    for text in ("Rechnugn", " ".join(f"wortt{chr(97 + n)}ung" for n in range(26)) * 40):
        statements: list[str] = []

        def note(_c: object, _x: object, statement: str, *_rest: object) -> None:
            statements.append(statement)  # noqa: B023

        event.listen(db.engine, "before_cursor_execute", note)
        site.expand(text)
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len([one for one in statements if "lexicon" in one]))
    assert max(counts) <= 4


@pytest.mark.parametrize(
    "text",
    ["", "*", "the of and", "😀", "\x00", "x" * 10_000, "wort " * 10_000, "\u202eab", "'%_*"],
)
def test_hostile_queries_are_no_problem(site: Site, text: str) -> None:
    site.titled("Rechnung falsch")
    assert site.meant(text) == []
    assert site.found(text) in ([], [1])  # without any word all is found


def test_the_number_of_added_terms_is_bounded(site: Site) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    site.titled(*(f"Rechnung{a}{b} Rechnungs{a}{b}plan" for a in letters for b in letters[:8]))
    (word,) = site.expand("Rechnung").query.words
    assert len(word.terms) <= 48


def parts_of(term: str) -> set[str]:
    return set(db.session.scalars(select(LexiconPart.part).where(LexiconPart.term == term)))


def hidden(site: Site, text: str) -> None:
    site.add(insight(90, text, visibility="team", team_id=7))


def test_a_team_visible_word_is_never_offered(site: Site) -> None:
    site.titled("Gebühr")
    hidden(site, "Sanierungsprojekt Zorbix")
    for scope in (EVERYBODY, TEAM_ONE, Scope(team_ids=frozenset({7})), Scope(everything=True)):
        assert site.meant("Sanierungsprojekd Zorbxi", scope) == []
    assert lexicon.completions("sanier", 5, site.index) == []
    assert site.found("Sanierungs") == []


def test_a_team_visible_word_takes_no_other_apart(site: Site) -> None:
    hidden(site, "Zorbix")
    site.add(insight(1, "Zorbixlieferung verspätet"))
    site.recount()
    assert parts_of("zorbixlieferung") == set()
    words = site.expand("Zorbixlieferung").query.words
    assert "zorbix" not in {name for word in words for name in word.names}
    site.add(insight(2, "Zorbix ist da"))
    site.recount()
    assert parts_of("zorbixlieferung") == {"zorbix", "lieferung"}


def test_the_team_itself_finds_its_compounds(site: Site) -> None:
    hidden(site, "Der Vertretungsplan fehlt")
    assert site.found("Vertretung", Scope(team_ids=frozenset({7}))) == [90]
    assert site.found("Vertretung") == site.found("Vertretung", TEAM_ONE) == []


def test_team_visible_text_changes_nothing_for_others(site: Site) -> None:
    site.titled("Rechnung falsch", "Rechner kaputt", "Stundenplan unklar")
    queries = ("Rechnugn", "Rechn", "Stundenplan", "plan", "rech*")
    before = [(site.found(one), site.meant(one)) for one in queries]
    hidden(site, "Rechnugn Rechnu Rechnzettel Stundenplanung Planstunde Rechnungsplan Plan Stunde")
    site.recount()
    assert [(site.found(one), site.meant(one)) for one in queries] == before


def test_a_word_vanishes_with_the_last_text_that_everybody_sees(site: Site) -> None:
    site.titled("Zorbix ist da", "Gebühr")
    assert site.meant("Zorbxi") == [("zorbxi", "Zorbix")]
    site.add(insight(1, "Zorbix ist da", visibility="team"))
    assert site.meant("Zorbxi") == []
    assert site.found("Zorbi") == []
    site.add(insight(3, "Zorbixlieferung"))
    assert parts_of("zorbixlieferung") == set()
    site.recount()
    assert site.meant("Zorbxi") == []

"""The query language, without a site: what is typed, and what of it is looked for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cxwiki.search.documents import Filters, Query
from cxwiki.search.query.parsing import LONGEST_TEXT, MAX_CONDITIONS, MAX_PHRASE, MAX_WORDS, parse


def typed(query: Query) -> list[str]:
    return [word.surface for word in query.words]


def required(query: Query) -> list[list[str]]:
    return [[" ".join(word.surface for word in one) for one in group] for group in query.required]


def excluded(query: Query) -> list[str]:
    return [" ".join(word.surface for word in one) for one in query.excluded]


class TestWords:
    def test_plain_words_are_looked_for_without_a_condition(self) -> None:
        query = parse("Rechnung zu spät")
        assert (query.text, typed(query)) == ("Rechnung zu spät", ["rechnung", "spät"])
        assert not query.has_conditions
        assert query.filters == Filters()

    def test_a_word_counts_once_in_whatever_form(self) -> None:
        assert typed(parse("Rechnung RECHNUNG rechnung")) == ["rechnung"]

    def test_stop_words_are_looked_for_only_where_there_is_nothing_else(self) -> None:
        assert typed(parse("the of and")) == ["the", "of", "and"]
        assert typed(parse("the card")) == ["card"]

    def test_a_word_keeps_what_was_typed_and_matches_its_lemmas_fully(self) -> None:
        (word,) = parse("Rechnungen").words
        assert word.surface == "rechnungen"
        assert ("rechnung", 1.0) in word.terms
        assert {weight for _term, weight in word.terms} == {1.0}

    def test_a_star_asks_for_all_words_that_begin_so(self) -> None:
        assert typed(parse("rech* Kund*innen")) == ["rech*", "kundinnen"]

    def test_gendered_forms_are_words_and_no_operators(self) -> None:
        assert typed(parse("Kund:innen Mitarbeiter:in")) == ["kundinnen", "mitarbeiterin"]

    def test_what_the_encoder_reads_is_bounded(self) -> None:
        assert len(parse("wort " * 10_000).text) <= LONGEST_TEXT

    def test_of_many_words_the_first_are_looked_for_and_it_is_said(self) -> None:
        query = parse(" ".join(f"{number}x" for number in range(10_000)))
        assert len(query.words) == MAX_WORDS
        assert query.cut
        assert not parse("Rechnung " * 1_000).cut


class TestPhrases:
    @pytest.mark.parametrize(
        "text", ['"zu spät"', "„zu spät“", "“zu spät”", "»zu spät«", '  "ZU  SPÄT" ']
    )
    def test_a_phrase_must_be_there_word_for_word(self, text: str) -> None:
        query = parse(text)
        assert required(query) == [["zu spat"]]
        assert [word.names for word in query.required[0][0]] == [("zu",), ("spat",)]

    def test_its_words_are_scored_too(self) -> None:
        query = parse('Mahnung "zu spät"')
        assert (query.text, typed(query)) == ("Mahnung zu spät", ["mahnung", "spät"])

    def test_one_word_in_quotation_marks_must_be_there_in_any_form(self) -> None:
        query = parse('"Rechnungen"')
        assert "rechnung" in query.required[0][0][0].names

    def test_a_quotation_mark_without_its_partner_is_none(self) -> None:
        query = parse('Rechnung "zu spät')
        assert required(query) == []
        assert typed(query) == ["rechnung", "spät"]


class TestExcluded:
    def test_an_excluded_word_is_neither_scored_nor_read_by_the_encoder(self) -> None:
        query = parse('Rechnung -Mahnung -"zu spät"')
        assert (query.text, typed(query)) == ("Rechnung", ["rechnung"])
        assert excluded(query) == ["mahnung", "zu spat"]

    def test_a_hyphen_inside_a_word_or_alone_excludes_nothing(self) -> None:
        query = parse("E-Mail - Adresse --x")
        assert not query.excluded
        assert "email" in typed(query)

    def test_a_joined_word_is_excluded_as_one(self) -> None:
        assert excluded(parse("x -E-Mail")) == ["email"]


class TestAlternatives:
    @pytest.mark.parametrize("joint", ["OR", "ODER", "|"])
    def test_one_of_them_must_be_there(self, joint: str) -> None:
        query = parse(f"Rechnung {joint} Mahnung Strom")
        assert required(query) == [["rechnung", "mahnung"]]
        assert typed(query) == ["rechnung", "mahnung", "strom"]
        assert query.text == "Rechnung Mahnung Strom"

    def test_phrases_and_several_words_can_be_joined(self) -> None:
        assert required(parse('"zu spät" OR Mahnung OR "zu teuer"')) == [
            ["zu spat", "mahnung", "zu teuer"]
        ]

    @pytest.mark.parametrize("text", ["OR", "OR Rechnung", "Rechnung OR", "Rechnung or Mahnung"])
    def test_an_or_without_two_sides_joins_nothing(self, text: str) -> None:
        assert required(parse(text)) == []

    def test_an_excluded_word_is_no_alternative(self) -> None:
        query = parse("a1 -b1 OR c1")
        assert (required(query), excluded(query)) == ([], ["b1"])


class TestFixedOperators:
    @pytest.mark.parametrize(
        ("text", "filters"),
        [
            ("kind:pain_point", Filters(kinds=frozenset({"pain_point"}))),
            ('KIND:"Pain Point"', Filters(kinds=frozenset({"pain_point"}))),
            ("art:pain-point", Filters(kinds=frozenset({"pain_point"}))),
            ("type:insights", Filters(types=frozenset({"insight"}))),
            ("typ:kpi", Filters(types=frozenset({"kpi"}))),
            ("status:open status:done", Filters(statuses=frozenset({"open", "done"}))),
            ("kanal:phone", Filters(channels=frozenset({"phone"}))),
            ("tag:Billing", Filters(tags=frozenset({"billing"}))),
            ('schlagwort:"field service"', Filters(tags=frozenset({"field service"}))),
            ("#billing", Filters(tags=frozenset({"billing"}))),
            ("after:2026", Filters(created_from=datetime(2026, 1, 1, tzinfo=UTC))),
            ("nach:2026-03", Filters(created_from=datetime(2026, 3, 1, tzinfo=UTC))),
            ("before:2026-03-05", Filters(created_before=datetime(2026, 3, 5, tzinfo=UTC))),
            ("vor:5.3.2026", Filters(created_before=datetime(2026, 3, 5, tzinfo=UTC))),
            ("after:2025 after:2026", Filters(created_from=datetime(2026, 1, 1, tzinfo=UTC))),
        ],
    )
    def test_an_operator_filters_and_is_not_looked_for(self, text: str, filters: Filters) -> None:
        query = parse(f"Rechnung {text}")
        assert query.filters == filters
        assert (query.text, typed(query)) == ("Rechnung", ["rechnung"])

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("kind:nonsense", {"kind", "nonsense"}),
            ("before:2026-02-30", {"2026", "20260230"}),
            ("before:tomorrow", {"tomorrow"}),
            ("after:99999", {"99999"}),
            ("http://wallbox.example", {"http", "wallbox", "example"}),
            ("team:", {"team"}),
            ("team:Nowhere", {"team", "nowhere"}),
            ("is:mine", {"mine"}),
            ("-kind:pain_point", {"kind", "pain", "point"}),
            ("#5", {"5"}),
            ("12:30", {"12", "30"}),
        ],
    )
    def test_what_makes_no_sense_is_looked_for_as_words(self, text: str, words: set[str]) -> None:
        query = parse(text)
        assert query.filters == Filters()
        assert words <= set(typed(query))

    def test_mine_is_a_word_for_somebody_who_is_nobody(self) -> None:
        assert typed(parse("mine")) == ["mine"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", '"', '""', "-", "--", "OR OR OR", "*", "😀", "\u202e", "#", ":", "a:", '-"'],
)
def test_nothing_to_look_for_is_nothing(text: str) -> None:
    query = parse(text)
    assert query.filters == Filters()
    assert len(query.words) <= 1
    assert not query.has_conditions


@pytest.mark.parametrize(
    "text",
    ['"zu spät" ' * 5_000, "-nein " * 5_000, " OR ".join(f'"x{n} y"' for n in range(5_000)),
     " ".join(f"-x{n}" for n in range(5_000)), '"' + "wort " * 5_000 + '"'],
)  # fmt: skip
def test_conditions_are_bounded(text: str) -> None:
    query = parse(text)
    checked = [*query.excluded, *(one for group in query.required for one in group)]
    assert len(checked) <= MAX_CONDITIONS
    assert all(len(one) <= MAX_PHRASE for one in checked)

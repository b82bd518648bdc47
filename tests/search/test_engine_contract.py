"""What every keyword engine does, whichever database the site is on.

The fixture `engine` runs these rules against each engine that is there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from apiflask import APIFlask

from cxwiki.search.documents import Part, Query, Scope
from cxwiki.search.embedded.keyword import KeywordIndex
from cxwiki.search.port import KeywordEngine
from cxwiki.search.postgres.keyword import PostgresKeyword
from cxwiki.search.query.parsing import parse
from tests.conftest import ON_POSTGRES
from tests.search.engines import ADMINISTRATOR, EVERYBODY, TEAM_ONE, found, insight, word


@pytest.fixture
def engine(tmp_path: Path, context: APIFlask) -> KeywordEngine:
    """An empty engine: the one that a site on the tests' database would have."""
    index: KeywordEngine = PostgresKeyword() if ON_POSTGRES else KeywordIndex(tmp_path / "index")
    index.rebuild([])
    return index


class TestWords:
    def test_a_word_finds_its_other_forms(self, engine: KeywordEngine) -> None:
        engine.update([insight(1, "Rechnungen kommen zu spät"), insight(2, "Zähler defekt")])
        assert found(engine, "rechnung") == [1]

    def test_a_title_counts_more_than_a_body(self, engine: KeywordEngine) -> None:
        engine.update(
            [insight(1, "Anderes", "Gebühr Wort Wort"), insight(2, "Gebühr", "Wort Wort Wort")]
        )
        assert found(engine, "Gebühr") == [2, 1]

    def test_a_rare_word_counts_more_than_a_common_one(self, engine: KeywordEngine) -> None:
        common = [insight(number, "Rechnung", "Text") for number in range(1, 20)]
        engine.update([*common, insight(20, "Wallbox", "Text")])
        assert found(engine, "Rechnung Wallbox")[0] == 20

    def test_scores_say_how_much_of_the_query_is_covered(self, engine: KeywordEngine) -> None:
        engine.update([insight(1, "Wallbox Installation"), insight(2, "Wallbox")])
        full, part = engine.search(
            parse("Wallbox Installation"), EVERYBODY, parse("").filters, 10
        ).hits
        assert full.subject_id == 1
        assert 0 < part.score < full.score <= 1

    def test_a_lighter_term_never_beats_the_word_itself(self, engine: KeywordEngine) -> None:
        engine.update(
            [
                insight(1, "Vertretungsplan Vertretungsplan Vertretungsplan"),
                insight(2, "Etwas anderes", "Hier steht eine Vertretung in einem langen Satz"),
            ]
        )
        query = Query("Vertretung", (word("Vertretung", vertretung=1.0, vertretungsplan=0.3),))
        assert found(engine, query) == [2, 1]

    def test_a_word_is_found_by_any_of_its_terms_once(self, engine: KeywordEngine) -> None:
        engine.update([insight(1, "Rechnung"), insight(2, "Rechnung Faktura")])
        query = Query("Rechnung", (word("Rechnung", rechnung=1.0, faktura=1.0),))
        result = engine.search(query, EVERYBODY, query.filters, 10)
        assert result.total == len(result.hits) == 2
        assert all(hit.score <= 1 for hit in result.hits)

    def test_tags_comments_and_attachments_are_found(self, engine: KeywordEngine) -> None:
        engine.update(
            [
                insight(
                    1,
                    "Titel",
                    "Text",
                    tags=("abrechnung", "field service"),
                    parts=(
                        Part("Das sehe ich beim Zähler auch", "comment", "comment-1"),
                        Part("Wallboxvertrag.pdf", "attachment"),
                        Part("The customers are waiting for weeks", "comment", "comment-2", "en"),
                    ),
                )
            ]
        )
        for query in ("Abrechnung", "Zähler", "Wallboxvertrag", "customer"):
            assert found(engine, query) == [1]

    def test_each_part_of_a_long_text_is_read_in_its_own_language(
        self, engine: KeywordEngine
    ) -> None:
        german = "Die Kundinnen warten auf ihre Rechnungen, und das ist nicht schön. " * 8
        english = "The technicians were told that the replies of our branches are late. " * 8
        engine.update([insight(1, "Titel", f"{german}\n\n{english}")])
        for query in ("Rechnung", "technician", "reply", "branch"):
            assert found(engine, query) == [1]

    def test_equal_scores_are_in_the_order_of_their_ids(self, engine: KeywordEngine) -> None:
        engine.update([insight(number, "Rechnung") for number in (5, 3, 9, 1)])
        assert found(engine, "Rechnung") == [1, 3, 5, 9]

    def test_the_total_counts_all_and_the_limit_cuts_the_list(self, engine: KeywordEngine) -> None:
        engine.update([insight(number, "Rechnung") for number in range(1, 31)])
        result = engine.search(parse("Rechnung"), EVERYBODY, parse("").filters, 10)
        assert [hit.subject_id for hit in result.hits] == list(range(1, 11))
        assert result.total == 30


class TestFilters:
    @pytest.fixture(autouse=True)
    def filled(self, engine: KeywordEngine) -> None:
        engine.update(
            [
                insight(1, "Rechnung", author_id=7, channel="phone", tags=("billing", "Wichtig")),
                insight(2, "Rechnung", type="action", kind=None, status="done"),
                insight(
                    3,
                    "Rechnung",
                    team_id=2,
                    kind="best_practice",
                    created_at=datetime(2026, 3, 1, tzinfo=UTC),
                    tags=("field service",),
                ),
            ]
        )

    @pytest.mark.parametrize("query", ["Rechnung", ""], ids=["with a word", "without words"])
    @pytest.mark.parametrize(
        ("name", "values", "expected"),
        [
            ("types", {"action", "kpi"}, {2}),
            ("types", {"kpi"}, set()),
            ("kinds", {"best_practice"}, {3}),
            ("team_ids", {1}, {1, 2}),
            ("team_ids", {1, 2, 3, 4, 5, 6}, {1, 2, 3}),
            ("statuses", {"open"}, {1, 3}),
            ("channels", {"phone"}, {1}),
            ("author_ids", {7, 8}, {1}),
            ("tags", {"billing"}, {1}),
            ("tags", {"field service", "nowhere"}, {3}),
            ("tags", {"service"}, set()),
            ("ids", {1, 3, 99}, {1, 3}),
            ("ids", set(), set()),
        ],
    )
    def test_a_filter_lets_through_only_what_was_asked_for(
        self, engine: KeywordEngine, name: str, values: set, expected: set[int], query: str
    ) -> None:
        assert set(found(engine, query, **{name: frozenset(values)})) == expected

    @pytest.mark.parametrize(
        ("bounds", "expected"),
        [
            ({"created_from": datetime(2026, 3, 1, tzinfo=UTC)}, [3]),
            ({"created_from": datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC)}, []),
            ({"created_before": datetime(2026, 3, 1, tzinfo=UTC)}, []),
            ({"created_before": datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC)}, [3]),
        ],
    )
    def test_the_first_moment_is_in_and_the_last_is_out(
        self, engine: KeywordEngine, bounds: dict, expected: list[int]
    ) -> None:
        assert found(engine, "Rechnung", **bounds) == expected

    def test_the_total_counts_what_the_filters_let_through(self, engine: KeywordEngine) -> None:
        query = parse("Rechnung kind:best_practice")
        assert engine.search(query, EVERYBODY, query.filters, 10).total == 1


class TestConditions:
    @pytest.fixture(autouse=True)
    def filled(self, engine: KeywordEngine) -> None:
        engine.update(
            [
                insight(1, "Die Rechnung kommt zu spät", "Der Zähler ist neu."),
                insight(2, "Zu spät kommt die Rechnung"),
                insight(3, "Rechnungen", "Mahnung. Kommt zu oft"),
                insight(4, "Geheime Rechnung kommt zu spät", visibility="team"),
            ]
        )

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ('"Rechnung kommt zu spät"', {1}),
            ('"kommt zu spaet"', set()),
            ('"RECHNUNG KOMMT"', {1}),
            ('"Rechnungen"', {1, 2, 3}),
            ('"Mahnung kommt"', {3}),
            ('"spät der Zähler"', set()),
            ("Rechnung -Mahnung", {1, 2}),
            ('Rechnung -"die Rechnung"', {3}),
            ("-Zähler", {2, 3}),
            ("Zähler OR Mahnung", {1, 3}),
            ('Rechnung "zu spät" OR "zu oft"', {1, 2, 3}),
            ('"zu spät" -Zähler', {2}),
            ('"Wallbox"', set()),
            ("Wallbox OR Zähler", {1}),
        ],
    )
    def test_conditions_hold_for_every_document(
        self, engine: KeywordEngine, query: str, expected: set[int]
    ) -> None:
        assert set(found(engine, query)) == expected
        parsed = parse(query)
        assert engine.search(parsed, EVERYBODY, parsed.filters, 10).total == len(expected)
        assert engine.satisfying(parsed, [1, 2, 3, 99]) >= expected

    def test_the_team_finds_its_own_phrase(self, engine: KeywordEngine) -> None:
        assert set(found(engine, '"Rechnung kommt zu spät"', TEAM_ONE)) == {1, 4}

    def test_meaning_can_be_asked_who_fulfils_the_conditions(self, engine: KeywordEngine) -> None:
        query = parse('verspätet "zu spät" -Zähler')
        assert engine.satisfying(query, [1, 2, 3, 99]) == {2}
        assert engine.satisfying(query, []) == set()

    def test_without_words_the_newest_come_first(self, engine: KeywordEngine) -> None:
        engine.update(
            [
                insight(number, "Titel", created_at=datetime(2026, number - 10, 1, tzinfo=UTC))
                for number in (11, 13, 12)
            ]
        )
        result = engine.search(Query(), EVERYBODY, parse("after:2026").filters, 10)
        assert [hit.subject_id for hit in result.hits] == [13, 12, 11]
        assert {hit.score for hit in result.hits} == {0}


class TestFrequencies:
    def test_count_company_visible_documents_that_exist(self, engine: KeywordEngine) -> None:
        engine.update(
            [
                insight(1, "Rechnung", "Rechnung Rechnung"),
                insight(2, "Rechnungen"),
                insight(3, "Rechnung", visibility="team"),
                insight(4, "Rechnung"),
                insight(5, "Geheim", visibility="team"),
            ]
        )
        engine.update([insight(4, "Anderes")], removed_ids=[2])
        assert engine.frequencies(["rechnung", "geheim", "nirgends"]) == {
            "rechnung": 1,
            "geheim": 0,
            "nirgends": 0,
        }

    def test_a_text_that_was_made_invisible_counts_no_more(self, engine: KeywordEngine) -> None:
        engine.update([insight(1, "Geheim")])
        engine.update([insight(1, "Geheim", visibility="team")])
        assert engine.frequencies(["geheim"]) == {"geheim": 0}


class TestTitles:
    def test_all_words_must_be_in_the_title_and_the_shortest_comes_first(
        self, engine: KeywordEngine
    ) -> None:
        engine.update(
            [
                insight(1, "Die lange Rechnung über eine Wallbox im Keller"),
                insight(2, "Rechnung Wallbox"),
                insight(3, "Rechnung", "Wallbox"),
                insight(4, "Rechnung Wallbox", visibility="team"),
            ]
        )
        words = [word("rechnung", rechnung=1.0), word("wall*", wallbox=1.0, wallbuchse=1.0)]
        assert engine.titles(words, EVERYBODY, 10) == [2, 1]
        assert engine.titles(words, EVERYBODY, 1) == [2]
        assert set(engine.titles(words, TEAM_ONE, 10)) == {1, 2, 4}
        assert engine.titles([], EVERYBODY, 10) == []


class TestVisibility:
    def test_team_visible_text_is_for_its_team_and_administrators(
        self, engine: KeywordEngine
    ) -> None:
        engine.update([insight(1, "Geheim", visibility="team"), insight(2, "Offen")])
        assert found(engine, "Geheim", TEAM_ONE) == [1]
        assert found(engine, "Geheim", ADMINISTRATOR) == [1]
        assert found(engine, "Geheim", Scope(team_ids=frozenset({2}))) == []
        assert engine.search(parse("Geheim"), EVERYBODY, parse("").filters, 10).total == 0

    def test_narrowing_an_insight_hides_it_at_once(self, engine: KeywordEngine) -> None:
        engine.update([insight(1, "Rechnung")])
        engine.update([insight(1, "Rechnung", visibility="team")])
        assert (found(engine, "Rechnung"), found(engine, "Rechnung", TEAM_ONE)) == ([], [1])

    def test_team_visible_text_leaves_no_trace_in_results_of_others(
        self, engine: KeywordEngine
    ) -> None:
        engine.update([insight(1, "Rechnung falsch", "Text"), insight(2, "Wallbox", "Text Text")])
        query = parse("Rechnung Wallbox Text Geheimwort")
        before = engine.search(query, EVERYBODY, query.filters, 10)
        engine.update(
            insight(
                number, "Rechnung Wallbox Geheimwort", "Text " * 99, visibility="team", team_id=7
            )
            for number in range(10, 60)
        )
        assert engine.search(query, EVERYBODY, query.filters, 10) == before
        engine.update([], removed_ids=range(10, 60))
        assert engine.search(query, EVERYBODY, query.filters, 10) == before

    def test_removed_text_leaves_no_trace_in_scores(self, engine: KeywordEngine) -> None:
        engine.update([insight(1, "Rechnung"), insight(2, "Wallbox Rechnung")])
        query = parse("Rechnung Wallbox")
        before = engine.search(query, EVERYBODY, query.filters, 10)
        engine.update([insight(number, "Rechnung", "Wort " * 50) for number in range(10, 30)])
        engine.update([], removed_ids=range(10, 30))
        assert engine.search(query, EVERYBODY, query.filters, 10) == before


class TestWriting:
    def test_the_same_id_replaces_and_the_last_of_a_batch_counts(
        self, engine: KeywordEngine
    ) -> None:
        engine.update([insight(1, "Alt")])
        engine.update([insight(1, "Mittel"), insight(1, "Neu")])
        assert (found(engine, "alt mittel"), found(engine, "neu")) == ([], [1])
        assert engine.doc_count() == 1

    def test_what_is_removed_is_gone(self, engine: KeywordEngine) -> None:
        engine.update([insight(1, "Rechnung"), insight(2, "Rechnung")])
        engine.update([], removed_ids=[1, 99])
        assert (found(engine, "Rechnung"), engine.doc_count()) == ([2], 1)

    def test_a_rebuild_replaces_everything(self, engine: KeywordEngine) -> None:
        engine.update([insight(1, "Alt")])
        assert engine.rebuild([insight(2, "Neu"), insight(2, "Doppelt")]) == 1
        assert (found(engine, "Alt"), found(engine, "Neu"), engine.doc_count()) == ([], [2], 1)

    def test_a_failed_rebuild_leaves_the_old_index(self, engine: KeywordEngine) -> None:
        engine.update([insight(1, "Alt")])

        def broken():
            yield insight(2, "Neu")
            raise RuntimeError("the database went away")

        with pytest.raises(RuntimeError):
            engine.rebuild(broken())
        assert found(engine, "Alt Neu") == [1]
        engine.update([insight(3, "Neu")])
        assert found(engine, "Neu") == [3]

    def test_many_commits_are_one_index(self, engine: KeywordEngine) -> None:
        for number in range(1, 41):
            engine.update([insight(number, f"Rechnung {number}")], removed_ids=[number - 20])
        assert sorted(found(engine, "Rechnung")) == list(range(21, 41))
        assert engine.doc_count() == 20


@pytest.mark.parametrize(
    "query",
    [
        "", " ", "*", "a*", "?", '"', '""', "-", "OR", "AND OR NOT", "title:x AND (body:[a TO",
        "team_title:geheim", "rechnung~9", "\x00rechnung\x00", "😀😀", '"😀 😀"', "-😀",
        "\u202erechnung\u202c", "the of and", "\ud800", "\\", "'; DROP TABLE x; --",
        "x" * 100_000, "rechnung " * 10_000, "-" * 10_000, '"' * 9_999, "a:" * 5_000,
        '"rechnung" OR ' * 1_000, "-nein " * 10_000, "' & | ! <-> :*", "%_%",
    ],
)  # fmt: skip
def test_any_text_is_a_query(engine: KeywordEngine, query: str) -> None:
    engine.update([insight(1, "Rechnung"), insight(2, "Geheim", visibility="team")])
    parsed = parse(query)
    assert set(found(engine, parsed)) <= {1}
    if "rechnung" in query:
        assert found(engine, parsed) == [1]
    assert engine.satisfying(parsed, [1, 2]) <= {1, 2}
    assert engine.titles(parsed.words, EVERYBODY, 10) in ([], [1])

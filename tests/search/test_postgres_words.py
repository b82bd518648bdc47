"""What only the word engine in PostgreSQL can get wrong; the rules of both are in
`test_engine_contract.py`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cxwiki.database import db
from cxwiki.search.documents import Document, Filters, Query, Scope
from cxwiki.search.port import IndexUnavailable
from cxwiki.search.postgres import schema
from cxwiki.search.postgres.keyword import PostgresKeyword
from cxwiki.search.postgres.lexemes import quoted, vector_of
from cxwiki.search.query.parsing import parse
from cxwiki.search.words.language import MAX_TEXT
from tests.conftest import ON_POSTGRES
from tests.search.engines import ADMINISTRATOR, EVERYBODY, found, insight, word

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(not ON_POSTGRES, reason="needs PostgreSQL"),
]


@pytest.fixture
def engine(context: APIFlask) -> PostgresKeyword:
    engine = PostgresKeyword()
    engine.rebuild([])
    return engine


def run(statement: str) -> None:
    with db.engine.connect() as connection:
        connection.execute(text(statement))
        connection.commit()


def terms_of(engine: PostgresKeyword) -> dict[str, tuple[int, int]]:
    with schema.reading() as connection:
        rows = connection.execute(text("SELECT term, documents, hidden FROM search.terms"))
        return {term: (documents, hidden) for term, documents, hidden in rows}


def test_stems_find_what_lemmas_miss(engine: PostgresKeyword) -> None:
    engine.update([insight(1, "They billed me twice", language="en"), insight(2, "Kündigung")])
    assert found(engine, "billing") == [1]
    assert found(engine, "gekündigt") in ([], [2])
    assert found(engine, "kündigen") == [2]


@pytest.mark.parametrize(
    "title",
    [
        "'; DROP SCHEMA search; --", "a'b\\c:d|e&f!g<->h", "NUL\x00hier", "halb\ud800es Zeichen",
        "100 % von :name", "{title} %s %(x)s", "\u202eumgekehrt\u202c", "☎️ 👩‍👩‍👧‍👦 Familie",
    ],
)  # fmt: skip
def test_any_text_can_be_kept_and_found(engine: PostgresKeyword, title: str) -> None:
    hostile = insight(1, title, title, tags=(title,), kind=None, channel="phone")
    engine.update([hostile, insight(2, "Anderes")])
    assert engine.doc_count() == 2
    assert found(engine, "Anderes") == [2]
    assert found(engine, Query(), tags=frozenset({title})) == [1]
    for query in (parse(title), parse(f'"{title}"'), Query("x", (word(title, **{title: 1.0}),))):
        assert set(found(engine, query)) <= {1}
    assert engine.frequencies([title]).keys() == {title}
    assert isinstance(engine.similar_terms([title], 5), list)


def test_naughty_strings_are_only_text(engine: PostgresKeyword, public_data: Path) -> None:
    files = sorted((public_data / "pub-blns").glob("*.json*"))
    if not files:
        pytest.skip("no naughty strings here")
    raw = files[0].read_text("utf-8")
    strings = json.loads(raw) if raw.lstrip().startswith("[") else [
        json.loads(line) for line in raw.splitlines() if line.strip()
    ]  # fmt: skip
    texts = [one if isinstance(one, str) else json.dumps(one) for one in strings]
    engine.rebuild(insight(number, one, one, "en") for number, one in enumerate(texts, start=1))
    assert engine.doc_count() == len(texts)
    for one in texts:
        assert set(found(engine, parse(one))) <= set(range(1, len(texts) + 1))


@pytest.mark.parametrize("letter", ["a", "ä", "字", "𝔞"])
def test_the_longest_text_fits(engine: PostgresKeyword, letter: str) -> None:
    """PostgreSQL refuses a tsvector of more than a megabyte."""
    words = (f"{letter * 2}{number:x}-{letter}{number:o}" for number in range(MAX_TEXT))
    body = " ".join(word for word, _count in zip(words, range(40_000), strict=False))
    engine.update([insight(1, "Langer Text", body), insight(2, "x" * 5_000)])
    assert found(engine, "Langer") == [1]


def test_a_word_is_kept_with_a_bounded_number_of_places() -> None:
    literal = vector_of([("A", ["wort"] * 300), ("C", ["wort"] * 300)])
    assert literal.count(",") == 254
    far = vector_of([("C", [f"w{number:x}" for number in range(17_000)])])
    assert "16383C" in far
    assert "16384" not in far


def test_a_quoted_term_is_one_lexeme(engine: PostgresKeyword) -> None:
    for term in ("a b", "it's", "back\\slash", "x:A", "&|!()<->"):
        with schema.reading() as connection:
            given = {"query": quoted(term)}
            nodes = connection.scalar(text("SELECT numnode(CAST(:query AS tsquery))"), given)
        assert nodes == 1


def test_what_is_missing_or_of_another_version_asks_for_a_rebuild(
    engine: PostgresKeyword,
) -> None:
    for damage in (
        "UPDATE search.state SET format = 0",
        "DELETE FROM search.state",
        "DROP TABLE search.documents",
        "DROP TABLE search.terms",
        "ALTER TABLE search.documents DROP COLUMN stems",
        "DROP SCHEMA search CASCADE",
    ):
        run(damage)
        with pytest.raises(IndexUnavailable):
            engine.search(parse("Rechnung"), EVERYBODY, Filters(), 10)
        assert engine.rebuild([insight(1, "Rechnung")]) == 1
        assert found(engine, "Rechnung") == [1]


def test_a_rebuild_that_lost_its_connection_leaves_the_old_index(engine: PostgresKeyword) -> None:
    engine.update([insight(1, "Alt")])

    def dying() -> Iterator[Document]:
        yield insight(2, "Neu")
        run(
            """SELECT pg_terminate_backend(pid) FROM pg_locks
            WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"""
        )

    with pytest.raises(DBAPIError):
        engine.rebuild(dying())
    assert found(engine, "Alt Neu") == [1]
    engine.update([insight(3, "Neu")])
    assert engine.rebuild([insight(4, "Neu")]) == 1
    assert found(engine, "Alt Neu") == [4]


def test_readers_see_all_of_an_update_or_nothing(context: APIFlask) -> None:
    engine = PostgresKeyword()
    engine.rebuild([insight(number, "Rechnung eins") for number in range(1, 21)])
    seen: set[int] = set()
    done = threading.Event()

    def read() -> None:
        with context.app_context():
            while not done.is_set():
                seen.add(engine.search(parse("eins"), EVERYBODY, Filters(), 100).total)

    reader = threading.Thread(target=read)
    reader.start()
    for word_ in ("zwei", "eins") * 5:
        engine.update([insight(number, f"Rechnung {word_}") for number in range(1, 21)])
    engine.rebuild([insight(number, "Rechnung eins") for number in range(1, 21)])
    done.set()
    reader.join()
    assert seen <= {0, 20}


def test_counts_are_those_of_a_fresh_index(engine: PostgresKeyword) -> None:
    documents = [
        insight(number, f"Rechnung {number % 7}", "Wort " * (number % 5), visibility=visibility)
        for number in range(40)
        for visibility in ("team" if number % 3 else "company",)
    ]
    for start in range(0, 40, 8):
        engine.update(documents[start : start + 10], removed_ids=range(start))
    present = {one.subject_id: one for one in documents[32:]}
    kept = {term: counts for term, counts in terms_of(engine).items() if any(counts)}
    with schema.reading() as connection:
        state = connection.execute(text("SELECT * FROM search.state")).one()
    engine.rebuild(present.values())
    assert kept == terms_of(engine)
    with schema.reading() as connection:
        assert connection.execute(text("SELECT * FROM search.state")).one() == state


def test_without_extensions_the_words_are_still_found(
    context: APIFlask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(schema, "EXTENSIONS", tuple(f"no_{name}" for name in schema.EXTENSIONS))
    monkeypatch.setattr(schema, "_refused", set())
    engine = PostgresKeyword()
    engine.rebuild([insight(1, "Gebühren für Übertragungen", language="de")])
    assert found(engine, "gebuhr") == [1]
    assert found(engine, "Übertragung") == [1]
    assert engine.similar_terms(["gebur"], 5) is None, "the lexicon has to look for spellings"
    engine.rebuild([])
    assert len([one for one in caplog.messages if "goes on without" in one]) == 3


class TestSimilarTerms:
    def test_what_is_spelled_nearly_so_comes_first(self, engine: PostgresKeyword) -> None:
        engine.update([insight(1, "Rechnung"), insight(2, "Recht"), insight(3, "Wallbox")])
        assert (engine.similar_terms(["rechnugn"], 5) or [])[0] == "rechnung"

    def test_team_visible_words_are_never_offered(self, engine: PostgresKeyword) -> None:
        engine.update([insight(1, "Geheimprojekt", visibility="team")])
        assert engine.similar_terms(["geheimprojekt"], 5) == []
        engine.update([insight(1, "Geheimprojekt")])
        assert engine.similar_terms(["geheimprojekt"], 5) == ["geheimprojekt"]

    def test_as_many_errors_as_are_forgiven_keep_no_word_away(
        self, engine: PostgresKeyword
    ) -> None:
        engine.update([insight(1, "Haus"), insight(2, "Rechnung")])
        assert set(engine.similar_terms(["hasu", "rehcnugn"], 5) or []) == {"haus", "rechnung"}


class TestBudget:
    def test_common_words_find_nothing_by_themselves_but_count(
        self, engine: PostgresKeyword
    ) -> None:
        small = PostgresKeyword(row_budget=1)
        common = [insight(number, "Rechnung" if number % 2 else "x") for number in range(5_000)]
        rare = [insight(5_001, "Wallbox Keller"), insight(5_002, "Wallbox Rechnung")]
        small.rebuild([*common, *rare])
        result = small.search(parse("Rechnung Wallbox"), EVERYBODY, Filters(), 10)
        assert [hit.subject_id for hit in result.hits] == [5_002, 5_001]
        assert result.cut

    def test_one_common_word_alone_is_found_within_the_budget(
        self, engine: PostgresKeyword
    ) -> None:
        small = PostgresKeyword(row_budget=1)
        small.rebuild(insight(number, "Rechnung") for number in range(1, 2_201))
        result = small.search(parse("Rechnung"), EVERYBODY, Filters(), 3_000)
        assert result.total == 2_000
        assert {hit.subject_id for hit in result.hits} == set(range(201, 2_201)), "the newest"

    def test_what_a_team_hides_changes_no_plan(self, engine: PostgresKeyword) -> None:
        small = PostgresKeyword(row_budget=1)
        shown = [insight(1, "Rechnung"), insight(2, "Wallbox")]
        small.rebuild(shown)
        before = small.search(parse("Rechnung Wallbox"), EVERYBODY, Filters(), 10)
        small.rebuild(
            [*shown, *(insight(n, "Wallbox", visibility="team") for n in range(3, 2_203))]
        )
        assert small.search(parse("Rechnung Wallbox"), EVERYBODY, Filters(), 10) == before
        everything = small.search(parse("Wallbox"), ADMINISTRATOR, Filters(), 10)
        assert everything.total == 2_000


def test_an_empty_scope_sees_company_visible_text_alone(engine: PostgresKeyword) -> None:
    engine.update([insight(1, "Rechnung"), insight(2, "Rechnung", visibility="team", team_id=0)])
    assert found(engine, "Rechnung", Scope(frozenset())) == [1]

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from cxwiki.search.documents import Document, Filters, Scope
from cxwiki.search.keyword import MAX_WORDS, IndexUnavailable, KeywordIndex

EVERYBODY = Scope()
TEAM_ONE = Scope(team_ids=frozenset({1}))


def insight(subject_id: int, title: str, body: str = "", language: str = "de", **more: object):
    document = Document(
        subject_id, "insight", title, body, language, 1, "company", "pain_point", "open"
    )
    return replace(document, **more)


@pytest.fixture
def index(tmp_path: Path) -> KeywordIndex:
    index = KeywordIndex(tmp_path / "index")
    index.rebuild([])
    return index


def found(index: KeywordIndex, query: str, scope: Scope = EVERYBODY, **filters: frozenset) -> list:
    return [hit.subject_id for hit in index.search(query, scope, Filters(**filters)).hits]


def test_a_word_finds_its_other_forms(index: KeywordIndex) -> None:
    index.update([insight(1, "Rechnungen kommen zu spät"), insight(2, "Zähler defekt")])
    assert found(index, "rechnung") == [1]


def test_a_german_query_finds_its_words_in_an_english_text(index: KeywordIndex) -> None:
    index.update([insight(1, "Customers ask for the Abschlagszahlung", language="en")])
    assert found(index, "Abschlagszahlung") == [1]


def test_a_title_counts_more_than_a_body(index: KeywordIndex) -> None:
    index.update(
        [insight(1, "Anderes", "Gebühr Wort Wort"), insight(2, "Gebühr", "Wort Wort Wort")]
    )
    assert found(index, "Gebühr") == [2, 1]


def test_a_rare_word_counts_more_than_a_common_one(index: KeywordIndex) -> None:
    common = [insight(number, "Rechnung", "Text") for number in range(1, 20)]
    index.update([*common, insight(20, "Wallbox", "Text")])
    assert found(index, "Rechnung Wallbox")[0] == 20


def test_scores_say_how_much_of_the_query_is_covered(index: KeywordIndex) -> None:
    index.update([insight(1, "Wallbox Installation"), insight(2, "Wallbox")])
    full, part = index.search("Wallbox Installation").hits
    assert full.subject_id == 1
    assert 0 < part.score < full.score < 1


def test_the_same_id_replaces_and_the_last_of_a_batch_counts(index: KeywordIndex) -> None:
    index.update([insight(1, "Alt")])
    index.update([insight(1, "Mittel"), insight(1, "Neu")])
    assert (found(index, "alt mittel"), found(index, "neu"), index.doc_count()) == ([], [1], 1)


def test_what_is_removed_is_gone(index: KeywordIndex) -> None:
    index.update([insight(1, "Rechnung"), insight(2, "Rechnung")])
    index.update([], removed_ids=[1, 99])
    assert (found(index, "Rechnung"), index.doc_count()) == ([2], 1)


def test_many_commits_are_one_index(index: KeywordIndex) -> None:
    for number in range(40):
        index.update([insight(number, f"Rechnung {number}")], removed_ids=[number - 20])
    result = index.search("Rechnung", limit=100)
    assert sorted(hit.subject_id for hit in result.hits) == list(range(20, 40))
    assert result.total == index.doc_count() == 20


def test_total_counts_all_and_limit_cuts_the_list(index: KeywordIndex) -> None:
    index.update([insight(number, "Rechnung") for number in range(30)])
    result = index.search("Rechnung", limit=10)
    assert [hit.subject_id for hit in result.hits] == list(range(10))
    assert result.total == 30


def test_filters_choose_by_type_kind_team_and_status(index: KeywordIndex) -> None:
    index.update(
        [
            insight(1, "Rechnung"),
            insight(2, "Rechnung", type="action", kind=None, status="done"),
            insight(3, "Rechnung", team_id=2, kind="best_practice"),
        ]
    )
    assert found(index, "Rechnung", types=frozenset({"action", "kpi"})) == [2]
    assert found(index, "Rechnung", kinds=frozenset({"best_practice"})) == [3]
    assert found(index, "Rechnung", team_ids=frozenset({1})) == [1, 2]
    assert found(index, "Rechnung", statuses=frozenset({"open"})) == [1, 3]
    assert found(index, "Rechnung", types=frozenset({"kpi"})) == []


def test_team_visible_text_is_for_its_team_and_administrators(index: KeywordIndex) -> None:
    index.update([insight(1, "Geheim", visibility="team"), insight(2, "Offen")])
    assert found(index, "Geheim", TEAM_ONE) == [1]
    assert found(index, "Geheim", Scope(everything=True)) == [1]
    assert found(index, "Geheim", Scope(team_ids=frozenset({2}))) == []
    assert index.search("Geheim", EVERYBODY).total == 0


def test_narrowing_an_insight_hides_it_at_once(index: KeywordIndex) -> None:
    index.update([insight(1, "Rechnung")])
    index.update([insight(1, "Rechnung", visibility="team")])
    assert (found(index, "Rechnung"), found(index, "Rechnung", TEAM_ONE)) == ([], [1])


def test_team_visible_text_leaves_no_trace_in_scores_of_others(index: KeywordIndex) -> None:
    index.update([insight(1, "Rechnung falsch", "Text"), insight(2, "Wallbox", "Text Text")])
    before = index.search("Rechnung Wallbox Text", EVERYBODY)
    hidden = [
        insight(number, "Rechnung Wallbox", "Text " * 99, visibility="team", team_id=7)
        for number in range(10, 60)
    ]
    index.update(hidden)
    assert index.search("Rechnung Wallbox Text", EVERYBODY) == before
    index.update([], removed_ids=range(10, 60))
    assert index.search("Rechnung Wallbox Text", EVERYBODY) == before


def test_deleted_text_leaves_no_trace_in_scores(index: KeywordIndex) -> None:
    index.update([insight(1, "Rechnung"), insight(2, "Wallbox Rechnung")])
    before = index.search("Rechnung Wallbox")
    index.update([insight(number, "Rechnung", "Wort " * 50) for number in range(10, 30)])
    index.update([], removed_ids=range(10, 30))
    assert index.search("Rechnung Wallbox") == before


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "*",
        "a*",
        "?",
        '"',
        "AND OR NOT",
        "title:x AND (body:[a TO",
        "team_title:geheim",
        "-rechnung",
        "rechnung~9",
        "\x00rechnung\x00",
        "😀😀",
        "\u202erechnung\u202c",
        "the of and",
        "\ud800",
        "\\",
        "'; DROP TABLE x; --",
        "x" * 100_000,
        "rechnung " * 10_000,
    ],
)
def test_any_query_is_only_words(index: KeywordIndex, query: str) -> None:
    index.update([insight(1, "Rechnung"), insight(2, "Geheim", visibility="team")])
    expected = [1] if "rechnung" in query else []
    assert found(index, query) == expected


def test_a_query_of_ten_thousand_words_is_cut_and_says_so(index: KeywordIndex) -> None:
    index.update([insight(1, "Rechnung")])
    result = index.search("Rechnung " + " ".join(f"wort{number}" for number in range(10_000)))
    assert result.cut
    assert len(result.words) == MAX_WORDS
    assert [hit.subject_id for hit in result.hits] == [1]


def test_over_budget_the_rarest_words_decide(tmp_path: Path) -> None:
    index = KeywordIndex(tmp_path / "index", posting_budget=30)
    documents = [insight(number, "Rechnung") for number in range(50)]
    index.rebuild([*documents, insight(99, "Wallbox Rechnung")])
    result = index.search("Rechnung Wallbox")
    assert [hit.subject_id for hit in result.hits] == [99]
    assert result.cut


def test_another_reader_sees_a_commit(index: KeywordIndex) -> None:
    reader = KeywordIndex(index.folder)
    assert found(reader, "Rechnung") == []
    index.update([insight(1, "Rechnung")])
    assert found(reader, "Rechnung") == [1]


def test_a_rebuild_swaps_and_readers_follow(index: KeywordIndex) -> None:
    index.update([insight(1, "Alt")])
    reader = KeywordIndex(index.folder)
    assert found(reader, "Alt") == [1]
    assert index.rebuild([insight(2, "Neu"), insight(2, "Doppelt")]) == 1
    assert (found(reader, "Alt"), found(reader, "Neu"), reader.doc_count()) == ([], [2], 1)
    assert len([entry for entry in index.folder.iterdir() if entry.is_dir()]) == 1


def test_a_failed_rebuild_leaves_the_old_index(index: KeywordIndex) -> None:
    index.update([insight(1, "Alt")])

    def broken():
        yield insight(2, "Neu")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        index.rebuild(broken())
    assert found(index, "Alt Neu") == [1]
    index.update([insight(3, "Neu")])
    assert found(index, "Neu") == [3]


def test_the_old_index_answers_while_a_new_one_is_built(index: KeywordIndex) -> None:
    index.update([insight(1, "Alt")])
    seen = []

    def documents():
        yield insight(2, "Neu")
        seen.append(found(index, "Alt Neu"))

    index.rebuild(documents())
    assert (seen, found(index, "Alt Neu")) == ([[1]], [2])


def test_an_update_that_fails_changes_nothing_and_frees_the_writer(index: KeywordIndex) -> None:
    index.update([insight(1, "Alt")])
    with pytest.raises(IndexUnavailable):
        index.update([insight(1, "Neu"), insight(2, None)])
    assert found(index, "Alt Neu") == [1]
    index.update([insight(1, "Neu")])
    assert found(index, "Neu") == [1]


def test_readers_in_threads_while_a_writer_commits(index: KeywordIndex) -> None:
    index.update([insight(number, "Rechnung bleibt") for number in range(50)])
    failures: list[object] = []
    done = threading.Event()

    def read() -> None:
        reader = KeywordIndex(index.folder)
        while not done.is_set():
            try:
                hits = reader.search("bleibt", limit=100)
                if hits.total != 50:
                    failures.append(hits.total)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(40):
        index.update([insight(number % 50, "Rechnung bleibt", f"Fassung {number}")])
        if number == 20:
            index.rebuild(insight(each, "Rechnung bleibt") for each in range(50))
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_missing_index_is_unavailable_until_rebuilt(tmp_path: Path) -> None:
    index = KeywordIndex(tmp_path / "nowhere")
    with pytest.raises(IndexUnavailable):
        index.search("Rechnung")
    with pytest.raises(IndexUnavailable):
        index.update([insight(1, "Rechnung")])
    index.rebuild([insight(1, "Rechnung")])
    assert found(index, "Rechnung") == [1]


def spoil(folder: Path, how: str) -> None:
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if how == "garbage":
            path.write_bytes(b"\xff\x00garbage" * 50)
        elif how == "truncated":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        elif how == "empty":
            path.write_bytes(b"")
        elif how == "segments gone" and path.suffix == ".seg":
            path.unlink()
        elif how == "garbage segments" and path.suffix == ".seg":
            path.write_bytes(b"\x80garbage" * (path.stat().st_size // 8))
    if how == "deleted":
        shutil.rmtree(folder)
    if how == "a file":
        shutil.rmtree(folder)
        folder.write_text("not a folder")
    if how == "another version":
        (folder / "CURRENT").write_text('{"format": 0, "folder": "v0"}')
    if how == "elsewhere":
        (folder / "CURRENT").write_text('{"format": 1, "folder": "../outside"}')


@pytest.mark.parametrize("opened", [False, True], ids=["fresh reader", "open reader"])
@pytest.mark.parametrize(
    "how",
    [
        "garbage",
        "truncated",
        "empty",
        "segments gone",
        "garbage segments",
        "deleted",
        "a file",
        "another version",
        "elsewhere",
    ],
)
def test_a_damaged_index_is_unavailable_or_right_and_a_rebuild_heals_it(
    index: KeywordIndex, how: str, opened: bool
) -> None:
    documents = [insight(number, f"Rechnung {number}", "Text " * 20) for number in range(300)]
    index.update(documents)
    reader = index if opened else KeywordIndex(index.folder)
    if opened:
        reader.search("Rechnung")
    spoil(index.folder, how)
    try:
        assert reader.search("Text", limit=1).total == 300  # what was open may still be read
    except IndexUnavailable:
        pass
    else:
        assert opened
    reader.rebuild(documents)
    assert reader.search("Text").total == 300
    reader.update([insight(1, "Neu")])
    assert found(reader, "Neu") == [1]

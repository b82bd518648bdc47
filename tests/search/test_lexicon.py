"""The lexicon beside an index: what is learnt, counted, forgotten and offered."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki import jobs
from cxwiki.database import db
from cxwiki.search.documents import Document, Part
from cxwiki.search.embedded.keyword import KeywordIndex
from cxwiki.search.models import LexiconPart, LexiconTerm
from cxwiki.search.words import lexicon
from cxwiki.search.words.vocabulary import Vocabulary


def insight(subject_id: int, title: str, **more: object) -> Document:
    document = Document(subject_id, "insight", title, "", "de", 1, "company")
    return replace(document, **more)  # type: ignore[arg-type]


@pytest.fixture
def index(context: APIFlask, tmp_path: Path) -> KeywordIndex:
    index = KeywordIndex(tmp_path / "index")
    index.rebuild([])
    return index


def learn(index: KeywordIndex, *documents: Document) -> None:
    index.update(documents)
    lexicon.learn(documents, index)


def words() -> dict[str, tuple[str, int]]:
    db.session.rollback()
    rows = db.session.execute(select(LexiconTerm.term, LexiconTerm.surface, LexiconTerm.documents))
    return {term: (surface, documents) for term, surface, documents in rows}


def parts() -> set[tuple[str, str]]:
    rows = db.session.execute(select(LexiconPart.term, LexiconPart.part))
    return {(term, part) for term, part in rows}


def test_terms_are_learnt_as_people_write_them(index: KeywordIndex) -> None:
    learn(index, insight(1, "Zähler falsch"), insight(2, "Der Zähler"), insight(3, "die Zählern"))
    assert words()["zahler"] == ("Zähler", 3)
    assert "der" not in words()


def test_tags_comments_and_attachments_are_learnt_too(index: KeywordIndex) -> None:
    comment = Part("The wallbox exploded", "comment", language="en")
    learn(index, insight(1, "Etwas", tags=("Ladestrom",), parts=(comment,)))
    assert {"ladestrom", "wallbox", "explode"} <= words().keys()


def test_numbers_names_of_files_and_endless_words_are_not(index: KeywordIndex) -> None:
    learn(index, insight(1, "4711 a1b2c3 " + "x" * 100 + " zu ab"))
    assert words() == {}


def test_learning_twice_changes_nothing(index: KeywordIndex) -> None:
    document = insight(1, "Stundenplan unklar")
    learn(index, document)
    before = words(), parts()
    learn(index, document)
    assert (words(), parts()) == before
    assert before[1] == {("stundenplan", "stunde"), ("stundenplan", "plan")}


def test_two_that_learn_at_once_do_not_collide(context: APIFlask, index: KeywordIndex) -> None:
    documents = [insight(number, f"Zorb{chr(97 + number)}x Stundenplan") for number in range(20)]
    index.update(documents)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with context.app_context():
                for document in documents:
                    lexicon.learn([document], index)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(words()) == 21


def test_team_visible_text_counts_nothing_until_the_company_sees_the_word(
    index: KeywordIndex,
) -> None:
    learn(index, insight(1, "GEHEIMWORT", visibility="team"))
    assert words()["geheimwort"][1] == 0
    learn(index, insight(2, "Geheimwort"))
    assert words()["geheimwort"] == ("Geheimwort", 1)


def test_within_one_batch_too_the_spelling_is_the_companys(index: KeywordIndex) -> None:
    secret = [insight(n, "GEHEIMWORT GEHEIMWORT", visibility="team") for n in range(1, 5)]
    learn(index, *secret[:2], insight(9, "Geheimwort"), *secret[2:])
    assert words()["geheimwort"] == ("Geheimwort", 1)


def test_a_recount_counts_what_is_there(index: KeywordIndex) -> None:
    learn(index, insight(1, "Rechnung"), insight(2, "Rechnung"))
    learn(index, insight(3, "Rechnung"))
    index.update([insight(2, "Rechnung", visibility="team")], removed_ids=[1])
    lexicon.recount(index)
    assert words()["rechnung"][1] == 1


def test_a_recount_takes_back_what_only_a_hidden_word_took_apart(index: KeywordIndex) -> None:
    learn(index, insight(1, "Zorbix"), insight(2, "Zorbixlieferung"))
    assert ("zorbixlieferung", "zorbix") in parts()
    index.update([insight(1, "Zorbix", visibility="team")])
    lexicon.recount(index)
    assert parts() == set()


def test_a_rebuild_forgets_what_nobody_has(index: KeywordIndex) -> None:
    learn(index, insight(1, "Stundenplan"), insight(2, "Gebühr"))
    rest = [insight(2, "Gebühr"), insight(3, "GEBÜHR"), insight(4, "GEBÜHR Vertretungsplan")]
    vocabulary = Vocabulary()
    index.rebuild(vocabulary.passing(rest))
    lexicon.rebuild(vocabulary, index)
    assert words() == {"gebuhr": ("GEBÜHR", 3), "vertretungsplan": ("Vertretungsplan", 1)}
    assert parts() == {("vertretungsplan", "vertretung"), ("vertretungsplan", "plan")}


def test_a_rebuild_gives_what_learning_and_recounting_gave(index: KeywordIndex) -> None:
    documents = [
        insight(1, "Krankheitsvertretungsplan von Kundinnen"),
        insight(2, "Online-Banking", visibility="team"),
        insight(3, "Zorbix"),
        insight(4, "zorbixtarif und Netzausfall"),
        insight(5, "Sign-up fails", language="en"),
    ]
    for document in documents:
        learn(index, document)
    lexicon.recount(index)
    before = words(), parts()
    lexicon.rebuild(Vocabulary(documents), index)
    assert (words(), parts()) == before
    assert ("krankheitsvertretungsplan", "krankheitsvertretung") in before[1]
    assert ("onlinebanking", "banking") in before[1]


def test_completions_are_the_commonest_present_words(index: KeywordIndex) -> None:
    learn(index, insight(1, "Rechner"), insight(2, "Rechnung"), insight(3, "Rechnung"))
    learn(index, insight(4, "Rechnungsgeheimnis", visibility="team"), insight(5, "Gebühr"))
    assert lexicon.completions("rech", 5, index) == ["Rechnung", "Rechner"]
    assert lexicon.completions("Rech", 1, index) == ["Rechnung"]
    assert lexicon.completions("gebü", 5, index) == ["Gebühr"]
    assert [lexicon.completions(one, 5, index) for one in ("re", "%", "", "r_c")] == [[]] * 4
    index.update([insight(1, "Rechner", visibility="team")])
    assert lexicon.completions("rech", 5, index) == ["Rechnung"]


def test_a_recount_is_asked_for_once_and_waits_a_while(context: APIFlask) -> None:
    lexicon.request_recount()
    lexicon.request_recount()
    (job,) = db.session.scalars(select(jobs.Job).where(jobs.Job.handler == lexicon.RECOUNT)).all()
    assert job.run_at - job.created_at > lexicon.SOONEST / 2

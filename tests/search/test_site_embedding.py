"""Keeping vectors up to date: every passage is encoded once, and readers get what is new."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update

from cxwiki import jobs
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Comment
from cxwiki.insights import service as insights
from cxwiki.insights.service import Draft, current_draft
from cxwiki.search import registry
from cxwiki.search.documents import Filters, Hit, Scope
from cxwiki.search.embedded import vectors as embedded
from cxwiki.search.encoder.client import EncoderUnavailable
from cxwiki.search.engines import Engines, embedding_count
from cxwiki.search.meaning import embedding
from cxwiki.search.models import Embedding
from tests.conftest import Cast
from tests.search.site import MeaningEncoder, Shelf

EVERYTHING = Scope(everything=True)
LONG = " ".join(f"Nothing of interest is in sentence {number}." for number in range(60))


@pytest.fixture
def own(engines: Engines, shelf: Shelf) -> Shelf:
    """The shelf of the test alone: one long insight whose end is about a password."""
    shelf.post("long", "A long story", body=f"{LONG}\n\nIn the end the password was forgotten.")
    shelf.index()
    return shelf


def encoder(engines: Engines) -> MeaningEncoder:
    assert isinstance(engines.encoder, MeaningEncoder)
    return engines.encoder


def nearest(engines: Engines, text: str, scope: Scope = EVERYTHING) -> list[Hit]:
    store = engines.vectors()
    assert store is not None
    return store.nearest(encoder(engines).query(text), 3, scope, Filters())


def revise(shelf: Shelf, name: str, **values: object) -> None:
    insight = shelf.load(name)
    draft = Draft(**{**current_draft(insight).__dict__, **values})
    insights.revise(insight, draft, shelf.cast.person("alice"), insight.revision_number)


def numbers(subject_id: int) -> list[int]:
    rows = select(Embedding.sequence).where(Embedding.subject_id == subject_id)
    return list(db.session.scalars(rows.order_by(Embedding.passage)))


def test_what_stands_at_the_end_of_a_long_text_is_found_there(engines: Engines, own: Shelf) -> None:
    best = nearest(engines, "password")[0]
    assert best.subject_id == own.ids["long"]
    assert best.passage is not None
    assert best.passage > 0


def test_only_passages_that_changed_are_encoded_again(engines: Engines, own: Shelf) -> None:
    before = len(encoder(engines).texts)
    revise(own, "long", body=f"{LONG}\n\nIn the end the parcel came.")
    own.index()
    new = encoder(engines).texts[before:]
    assert len(new) == 1
    assert "parcel" in new[0]
    assert nearest(engines, "parcel")[0].subject_id == own.ids["long"]
    assert nearest(engines, "password")[0].score < 0.5


def test_rows_of_a_subject_are_numbered_anew_together(engines: Engines, own: Shelf) -> None:
    last = db.session.scalar(select(func.max(Embedding.sequence)))
    revise(own, "long", body=f"{LONG}\n\nIn the end the parcel came.")
    own.index()
    got = numbers(own.ids["long"])
    assert got == list(range(last + 1, last + 1 + len(got)))


def test_a_shorter_text_leaves_no_passage_behind(engines: Engines, own: Shelf) -> None:
    revise(own, "long", body="Short.")
    own.index()
    assert len(numbers(own.ids["long"])) == 1
    assert all(hit.passage == 0 for hit in nearest(engines, "password"))


def test_quotes_and_comments_have_passages_until_they_are_taken_away(
    engines: Engines, shelf: Shelf
) -> None:
    alice = shelf.cast.person("alice")
    queue = shelf.load("queue")
    said = discussion.comment(queue, "My password was lost in the queue", by=alice).id
    insights.add_evidence(shelf.load("invoice"), "The parcel was never delivered to me", alice)
    shelf.index()
    assert nearest(engines, "password")[0] == Hit(shelf.ids["queue"], pytest.approx(0.7, 0.1), 1)
    assert (nearest(engines, "parcel")[0].subject_id, len(numbers(shelf.ids["invoice"]))) == (
        shelf.ids["invoice"],
        2,
    )
    discussion.archive_comment(db.session.get_one(Comment, said), by=shelf.cast.person("alice"))
    shelf.index()
    assert len(numbers(shelf.ids["queue"])) == 1


def test_a_text_that_did_not_change_is_not_sent_again(engines: Engines, shelf: Shelf) -> None:
    asked = len(encoder(engines).texts)
    insights.set_status(shelf.load("invoice"), "resolved", shelf.cast.person("alice"))
    shelf.index()
    assert len(encoder(engines).texts) == asked


def test_vectors_are_read_as_they_come_and_forgotten_as_they_go(
    engines: Engines, shelf: Shelf
) -> None:
    store = engines.vectors()
    assert store is not None
    shelf.post("parcel", "Late parcel")
    shelf.index()
    again = engines.vectors()
    assert again is not None
    assert again.vector(shelf.ids["parcel"]) is not None
    for name in shelf.ids:
        insights.archive(shelf.load(name), shelf.cast.person("alice"))
    shelf.index()
    assert engines.vectors() is None


def test_a_reader_misses_nothing_after_the_newest_vectors_were_removed(
    engines: Engines, own: Shelf
) -> None:
    engines.vectors()
    insights.archive(own.load("long"), own.cast.person("alice"))
    own.index()
    own.post("parcel", "Late parcel")
    own.index()
    assert nearest(engines, "parcel")[0].subject_id == own.ids["parcel"]


def test_what_was_removed_is_shown_to_nobody_and_leaves_memory_in_time(
    engines: Engines, own: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "TIDY_SECONDS", -1.0)
    insights.archive(own.load("long"), own.cast.person("alice"))
    assert own.ids["long"] not in [hit.subject_id for hit in nearest(engines, "password")]
    own.index()
    store = engines.vectors()
    assert store is not None
    assert store.vector(own.ids["long"]) is None


def test_an_older_look_at_the_database_does_not_throw_newer_vectors_away() -> None:
    store = embedded.EmbeddedVectors("meanings", 2)
    store._sequence, store._written_at = 10, embedding.utcnow()
    assert not store.is_of_another_past(9, store._written_at)
    assert store.is_of_another_past(9, embedding.utcnow())


def test_a_team_s_passage_is_nearest_for_the_team_alone(engines: Engines, shelf: Shelf) -> None:
    billing, service = frozenset({shelf.cast.billing}), frozenset({shelf.cast.service})
    secret = shelf.ids["secret"]
    assert secret in [hit.subject_id for hit in nearest(engines, "invoice", Scope(service))]
    assert secret not in [hit.subject_id for hit in nearest(engines, "invoice", Scope(billing))]


def test_vectors_survive_with_little_loss(engines: Engines, shelf: Shelf) -> None:
    shelf.post("both", "Invoice and queue")
    shelf.index()
    store = engines.vectors()
    assert store is not None
    wanted = encoder(engines).query("Invoice and queue")
    np.testing.assert_allclose(store.vector(shelf.ids["both"]), wanted, atol=2e-3)


def test_who_waits_for_vectors_is_told(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[int]] = []
    monkeypatch.setattr(registry, "_embedded", [lambda ids: told.append(sorted(ids))])
    embedding.embed(shelf.ids.values())
    assert told == [sorted(shelf.ids.values())]


def test_an_encoder_that_fails_in_the_middle_leaves_what_was_done(
    engines: Engines, shelf: Shelf
) -> None:
    with transaction():
        db.session.execute(delete(Embedding))
    embedding.embed([shelf.ids["invoice"]])
    encoder(engines).away = True
    with pytest.raises(EncoderUnavailable):
        embedding.embed(shelf.ids.values())
    assert embedding_count() == 1


# --- another model, another format ---------------------------------------------------------------


def test_a_new_format_is_caught_up_with_in_the_background(engines: Engines, shelf: Shelf) -> None:
    with transaction():
        db.session.execute(update(Embedding).values(text_hash="of-before"))
        db.session.execute(delete(Embedding).where(Embedding.subject_id == shelf.ids["queue"]))
    embedding.request_catching_up()
    embedding.request_catching_up()
    assert jobs.count("queued") == 1
    shelf.index()
    hashes = set(db.session.scalars(select(Embedding.text_hash)))
    assert embedding_count() == len(shelf.ids)
    assert all(known.startswith(f"{embedding.FORMAT}:") for known in hashes)


def test_catching_up_waits_for_the_encoder_and_goes_on_where_it_was(
    engines: Engines, shelf: Shelf
) -> None:
    encoder(engines).away = True
    embedding.request_catching_up()
    jobs.run_handler(embedding.CATCH_UP)
    assert jobs.count("queued") == 1
    encoder(engines).away = False
    asked = len(encoder(engines).texts)
    shelf.index()
    assert encoder(engines).texts[asked:] == ["ready"], "nothing that is there is encoded again"


def test_another_model_takes_over_everything_once_a_text_shows_it(
    engines: Engines, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxwiki.search.embedded.vectors.CHANGE_SECONDS", 0)  # look every time
    engines.encoder = MeaningEncoder("another")  # type: ignore[assignment]
    shelf.post("parcel", "Late parcel")
    shelf.index()
    assert set(db.session.scalars(select(Embedding.model))) == {"another"}
    assert nearest(engines, "parcel")[0].subject_id == shelf.ids["parcel"]
    assert engines.space == "another"


def test_while_another_model_takes_over_search_goes_by_words_and_says_so(
    engines: Engines, shelf: Shelf, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cxwiki.search import service

    assert engines.vectors() is not None
    engines.encoder = MeaningEncoder("another")  # type: ignore[assignment]
    encoder(engines).query("which model is this?")
    embedding.embed([shelf.ids["rechnung"]])
    results = service.search("invoice", cast.person("bob"))
    assert engines.space == "meanings", "the old vectors stay in use until the new ones are there"
    assert {found.subject.id for found in results.items} == {
        shelf.ids["invoice"], shelf.ids["secret"]
    }  # fmt: skip
    assert "25%" in results.notices[0]
    monkeypatch.setattr(embedded, "CHANGE_SECONDS", -1.0)
    shelf.index()
    results = service.search("invoice", cast.person("bob"))
    assert shelf.ids["rechnung"] in {found.subject.id for found in results.items}
    assert not results.notices


def test_vectors_of_archived_texts_do_not_keep_a_change_from_ending(
    engines: Engines, shelf: Shelf
) -> None:
    with transaction():
        shelf.load("queue").archived_at = embedding.utcnow()
    engines.encoder = MeaningEncoder("another")  # type: ignore[assignment]
    embedding.request_catching_up()
    shelf.index()
    assert set(db.session.scalars(select(Embedding.model))) == {"another"}
    assert embedding_count() == len(shelf.ids) - 1


def test_a_vector_of_a_wrong_size_harms_nothing(engines: Engines, shelf: Shelf) -> None:
    with transaction():
        wrong = update(Embedding).where(Embedding.subject_id == shelf.ids["queue"])
        db.session.execute(wrong.values(vector=b"\x00\x00"))
    assert nearest(engines, "invoice")
    store = engines.vectors()
    assert store is not None
    assert store.nearest(np.ones(3, dtype=np.float32), 3, EVERYTHING, Filters()) == []

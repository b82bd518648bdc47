"""Keeping the engines up to date: what was written last is what is found."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki import jobs
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.insights import service
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft, current_draft
from cxwiki.search import indexing, registry
from cxwiki.search.documents import Document, Filters, Scope
from cxwiki.search.engines import Engines, embedding_count
from cxwiki.search.query.parsing import parse
from tests.conftest import Cast
from tests.search.conftest import lose_index
from tests.search.site import MeaningEncoder

pytestmark = pytest.mark.usefixtures("context")


def encoder(engines: Engines) -> MeaningEncoder:
    assert isinstance(engines.encoder, MeaningEncoder)
    return engines.encoder


def post(cast: Cast, title: str, **values: Any) -> int:
    person = cast.person("alice")
    return service.publish(Draft(title, **values), person.home_team, person).id


def load(number: int) -> Insight:
    """Loaded anew: every job ends with a session of its own."""
    return db.session.get_one(Insight, number)


def revise(number: int, cast: Cast, **values: Any) -> None:
    insight = load(number)
    draft = Draft(**{**current_draft(insight).__dict__, **values})
    service.revise(insight, draft, cast.person("bob"), insight.revision_number)


def found(engines: Engines, query: str) -> list[int]:
    everything = Scope(everything=True)
    result = engines.keyword.search(parse(query), everything, Filters(), 20)
    return [hit.subject_id for hit in result.hits]


def test_a_new_insight_is_in_both_engines(engines: Engines, cast: Cast) -> None:
    number = post(cast, "Wrong invoice", body="Third **time**", tags=("tariff",))
    service.add_evidence(load(number), "Nobody answers", cast.person("bob"))
    assert jobs.run_until_idle() == 0
    for query in ("invoice", "third time", "tariff", "nobody answers"):
        assert found(engines, query) == [number], query
    store = engines.vectors()
    assert store is not None
    assert store.vector(number) is not None


def test_an_edited_insight_is_found_by_what_it_says_now(engines: Engines, cast: Cast) -> None:
    number = post(cast, "Wrong invoice")
    jobs.run_until_idle()
    revise(number, cast, title="Late parcel")
    jobs.run_until_idle()
    assert (found(engines, "invoice"), found(engines, "parcel")) == ([], [number])
    assert engines.keyword.doc_count() == 1
    assert embedding_count() == 1
    assert encoder(engines).texts[-1].startswith("Late parcel")


def test_what_is_archived_leaves_both_engines_and_comes_back(engines: Engines, cast: Cast) -> None:
    number = post(cast, "Wrong invoice")
    jobs.run_until_idle()
    service.archive(load(number), cast.person("alice"))
    jobs.run_until_idle()
    assert (found(engines, "invoice"), embedding_count()) == ([], 0)
    service.restore(load(number), cast.person("alice"))
    jobs.run_until_idle()
    assert (len(found(engines, "invoice")), embedding_count()) == (1, 1)


def test_handling_the_same_twice_does_no_harm(engines: Engines, cast: Cast) -> None:
    post(cast, "Wrong invoice")
    made = select(Event).where(Event.name == "insight.created")
    for _ in range(3):
        indexing.index_changed(db.session.scalars(made).all())
        indexing.embed_changed(db.session.scalars(made).all())
    assert engines.keyword.doc_count() == embedding_count() == 1


def test_without_an_encoder_the_words_are_found_and_the_vectors_wait(
    engines: Engines, cast: Cast
) -> None:
    encoder(engines).away = True
    number = post(cast, "Wrong invoice")
    while jobs.run_handler("search.index_changed"):
        pass
    jobs.run_handler("search.embed_changed")
    assert found(engines, "invoice") == [number]
    waiting = db.session.scalars(
        select(jobs.Job).where(jobs.Job.handler == "search.embed_changed")
    ).one()
    assert (waiting.state, waiting.attempts, embedding_count()) == ("queued", 0, 0)
    encoder(engines).away = False
    assert jobs.run_until_idle() == 0
    assert embedding_count() == 1


def test_an_index_that_is_gone_is_built_anew_with_everything(engines: Engines, cast: Cast) -> None:
    post(cast, "Wrong invoice")
    post(cast, "Late parcel")
    jobs.run_until_idle()
    lose_index(engines)
    post(cast, "Forgotten password")
    jobs.run_until_idle()
    assert engines.keyword.doc_count() == 3


def test_a_rebuild_is_asked_for_once(engines: Engines) -> None:
    for _ in range(3):
        indexing.request_rebuild()
    assert jobs.count("queued") == 1
    jobs.run_until_idle()
    assert engines.keyword.doc_count() == 0


def test_of_two_writers_the_one_who_read_later_writes_later(
    app: APIFlask, engines: Engines, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an older text could overwrite a newer one in the index, and stay."""
    number = post(cast, "Wrong invoice")
    made = select(Event).where(Event.name == "insight.created")
    read, go_on = threading.Event(), threading.Event()
    real = registry.documents

    def documents(ids: Any) -> list[Document]:
        result = real(ids)
        if threading.current_thread().name == "first":
            read.set()
            go_on.wait(10)
        return result

    monkeypatch.setattr(registry, "documents", documents)

    def index(name: str) -> threading.Thread:
        def run() -> None:
            with app.app_context():
                indexing.index_changed(db.session.scalars(made).all())
                db.session.remove()

        thread = threading.Thread(target=run, name=name)
        thread.start()
        return thread

    first = index("first")
    assert read.wait(10)
    revise(number, cast, title="Late parcel")
    second = index("second")
    second.join(0.3)
    go_on.set()
    first.join()
    second.join()
    assert (found(engines, "invoice"), found(engines, "parcel")) == ([], [number])


def test_an_older_reading_never_overwrites_what_another_process_wrote(
    app: APIFlask, engines: Engines, cast: Cast
) -> None:
    """A second `Engines` shares no memory with the first, as in a second worker."""
    number = post(cast, "Wrong invoice")
    jobs.run_until_idle()
    made = select(Event).where(Event.name == "insight.created")
    other = Engines(app.extensions["settings"])
    done = threading.Event()

    def index() -> None:
        with app.app_context():
            happened = db.session.scalars(made).all()  # what it has read so far is old by now
            reading.set()
            indexing.index_changed(happened)
            db.session.remove()
            done.set()

    reading = threading.Event()
    with other.keyword.writing():
        thread = threading.Thread(target=index)
        thread.start()
        assert reading.wait(10)
        assert not done.wait(0.3), "nobody writes while another process is about to"
        revise(number, cast, title="Late parcel")
        other.keyword.update(registry.documents([number]))
    thread.join(20)
    assert (found(engines, "invoice"), found(engines, "parcel")) == ([], [number])


def test_an_older_text_never_gets_its_vector_over_a_newer_one(
    app: APIFlask, engines: Engines, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower of two workers encodes what has been changed and encoded anew meanwhile."""
    number = post(cast, "Wrong invoice")
    jobs.run_until_idle()
    revise(number, cast, title="Endless queue")
    real = encoder(engines).passages
    meanwhile = []

    def passages(texts: Any) -> Any:
        vectors = real(texts)
        if not meanwhile:
            meanwhile.append(True)
            thread = threading.Thread(target=other_worker)
            thread.start()
            thread.join(20)
        return vectors

    def other_worker() -> None:
        with app.app_context():
            revise(number, cast, title="Late parcel")
            indexing.embed([number])
            db.session.remove()

    monkeypatch.setattr(encoder(engines), "passages", passages)
    indexing.embed([number])
    assert meanwhile
    store = engines.vectors()
    assert store is not None
    vector = store.vector(number)
    assert vector is not None
    assert vector @ real(["Late parcel"])[0] > 0.99


def test_what_came_back_meanwhile_keeps_its_vectors(
    app: APIFlask, engines: Engines, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = post(cast, "Wrong invoice")
    jobs.run_until_idle()
    monkeypatch.setattr(registry, "documents", lambda _ids: [])  # as it was a moment ago
    indexing.embed([number])
    assert embedding_count() == 1


def test_many_documents_cost_few_statements(engines: Engines, cast: Cast) -> None:
    from tests.architecture.test_queries import statements

    ids = [post(cast, f"Invoice {number}", tags=(f"t{number}",)) for number in range(20)]
    registry.documents(ids[:1])
    db.session.expunge_all()
    with statements() as few:
        registry.documents(ids[:2])
    db.session.expunge_all()
    with statements() as many:
        assert len(registry.documents(ids)) == 20
    assert len(many) == len(few)

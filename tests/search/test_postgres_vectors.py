"""The vector engine in PostgreSQL: exact about who may see what, and near enough to exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from apiflask import APIFlask
from sqlalchemy import delete, text

from cxwiki.database import db, transaction
from cxwiki.search.documents import Filters, Scope
from cxwiki.search.encoder.models import Models
from cxwiki.search.engines import Engines
from cxwiki.search.meaning.weights import weigh
from cxwiki.search.models import Embedding
from cxwiki.search.port import Floats, VectorEngine
from cxwiki.search.postgres import schema, vectors
from cxwiki.search.postgres.vectors import PostgresVectors
from cxwiki.subjects import Subject
from tests.conftest import ON_POSTGRES, Cast
from tests.search.conftest import drop_search_schema

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(not ON_POSTGRES, reason="needs PostgreSQL"),
]
EVERYBODY = Scope()
Write = Callable[..., None]


@pytest.fixture
def engines(context: APIFlask) -> Engines:
    drop_search_schema()
    return Engines(context.extensions["settings"])


@pytest.fixture
def write(cast: Cast) -> Write:
    """Write the passages of subjects, as the worker does; a new subject is the Service team's."""

    def write(
        rows: Sequence[tuple[int, int, Sequence[float]]], model: str = "space", **subject: object
    ) -> None:
        with transaction():
            last = db.session.scalar(text("SELECT coalesce(max(sequence), 0) FROM embeddings"))
            for number in dict.fromkeys(row[0] for row in rows):
                if db.session.get(Subject, number) is None:
                    given = {"title": "x", "type": "insight", "team_id": cast.service, **subject}
                    db.session.execute(
                        Subject.__table__.insert(), {"id": number, "language": "en", **given}
                    )
                db.session.execute(delete(Embedding).where(Embedding.subject_id == number))
            for place, (number, passage, vector) in enumerate(rows, start=1):
                db.session.add(
                    Embedding(
                        subject_id=number,
                        passage=passage,
                        model=model,
                        text_hash="",
                        vector=np.array(vector, dtype="<f2").tobytes(),
                        sequence=last + place,
                    )
                )

    return write


def row(*values: float) -> Floats:
    return np.array(values, dtype=np.float32)


def present(engines: Engines) -> VectorEngine:
    engines.keep_up()
    found = engines.vectors()
    assert isinstance(found, PostgresVectors)
    return found


def nearest(engine: VectorEngine, scope: Scope = EVERYBODY, **filters: object) -> list[int]:
    hits = engine.nearest(row(1, 0), 10, scope, Filters(**filters))  # type: ignore[arg-type]
    return [hit.subject_id for hit in hits]


def test_the_best_passage_of_each_subject_counts(engines: Engines, write: Write) -> None:
    write([(1, 0, (0, 1)), (1, 1, (1, 0)), (2, 0, (0.8, 0.6)), (2, 1, (0, 1))])
    engine = present(engines)
    hits = engine.nearest(row(1, 0), 5, EVERYBODY, Filters())
    assert [(hit.subject_id, hit.passage) for hit in hits] == [(1, 1), (2, 0)]
    assert [hit.score for hit in hits] == pytest.approx([1, 0.8], abs=1e-3)
    assert (engine.space, engine.dimension) == ("space", 2)
    assert engine.vector(1) == pytest.approx([0, 1])
    assert engine.vector(9) is None
    several = engine.vectors([1, 2, 9])
    assert {one: several[one].tolist() for one in sorted(several)} == {
        1: pytest.approx([0, 1]), 2: pytest.approx([0.8, 0.6], abs=1e-3)
    }  # fmt: skip
    assert engine.nearest(row(1, 0, 0), 5, EVERYBODY, Filters()) == []


def test_many_passages_of_one_subject_keep_nobody_out(engines: Engines, write: Write) -> None:
    long = [(1, number, (1, 0.001 * number)) for number in range(60)]
    write([*long, (2, 0, (0.5, 0.5)), (3, 0, (0.4, 0.6))])
    hits = present(engines).nearest(row(1, 0), 3, EVERYBODY, Filters())
    assert [hit.subject_id for hit in hits] == [1, 2, 3]


def test_scope_and_filters_come_first(engines: Engines, write: Write, cast: Cast) -> None:
    write([(1, 0, (1, 0))], visibility="team")
    write([(2, 0, (0.9, 0.1)), (3, 0, (0.8, 0.1))], team_id=cast.billing)
    write([(4, 0, (0.7, 0.1))], type="action")
    engine = present(engines)
    assert nearest(engine) == [2, 3, 4]
    assert nearest(engine, Scope(frozenset({cast.service}))) == [1, 2, 3, 4]
    assert nearest(engine, Scope(frozenset({cast.billing}))) == [2, 3, 4]
    assert nearest(engine, Scope(everything=True)) == [1, 2, 3, 4]
    assert nearest(engine, types=frozenset({"action"})) == [4]
    assert nearest(engine, ids=frozenset({1, 3})) == [3]
    assert nearest(engine, team_ids=frozenset({cast.service})) == [4]
    with transaction():
        db.session.execute(text("UPDATE subjects SET visibility = 'team' WHERE id = 2"))
        db.session.execute(text("UPDATE subjects SET archived_at = now() WHERE id = 3"))
    assert nearest(engine) == [4]  # at once, whatever the copy says


def test_what_changes_and_goes_is_followed(engines: Engines, write: Write) -> None:
    write([(1, 0, (1, 0)), (1, 1, (0.9, 0)), (2, 0, (0, 1))])
    assert nearest(present(engines)) == [1, 2]
    write([(1, 0, (-1, 0))])
    write([(3, 0, (0.5, 0))])
    assert nearest(present(engines)) == [3, 2, 1]
    with transaction():
        db.session.execute(delete(Embedding).where(Embedding.subject_id == 3))
    assert nearest(present(engines)) == [2, 1]


def test_an_emptied_database_begins_anew(engines: Engines, write: Write) -> None:
    write([(1, 0, (1, 0)), (2, 0, (1, 0))])
    present(engines)
    with transaction():
        db.session.execute(text("TRUNCATE embeddings CASCADE"))
    write([(number, 0, (1, 0)) for number in range(3, 8)])
    assert nearest(present(engines)) == [3, 4, 5, 6, 7]


def test_vectors_of_another_model_are_never_mixed_in(engines: Engines, write: Write) -> None:
    write([(1, 0, (1, 0)), (2, 0, (0, 1))], model="old")
    assert present(engines).space == "old"
    write([(1, 0, (1, 0, 0)), (2, 0, (0, 1, 0))], model="new")
    engine = present(engines)
    assert (engine.space, engine.dimension) == ("new", 3)
    hits = engine.nearest(row(1, 0, 0), 5, EVERYBODY, Filters())
    assert [hit.subject_id for hit in hits] == [1, 2]


def test_far_behind_faiss_answers(
    engines: Engines, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write([(1, 0, (1, 0))])
    present(engines)
    monkeypatch.setattr(vectors, "SLACK", 1)
    write([(2, 0, (0.5, 0)), (3, 0, (0.4, 0))])
    standing_in = engines.vectors()
    assert standing_in is not None
    assert not isinstance(standing_in, PostgresVectors)
    assert nearest(standing_in) == [1, 2, 3]


def test_without_pgvector_faiss_answers(
    engines: Engines, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "EXTENSIONS", ("unaccent", "pg_trgm", "no_vector"))
    monkeypatch.setattr(schema, "_refused", set())
    write([(1, 0, (1, 0))])
    engines.keep_up()
    standing_in = engines.vectors()
    assert standing_in is not None
    assert nearest(standing_in) == [1]


@pytest.mark.models
def test_the_index_finds_nearly_all_that_comparing_everything_finds(
    engines: Engines,
    write: Write,
    cast: Cast,
    public_data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Real sentences: random vectors have no neighbours that an index could lose or find."""
    from bench import datasets

    monkeypatch.setenv("CXWIKI_TEST_DATA", str(public_data))
    twins = datasets.xsid()
    texts = (twins.german + twins.english)[:600]
    space, stored = Models("both").encode("both-passage", texts, urgent=False)
    stored = stored.astype(np.float16).astype(np.float32)
    half = len(texts) // 2
    write([(n, 0, stored[n - 1]) for n in range(1, half)], model=space)
    more = [(n, 0, stored[n - 1]) for n in range(half, len(texts) + 1)]
    write(more, model=space, visibility="team", team_id=cast.billing)
    monkeypatch.setattr(vectors, "INDEXED_FROM", 100)
    engine = present(engines)
    billing = Scope(frozenset({cast.billing}))
    narrow = Filters(ids=frozenset(range(10, 40)))
    for scope, filters, allowed in (
        (billing, Filters(), range(1, len(texts) + 1)),
        (EVERYBODY, Filters(), range(1, half)),
        (billing, narrow, range(10, 40)),
    ):
        recalls = []
        for number in range(0, len(texts), 20):
            query = weigh(stored[number], "search", space)
            scores = {one: float(stored[one - 1] @ query) for one in allowed}
            exact = sorted(scores, key=lambda one: -scores[one])[:20]
            hits = engine.nearest(query, 20, scope, filters)
            assert len(hits) == len(exact)
            assert {hit.subject_id for hit in hits} <= set(allowed)
            recalls.append(len({hit.subject_id for hit in hits} & set(exact)) / len(exact))
        assert np.mean(recalls) > 0.97

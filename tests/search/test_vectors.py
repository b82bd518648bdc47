import numpy as np
import pytest

from cxwiki.search.vectors import VectorStore


def rows(*vectors: tuple[float, ...]) -> np.ndarray:
    return np.array(vectors, dtype=np.float32)


@pytest.fixture
def store() -> VectorStore:
    store = VectorStore(2)
    store.put([1, 2, 3], rows((1, 0), (0, 1), (0.8, 0.6)))
    return store


def test_nearest_come_first(store: VectorStore) -> None:
    assert [found for found, _ in store.nearest(rows((1, 0))[0], 3)] == [1, 3, 2]
    assert store.nearest(rows((1, 0))[0], 1) == [(1, pytest.approx(1.0))]


def test_only_allowed_subjects_are_looked_at(store: VectorStore) -> None:
    assert [f for f, _ in store.nearest(rows((1, 0))[0], 3, np.array([2, 3, 99]))] == [3, 2]
    assert store.nearest(rows((1, 0))[0], 3, np.array([], dtype=np.int64)) == []


def test_the_same_id_replaces_and_the_last_counts(store: VectorStore) -> None:
    store.put([1, 1], rows((0.5, 0.5), (0, -1)))
    assert len(store) == 3
    assert store.nearest(rows((0, -1))[0], 1) == [(1, pytest.approx(1.0))]


def test_removed_vectors_are_gone(store: VectorStore) -> None:
    store.remove([1, 42])
    assert [found for found, _ in store.nearest(rows((1, 0))[0], 3)] == [3, 2]
    assert 1 not in store
    assert store.vector(1) is None


def test_similar_leaves_itself_out(store: VectorStore) -> None:
    assert [found for found, _ in store.similar(1, 5)] == [3, 2]
    assert store.similar(42, 5) == []


def test_an_empty_store_finds_nothing() -> None:
    assert VectorStore(2).nearest(rows((1, 0))[0], 5) == []


def test_equal_scores_go_by_id() -> None:
    store = VectorStore(2)
    store.put([9, 4, 7], rows((1, 0), (1, 0), (1, 0)))
    assert [found for found, _ in store.nearest(rows((1, 0))[0], 3)] == [4, 7, 9]


@pytest.mark.parametrize("matrix", [rows((1, 0, 0)), rows((1, 0), (0, 1)), rows((np.nan, 0))])
def test_what_does_not_fit_is_refused_and_nothing_changes(
    store: VectorStore, matrix: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=r"expected|finite"):
        store.put([1], matrix)
    assert len(store) == 3


def test_many_changes_leave_what_a_fresh_store_would_have() -> None:
    random = np.random.default_rng(7)
    store, kept = VectorStore(8), {}
    for _ in range(60):
        ids = random.integers(0, 2_000, size=400)
        matrix = random.standard_normal((400, 8)).astype(np.float32)
        store.put(ids, matrix)
        kept.update(zip(ids.tolist(), matrix, strict=True))
        gone = random.integers(0, 2_000, size=100).tolist()
        store.remove(gone)
        for each in gone:
            kept.pop(each, None)
    query = random.standard_normal(8).astype(np.float32)
    exact = sorted(kept, key=lambda each: -float(kept[each] @ query))[:5]
    assert len(store) == len(kept)
    assert [found for found, _ in store.nearest(query, 5)] == exact

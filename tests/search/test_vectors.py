import threading

import numpy as np
import pytest

from cxwiki.search.embedded.store import VectorStore


def rows(*vectors: tuple[float, ...]) -> np.ndarray:
    return np.array(vectors, dtype=np.float32)


EAST = rows((1, 0))[0]


@pytest.fixture
def store() -> VectorStore:
    store = VectorStore(2)
    store.put([(1, 0), (2, 0), (3, 0)], rows((1, 0), (0, 1), (0.8, 0.6)))
    return store


def found(store: VectorStore, k: int, allowed: np.ndarray | None = None) -> list[int]:
    return [subject_id for subject_id, _passage, _score in store.nearest(EAST, k, allowed)]


def test_nearest_come_first(store: VectorStore) -> None:
    assert found(store, 3) == [1, 3, 2]
    assert store.nearest(EAST, 1) == [(1, 0, pytest.approx(1.0))]


def test_only_allowed_subjects_are_looked_at(store: VectorStore) -> None:
    assert found(store, 3, np.array([2, 3, 99])) == [3, 2]
    assert found(store, 3, np.array([], dtype=np.int64)) == []


def test_a_subject_is_as_near_as_its_best_passage(store: VectorStore) -> None:
    store.put([(2, 0), (2, 1), (2, 2)], rows((0, 1), (0.9, 0.1), (0.5, 0.5)))
    near = store.nearest(EAST, 3)
    assert [(subject_id, passage) for subject_id, passage, _ in near] == [(1, 0), (2, 1), (3, 0)]


def test_one_subject_with_many_passages_leaves_room_for_others(store: VectorStore) -> None:
    store.put([(9, number) for number in range(64)], rows(*[(1.5, 0)] * 64))
    assert found(store, 3) == [9, 1, 3]


def test_passages_written_anew_replace_all_that_there_were(store: VectorStore) -> None:
    store.put([(1, 0), (1, 1), (1, 2)], rows((0, 1), (1, 0), (1, 0)))
    store.put([(1, 0), (1, 1)], rows((0, 1), (0, 1)))
    assert store.nearest(EAST, 1)[0][0] == 3
    assert len(store) == 4


def test_passages_that_come_in_two_pieces_belong_together(store: VectorStore) -> None:
    store.put([(4, 0), (4, 1)], rows((0, 1), (0, 1)))
    store.put([(4, 2)], rows((2, 0)))
    assert store.nearest(EAST, 1)[0][:2] == (4, 2)
    assert store.vector(4).tolist() == [0, 1]


def test_of_one_key_the_last_counts(store: VectorStore) -> None:
    store.put([(1, 0), (1, 0)], rows((0.5, 0.5), (0, -1)))
    assert len(store) == 3
    assert store.nearest(rows((0, -1))[0], 1) == [(1, 0, pytest.approx(1.0))]


def test_removed_vectors_are_gone(store: VectorStore) -> None:
    store.remove([1, 42])
    assert found(store, 3) == [3, 2]
    assert 1 not in store
    assert store.vector(1) is None
    assert store.subjects() == {2, 3}


def test_an_empty_store_finds_nothing() -> None:
    assert VectorStore(2).nearest(EAST, 5) == []


def test_equal_scores_go_by_id() -> None:
    store = VectorStore(2)
    store.put([(9, 0), (4, 0), (7, 0)], rows((1, 0), (1, 0), (1, 0)))
    assert found(store, 3) == [4, 7, 9]


@pytest.mark.parametrize("matrix", [rows((1, 0, 0)), rows((1, 0), (0, 1)), rows((np.nan, 0))])
def test_what_does_not_fit_is_refused_and_nothing_changes(
    store: VectorStore, matrix: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=r"expected|finite"):
        store.put([(1, 0)], matrix)
    assert len(store) == 3


def test_many_changes_leave_what_a_fresh_store_would_have() -> None:
    random = np.random.default_rng(7)
    store = VectorStore(8)
    kept: dict[int, np.ndarray] = {}
    for _ in range(60):
        ids = random.choice(2_000, size=200, replace=False).tolist()
        matrix = random.standard_normal((400, 8)).astype(np.float32)
        store.put([(each, passage) for each in ids for passage in (0, 1)], matrix)
        kept.update(zip(ids, matrix.reshape(200, 2, 8), strict=True))
        gone = random.integers(0, 2_000, size=100).tolist()
        store.remove(gone)
        for each in gone:
            kept.pop(each, None)
    query = random.standard_normal(8).astype(np.float32)
    exact = sorted(kept, key=lambda each: -float((kept[each] @ query).max()))[:5]
    assert len(store) == 2 * len(kept)
    near = store.nearest(query, 5)
    assert [subject_id for subject_id, _, _ in near] == exact
    assert [passage for _, passage, _ in near] == [int((kept[e] @ query).argmax()) for e in exact]


def test_readers_and_a_writer_do_not_get_in_each_others_way() -> None:
    random = np.random.default_rng(3)
    store = VectorStore(16)
    fixed = random.standard_normal((500, 16)).astype(np.float32)
    store.put([(number, 0) for number in range(500)], fixed)
    wrong: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            near = store.nearest(fixed[7], 20, np.arange(500))
            if len(near) != 20 or len({each for each, _, _ in near}) != 20:
                wrong.append(near)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(150):
        keys = [(int(each), 0) for each in random.integers(500, 900, size=50)]
        store.put(keys, random.standard_normal((50, 16)).astype(np.float32))
        store.remove(random.integers(500, 900, size=20).tolist())
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []

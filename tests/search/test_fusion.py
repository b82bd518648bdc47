from cxwiki.search.documents import Hit
from cxwiki.search.fusion import DEPTH, fuse, reciprocal_rank


def hits(*pairs: tuple[int, float]) -> list[Hit]:
    return [Hit(*pair) for pair in pairs]


def ids(found: list[Hit]) -> list[int]:
    return [hit.subject_id for hit in found]


def test_found_both_ways_comes_first() -> None:
    keyword = hits((1, 0.5), (2, 0.4))
    meaning = hits((3, 0.9), (2, 0.85), (4, 0.5))
    assert ids(fuse(keyword, meaning))[0] == 2


def test_a_document_that_covers_the_query_rises_over_vague_likeness() -> None:
    meaning = hits(*((number, 0.9 - number / 1000) for number in range(60)))
    assert ids(fuse(hits((99, 0.8)), meaning)).index(99) < 20


def test_a_common_word_does_not_outdo_meaning() -> None:
    meaning = hits((1, 0.9), (2, 0.8), (3, 0.4))
    assert ids(fuse(hits((9, 0.1)), meaning))[:2] == [1, 2]


def test_either_list_alone_keeps_its_order() -> None:
    listed = hits((5, 0.9), (3, 0.5), (8, 0.1))
    assert ids(fuse(listed, [])) == ids(fuse([], listed)) == [5, 3, 8]
    assert fuse([], []) == []


def test_beyond_the_depth_the_order_of_meaning_stays() -> None:
    meaning = hits(*((number, 1 / (number + 1)) for number in range(DEPTH + 20)))
    assert ids(fuse([], meaning)) == list(range(DEPTH + 20))


def test_ties_go_by_id_and_limit_cuts() -> None:
    assert ids(fuse(hits((7, 0.5), (2, 0.5), (4, 0.5)), [], limit=2)) == [2, 4]


def test_a_hit_keeps_the_passage_that_meaning_found() -> None:
    found = fuse(hits((1, 0.5), (2, 0.4)), [Hit(2, 0.9, passage=3)])
    assert {hit.subject_id: hit.passage for hit in found} == {1: None, 2: 3}


def test_reciprocal_ranks_add_up() -> None:
    first, second = hits((1, 9.0), (2, 8.0)), hits((2, 0.1), (3, 0.0))
    found = reciprocal_rank([first, second])
    assert ids(found) == [2, 1, 3]
    assert found[0].score == 1 / 62 + 1 / 61

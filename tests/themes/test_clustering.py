"""Themes are found in texts of a few topics; people's pins are law; a second run changes little."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from cxwiki.themes import communities, neighbours
from cxwiki.themes.clustering import ALONE, SMALLEST, Constraints, cluster, group
from cxwiki.themes.vectors import normalise
from tests.themes.sphere import topics


def test_texts_of_one_topic_become_one_theme_and_the_rest_stays_alone():
    vectors, topic_of = topics([12, 9, 7, 15], noise=8)
    themes = cluster(vectors)
    assert adjusted_rand_score(topic_of[:43], themes[:43]) == 1.0
    assert (themes[43:] == ALONE).all()


def test_twenty_insights_are_enough():
    vectors, topic_of = topics([6, 5, 5], noise=4)
    assert adjusted_rand_score(topic_of, cluster(vectors)) > 0.9


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_very_few_insights_are_no_error(count):
    vectors, _ = topics([3])
    assert len(cluster(vectors[:count])) == count


def test_a_pair_is_no_theme():
    vectors, topic_of = topics([10, 10, 10, 10, 2])
    themes = cluster(vectors)
    assert (themes[np.array(topic_of) == 4] == ALONE).all()
    assert np.unique(themes[themes != ALONE], return_counts=True)[1].min() >= SMALLEST


def test_equal_texts_and_empty_vectors_are_no_error():
    vectors = np.zeros((30, 8), dtype=np.float32)
    vectors[:20, 0] = 1
    assert (cluster(vectors)[20:] == ALONE).all()


def test_no_theme_swallows_the_site():
    vectors, _ = topics([150, 15, 15, 15, 15, 15, 15])
    themes = cluster(vectors)
    assert np.unique(themes[themes != ALONE], return_counts=True)[1].max() <= 48


def test_the_same_seed_gives_the_same_themes():
    vectors, _ = topics([30, 20, 25, 10], seed=3, noise=10)
    assert (cluster(vectors, seed=5) == cluster(vectors, seed=5)).all()


def test_texts_of_two_languages_meet():
    # In each language the texts lie far from those of the other: an offset as models give it.
    english, topic_of = topics([10, 10, 10, 10])
    german, _ = topics([10, 10, 10, 10])
    offset = np.zeros(100, dtype=np.float32)
    offset[0] = 0.6
    both = normalise(np.vstack([english + offset, german - offset]))
    languages = np.repeat([0, 1], 40)
    assert adjusted_rand_score(topic_of * 2, cluster(both, languages=languages)) == 1.0


def test_confidence_is_high_inside_a_theme_and_one_for_a_pin():
    vectors, _ = topics([12, 9, 15], noise=6)
    first = cluster(vectors)
    pins = Constraints(inside={36: int(first[0])})
    found = group(vectors, initial=first, pins=pins)
    assert found.confidence[:36].min() > 0.5
    assert found.confidence[36] == 1.0
    assert (found.confidence[37:] == 0).all()
    assert ((found.confidence >= 0) & (found.confidence <= 1)).all()


def test_themes_keep_their_numbers_when_insights_come_and_go():
    vectors, _ = topics([20, 20, 20, 20, 20], seed=2)
    first = cluster(vectors[:90])
    before = np.concatenate([first, np.full(10, ALONE)])[5:]
    themes = cluster(vectors[5:], initial=before)
    assert (themes[:85] == first[5:]).all()
    assert len(set(themes[85:])) == 1


def test_a_new_theme_gets_a_number_that_none_had():
    vectors, _ = topics([15, 15, 15])
    before = np.full(45, ALONE)
    before[:15], before[15:30] = 7, 9
    themes = cluster(vectors, initial=before, pins=Constraints(outside={44: frozenset({23})}))
    assert [themes[0], themes[15], themes[30]] == [7, 9, 24]


def test_what_is_pinned_into_a_theme_follows_it_not_the_other_way_round():
    vectors, _ = topics([15, 10, 10])
    first = cluster(vectors)
    stranger, theme = 20, int(first[0])
    themes = cluster(vectors, initial=first, pins=Constraints(inside={stranger: theme}))
    assert themes[stranger] == theme
    assert (themes[:15] == theme).all()
    assert (np.delete(themes[15:25], 5) == first[15]).all()


def test_a_theme_that_only_people_hold_lives_on():
    vectors, _ = topics([12, 12], noise=6)
    themes = cluster(vectors, pins=Constraints(inside={24: 50, 25: 50}))
    assert (themes[24:26] == 50).all()


def test_what_is_pinned_out_goes_alone_where_nothing_else_is_near():
    vectors, _ = topics([15, 15])
    first = cluster(vectors)
    pins = Constraints(outside={3: frozenset({int(first[3])})})
    themes = cluster(vectors, initial=first, pins=pins)
    assert themes[3] == ALONE
    assert (np.delete(themes[:15], 3) == first[0]).all()


def test_pins_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="both into and out of"):
        Constraints(inside={1: 4}, outside={1: frozenset({4})})


EDIT = st.tuples(st.booleans(), st.integers(0, 69), st.integers(0, 4))


@settings(max_examples=25, deadline=None)
@given(
    edits=st.lists(st.lists(EDIT, max_size=6), min_size=1, max_size=4),
    leaving=st.lists(st.sets(st.integers(0, 69), max_size=8), min_size=4, max_size=4),
    seed=st.integers(0, 3),
)
def test_no_edit_is_ever_lost(edits, leaving, seed):
    """Random pins between runs, while insights leave and change: all of them hold after each."""
    vectors, _ = topics([18, 14, 12, 10, 8], seed=seed, noise=8)
    items = np.arange(70)
    theme_of = dict(enumerate(cluster(vectors).tolist()))
    inside: dict[int, int] = {}
    outside: dict[int, set[int]] = {}
    random = np.random.default_rng(seed)
    for run, round_of_edits in enumerate(edits):
        known = sorted({theme for theme in theme_of.values() if theme != ALONE}) or [0]
        for into, item, choice in round_of_edits:
            theme = known[choice % len(known)]
            if into:
                inside[item] = theme
                outside.get(item, set()).discard(theme)
            else:
                outside.setdefault(item, set()).add(theme)
                if inside.get(item) == theme:
                    del inside[item]
        items = np.array([item for item in items if item not in leaving[run]])
        changed = random.choice(items, 3)
        vectors[changed] = vectors[random.choice(items, 3)]
        row_of = {int(item): row for row, item in enumerate(items)}
        pins = Constraints(
            {row_of[item]: theme for item, theme in inside.items() if item in row_of},
            {row_of[item]: frozenset(out) for item, out in outside.items() if item in row_of},
        )
        before = np.array([theme_of[int(item)] for item in items])
        themes = cluster(vectors[items], initial=before, pins=pins, seed=seed)
        theme_of = dict(zip(items.tolist(), themes.tolist(), strict=True))
        for item, theme in inside.items():
            assert theme_of.get(item, theme) == theme
        for item, themes_without in outside.items():
            assert theme_of.get(item, ALONE) not in themes_without


def test_many_texts_are_grouped_like_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """With inverted lists, as on a large site, the themes are those of comparing all with all."""
    random = np.random.default_rng(3)
    middles = normalise(random.normal(size=(12, 40)))
    vectors = normalise(np.repeat(middles, 40, axis=0) + random.normal(scale=0.1, size=(480, 40)))
    all_with_all = cluster(vectors)
    monkeypatch.setattr(neighbours, "_EXACT", 100)
    monkeypatch.setattr(neighbours, "_PROBED", 4)
    assert adjusted_rand_score(all_with_all, cluster(vectors)) > 0.99


def test_a_theme_is_divided_only_where_its_parts_lie_apart() -> None:
    random = np.random.default_rng(4)
    general = normalise(random.normal(size=(1, 60)))
    two = normalise(random.normal(size=(2, 60)))
    apart = normalise(general + np.repeat(0.9 * two, 30, axis=0))
    even = normalise(np.repeat(general, 60, axis=0))
    for middles, divided in ((apart, True), (even, False)):
        vectors = normalise(middles + random.normal(scale=0.05, size=middles.shape))
        links = neighbours.Graph(60, *_linked(vectors))
        found = communities.parts(vectors, links, np.zeros(60, dtype=np.int64), 0)
        assert (len(np.unique(found)) > 1) is divided


def _linked(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each row with its five nearest."""
    likeness = np.triu(vectors @ vectors.T, 1) + np.tril(vectors @ vectors.T, -1)
    pairs = {
        (min(row, int(near)), max(row, int(near)))
        for row in range(len(vectors))
        for near in np.argsort(-likeness[row])[:5]
    }
    left, right = np.array(sorted(pairs)).T
    return left, right, likeness[left, right].astype(np.float32)

"""What people shaped, locked or retired stays as they left it; the run proposes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cxwiki.themes.clustering import ALONE, Constraints, cluster, group
from tests.themes.sphere import topics


def test_a_closed_theme_keeps_exactly_its_members():
    vectors, _ = topics([16, 14, 12])
    first = cluster(vectors)
    before = first.copy()
    before[[0, 1, 2]] = ALONE  # taken out or not there yet: they are most like the closed theme
    before[20] = first[0]  # a stranger that people let be
    pins = Constraints(closed=frozenset({int(first[0])}))
    themes = cluster(vectors, initial=before, pins=pins)
    assert set(np.flatnonzero(themes == first[0])) == {*range(3, 16), 20}


def test_people_may_put_something_into_a_closed_theme():
    vectors, _ = topics([16, 14])
    first = cluster(vectors)
    theme = int(first[0])
    pins = Constraints(inside={20: theme}, outside={3: frozenset({theme})},
                       closed=frozenset({theme}))  # fmt: skip
    themes = cluster(vectors, initial=first, pins=pins)
    assert themes[20] == theme
    assert themes[3] != theme


def test_a_shaped_theme_grows_and_loses_nobody():
    vectors, _ = topics([16, 14, 12], noise=4)
    first = cluster(vectors)
    before = first.copy()
    before[:4] = ALONE
    before[42] = first[0]  # noise that is there since people had their word
    themes = cluster(vectors, initial=before, pins=Constraints(shaped=frozenset({int(first[0])})))
    assert (themes[:16] == first[0]).all()
    assert themes[42] == first[0]


def test_two_shaped_themes_that_are_one_are_proposed_to_be_merged():
    vectors, _ = topics([20, 14, 12])
    before = cluster(vectors)
    before[:20] = [91] * 10 + [92] * 10
    found = group(vectors, initial=before, pins=Constraints(shaped=frozenset({91, 92})))
    assert set(found.themes[:10]) == {91}
    assert set(found.themes[10:20]) == {92}
    assert [(one.kind, one.theme_id, one.other_id) for one in found.proposals] == [
        ("merge", 91, 92)
    ]


def test_a_shaped_theme_of_two_topics_is_proposed_to_be_split():
    vectors, _ = topics([20, 14, 12])
    before = cluster(vectors)
    before[:34] = 91
    found = group(vectors, initial=before, pins=Constraints(shaped=frozenset({91})))
    assert set(found.themes[:34]) == {91}
    (wish,) = found.proposals
    assert (wish.kind, wish.theme_id, wish.other_id) == ("split", 91, None)
    assert set(wish.insight_ids) == set(range(20, 34))
    assert 0.6 <= wish.score <= 1


def test_what_people_put_together_is_not_proposed_to_be_split():
    vectors, _ = topics([20, 14, 12])
    before = cluster(vectors)
    before[:34] = 91
    pins = Constraints(inside=dict.fromkeys(range(20, 34), 91), shaped=frozenset({91}))
    assert group(vectors, initial=before, pins=pins).proposals == ()


def test_themes_that_nobody_touched_merge_and_split_by_themselves():
    vectors, _ = topics([20, 14, 12])
    before = np.array([91] * 10 + [92] * 10 + [93] * 26)
    found = group(vectors, initial=before)
    assert len(set(found.themes[:20])) == 1
    assert set(found.themes[20:34]) & set(found.themes[34:]) == set()
    assert found.proposals == ()


def test_a_theme_that_nobody_touched_goes_up_in_a_shaped_one():
    vectors, _ = topics([20, 14, 12])
    before = cluster(vectors)
    before[:20] = [91] * 12 + [92] * 8
    themes = cluster(vectors, initial=before, pins=Constraints(shaped=frozenset({91})))
    assert (themes[:20] == 91).all()


def test_a_large_theme_that_clearly_divides_has_parts():
    near, _ = topics([18, 18, 18], seed=4, d=60)
    far, _ = topics([20, 20], seed=5, d=60)
    vectors = np.zeros((94, 120), dtype=np.float32)
    vectors[:54, :60] = near
    vectors[54:, :60] = far
    vectors[:54, 60] = 0.8  # what the three have in common
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    before = np.array([7] * 54 + [8] * 20 + [9] * 20)
    found = group(vectors, initial=before, pins=Constraints(shaped=frozenset({7})))
    parts = found.parts[:54]
    assert set(found.themes[:54]) == {7}
    assert len(set(parts[parts >= 0])) == 3
    assert all(len(set(parts[start : start + 18])) == 1 for start in (0, 18, 36))
    assert (found.parts[54:] == ALONE).all()


@settings(max_examples=25, deadline=None)
@given(data=st.data(), seed=st.integers(0, 3))
def test_whatever_people_decide_every_run_obeys(data, seed):
    """Random themes shaped, closed and pinned; items come and go; then three runs."""
    vectors, _ = topics([16, 14, 12, 9], seed=seed, noise=7)
    before = cluster(vectors)
    known = sorted(set(before.tolist()) - {ALONE})
    closed = frozenset(data.draw(st.sets(st.sampled_from(known), max_size=2)))
    shaped = frozenset(data.draw(st.sets(st.sampled_from(known), max_size=3)))
    rows = st.integers(0, len(vectors) - 1)
    inside = data.draw(st.dictionaries(rows, st.sampled_from(known), max_size=5))
    outside = {
        row: frozenset({theme})
        for row, theme in data.draw(
            st.dictionaries(rows, st.sampled_from(known), max_size=5)
        ).items()
        if inside.get(row) != theme
    }
    pins = Constraints(inside, outside, closed, shaped)
    for run in range(3):
        wanted = pins.wanted(before)
        changed = sorted(data.draw(st.sets(rows, max_size=4)))
        vectors[changed] = vectors[changed[::-1]]
        themes = cluster(vectors, initial=before, pins=pins, seed=run)
        for theme in closed:
            assert set(np.flatnonzero(themes == theme)) == set(np.flatnonzero(wanted == theme))
        for theme in shaped:
            assert set(np.flatnonzero(wanted == theme)) <= set(np.flatnonzero(themes == theme))
        for row, theme in inside.items():
            assert themes[row] == theme
        for row, out in outside.items():
            assert int(themes[row]) not in out
        before = themes

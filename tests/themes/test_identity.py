"""A theme keeps its identity while most of its members stay together."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxwiki.themes import identity
from cxwiki.themes.identity import match


def test_a_theme_goes_on_while_most_of_its_members_stay():
    matching = match({7: set(range(10))}, [{0, 1, 2, 3, 4, 5, 20, 21}])
    assert matching.carried == {0: 7}
    assert (matching.born, matching.faded) == ([], {})


def test_of_a_theme_that_broke_apart_the_largest_piece_goes_on():
    matching = match({7: set(range(9))}, [{0, 1}, {2, 3, 4, 5}, {6, 7, 8}])
    assert matching.carried == {1: 7}
    assert matching.born == [0, 2]


def test_of_two_themes_that_became_one_the_larger_goes_on_and_the_other_leads_there():
    matching = match({1: {0, 1, 2}, 2: {3, 4, 5, 6}}, [{0, 1, 2, 3, 4, 5, 6}])
    assert matching.carried == {0: 2}
    assert matching.faded == {1: 0}


def test_a_theme_whose_members_are_all_alone_now_fades():
    assert match({1: {0, 1, 2}}, [{7, 8, 9}]).faded == {1: None}


def test_a_small_share_of_a_theme_is_not_the_theme():
    matching = match({1: set(range(10))}, [{0, 20, 21, 22}, set(range(1, 10))])
    assert matching.carried == {1: 1}
    assert matching.born == [0]


def test_no_theme_gives_up_its_majority_to_please_another():
    old = {1: set(range(100)), 2: set(range(100, 160))}
    new = [set(range(60)) | set(range(100, 159)), set(range(60, 100)) | {159}]
    assert match(old, new).carried[0] == 1


themes = st.lists(st.integers(-1, 5), min_size=1, max_size=40).map(np.array)


@given(themes, themes)
def test_every_theme_is_carried_once_or_faded_and_every_community_is_carried_or_born(old, new):
    before, after = identity.members(old), list(identity.members(new).values())
    matching = match(before, after)
    assert matching == match(before, after)
    assert sorted([*matching.carried.values(), *matching.faded]) == sorted(before)
    assert sorted([*matching.carried, *matching.born]) == list(range(len(after)))


@given(themes)
def test_nothing_changes_when_nothing_changed(old):
    before = identity.members(old)
    carried = match(before, list(before.values())).carried
    assert [carried[index] for index in range(len(before))] == list(before)

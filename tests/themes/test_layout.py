"""The map: related themes lie near each other, and each lies where it lay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxwiki.themes.layout import layout, radii
from cxwiki.themes.vectors import normalise

NOWHERE = np.full((40, 2), np.nan)


def fields(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Forty themes in eight fields of five, and their sizes."""
    random = np.random.default_rng(seed)
    middles = np.repeat(normalise(random.normal(size=(8, 60))), 5, axis=0)
    return normalise(middles + random.normal(scale=0.07, size=(40, 60))), random.integers(3, 60, 40)


def apart(places: np.ndarray) -> np.ndarray:
    return np.linalg.norm(places[:, None] - places[None], axis=2)


def test_themes_of_one_field_are_neighbours_on_the_map():
    centres, sizes = fields()
    distances = apart(layout(centres, sizes, NOWHERE))
    np.fill_diagonal(distances, 9)
    nearest = distances.argsort(axis=1)[:, :4] // 5
    assert (nearest == np.arange(40)[:, None] // 5).mean() > 0.6


def test_the_same_themes_get_the_same_places():
    centres, sizes = fields()
    assert (layout(centres, sizes, NOWHERE) == layout(centres, sizes, NOWHERE)).all()


def test_a_theme_stays_where_it_was():
    centres, sizes = fields()
    first = layout(centres, sizes, NOWHERE)
    moved = normalise(centres + np.random.default_rng(1).normal(scale=0.02, size=centres.shape))
    steps = np.linalg.norm(layout(moved, sizes + 1, first) - first, axis=1)
    assert steps.mean() < 0.02
    assert steps.max() < 0.06


def test_a_new_theme_comes_beside_its_nearest():
    centres, sizes = fields()
    known = layout(centres, sizes, NOWHERE)
    expected = known[1:5].mean(axis=0)
    known[0] = np.nan
    places = layout(centres, sizes, known)
    assert np.linalg.norm(places[0] - expected) < 0.25


def test_bubbles_do_not_overlap():
    centres, sizes = fields()
    places, radius = layout(centres, sizes, NOWHERE), radii(sizes)
    gaps = apart(places) - radius[:, None] - radius[None, :]
    np.fill_diagonal(gaps, 1)
    assert gaps.min() > -0.002


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_themes_are_no_error(count):
    centres, sizes = fields()
    places = layout(centres[:count], sizes[:count], NOWHERE[:count])
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 25), st.integers(0, 9), st.floats(0, 1), st.booleans())
def test_every_place_is_on_the_map(count, seed, share_known, equal):
    random = np.random.default_rng(seed)
    centres = np.ones((count, 8)) if equal else random.normal(size=(count, 8))
    known = random.random((count, 2))
    known[random.random(count) > share_known] = np.nan
    places = layout(normalise(centres), random.integers(1, 99, count), known)
    assert np.isfinite(places).all()
    assert ((places >= 0) & (places <= 1)).all()

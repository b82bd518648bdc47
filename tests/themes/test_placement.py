"""A new insight finds its theme among those who are in it, or stays alone."""

import numpy as np

from cxwiki.themes import vectors
from cxwiki.themes.placement import Placement
from cxwiki.themes.placement import place as placed
from cxwiki.themes.vectors import fit, weights_of
from tests.themes.sphere import topics

VECTORS, TOPICS = topics([21, 21, 21, 21], noise=11)


def place(vector, members, themes, member_languages=None, **more) -> Placement:
    """Among members whose vectors and themes are at hand."""
    return placed(members @ vector, lambda rows: themes[rows], languages=member_languages, **more)


NEW = [20, 41, 62, 83]
OTHERS = np.setdiff1d(np.arange(len(VECTORS)), [*NEW, 94])
THEMES = np.array(TOPICS)[OTHERS]


def test_it_joins_the_theme_of_its_topic():
    for row in NEW:
        placement = place(VECTORS[row], VECTORS[OTHERS], THEMES)
        assert placement.theme_id == TOPICS[row]
        assert placement.confidence > 0.8


def test_what_is_like_nothing_else_stays_alone():
    placement = place(VECTORS[94], VECTORS[OTHERS], THEMES)
    assert placement.theme_id is None
    assert placement.confidence < 0.5


def test_it_never_joins_a_theme_that_people_put_it_out_of():
    placement = place(VECTORS[20], VECTORS[OTHERS], THEMES, excluded={0})
    assert placement.theme_id is None


def test_neighbours_that_are_alone_vote_for_staying_alone():
    alone = np.where((THEMES == 0) & (np.arange(len(THEMES)) > 3), -1, THEMES)
    sure = place(VECTORS[20], VECTORS[OTHERS], THEMES).confidence
    assert place(VECTORS[20], VECTORS[OTHERS], alone).confidence < sure


def test_the_first_insight_of_all_stays_alone():
    nobody = np.zeros((0, VECTORS.shape[1]), dtype=np.float32)
    assert place(VECTORS[0], nobody, np.zeros(0, dtype=np.int64)).theme_id is None


def test_another_language_counts_by_its_own_measure():
    offset = np.zeros(VECTORS.shape[1], dtype=np.float32)
    offset[0] = 0.5
    both = np.vstack([VECTORS[OTHERS] + offset, VECTORS[OTHERS] - offset])
    both /= np.linalg.norm(both, axis=1, keepdims=True)
    languages = np.repeat([0, 1], len(OTHERS))
    # Only the other language has themes: the own texts, nearer by cosine alone, have none.
    themes = np.concatenate([np.where(THEMES == 0, -1, THEMES), THEMES])
    found = place(both[0], both[1:], themes[1:], member_languages=languages[1:], k=40)
    votes_of_other = place(both[0], both[1:], themes[1:], k=40)
    assert found.confidence >= votes_of_other.confidence


def test_parts_of_a_vector_weigh_what_is_asked():
    stored = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32) + 3
    languages = np.repeat([0, 1], 25)
    frame = fit(stored, languages, np.array([[1, 2], [1, 1]], dtype=np.float32))
    rows = frame.of(stored, languages)
    parts = np.linalg.norm(rows[:, 4:], axis=1) / np.linalg.norm(rows[:, :4], axis=1)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(parts, np.where(languages == 0, 2, 1), atol=1e-4)


def test_a_frame_reads_block_by_block_what_it_would_read_at_once(monkeypatch):
    stored = np.random.default_rng(1).normal(size=(90, 8)).astype(np.float32)
    languages = np.arange(90) % 3
    weights = weights_of(["de", "en", "fr"], double=True)
    at_once = fit(stored, languages, weights).of(stored, languages)
    monkeypatch.setattr(vectors, "_BLOCK", 7)
    assert np.allclose(fit(stored, languages, weights).of(stored, languages), at_once, atol=1e-5)


def test_what_a_language_has_in_common_is_taken_away():
    random = np.random.default_rng(2)
    languages = np.repeat([0, 1], 300)
    offset = np.where(languages == 0, 2.0, -2.0)[:, None] * np.ones((1, 20))
    rows = random.normal(size=(600, 20)) + offset
    found = fit(rows, languages, np.ones((2, 1), dtype=np.float32)).of(rows, languages)
    across = found[languages == 0] @ found[languages == 1].T
    assert abs(float(across.mean())) < 0.05


def test_who_is_hidden_by_now_does_not_vote():
    hidden = np.where(THEMES == 0, -2, THEMES)
    assert place(VECTORS[20], VECTORS[OTHERS], hidden).theme_id is None


def test_only_the_nearest_are_asked_for_their_theme():
    asked = []

    def themes_of(rows):
        asked.extend(rows)
        return THEMES[rows]

    found = placed(VECTORS[OTHERS] @ VECTORS[20], themes_of, most=12)
    assert found.theme_id == 0
    assert len(asked) <= 12

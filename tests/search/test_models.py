import json
import os
from pathlib import Path

import numpy as np
import pytest

from cxwiki.search.encoder import models as encoder_models
from cxwiki.search.encoder.models import Models, UnknownModel
from cxwiki.search.meaning.weights import LEAST_LIKENESS, floor_of, likeness, weigh

DATA = Path(os.environ.get("CXWIKI_TEST_DATA") or Path(__file__).parents[3] / "shared" / "data")


@pytest.fixture(scope="module")
def both() -> Models:
    return Models("both")


def test_a_german_text_finds_its_english_twin(both: Models) -> None:
    space, texts = both.encode(
        "both-passage",
        ["The invoice is wrong", "The technician did not come", "I cannot log in"],
        urgent=False,
    )
    _, query = both.encode("both-query", ["Ich kann mich nicht anmelden"], urgent=True)
    assert int(np.argmax(weigh(query[0], "search", space) @ texts.T)) == 2


def test_likeness_tells_paraphrases_from_unrelated_texts(both: Models) -> None:
    texts = ["My invoice is wrong", "The bill has a mistake", "The technician did not show up"]
    space, stored = both.encode("both-passage", texts, urgent=False)
    invoice, bill, technician = stored
    weighed = weigh(invoice, "duplicates", space)
    assert likeness(float(weighed @ invoice), space) == pytest.approx(1, abs=0.01)
    assert likeness(float(weighed @ bill), space) > LEAST_LIKENESS["related"]
    assert likeness(float(weighed @ technician), space) < LEAST_LIKENESS["related"]


def test_both_is_two_halves_of_length_one(both: Models) -> None:
    if both.problems:
        pytest.skip(both.problems[0])
    space, rows = both.encode("both-passage", ["Rechnung", "invoice"], urgent=False)
    assert rows.shape == (2, 768)
    assert space.count("+") == 1
    for half in (rows[:, :384], rows[:, 384:]):
        assert np.linalg.norm(half, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_a_model_that_is_not_served_is_named(both: Models) -> None:
    with pytest.raises(UnknownModel, match="gpt"):
        both.encode("gpt", ["x"], urgent=True)


def test_without_e5_both_goes_on_with_minilm_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("no wheel for this machine")

    monkeypatch.setattr(encoder_models, "_e5", missing)
    alone = Models("both")
    space, rows = alone.encode("both-query", ["x"], urgent=True)
    assert rows.shape == (1, 384)
    assert space == alone.names[0]
    assert "no wheel" in alone.problems[0]


def test_naughty_strings_all_have_a_vector(both: Models) -> None:
    path = DATA / "pub-blns" / "blns.json"
    if not path.is_file():
        pytest.skip(f"{path} is missing; set CXWIKI_TEST_DATA")
    naughty = [*json.loads(path.read_text("utf-8"))[::5], "", "\x00", "\ud800", "a" * 100_000]
    _, rows = both.encode("both-passage", naughty, urgent=False)
    assert np.isfinite(rows).all()


def test_weights_add_up_and_single_models_stay_as_they_are() -> None:
    stored = np.array([0.6, 0.8, 0.0, 1.0], dtype=np.float32)
    assert weigh(stored, "search", "one+two") @ stored == pytest.approx(1)
    assert weigh(stored, "search", "one").tolist() == stored.tolist()


def test_minilm_has_no_say_about_what_is_not_english() -> None:
    stored = np.array([1.0, 0.0, 0.6, 0.8], dtype=np.float32)
    german = weigh(stored, "search", "one+two", "Wie ändere ich meine Rechnung?")
    assert german.tolist() == pytest.approx([0, 0, 0.6, 0.8])
    for english in ("How do I change my invoice?", "Rechnung", ""):
        weighed = weigh(stored, "search", "one+two", english).tolist()
        assert weighed == weigh(stored, "search", "one+two").tolist()


def test_the_same_text_is_alike_and_unrelated_ones_are_not_in_either_language() -> None:
    for text in ("How are you?", "Wie geht es dir?"):
        assert likeness(1.0, "one+two", "search", text) == pytest.approx(1)
        floor = floor_of("one+two", "search", text)
        assert likeness(floor, "one+two", "search", text) == 0

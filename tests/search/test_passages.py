"""Long texts are cut so that the encoder reads all of them, and always in the same way."""

from __future__ import annotations

import itertools
import random

import pytest

from cxwiki.search.documents import Document, Part
from cxwiki.search.meaning.passages import (
    LONGEST,
    MOST_OF_BODY,
    MOST_PASSAGES,
    SPARED,
    encoded,
    passage_of,
    passages,
)


def document(body: str = "", *parts: Part, title: str = "Wrong invoice", tags=()) -> Document:
    return Document(1, "insight", title, body, "en", 1, "company", tags=tuple(tags), parts=parts)


def sentences(count: int) -> str:
    return " ".join(f"Sentence number {number} says a little more." for number in range(count))


def test_a_short_text_is_one_passage_with_title_and_tags() -> None:
    short = document("Third time this year.", tags=("tariff", "app"))
    (only,) = passages(short)
    assert encoded(short, only) == "Wrong invoice\ntariff, app\nThird time this year."


def test_a_title_alone_is_a_passage_too() -> None:
    (only,) = passages(document())
    assert encoded(document(), only) == "Wrong invoice"


def test_further_passages_carry_the_title_but_not_the_tags() -> None:
    long = document(sentences(100), tags=("tariff",))
    second = passages(long)[1]
    assert encoded(long, second) == f"Wrong invoice\n{second.text}"


def test_nothing_of_a_long_body_is_lost_and_nothing_is_said_twice() -> None:
    body = sentences(100)
    found = passages(document(body))
    assert " ".join(passage.text for passage in found) == body
    assert [body[passage.start : passage.end] for passage in found] == [p.text for p in found]


def test_passages_are_short_enough_for_the_models_and_end_with_sentences() -> None:
    found = passages(document(sentences(100)))
    assert all(len(passage.text) <= LONGEST + SPARED for passage in found)
    assert all(passage.text.endswith(".") for passage in found)


def test_a_paragraph_is_the_better_place_to_cut() -> None:
    first = "A paragraph. " * 60
    found = passages(document(f"{first.strip()}\n\n{sentences(20)}"))
    assert found[0].text == first.strip()


def test_text_without_any_gap_is_cut_all_the_same() -> None:
    found = passages(document("ä" * 5_000))
    assert "".join(passage.text for passage in found) == "ä" * 5_000
    assert all(len(passage.text) <= LONGEST + SPARED for passage in found)


def test_writing_on_at_the_end_leaves_the_passages_before_it_as_they_were() -> None:
    before = passages(document(sentences(100)))
    after = passages(document(f"{sentences(100)} {sentences(30)}"))
    assert after[: len(before) - 1] == before[:-1]


def test_quotes_and_comments_are_passages_with_their_places() -> None:
    quote = Part("Nobody ever answers the telephone", "evidence", "evidence-4", "en")
    comment = Part("Wir hatten das letzte Woche auch dreimal", "comment", "comment-7", "de")
    _, said, added = passages(document("Short.", quote, comment))
    assert (said.number, said.source, said.anchor) == (1, "evidence", "evidence-4")
    assert (added.number, added.language, added.anchor) == (2, "de", "comment-7")


def test_a_word_of_thanks_is_no_passage() -> None:
    assert len(passages(document("Short.", Part("Thanks!", "comment", "comment-1")))) == 1


def test_a_document_has_a_bounded_number_and_keeps_the_latest_comments() -> None:
    comments = [
        Part(f"This is comment number {number}", "comment", f"comment-{number}")
        for number in range(500)
    ]
    found = passages(document(sentences(5_000), *comments))
    assert len(found) == MOST_PASSAGES
    assert found[MOST_OF_BODY - 1].source == "body"
    assert found[-1].anchor == "comment-499"
    assert [passage.number for passage in found] == list(range(MOST_PASSAGES))


def test_without_comments_the_body_may_have_all_of_it() -> None:
    assert {p.source for p in passages(document(sentences(5_000)))} == {"body"}
    assert len(passages(document(sentences(5_000)))) == MOST_PASSAGES


@pytest.mark.parametrize("number", [None, -1, 1, 99])
def test_a_number_that_the_text_does_not_have_any_more_is_no_passage(number: int | None) -> None:
    assert passage_of(document("Short."), number) is None


def test_any_text_at_all_is_cut_without_loss() -> None:
    chance = random.Random(5)
    for _ in range(200):
        signs = chance.choices("ab .!\n…\u3000\x00é", k=chance.randrange(6_000))
        body = "".join(signs).strip()
        found = passages(document(body, title="t" * chance.randrange(300)))
        kept = "".join("".join(passage.text for passage in found).split())
        assert kept == "".join(body.split())
        assert all(first.end <= second.start for first, second in itertools.pairwise(found))

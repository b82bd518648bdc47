"""Tags: how they are read, set and limited."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db, transaction
from cxwiki.discussion.models import Tag
from cxwiki.discussion.service import (
    LONGEST_TAG,
    MOST_TAGS,
    parse_tags,
    set_tags,
    tags_by_subject,
    tags_of,
)
from cxwiki.errors import DomainError
from cxwiki.insights import service
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from tests.conftest import Cast


@pytest.fixture
def trouble(context: APIFlask, cast: Cast) -> Insight:
    """Alice's insight without tags."""
    return service.publish(Draft("Trouble"), cast.team("service"), cast.person("alice"))


def retag(insight: Insight, *names: str) -> None:
    with transaction():
        set_tags(insight, names)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", []),
        (" , ;\n#, ", []),
        ("invoice, #first  contact; App", ["invoice", "first contact", "app"]),
        ("a\nb\r\nc", ["a", "b", "c"]),
        ("App, app, #APP", ["app"]),
        ("Ärger, c#", ["ärger", "c#"]),
        ("nul\x00l", ["null"]),
        ("x" * (LONGEST_TAG + 5), ["x" * LONGEST_TAG]),
    ],
)
def test_tags_are_read_as_people_write_them(text: str, tags: list[str]) -> None:
    assert parse_tags(text) == tags


def test_a_subject_has_exactly_the_tags_it_was_given(trouble: Insight) -> None:
    retag(trouble, "b", "a")
    assert tags_of(trouble) == ["a", "b"]
    retag(trouble, "b", "c")
    assert tags_of(trouble) == ["b", "c"]
    retag(trouble)
    assert tags_of(trouble) == []


def test_a_tag_is_one_row_however_many_have_it(trouble: Insight, cast: Cast) -> None:
    retag(trouble, "app")
    draft = Draft("Other", tags=("app", "phone"))
    other = service.publish(draft, cast.team("billing"), cast.person("carol"))
    assert sorted(db.session.scalars(select(Tag.name))) == ["app", "phone"]
    retag(other)
    assert tags_by_subject([trouble.id, other.id]) == {trouble.id: ["app"]}


def test_too_many_tags_are_refused_and_the_old_ones_stay(trouble: Insight) -> None:
    many = [f"tag {number:02}" for number in range(MOST_TAGS + 1)]
    retag(trouble, *many[:-1])
    with pytest.raises(DomainError) as refusal:
        retag(trouble, *many)
    assert refusal.value.field == "tags"
    assert tags_of(trouble) == many[:-1]


def test_too_many_tags_are_refused_from_the_start(context: APIFlask, cast: Cast) -> None:
    draft = Draft("Trouble", tags=tuple(f"tag {number}" for number in range(MOST_TAGS + 1)))
    with pytest.raises(DomainError) as refusal:
        service.publish(draft, cast.team("service"), cast.person("alice"))
    assert refusal.value.field == "tags"
    assert db.session.scalars(select(Insight)).all() == []

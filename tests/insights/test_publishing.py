"""Publishing: what is written down, by whom, and what it sets going."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki import jobs
from cxwiki.database import db
from cxwiki.discussion.service import is_watching, tags_of, watchers
from cxwiki.errors import DomainError
from cxwiki.events import Event
from cxwiki.insights import service
from cxwiki.insights.models import Evidence, Insight
from cxwiki.insights.service import LONGEST_TITLE, MOST_AFFECTED, Draft
from cxwiki.writing.models import Revision
from tests.conftest import Cast


def publish(cast: Cast, title: str = "Long wait", by: str = "alice", **values: object) -> Insight:
    person = cast.person(by)
    return service.publish(Draft(title, **values), person.home_team, person)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_title_is_made_tidy(context: APIFlask, cast: Cast) -> None:
    found = publish(cast, "  Long\t wait\n on the\x00 phone ", body="\n Text \n")
    assert (found.title, found.body) == ("Long wait on the phone", "Text")


def test_markdown_is_rendered_once_and_safely(context: APIFlask, cast: Cast) -> None:
    found = publish(cast, body="**Loud** <script>alert(1)</script>")
    assert "<strong>Loud</strong>" in found.html
    assert "<script" not in found.html


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("The customers have to wait for a very long time before anybody answers.", "en"),
        ("Die Kunden müssen sehr lange warten, bis sich jemand am Telefon meldet.", "de"),
    ],
)
def test_the_language_is_recognised(
    context: APIFlask, cast: Cast, body: str, language: str
) -> None:
    assert publish(cast, "Hotline", body=body).language == language


def test_a_language_that_somebody_chose_counts(context: APIFlask, cast: Cast) -> None:
    body = "The customers have to wait for a very long time."
    assert publish(cast, body=body, language="de").language == "de"
    assert publish(cast, body=body, language="xx").language == "en", "the site does not speak it"


def test_the_first_revision_holds_everything(context: APIFlask, cast: Cast) -> None:
    found = publish(cast, body="Text", tags=("b", "a"), severity=3, channel="phone")
    first = db.session.scalars(select(Revision)).one()
    assert (first.number, first.based_on, first.author_id) == (1, None, cast.alice)
    assert (first.title, first.body, first.imported) == ("Long wait", "Text", False)
    assert (first.fields["tags"], first.fields["severity"]) == (["a", "b"], 3)
    assert tags_of(found) == ["a", "b"]


def test_it_is_recorded_and_what_follows_is_queued(context: APIFlask, cast: Cast) -> None:
    found = publish(cast)
    event = db.session.scalars(select(Event)).one()
    assert (event.name, event.subject_id, event.actor_id) == (
        "insight.created",
        found.id,
        cast.alice,
    )
    assert jobs.waits("search.index_changed")


def test_who_posts_watches(context: APIFlask, cast: Cast) -> None:
    found = publish(cast)
    assert is_watching(found, cast.person("alice"))
    assert list(watchers(found.id)) == [cast.alice]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " \x00 "}, "title"),
        ({"title": "x" * (LONGEST_TITLE + 1)}, "title"),
        ({"kind": "rumour"}, "kind"),
        ({"severity": 0}, "severity"),
        ({"severity": 6}, "severity"),
        ({"customers_affected": -1}, "customers_affected"),
        ({"customers_affected": MOST_AFFECTED + 1}, "customers_affected"),
    ],
)
def test_what_cannot_be_right_is_refused_and_leaves_nothing(
    context: APIFlask, cast: Cast, values: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        publish(cast, **values)
    assert refusal.value.field == field
    assert [count(model) for model in (Insight, Revision, Event)] == [0, 0, 0]


def test_a_text_may_be_as_long_as_the_site_allows(context: APIFlask, cast: Cast) -> None:
    most = service.settings().max_text
    assert len(publish(cast, body="x" * most).body) == most
    with pytest.raises(DomainError) as refusal:
        publish(cast, body="x" * (most + 1))
    assert refusal.value.field == "body"


def test_what_only_a_team_may_see_needs_a_team_of_ones_own(context: APIFlask, cast: Cast) -> None:
    secret, alice = Draft("Secret", visibility="team"), cast.person("alice")
    with pytest.raises(DomainError) as refusal:
        service.publish(secret, cast.person("admin").home_team, alice)
    assert refusal.value.field == "team", "everybody is in Company"
    with pytest.raises(DomainError) as refusal:
        service.publish(secret, cast.team("billing"), alice)
    assert refusal.value.field == "visibility"
    assert count(Insight) == 0
    assert service.publish(secret, cast.team("service"), alice).visibility == "team"
    assert service.publish(secret, cast.team("billing"), cast.person("admin")).id


def test_a_quote_comes_with_it_or_not_at_all(context: APIFlask, cast: Cast) -> None:
    alice = cast.person("alice")
    quoted = service.publish_with_quote(Draft("A"), alice.home_team, alice, " Too long! ", "Call")
    silent = service.publish_with_quote(Draft("B"), alice.home_team, alice, "  ", None)
    assert [(said.text, said.source) for said in quoted.evidence] == [("Too long!", "Call")]
    assert silent.evidence == []
    with pytest.raises(DomainError):
        service.publish_with_quote(Draft(" "), alice.home_team, alice, "Words", "Call")
    assert (count(Insight), count(Evidence)) == (2, 1)

"""Texts to link to and from, and how people see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from apiflask import APIFlask
from flask_babel import force_locale

from cxwiki.insights import service
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from cxwiki.linking.showing import shown_text
from cxwiki.richtext import to_html
from tests.conftest import Cast

Write = Callable[..., Insight]
See = Callable[..., str]


@pytest.fixture
def page(context: APIFlask) -> Iterator[None]:
    """Somebody opens a page in English."""
    with context.test_request_context("/"), force_locale("en"):
        yield


@pytest.fixture
def write(page: None, cast: Cast) -> Write:
    """`write("Title", "Body", by="alice")` posts an insight of Alice's team."""

    def post(
        title: str, body: str = "", by: str = "alice", team: str = "service", **more: str
    ) -> Insight:
        return service.publish(Draft(title, body, **more), cast.team(team), cast.person(by))

    return post


@pytest.fixture
def see(page: None, cast: Cast) -> See:
    """`see("Markdown", "carol")` is the HTML that Carol gets."""

    def show(text: str, name: str = "alice") -> str:
        return str(shown_text(to_html(text), person=cast.person(name)))

    return show


def revise(insight: Insight, cast: Cast, by: str = "alice", **changes: str) -> Insight:
    """Save a change of the insight."""
    draft = Draft(**{**service.current_draft(insight).__dict__, **changes})
    return service.revise(insight, draft, cast.person(by), insight.revision_number)

"""After an update that lays Markdown out otherwise, one command brings all texts up to date."""

from __future__ import annotations

import threading

import pytest
from apiflask import APIFlask
from sqlalchemy import delete, select, update

from cxwiki import richtext
from cxwiki.cli import rerendering
from cxwiki.cli.rerendering import SOURCES, rerender_all
from cxwiki.database import Model, db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from cxwiki.linking.models import TextLink
from cxwiki.writing.models import Revision
from tests.cli.conftest import Run
from tests.conftest import Cast


@pytest.fixture
def outdated(context: APIFlask, cast: Cast) -> int:
    """A text with a link and a comment, as an earlier version left them."""
    alice = cast.person("alice")
    insights.publish(Draft("Invoices come twice", language="en"), alice.home_team, alice)
    linking = Draft("Nobody calls back", "See [[Invoices come twice]], **always**.", language="en")
    insight = insights.publish(linking, alice.home_team, alice)
    discussion.comment(insight, "*Indeed*", by=alice)
    with transaction():
        for model in SOURCES:
            db.session.execute(update(model).values(html="<p>as it was</p>"))
        db.session.execute(delete(TextLink))
    db.session.expire_all()
    return insight.id


def htmls() -> list[str]:
    return [html for model in SOURCES for html in db.session.scalars(select(model.html))]


def test_all_texts_are_laid_out_anew_once(outdated: int) -> None:
    told: list[int] = []
    assert rerender_all(told.append) == len(htmls())
    assert told[-1] == len(htmls())
    assert "<p>as it was</p>" not in htmls()
    html = db.session.get_one(Insight, outdated).html
    assert "<strong>always</strong>" in html
    saved = db.session.scalars(select(Revision.html).where(Revision.subject_id == outdated)).all()
    assert saved == [html]
    assert rerender_all(told.append) == 0


def test_links_are_found_that_the_old_text_did_not_know(outdated: int) -> None:
    rerender_all(lambda _done: None)
    (link,) = db.session.scalars(select(TextLink)).all()
    assert (link.from_id, link.title) == (outdated, "Invoices come twice")
    assert link.to_id is not None


def test_what_people_wrote_and_when_stays(outdated: int) -> None:
    facts = select(Insight.id, Insight.version, Insight.updated_at, Insight.title, Insight.body)
    before = db.session.execute(facts.order_by(Insight.id)).all()
    rerender_all(lambda _done: None)
    assert db.session.execute(facts.order_by(Insight.id)).all() == before


def test_what_somebody_saves_meanwhile_is_not_overwritten(
    context: APIFlask, outdated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out = richtext.to_html

    def save() -> None:
        with context.app_context(), transaction():
            saved = {"body": "Newer", "html": "<p>Newer</p>"}
            db.session.execute(update(Insight).where(Insight.id == outdated).values(saved))

    def slowly(text: str) -> str:
        if text.startswith("See"):
            thread = threading.Thread(target=save)
            thread.start()
            thread.join()
        return lay_out(text)

    monkeypatch.setattr(rerendering.richtext, "to_html", slowly)
    rerender_all(lambda _done: None)
    db.session.expire_all()
    assert db.session.get_one(Insight, outdated).html == "<p>Newer</p>"


def test_no_text_is_forgotten() -> None:
    keeping = {one.class_ for one in Model.registry.mappers if "html" in one.columns}
    assert keeping == set(SOURCES)


def test_the_command_says_how_many_look_otherwise(cxw: Run) -> None:
    done = cxw("rerender")
    assert (done.exit_code, done.stdout) == (0, "0 texts look otherwise now\n")

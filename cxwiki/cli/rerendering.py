"""Laying all texts out anew, after an update that lays Markdown out otherwise.

What people wrote is not touched, nor when and by whom: only the HTML that is kept beside it. Links
between texts are read from that HTML, so they are kept up with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from cxwiki import richtext
from cxwiki.actions.models import Action
from cxwiki.database import command, db, forget_session
from cxwiki.discussion.models import Comment
from cxwiki.insights.models import Insight
from cxwiki.pages.models import Page
from cxwiki.projects.models import Project
from cxwiki.writing.models import Revision

SOURCES: dict[type[Any], str] = {
    Insight: "body",
    Page: "body",
    Action: "body",
    Project: "purpose",
    Comment: "body",
    Revision: "body",
}
"""The column of Markdown whose HTML is kept, of every model that keeps one."""
AT_ONCE = 50
"""Texts that are written in one transaction; they are laid out before it, so nobody waits long."""


def rerender_all(progress: Callable[[int], None]) -> int:
    """Lay out every text anew. Returns how many look otherwise now; may be stopped at any time."""
    done = changed = 0
    for model in SOURCES:
        last = 0
        while ids := _following(model, last):
            changed += _rerender(model, ids)
            last, done = ids[-1], done + len(ids)
            progress(done)
            forget_session()
    return changed


def _following(model: type[Any], last: int) -> Sequence[int]:
    query = select(model.id).where(model.id > last).order_by(model.id).limit(AT_ONCE)
    return db.session.scalars(query).all()


def _rerender(model: type[Any], ids: Sequence[int]) -> int:
    source = getattr(model, SOURCES[model])
    rows = db.session.execute(select(model.id, source, model.html).where(model.id.in_(ids))).all()
    anew = {
        number: (said, html)
        for number, said, before in rows
        if (html := richtext.to_html(said)) != before
    }
    return _keep(model, anew) if anew else 0


@command
def _keep(model: type[Any], anew: Mapping[int, tuple[str, str]]) -> int:
    query = select(model).where(model.id.in_(anew)).order_by(model.id).with_for_update()
    query = query.options(lazyload("*")).execution_options(populate_existing=True)
    changed = 0
    for text in db.session.scalars(query):
        said, html = anew[text.id]
        if getattr(text, SOURCES[model]) == said:  # else somebody saved it meanwhile
            text.html, changed = html, changed + 1
    return changed

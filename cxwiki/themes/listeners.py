"""What themes do when insights change, and what they show on other pages."""

from __future__ import annotations

from flask import render_template
from flask_login import current_user

from cxwiki import web
from cxwiki.database import db
from cxwiki.events import Event, after, on
from cxwiki.insights.models import Insight
from cxwiki.search import registry
from cxwiki.subjects import Visibility
from cxwiki.themes import counting, naming, placing, runs, service
from cxwiki.themes.models import ThemeMember


@on(
    "insight.edited",
    "insight.voted",
    "insight.vote_withdrawn",
    "insight.archived",
    "insight.restored",
)
def keep_counts(event: Event) -> None:
    """A theme's size and silo spread follow its members at once; what is hidden is not quoted."""
    member = db.session.get(ThemeMember, event.subject_id)
    if member is None:
        return
    counting.recount([member.theme_id])
    if member.insight.is_archived or member.insight.visibility != Visibility.COMPANY:
        naming.forget_unseen(member.theme)


def _rail(insight: Insight) -> str:
    return render_template(
        "themes/_rail.html", insight=insight, place=service.theme_of(insight), person=current_user
    )


def connect() -> None:
    """Register with search, jobs and the insight's page."""
    registry.after_embedding(placing.place_new)
    after("themes.run_requested")(runs.run_requested)
    web.fill_slot("insight.rail", _rail, order=20)

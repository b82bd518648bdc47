"""What themes do when insights change, and what they show on other pages."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask_login import current_user

from cxwiki import jobs, web
from cxwiki.database import db
from cxwiki.events import Event, after, on
from cxwiki.insights.models import Insight
from cxwiki.search import registry
from cxwiki.subjects import Visibility
from cxwiki.themes import (
    bridges,
    counting,
    dividing,
    merged_insights,
    naming,
    placing,
    runs,
    service,
    surges,
    wording,
)
from cxwiki.themes.models import ThemeMember, ThemeRun


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


def look_around(happened: Sequence[Event]) -> None:
    """After a full run: who works on the same, and which themes suddenly grow."""
    run = db.session.get(ThemeRun, happened[-1].data["run_id"])
    if run is None:
        return
    if run.state == "waiting":
        if jobs.waits("themes.run_requested"):
            raise jobs.Later(2)
        return
    newest = bridges.recent()
    bridges.build(newest)
    surges.look_after_placing(newest)


def split_asked(happened: Sequence[Event]) -> None:
    """Somebody asked whether a theme falls into several."""
    dividing.look(happened)


def _rail(insight: Insight) -> str:
    return render_template(
        "themes/_rail.html", insight=insight, place=service.theme_of(insight), person=current_user
    )


def connect() -> None:
    """Register with search, jobs and the insight's page."""
    registry.after_embedding(placing.place_new)
    registry.after_embedding(bridges.build)
    registry.after_embedding(surges.look_after_placing)
    after("themes.run_requested")(runs.run_requested)
    after("themes.run_requested", batch=20)(look_around)
    after("theme.split_asked", batch=20)(split_asked)
    wording.register_all()
    merged_insights.connect()
    web.fill_slot("insight.rail", _rail, order=20)

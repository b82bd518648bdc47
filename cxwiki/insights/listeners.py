"""What follows from insights: they can be found, and files are imported in the background."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from flask import render_template
from flask_login import current_user
from sqlalchemy import select, update

from cxwiki import web
from cxwiki.attachments import holding
from cxwiki.database import db
from cxwiki.discussion.service import tags_by_subject
from cxwiki.events import Event, after
from cxwiki.insights import uploads
from cxwiki.insights.models import Evidence, Insight, Kind
from cxwiki.reviewing import reviewable
from cxwiki.reviewing.reviewable import Reviewable
from cxwiki.richtext import to_text
from cxwiki.search import indexing, registry, service
from cxwiki.search.documents import Part
from cxwiki.search.registry import Findable


def _prepare(insights: Sequence[Insight]) -> None:
    """Load the tags of many insights at once."""
    tags = tags_by_subject([insight.id for insight in insights])
    for insight in insights:
        insight.tag_names = tags.get(insight.id, [])  # type: ignore[attr-defined]


def _text(insight: Insight) -> str:
    return to_text(insight.body)


def _quotes(ids: Sequence[int]) -> Mapping[int, Sequence[Part]]:
    """What customers said, each quote with its place on the page."""
    query = (
        select(Evidence.id, Evidence.insight_id, Evidence.text)
        .where(Evidence.insight_id.in_(ids))
        .order_by(Evidence.id)
    )
    parts: dict[int, list[Part]] = defaultdict(list)
    for evidence_id, insight_id, text in db.session.execute(query):
        parts[insight_id].append(Part(text, "evidence", f"evidence-{evidence_id}"))
    return parts


def _tags(insight: Insight) -> Sequence[str]:
    return insight.tag_names  # type: ignore[attr-defined]


def _related(insight: Insight) -> str:
    return render_template(
        "insights/_related.html", related=service.related(insight, current_user), insight=insight
    )


def _link_to_imports(_thing: object) -> str:
    return render_template("insights/_imports_link.html")


@after("import.requested")
def import_uploaded(happened: Sequence[Event]) -> None:
    """Work through an uploaded file."""
    for event in happened:
        uploads.run(event.data["import_id"])


def _let_files_go(ids: Collection[int]) -> None:
    """A quote stays when the file with it is deleted for good."""
    shown = Evidence.attachment_id.in_(ids)
    db.session.execute(update(Evidence).where(shown).values(attachment_id=None))


def connect() -> None:
    """Register with search and fill the slots."""
    registry.register(
        "insight",
        Findable(
            Insight,
            _text,
            _prepare,
            _tags,
            kind=Insight.kind,
            status=Insight.status,
            channel=Insight.channel,
            votes=Insight.votes_count,
            spread=Insight.reach,
        ),
    )
    registry.register_parts(_quotes)
    holding.register(_let_files_go)
    reviewable.register(
        "insight",
        Reviewable(Insight, "insight.edit", Insight.kind, {Kind.BEST_PRACTICE: 12}),
    )
    indexing.keep_findable(
        "insight.created",
        "insight.edited",
        "insight.status_changed",
        "insight.archived",
        "insight.restored",
        "insight.evidence_added",
        "insight.evidence_removed",
        # What was said of the one is found under the other from now on, and no longer afterwards.
        "insight.merged",
        "insight.unmerged",
    )
    web.fill_slot("insight.rail", _related, order=80)
    web.fill_slot("administration.page", _link_to_imports)

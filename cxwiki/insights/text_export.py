"""Insights in exports of texts: what their front matter says, and customers' words below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from cxwiki import access
from cxwiki.database import db
from cxwiki.extensions import export_limit
from cxwiki.insights import listing
from cxwiki.insights.models import Evidence, Insight
from cxwiki.pages import export_routes, exporting
from cxwiki.pages.exporting import More

bp = Blueprint("insight_texts", __name__)


@bp.get("/exports/insights/<form>")
@export_limit
@access.requires("view")
def insights(form: str) -> Response:
    """Send the insights that the filters in the address choose."""
    found = listing.query(listing.read(request.args), current_user)
    return export_routes.send(export_routes.ids_of(found, Insight), form, "insights")


def _more(found: Sequence[Insight]) -> Mapping[int, More]:
    quotes = _quotes([insight.id for insight in found])
    return {
        insight.id: More(
            {
                "status": insight.status,
                "status_reason": insight.status_reason,
                "votes": insight.votes_count,
                "teams": insight.reach,
            },
            quotes.get(insight.id, ""),
        )
        for insight in found
    }


def _quotes(ids: Sequence[int]) -> dict[int, str]:
    """The customers' words under each insight, as quotes of Markdown."""
    query = select(Evidence).where(Evidence.insight_id.in_(ids)).order_by(Evidence.id)
    said: dict[int, list[str]] = defaultdict(list)
    for quote in db.session.scalars(query):
        lines = "\n".join(f"> {line}  ".rstrip(" ") for line in quote.text.splitlines())
        source = ", ".join(filter(None, (quote.source, str(quote.said_on or ""))))
        said[quote.insight_id].append(f"{lines}\n>\n> — {source}" if source else lines)
    title = _("In customers' words")
    return {number: f"## {title}\n\n" + "\n\n".join(some) for number, some in said.items()}


def connect() -> None:
    """Add to the exports of texts."""
    exporting.register("insight", _more)

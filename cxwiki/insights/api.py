"""Insights over HTTP."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.accounts import audience
from cxwiki.accounts.naming import team_to_post_for
from cxwiki.database import command
from cxwiki.insights import listing, service, texts
from cxwiki.insights.models import Insight
from cxwiki.insights.schemas import (
    InsightChange,
    InsightIn,
    InsightList,
    InsightOut,
    InsightQuery,
    RelatedList,
    RelatedQuery,
    shown,
    shown_as_related,
)
from cxwiki.insights.service import Posting
from cxwiki.search import service as search
from cxwiki.writing import conflicts

bp = apibase.blueprint(
    "insights",
    "What somebody learned from customers: pain points, best practices, workshop insights",
    fields={"reason": "status_reason"},
)


@bp.get("")
@access.requires("view")
@bp.input(InsightQuery, location="query", arg_name="query")
@bp.output(InsightList)
def index(query: InsightQuery) -> dict[str, Any]:
    """List insights."""
    found = listing.query(query.filters())
    page = paging.paginate(found, Insight, query.page, query.per_page)
    return apibase.listed(page, shown(page.items))


@bp.post("")
@access.requires("insight.create")
@bp.input(InsightIn, arg_name="body")
@bp.output(InsightOut, 201)
def create(body: InsightIn) -> apibase.Answer:
    """Post an insight."""
    source = body.source or ("api" if body.external_id else None)
    insight, new = apibase.once(Insight, source, body.external_id, lambda: _publish(body, source))
    return apibase.created(insight, shown([insight])[0], "insights", new=new)


@bp.get("/<int:subject_id>")
@access.requires("view")
@bp.output(InsightOut)
def show(subject_id: int) -> apibase.Answer:
    """Read an insight."""
    insight = access.load(Insight, subject_id, "view")
    return apibase.one(insight, shown([insight])[0])


@bp.patch("/<int:subject_id>")
@access.requires("insight.edit")
@bp.input(InsightChange, arg_name="body")
@bp.output(InsightOut)
def update(subject_id: int, body: InsightChange) -> apibase.Answer:
    """Change an insight."""
    insight = access.load(Insight, subject_id, "insight.edit")
    apibase.check_unchanged(insight)
    _revise(insight, body, body.revision or insight.revision_number)
    return apibase.one(insight, shown([insight])[0])


@bp.get("/<int:subject_id>/related")
@access.requires("view")
@bp.input(RelatedQuery, location="query", arg_name="query")
@bp.output(RelatedList)
def related(subject_id: int, query: RelatedQuery) -> dict[str, Any]:
    """List insights of a near meaning, other teams' too."""
    insight = access.load(Insight, subject_id, "view")
    near = search.related(insight, current_user, query.limit)
    items = [shown_as_related(other, score) for other, score in near if isinstance(other, Insight)]
    return apibase.listed(paging.Page(items, len(items), 1, query.limit), items)


def _publish(body: InsightIn, source: str | None) -> Insight:
    team, draft = team_to_post_for(body.team, current_user), service.check(body.draft())
    audience.check(draft.visibility, team, current_user)
    posting = Posting(
        draft,
        team,
        current_user.id,
        created_at=body.created_at,
        source=source,
        external_id=body.external_id,
    )
    insight = service.publish_many([posting], current_user)[0]
    for said in body.evidence:
        service.add_evidence(insight, said.text, current_user, said.source, said.said_on)
    return insight


@command
def _revise(insight: Insight, body: InsightChange, based_on: int) -> None:
    then, team = texts.as_of(insight, based_on, current_user)
    mine = texts.written(body.draft(then), team_to_post_for(body.team, current_user, team))
    # Who names the state that they saw, wants to know of every other one.
    save = texts.save if request.if_match else conflicts.save
    save(insight, mine, current_user, based_on, body.comment)
    if "status" in body.model_fields_set:
        service.set_status(insight, body.status, current_user, body.status_reason)

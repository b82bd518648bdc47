"""Duplicates over HTTP: what exists already, what may be the same, and merging."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask_login import current_user

from cxwiki import access, apibase
from cxwiki.insights import likely, merging, similar
from cxwiki.insights.api import bp
from cxwiki.insights.duplicate_schemas import (
    DuplicateList,
    DuplicateQuery,
    InsightMergerIn,
    LikelyAnswerIn,
    SimilarList,
    SimilarQuery,
    shown_as_pair,
    shown_as_similar,
)
from cxwiki.insights.models import Insight
from cxwiki.insights.schemas import InsightOut, shown
from cxwiki.paging import Page


@bp.get("/similar")
@access.requires("view")
@bp.input(SimilarQuery, location="query", arg_name="query")
@bp.output(SimilarList)
def similar_ones(query: SimilarQuery) -> dict[str, Any]:
    """List insights that may say already what somebody wants to post, likeliest first."""
    found = similar.find(query.title, query.body, current_user, query.limit)
    items = [shown_as_similar(one) for one in found]
    return apibase.listed(Page(items, len(items), 1, query.limit), items)


@bp.get("/duplicates")
@access.requires("insight.edit")
@bp.input(DuplicateQuery, location="query", arg_name="query")
@bp.output(DuplicateList)
def duplicates(query: DuplicateQuery) -> dict[str, Any]:
    """List pairs that are likely the same and wait for an answer, or that were denied."""
    page = likely.waiting(current_user, query.page, query.per_page, denied=query.answer == "no")
    return apibase.listed(page, [shown_as_pair(pair) for pair in page.items])


@bp.post("/duplicates")
@access.requires("insight.edit")
@bp.input(LikelyAnswerIn, arg_name="body")
@bp.output(DuplicateList)
def answer(body: LikelyAnswerIn) -> dict[str, Any]:
    """Say whether a suggested pair is the same; null opens it again. Answers with the pair."""
    first_id, second_id = sorted((body.first_id, body.second_id))
    pair = likely.pair_of(first_id, second_id, current_user)
    if pair is None:
        raise likely.gone()
    likely.answer(pair, body.answer or "", current_user)
    return apibase.listed(Page([pair], 1, 1, 1), [shown_as_pair(pair)])


@bp.post("/<int:subject_id>/mergers")
@access.requires("insight.merge")
@bp.input(InsightMergerIn, arg_name="body")
@bp.output(InsightOut)
def merge(subject_id: int, body: InsightMergerIn) -> apibase.Answer:
    """Let an insight go up in another; answers with the other."""
    merged = access.load(Insight, subject_id, "insight.merge")
    into = access.load(Insight, body.into_id, "insight.edit")
    merging.merge(merged, into, current_user, body.reason)
    return apibase.one(into, shown([into])[0])


@bp.delete("/<int:subject_id>/mergers")
@access.requires("insight.unmerge")
@bp.output(InsightOut)
def unmerge(subject_id: int) -> apibase.Answer:
    """Take an insight out of the one that it went up in; answers with the insight."""
    merged = access.load(Insight, subject_id, "insight.unmerge")
    if merging.survivor_of(merged, current_user) is None:
        abort(404)
    merging.unmerge(merged, by=current_user)
    return apibase.one(merged, shown([merged])[0])

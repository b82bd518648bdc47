"""Duplicates as the API reads and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from cxwiki.apibase.wire import Id, Listed, Paging, Text
from cxwiki.insights.likely import Pair
from cxwiki.insights.schemas import RelatedOut, shown_as_related
from cxwiki.insights.similar import MOST_SIMILAR, Similar


class SimilarQuery(BaseModel):
    """What somebody is about to post."""

    title: Annotated[Text, StringConstraints(max_length=300)] = Field(
        "", description="Together with the body, five characters or more"
    )
    body: Annotated[Text, StringConstraints(max_length=4000)] = ""
    limit: int = Field(MOST_SIMILAR, ge=1, le=20)


class SimilarOut(RelatedOut):
    """An insight that may say the same; `score` is how likely that is, from 0 to 1."""

    by: Literal["words", "meaning"]
    voted: bool


class SimilarList(Listed[SimilarOut]):
    """What exists already, likeliest first."""


class DuplicateQuery(Paging):
    """Which pairs to list."""

    answer: Literal["open", "no"] = Field("open", description="Those that wait, or were denied")


class DuplicateOut(BaseModel):
    """Two insights that are likely the same."""

    first: RelatedOut
    second: RelatedOut
    score: float
    reason: Literal["title", "language", "meaning"]
    answer: Literal["yes", "no"] | None
    found_at: datetime


class DuplicateList(Listed[DuplicateOut]):
    """Pairs, the likeliest first."""


class LikelyAnswerIn(BaseModel):
    """Whether a pair is the same."""

    first_id: Id
    second_id: Id
    answer: Literal["yes", "no"] | None


class InsightMergerIn(BaseModel):
    """The insight in which this one goes up, and why."""

    into_id: Id
    reason: Annotated[Text, StringConstraints(max_length=500)] = ""


def shown_as_similar(one: Similar) -> SimilarOut:
    """Show an insight beside what is being written."""
    shown = shown_as_related(one.insight, one.likelihood)
    return SimilarOut(**shown.model_dump(), by=one.by, voted=one.voted)


def shown_as_pair(pair: Pair) -> DuplicateOut:
    """Show two insights that are likely the same."""
    return DuplicateOut(
        first=shown_as_related(pair.first, pair.row.score),
        second=shown_as_related(pair.second, pair.row.score),
        score=round(pair.row.score, 4),
        reason=pair.row.reason,  # type: ignore[arg-type]
        answer=pair.row.answer or None,  # type: ignore[arg-type]
        found_at=pair.row.found_at,
    )

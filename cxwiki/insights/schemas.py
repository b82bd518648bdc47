"""Insights as the API reads and shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from flask_babel import gettext as _
from flask_login import current_user
from pydantic import BaseModel, Field, StringConstraints

from cxwiki.accounts.naming import person_with, team_called
from cxwiki.apibase import address
from cxwiki.apibase.wire import (
    NUMBER,
    UNCHANGED,
    Day,
    ExternalId,
    Id,
    Line,
    Listed,
    Paging,
    PastMoment,
    Source,
    Text,
    Title,
    changes,
)
from cxwiki.discussion import service as discussion
from cxwiki.errors import DomainError
from cxwiki.insights import service
from cxwiki.insights.listing import Filters
from cxwiki.insights.merging import survivor_of
from cxwiki.insights.models import Channel, Evidence, Insight, Kind, Status
from cxwiki.insights.service import MOST_AFFECTED, Draft
from cxwiki.subjects import Visibility

Severity = Annotated[int, Field(ge=1, le=5), NUMBER]
Affected = Annotated[int, Field(ge=0, le=MOST_AFFECTED), NUMBER]
Tag = Annotated[Text, StringConstraints(max_length=discussion.LONGEST_TAG)]
Tags = Annotated[list[Tag], Field(max_length=discussion.MOST_TAGS)]
Language = Annotated[Text, StringConstraints(max_length=5)]


class EvidenceIn(BaseModel):
    """A customer's own words."""

    text: Annotated[Text, StringConstraints(min_length=1, max_length=5000)]
    source: Line = Field("", description="Where it was said")
    said_on: Day | None = None


class InsightIn(BaseModel):
    """A new insight. Only the title is needed."""

    title: Title
    body: Text = Field("", description="Markdown")
    kind: Kind = Kind.PAIN_POINT
    team: Line | None = Field(None, description="Exact name; your home team if not given")
    visibility: Visibility = Visibility.COMPANY
    tags: Tags = []
    severity: Severity | None = None
    channel: Channel | None = None
    customers_affected: Affected | None = None
    language: Language | None = Field(None, description="Recognised if not given")
    evidence: Annotated[list[EvidenceIn], Field(max_length=50)] = []
    source: Source | None = Field(None, description='Where external_id comes from; else "api"')
    external_id: ExternalId | None = Field(
        None, description="A second POST with the same source and external_id makes nothing new"
    )
    created_at: PastMoment | None = Field(None, description="When it was learned; now if not given")

    def draft(self) -> Draft:
        """What was written."""
        return Draft(
            title=self.title,
            body=self.body,
            kind=self.kind,
            visibility=self.visibility,
            tags=_tags(self.tags),
            severity=self.severity,
            customers_affected=self.customers_affected,
            channel=self.channel,
            language=self.language,
        )


class InsightChange(BaseModel):
    """What to change; what is not sent stays as it is, and null takes a value away."""

    title: Title = Field(UNCHANGED)
    body: Text = Field(UNCHANGED, description="Markdown")
    kind: Kind = Field(UNCHANGED)
    team: Line = Field(UNCHANGED, description="Exact name")
    visibility: Visibility = Field(UNCHANGED)
    tags: Tags = Field(UNCHANGED)
    severity: Severity | None = None
    channel: Channel | None = None
    customers_affected: Affected | None = None
    language: Language | None = None
    status: Status = Field(UNCHANGED)
    status_reason: Text = Field("", description="Needed for dismissing")
    comment: Line = Field("", description="What was changed, for the history")
    revision: Id | None = Field(
        None,
        description="The revision that the change was made on; the present one if not given. "
        "What others changed since is kept; 409 if both changed the same places",
    )

    def draft(self, present: Draft) -> Draft:
        """What the insight shall say from now on, where it said `present` when this was written."""
        names = [name for name in present.__dataclass_fields__ if name != "tags"]
        tags = _tags(self.tags) if "tags" in self.model_fields_set else present.tags
        return Draft(**{**present.__dict__, **changes(self, *names), "tags": tags})


def _tags(names: Sequence[str]) -> tuple[str, ...]:
    tags = dict.fromkeys(tag for name in names for tag in discussion.parse_tags(name))
    if len(tags) > discussion.MOST_TAGS:
        raise DomainError(
            _("At most %(number)s tags, please.", number=discussion.MOST_TAGS), "tags"
        )
    return tuple(sorted(tags))


class InsightQuery(Paging):
    """Which insights to list, and in which order."""

    kind: Kind | None = None
    status: Status | None = None
    team: Line | None = Field(None, description="Exact name")
    author_email: Line | None = None
    channel: Channel | None = None
    tag: Line | None = None
    since: Day | None = Field(None, description="First day on which it was posted")
    until: Day | None = Field(None, description="Last day on which it was posted")
    archived: bool = Field(False, description="Those that were put away, instead of the others")
    sort: Literal["newest", "oldest", "changed", "votes", "reach", "severity"] = "newest"

    def filters(self) -> Filters:
        """The same as the filters of the page."""
        author = person_with(self.author_email, "author_email")
        return Filters(
            kind=self.kind,
            status=self.status,
            team=team_called(self.team).id if self.team else None,
            author=author.id if author else None,
            channel=self.channel,
            tag=self.tag.strip().lower() if self.tag else None,
            since=self.since,
            until=self.until,
            archived=self.archived,
            sort=self.sort,
        )


class EvidenceOut(BaseModel):
    """A customer's own words."""

    text: str
    source: str
    said_on: date | None


class InsightOut(BaseModel):
    """An insight."""

    id: int
    source: str | None
    external_id: str | None
    title: str
    body: str
    kind: Kind
    team: str
    visibility: Visibility
    status: Status
    status_reason: str
    tags: list[str]
    severity: int | None
    channel: Channel | None
    customers_affected: int | None
    language: str
    revision: int = Field(description="Send it back with a change")
    author: str | None
    votes: int
    reach: int
    evidence: list[EvidenceOut]
    url: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    merged_into: int | None = Field(None, description="The insight that it is part of now")


class InsightList(Listed[InsightOut]):
    """A page of insights."""


class RelatedQuery(BaseModel):
    """How many related insights to name."""

    limit: int = Field(6, ge=1, le=50)


class RelatedOut(BaseModel):
    """An insight of a near meaning; `score` says how near, up to 1."""

    id: int
    external_id: str | None
    title: str
    kind: Kind
    status: Status
    team: str
    score: float
    url: str


class RelatedList(Listed[RelatedOut]):
    """The related insights, the nearest first."""


def shown(insights: Sequence[Insight]) -> list[InsightOut]:
    """Show many insights with as few queries as one."""
    ids = [insight.id for insight in insights]
    tags, said = discussion.tags_by_subject(ids), _evidence(insights)
    return [
        InsightOut(
            id=insight.id,
            source=insight.source,
            external_id=insight.external_id,
            title=insight.title,
            body=insight.body,
            kind=Kind(insight.kind),
            team=insight.team.name,
            visibility=Visibility(insight.visibility),
            status=Status(insight.status),
            status_reason=insight.status_reason or "",
            tags=tags.get(insight.id, []),
            severity=insight.severity,
            channel=Channel(insight.channel) if insight.channel else None,
            customers_affected=insight.customers_affected,
            language=insight.language,
            revision=insight.revision_number,
            author=insight.author.name if insight.author else None,
            votes=insight.votes_count,
            reach=insight.reach,
            evidence=[
                EvidenceOut(text=quote.text, source=quote.source, said_on=quote.said_on)
                for quote in said[insight.id]
            ],
            url=address(insight),
            created_at=insight.created_at,
            updated_at=insight.updated_at,
            archived_at=insight.archived_at,
            merged_into=survivor.id if (survivor := survivor_of(insight, current_user)) else None,
        )
        for insight in insights
    ]


def shown_as_related(insight: Insight, score: float) -> RelatedOut:
    """Show an insight as a neighbour of another."""
    return RelatedOut(
        id=insight.id,
        external_id=insight.external_id,
        title=insight.title,
        kind=Kind(insight.kind),
        status=Status(insight.status),
        team=insight.team.name,
        score=round(float(score), 4),
        url=address(insight),
    )


def _evidence(insights: Sequence[Insight]) -> dict[int, list[Evidence]]:
    found: dict[int, list[Evidence]] = defaultdict(list)
    for quote in reversed(service.evidence_of(insights, limit=10_000)):
        found[quote.insight_id].append(quote)
    return found

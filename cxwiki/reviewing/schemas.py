"""Reviews as the API reads and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from cxwiki.accounts.naming import person_with, team_called
from cxwiki.apibase import address
from cxwiki.apibase.wire import NUMBER, UNCHANGED, Day, Id, Line, Listed, Paging, Text
from cxwiki.reviewing import finding
from cxwiki.reviewing.finding import Filters
from cxwiki.reviewing.leaving import MOST, Report
from cxwiki.reviewing.models import Review
from cxwiki.reviewing.presenting import Row
from cxwiki.reviewing.service import LONGEST_NOTE
from cxwiki.reviewing.states import MOST_MONTHS, State
from cxwiki.subjects import Subject

Months = Annotated[int, Field(ge=1, le=MOST_MONTHS), NUMBER]
Note = Annotated[Text, StringConstraints(max_length=LONGEST_NOTE)]


class ReviewQuery(Paging):
    """Which reviewed pages to list."""

    state: Literal["to_review", "all", "verified", "due", "overdue", "outdated"] = "to_review"
    team: Line | None = Field(None, description="Exact name")
    owner_email: Line | None = None
    without_owner: bool = Field(False, description="Those whose owner is missing or left")

    def filters(self) -> Filters:
        """The same as the filters of the page."""
        owner = person_with(self.owner_email, "owner_email")
        return Filters(
            state=self.state,
            team=team_called(self.team).id if self.team else None,
            owner=owner.id if owner else None,
            without_owner=self.without_owner,
        )


class ReviewChange(BaseModel):
    """What to change; what is not sent stays as it is, and null takes a value away."""

    owner_email: Line | None = None
    months: Months | None = Field(None, description="How often it is reviewed; null for never")
    review_on: Day = Field(UNCHANGED, description="Next review; else after the months")


class VerificationIn(BaseModel):
    """It is still true."""

    note: Note = ""


class DoubtIn(BaseModel):
    """It is no longer true."""

    why: Annotated[Note, StringConstraints(min_length=1)]


class HandOverIn(BaseModel):
    """Pages for another owner."""

    page_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST)]
    owner_email: Line


class ReviewOut(BaseModel):
    """How a page stands against decay; `state` is null where nobody wants it reviewed."""

    id: int
    type: str
    title: str
    team: str
    state: State | None
    owner: str | None
    review_on: date | None
    months: int | None
    verified_at: datetime | None
    verified_by: str | None
    outdated_at: datetime | None
    outdated_why: str
    url: str


class ReviewList(Listed[ReviewOut]):
    """A page of reviewed pages, the most urgent first."""


class RefusedReviewOut(BaseModel):
    """A page that stayed with its owner, and why."""

    id: int
    message: str


class HandOverOut(BaseModel):
    """What became of handing over."""

    handed: list[int]
    refused: list[RefusedReviewOut]


def shown(subject: Subject, review: Review | None) -> ReviewOut:
    """Show how one page stands."""
    return ReviewOut(
        id=subject.id,
        type=subject.type,
        title=subject.title,
        team=subject.team.name,
        state=finding.state(review) if review else None,
        owner=review.owner.name if review and review.owner else None,
        review_on=review.review_on if review else None,
        months=review.months if review else None,
        verified_at=review.verified_at if review else None,
        verified_by=review.verified_by.name if review and review.verified_by else None,
        outdated_at=review.outdated_at if review else None,
        outdated_why=review.outdated_why if review else "",
        url=address(subject),
    )


def listed(rows: Sequence[Row]) -> list[ReviewOut]:
    """Show many."""
    return [shown(row.subject, row.review) for row in rows]


def reported(report: Report) -> HandOverOut:
    """Show what became of handing over."""
    refused = [RefusedReviewOut(id=one.subject_id, message=one.message) for one in report.refused]
    return HandOverOut(handed=list(report.handed), refused=refused)

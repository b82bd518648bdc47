"""Search as the API reads and shows it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from cxwiki.accounts.naming import team_called
from cxwiki.apibase import address
from cxwiki.apibase.wire import MOST_PER_PAGE, Line, Listed, Text
from cxwiki.search.documents import Filters
from cxwiki.search.service import LONGEST_QUERY, MOST_HITS, Found


class SearchQuery(BaseModel):
    """What is looked for."""

    q: Annotated[Text, StringConstraints(max_length=LONGEST_QUERY)] = Field(
        description="Any words or sentence, in German or English"
    )
    type: Literal["insight", "action", "project", "kpi"] | None = None
    kind: Literal["pain_point", "best_practice", "workshop_insight"] | None = None
    team: Line | None = Field(None, description="Exact name")
    status: Line | None = Field(None, description="Status of an insight or action, or stage")
    limit: Annotated[int, AfterValidator(lambda wish: min(wish, MOST_PER_PAGE))] = Field(
        20, ge=1, description="Results a page; more than 100 counts as 100"
    )
    page: int = Field(1, ge=1, le=MOST_HITS)

    def filters(self) -> Filters:
        """The same as the filters of the page."""
        return Filters(
            types=frozenset(filter(None, [self.type])),
            kinds=frozenset(filter(None, [self.kind])),
            team_ids=frozenset([team_called(self.team).id] if self.team else []),
            statuses=frozenset(filter(None, [self.status])),
        )


class FoundOut(BaseModel):
    """A result. Scores compare within one answer only; the snippet is plain text."""

    type: str
    id: int
    external_id: str | None
    title: str
    snippet: str
    score: float
    team: str
    url: str


class FoundList(Listed[FoundOut]):
    """A page of results, the best first; `notices` say what was not searched."""

    notices: list[str]


def shown(found: Found) -> FoundOut:
    """Show a result."""
    subject = found.subject
    return FoundOut(
        type=subject.type,
        id=subject.id,
        external_id=subject.external_id,
        title=subject.title,
        snippet="".join(text for text, _is_match in found.passage),
        score=round(float(found.score), 6),
        team=subject.team.name,
        url=address(subject),
    )

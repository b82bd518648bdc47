"""Search as the API reads and shows it."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urljoin

from flask import request
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from cxwiki.accounts.naming import team_called
from cxwiki.apibase.wire import MOST_PER_PAGE, Line, Listed, Text
from cxwiki.search.documents import Filters
from cxwiki.search.facets import Facet
from cxwiki.search.service import LONGEST_QUERY, MOST_HITS, Found
from cxwiki.search.suggestions import Suggestion


class SearchQuery(BaseModel):
    """What is looked for."""

    q: Annotated[Text, StringConstraints(max_length=LONGEST_QUERY)] = Field(
        description="Any words or sentence, in German or English, with the operators of the page: "
        '"a phrase" -word OR kind: type: team: tag: status: author: channel: before: after: '
        "is:overdue is:due is:outdated is:verified is:mine"
    )
    type: Literal["insight", "page", "action", "project", "kpi"] | None = None
    kind: Literal["pain_point", "best_practice", "workshop_insight", "guide", "term"] | None = None
    team: Line | None = Field(None, description="Exact name")
    status: Line | None = Field(None, description="Status of an insight or action, or stage")
    sort: Literal["relevance", "newest", "votes", "spread"] = "relevance"
    limit: Annotated[int, AfterValidator(lambda wish: min(wish, MOST_PER_PAGE))] = Field(
        20, ge=1, description="Results a page; more than 100 counts as 100"
    )
    page: int = Field(1, ge=1, le=MOST_HITS)

    @property
    def narrows(self) -> bool:
        """Whether a filter besides the text is in use."""
        return any((self.type, self.kind, self.team, self.status))

    def filters(self) -> Filters:
        """The same as the filters of the page."""
        return Filters(
            types=frozenset(filter(None, [self.type])),
            kinds=frozenset(filter(None, [self.kind])),
            team_ids=frozenset([team_called(self.team).id] if self.team else []),
            statuses=frozenset(filter(None, [self.status])),
        )


class WhyOut(BaseModel):
    """Why something was found: it has these words, its meaning is near, or filters listed it."""

    by: Literal["words", "meaning", "filters"]
    words: list[str]


class FoundOut(BaseModel):
    """A result. Scores compare within one answer only; the snippet is plain text.

    `url` leads to the place of the snippet on the page, such as a comment.
    """

    type: str
    id: int
    external_id: str | None
    title: str
    snippet: str
    score: float
    team: str
    url: str
    kind: str | None
    status: str | None
    marks: list[str] = Field(description="What has to be looked at: due, overdue or outdated")
    why: WhyOut


class FacetValueOut(BaseModel):
    """One value and how many results have it; a team's `value` is its number."""

    value: str
    label: str
    count: int


class FacetOut(BaseModel):
    """What the results are, by one property."""

    name: str
    values: list[FacetValueOut]


class FoundList(Listed[FoundOut]):
    """A page of results, the best first; `notices` say what was not searched.

    `corrections` are queries that were perhaps meant; nobody searched for them.
    """

    notices: list[str]
    corrections: list[str]
    facets: list[FacetOut]


class SuggestionQuery(BaseModel):
    """What was typed so far."""

    q: Annotated[Text, StringConstraints(max_length=LONGEST_QUERY)] = ""


class SuggestionOut(BaseModel):
    """Something that may be meant: `text` to be shown, `url` to go to."""

    group: Literal["recent", "title", "tag", "person"]
    text: str
    type: str | None
    url: str


class SuggestionList(BaseModel):
    """What is offered for the beginning of a query."""

    items: list[SuggestionOut]


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
        url=absolute(found.link),
        kind=found.facts.kind,
        status=found.facts.status,
        marks=[mark.state for mark in found.marks],
        why=WhyOut(by=found.why.by, words=list(found.why.words)),
    )


def counted(facet: Facet) -> FacetOut:
    """Show a facet."""
    values = [
        FacetValueOut(value=one.value, label=one.label, count=one.count) for one in facet.values
    ]
    return FacetOut(name=facet.name, values=values)


def offered(suggestion: Suggestion) -> SuggestionOut:
    """Show a suggestion."""
    return SuggestionOut(
        group=suggestion.group,
        text=suggestion.text,
        type=suggestion.type,
        url=absolute(suggestion.href),
    )


def absolute(link: str) -> str:
    """The address of a page, as a program needs it."""
    return urljoin(request.host_url, link)

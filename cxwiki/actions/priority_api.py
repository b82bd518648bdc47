"""Priorities over HTTP: the ranking with its reasons, and the weights."""

from __future__ import annotations

from typing import Annotated, Any

from flask_login import current_user
from pydantic import BaseModel, Field

from cxwiki import access, apibase
from cxwiki.accounts.naming import team_called
from cxwiki.actions import priorities, weighting
from cxwiki.actions.listing import Filters
from cxwiki.actions.priorities import PER_PAGE, Quarter, Ranked
from cxwiki.actions.score_parts import Weights
from cxwiki.actions.scores import Way
from cxwiki.actions.weighting import HEAVIEST
from cxwiki.apibase.wire import NUMBER, Figure, Line, Listed
from cxwiki.paging import LAST_PAGE

bp = apibase.blueprint("priorities", "What to do first, by score, and what the score is made of")
Weight = Annotated[int, Field(ge=0, le=HEAVIEST), NUMBER]


class PriorityQuery(BaseModel):
    """Which ranking is asked for; 40 actions a page."""

    by: Way = Field(Way.OWN, description="own: weighted impact; or ice, or rice")
    team: Line | None = Field(None, description="Exact name")
    quarter: Quarter | None = Field(
        None, description="first (much impact, little effort), plan, aside or later"
    )
    page: int = Field(1, ge=1, le=LAST_PAGE, description="Page, from 1")


class ScorePart(BaseModel):
    """An ingredient of a score; `points` (0 to 100) only where our own impact is weighed."""

    name: str
    words: str
    known: bool
    points: Figure | None
    weight: int | None


class PriorityOut(BaseModel):
    """An open action with its score. `score` is null where it cannot be made.

    `low` and `high` are where the score would lie, whatever the unknown ingredients are.
    """

    rank: int
    id: int
    title: str
    url: str
    score: Figure | None
    low: Figure | None
    high: Figure | None
    effort_days: Figure | None
    quarter: Quarter | None
    sentence: str
    parts: list[ScorePart]


class PriorityList(Listed[PriorityOut]):
    """A page of the ranking: the highest score first, those without a score last."""


class WeightingIn(BaseModel):
    """How much each ingredient counts; only the proportions matter, and one must count."""

    customers: Weight
    severity: Weight
    spread: Weight
    kpi_gap: Weight


class WeightingOut(BaseModel):
    """The weights in force."""

    customers: int
    severity: int
    spread: int
    kpi_gap: int


@bp.get("")
@access.requires("view")
@bp.input(PriorityQuery, location="query", arg_name="query")
@bp.output(PriorityList)
def index(query: PriorityQuery) -> dict[str, Any]:
    """Rank the open actions."""
    filters = Filters(team=team_called(query.team).id if query.team else None)
    found = priorities.matrix(filters, query.by, current_user, query.page, query.quarter)
    page = found.page
    items = [_shown(ranked) for ranked in page.items]
    return {"items": items, "total": page.total, "page": page.page, "per_page": PER_PAGE}


@bp.get("/weighting")
@access.requires("view")
@bp.output(WeightingOut)
def show_weighting() -> WeightingOut:
    """Read the weights in force."""
    return _weights(weighting.weights_in_force())


@bp.post("/weighting")
@access.requires("weighting.set")
@bp.input(WeightingIn, arg_name="body")
@bp.output(WeightingOut)
def set_weighting(body: WeightingIn) -> WeightingOut:
    """Set the weights."""
    made = weighting.set_weights(Weights(**body.model_dump()), by=current_user)
    return _weights(weighting.weights_of(made))


def _weights(weights: Weights) -> WeightingOut:
    return WeightingOut(**{name: getattr(weights, name) for name in Weights.__dataclass_fields__})


def _shown(ranked: Ranked) -> PriorityOut:
    action, score = ranked.action, ranked.score
    return PriorityOut(
        rank=ranked.rank,
        id=action.id,
        title=action.title,
        url=apibase.address(action),
        score=_figure(score.value),
        low=_figure(score.low),
        high=_figure(score.high),
        effort_days=action.effort_days,
        quarter=ranked.quarter,
        sentence=score.sentence,
        parts=[
            ScorePart(
                name=part.name,
                words=part.words,
                known=part.known,
                points=_figure(part.points),
                weight=part.weight or None,
            )
            for part in score.parts
        ],
    )


def _figure(value: float | None) -> Any:
    return None if value is None else round(value, 2)

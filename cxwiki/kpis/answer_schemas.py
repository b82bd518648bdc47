"""Raw answers as the API reads and shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from flask_babel import gettext as _
from pydantic import BaseModel, Field

from cxwiki import i18n
from cxwiki.apibase.wire import Day, ExternalId, Figure, Line, Listed, Paging, Source
from cxwiki.errors import DomainError
from cxwiki.kpis import dimensions
from cxwiki.kpis.answer_cells import EARLIEST
from cxwiki.kpis.answers import AnswerRow
from cxwiki.kpis.definition import AnswerScale
from cxwiki.kpis.dimensions import Dimensions
from cxwiki.kpis.models import Answer
from cxwiki.kpis.numbers import tidy

MOST_AT_ONCE = 1000


class AnswerIn(BaseModel):
    """One survey answer, contact or ticket. With a known external_id it corrects the earlier."""

    answered_on: Day
    value: Figure = Field(description="On the KPI's scale of answers; 1 for yes, 0 for no")
    segment: Line = Field("", description='As "channel=app;team=Service"')
    external_id: ExternalId | None = None

    def row(self, scale: AnswerScale, known: Dimensions, place: str) -> AnswerRow:
        """The same for the service. Raises DomainError with its place in the list."""
        value = tidy(self.value)
        if problem := scale.problem(value):
            raise DomainError(problem, f"{place}.value")
        if not EARLIEST <= self.answered_on <= i18n.today():
            raise DomainError(_("This day has not come yet, or lies too far back."),
                              f"{place}.answered_on")  # fmt: skip
        try:
            parts = dimensions.known_parts(dimensions.parts_of(self.segment), known)
            segment = dimensions.segment_of(parts)
        except DomainError as error:
            raise DomainError(error.message, f"{place}.segment") from error
        return AnswerRow(self.answered_on, value, segment, self.external_id)


class AnswersIn(BaseModel):
    """Raw answers of a KPI; if one is wrong, none is recorded."""

    answers: Annotated[list[AnswerIn], Field(min_length=1, max_length=MOST_AT_ONCE)]
    source: Source = Field("api", description="Where external_id comes from")

    def rows(self, scale: AnswerScale, known: Dimensions) -> list[AnswerRow]:
        """The same for the service."""
        return [
            one.row(scale, known, f"answers.{number}") for number, one in enumerate(self.answers)
        ]


class AnswersDone(BaseModel):
    """What became of the answers."""

    recorded: int
    corrected: int
    unchanged: int


class AnswerOut(BaseModel):
    """A raw answer in force, or one that was corrected."""

    id: int
    answered_on: date
    value: Figure
    segment: str
    source: str
    external_id: str | None
    supersedes_id: int | None
    superseded_at: datetime | None


class AnswerQuery(Paging):
    """Which answers of a KPI to list; the latest recorded ones come first."""

    external_id: Line | None = Field(None, description="Only this one, with its corrections")
    superseded: bool = Field(False, description="Those that were corrected, too")


class AnswerList(Listed[AnswerOut]):
    """A page of answers."""


def shown_answer(answer: Answer) -> AnswerOut:
    """Show an answer."""
    return AnswerOut(**{name: getattr(answer, name) for name in AnswerOut.model_fields})

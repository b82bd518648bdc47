"""Values on the wire: what a client may send, and how values are written back."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from cxwiki import i18n, richtext
from cxwiki.database import utcnow
from cxwiki.paging import LAST_PAGE

T = TypeVar("T", bound=BaseModel)

LARGEST_ID = 2**31 - 1
MOST_PER_PAGE = 100
# The default of a field that may be left out but not be null: `changes` tells whether it was sent.
UNCHANGED: Any = None
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _cleaned(value: Any) -> Any:
    return richtext.clean(value) if isinstance(value, str) else value


def _one_line(value: str) -> str | None:
    return " ".join(value.split()) or None


def _number(value: Any) -> Any:
    """Python would take true and "3" for numbers; JSON does not."""
    if isinstance(value, bool | str):
        raise ValueError("Input should be a number")
    return value


def _day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("Write a day like this: 2026-05-31")
    day = date.fromisoformat(value)
    if not i18n.EARLIEST_DAY <= day <= i18n.LATEST_DAY:
        raise ValueError("The year must lie between 1900 and 2999")
    return day


def _past_moment(value: Any) -> datetime:
    """Read a day or a moment; without a zone it is meant in the site's, as in imports."""
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError("Write a moment like this: 2026-05-31T14:30:00+02:00")
    day = _day(value[:10])
    moment = i18n.start_of(day) if len(value) == 10 else datetime.fromisoformat(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=i18n.settings().timezone)
    if moment > utcnow() + timedelta(minutes=5):
        raise ValueError("This moment has not come yet")
    return moment


def _plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Text = Annotated[str, BeforeValidator(_cleaned)]
Title = Annotated[Text, StringConstraints(min_length=1, max_length=300)]
Line = Annotated[Text, StringConstraints(max_length=200)]
Source = Annotated[Text, StringConstraints(max_length=100), AfterValidator(_one_line)]
ExternalId = Annotated[Text, StringConstraints(max_length=200), AfterValidator(_one_line)]
NUMBER = BeforeValidator(_number)
Id = Annotated[int, Field(ge=1, le=LARGEST_ID), NUMBER]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
PastMoment = Annotated[
    datetime,
    BeforeValidator(_past_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Figure = Annotated[
    Decimal,
    Field(gt=-(10**12), lt=10**12),
    NUMBER,
    PlainSerializer(_plain_number),
    WithJsonSchema({"type": "number", "exclusiveMinimum": -(10**12), "exclusiveMaximum": 10**12}),
]


class Paging(BaseModel):
    """Which page of a list is asked for."""

    page: int = Field(1, ge=1, le=LAST_PAGE, description="Page, from 1")
    per_page: Annotated[int, AfterValidator(lambda wish: min(wish, MOST_PER_PAGE))] = Field(
        30, ge=1, description="Items a page; more than 100 counts as 100"
    )


class Listed(BaseModel, Generic[T]):
    """One page of a list; `total` counts all that the filters choose."""

    items: list[T]
    total: int
    page: int
    per_page: int


def changes(body: BaseModel, *names: str) -> dict[str, Any]:
    """Return those of the named fields that the client sent, null included."""
    return {name: getattr(body, name) for name in names if name in body.model_fields_set}

"""Dated events of one's own: a price rise, a strike, a campaign. Charts and effects name them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select

from cxwiki import i18n, richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.kpis.measuring import EARLIEST
from cxwiki.kpis.models import DatedEvent, Kpi

LONGEST_TITLE, LONGEST_NOTE = 120, 500
LATEST = date(2999, 12, 31)


@dataclass(frozen=True)
class Happening:
    """What happened, when, and what is to be known about it."""

    title: str
    happened_on: date
    note: str = ""


@command
def add(kpi: Kpi | None, said: Happening, by: User) -> DatedEvent:
    """Write down what happened on a day, for one KPI or (None) for all. Raises DomainError."""
    title = richtext.one_line(said.title)
    if not title:
        raise DomainError(_("Say what happened."), "title")
    if len(title) > LONGEST_TITLE:
        raise DomainError(_("This is too long."), "title")
    if not EARLIEST <= said.happened_on <= LATEST:
        raise DomainError(_("This day lies too far away."), "happened_on")
    happened = DatedEvent(
        kpi_id=kpi.id if kpi else None,
        title=title,
        happened_on=said.happened_on,
        note=richtext.one_line(said.note)[:LONGEST_NOTE],
        by_id=by.id,
    )
    db.session.add(happened)
    db.session.flush()
    record("kpi.dated_event_added", kpi, by=by, dated_event_id=happened.id)
    return happened


@command
def withdraw(happened: DatedEvent, by: User) -> None:
    """Take an event off the charts; its row stays."""
    if happened.withdrawn_at is None:
        happened.withdrawn_at = utcnow()
        kpi = db.session.get(Kpi, happened.kpi_id) if happened.kpi_id else None
        record("kpi.dated_event_withdrawn", kpi, by=by, dated_event_id=happened.id)


def of_kpis(kpi_ids: Iterable[int]) -> Sequence[DatedEvent]:
    """The events of these KPIs and those of all KPIs, by day, in one query."""
    query = select(DatedEvent).where(
        or_(DatedEvent.kpi_id.is_(None), DatedEvent.kpi_id.in_(set(kpi_ids))),
        DatedEvent.withdrawn_at.is_(None),
    )
    return db.session.scalars(query.order_by(DatedEvent.happened_on, DatedEvent.id)).all()


def find(kpi: Kpi | None, event_id: int) -> DatedEvent | None:
    """An event in force of the KPI, or (None) of all KPIs."""
    happened = db.session.get(DatedEvent, event_id)
    if happened is None or happened.withdrawn_at is not None:
        return None
    return happened if happened.kpi_id == (kpi.id if kpi else None) else None


def in_words(happened: DatedEvent) -> str:
    """An event with its day: "Price rise, 3 March 2026"."""
    return f"{happened.title}, {i18n.day(happened.happened_on)}"

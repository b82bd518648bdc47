"""Raw answers: recorded in bulk, once by their external id, and corrected by a newer row.

An answer with a known id that says something else supersedes the earlier one, which is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select, union, update
from sqlalchemy.orm import aliased

from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.kpis import bulk, recomputing
from cxwiki.kpis.models import Answer, Kpi

BATCH = 5000
"""Answers a transaction: few enough for the variables of a statement, many enough to be quick."""


class AnswerRow(NamedTuple):
    """One answer as it was read: its value has six decimals, its segment the one form."""

    day: date
    value: Decimal
    segment: str = ""
    external_id: str | None = None


@dataclass
class Tally:
    """What became of answers, and the days whose figures they change."""

    recorded: int = 0
    corrected: int = 0
    unchanged: int = 0
    days: set[date] = field(default_factory=set)


@command
def record_answers(kpi: Kpi, rows: Sequence[AnswerRow], source: str, by: User) -> Tally:
    """Record answers and compute the figures of the periods that they touch."""
    if kpi.is_archived:
        raise DomainError(_("This KPI is archived."))
    tally = write(kpi, rows, source)
    outcome = recomputing.recompute(kpi, tally.days, by)
    recomputing.tell(kpi, outcome, by)
    return tally


def write(
    kpi: Kpi,
    rows: Sequence[AnswerRow],
    source: str,
    *,
    upload_id: int | None = None,
    dry_run: bool = False,
) -> Tally:
    """Write answers in the caller's transaction, or only say what would become of them."""
    lock(kpi)
    tally, plain, named = Tally(), [], {}
    known = _in_force(kpi.id, source, {row.external_id for row in rows if row.external_id})
    before = {name: (day, value, segment) for name, (_id, day, value, segment) in known.items()}
    for row in rows:
        if row.external_id is None:
            plain.append(row)
            tally.recorded += 1
            continue
        said = before.get(row.external_id)
        if said == row[:3]:
            tally.unchanged += 1
            continue
        tally.recorded += said is None
        tally.corrected += said is not None
        before[row.external_id], named[row.external_id] = row[:3], row
    # A batch may say a thing twice and end with what is there already.
    changed = [row for name, row in named.items() if known.get(name, (0,))[1:] != row[:3]]
    tally.days = {row.day for row in (*plain, *changed)}
    tally.days |= {known[name][1] for name in (row.external_id for row in changed) if name in known}
    if not dry_run:
        _supersede([known[row.external_id][0] for row in changed if row.external_id in known])
        bulk.insert_answers(
            [(*row, None) for row in plain]
            + [(*row, known.get(row.external_id or "", (None,))[0]) for row in changed],
            kpi_id=kpi.id,
            source=source,
            upload_id=upload_id,
        )
    return tally


def lock(kpi: Kpi) -> None:
    """Let nobody else write answers or measurements of the KPI until the transaction ends."""
    db.session.execute(select(Kpi.id).where(Kpi.id == kpi.id).with_for_update())


def days_of(upload_id: int) -> set[date]:
    """The days whose figures an upload changes: its answers', and those that they corrected."""
    newer, older = aliased(Answer), aliased(Answer)
    corrected = (
        select(older.answered_on)
        .join(newer, newer.supersedes_id == older.id)
        .where(newer.upload_id == upload_id)
    )
    own = select(Answer.answered_on).where(Answer.upload_id == upload_id)
    return set(db.session.scalars(union(own, corrected)))


def take_back(kpi: Kpi, upload_id: int) -> set[date]:
    """Take an upload's answers out, and put what they corrected in force again; returns the days.

    What was corrected again since stays as it is.
    """
    lock(kpi)
    days = days_of(upload_id)
    own = (Answer.upload_id == upload_id, Answer.superseded_at.is_(None))
    corrected = select(Answer.supersedes_id).where(*own, Answer.supersedes_id.is_not(None))
    before = list(db.session.scalars(corrected))
    db.session.execute(update(Answer).where(*own).values(superseded_at=utcnow()))
    for some in _pieces(before):
        db.session.execute(update(Answer).where(Answer.id.in_(some)).values(superseded_at=None))
    return days


Known = tuple[int, date, Decimal, str]


def _in_force(kpi_id: int, source: str, names: Iterable[str]) -> dict[str, Known]:
    query = select(
        Answer.external_id, Answer.id, Answer.answered_on, Answer.value, Answer.segment
    ).where(
        Answer.kpi_id == kpi_id,
        Answer.source == source,
        Answer.external_id.in_(bulk.listed(sorted(names))),
        Answer.superseded_at.is_(None),
    )
    return {str(row[0]): (row[1], row[2], row[3], row[4]) for row in db.session.execute(query)}


def _supersede(ids: Sequence[int]) -> None:
    for some in _pieces(ids):
        statement = update(Answer).where(Answer.id.in_(some)).values(superseded_at=utcnow())
        db.session.execute(statement.execution_options(synchronize_session=False))


def _pieces(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))

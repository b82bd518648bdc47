"""Insights as CSV and as a workbook: no cell runs, and the import reads back what was written.

The first columns are those that the import reads; those after them are for people.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from cxwiki import i18n
from cxwiki.apibase import address
from cxwiki.database import db
from cxwiki.discussion.service import tags_by_subject
from cxwiki.errors import DomainError
from cxwiki.insights import workbook_texts
from cxwiki.insights.listing import Filters, query
from cxwiki.insights.models import Evidence, Insight
from cxwiki.insights.reading import COLUMNS
from cxwiki.kpis.numbers import harmless
from cxwiki.reviewing import finding

MOST = 50_000
CHUNK = 500
MORE = (
    "status", "status_reason", "author", "customers_affected", "votes", "teams", "review",
    "evidence", "updated_at", "url",
)  # fmt: skip
HEADER = (*COLUMNS, *MORE)
Values = dict[str, str]


def as_csv(filters: Filters, person: Any) -> IO[bytes]:
    """Write what the person may see of the filtered insights; read from the beginning."""
    file = TemporaryFile()  # noqa: SIM115 the answer closes it
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER)
    for values in _rows(filters, person):
        writer.writerow([harmless(values[name]) for name in HEADER])
    text.flush()
    text.detach()
    file.seek(0)
    return file


def as_workbook(filters: Filters, person: Any) -> IO[bytes]:
    """Write the same as a workbook of texts; a body too long for a cell goes on in `body_2`, …"""
    longest = db.session.scalar(
        query(filters, person).order_by(None).with_only_columns(func.max(func.length(Insight.body)))
    )
    more = [f"body_{n}" for n in range(2, -(-(longest or 0) // workbook_texts.PIECE) + 1)]
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Insights")
    sheet.append([*HEADER, *more])
    for values in _rows(filters, person):
        first, *others = workbook_texts.pieces(values["body"])
        values |= {"body": first, **dict(zip(more, others, strict=False))}
        sheet.append([_cell(sheet, values.get(name, "")) for name in (*HEADER, *more)])
    file = TemporaryFile()  # noqa: SIM115 the answer closes it
    workbook.save(file)
    file.seek(0)
    return file


WRITERS: dict[str, Callable[[Filters, Any], IO[bytes]]] = {"csv": as_csv, "xlsx": as_workbook}
MIMETYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _cell(sheet: Any, text: str) -> Any:
    """A text and nothing else: neither a formula nor a number, whatever it looks like."""
    cell: Any = WriteOnlyCell(sheet)
    # Setting `value` would make a formula of "=…" and cut what is long.
    cell._value, cell.data_type = workbook_texts.written(harmless(text)), "s"
    return cell


def _rows(filters: Filters, person: Any) -> Iterator[Values]:
    """The insights in their order, loaded in parts; memory does not grow with their number."""
    ids = db.session.scalars(
        query(filters, person).with_only_columns(Insight.id).limit(MOST + 1)
    ).all()
    if len(ids) > MOST:
        raise DomainError(
            _(
                "These are more than %(number)s insights: export them in parts, by team or year.",
                number=i18n.number(MOST),
            )
        )
    for start in range(0, len(ids), CHUNK):
        yield from _some(ids[start : start + CHUNK], person)


def _some(ids: Sequence[int], person: Any) -> Iterator[Values]:
    found = select(Insight).where(Insight.id.in_(ids))
    loaded = found.options(selectinload(Insight.team), selectinload(Insight.author))
    insights = {insight.id: insight for insight in db.session.scalars(loaded)}
    tags, said, marks = tags_by_subject(ids), _evidence(ids), finding.marks_of(ids)
    for number in ids:
        if (insight := insights.get(number)) is None:
            continue
        mark = marks.get(number)
        yield {
            "external_id": insight.external_id or f"cxwiki-{number}",
            "title": insight.title,
            "body": insight.body,
            "kind": insight.kind,
            "team": insight.team.name,
            "visibility": insight.visibility,
            "tags": ", ".join(tags.get(number, ())),
            "channel": insight.channel or "",
            "severity": _plain(insight.severity),
            # Addresses are for those who administer people, as everywhere.
            "author_email": _email(insight) if person.is_administrator else "",
            "created_at": _moment(insight.created_at),
            "language": insight.language,
            "status": insight.status,
            "status_reason": insight.status_reason or "",
            "author": insight.author.name if insight.author else "",
            "customers_affected": _plain(insight.customers_affected),
            "votes": str(insight.votes_count),
            "teams": str(insight.reach),
            "review": mark.state.value if mark else "",
            "evidence": "\n\n".join(said[number]),
            "updated_at": _moment(insight.updated_at),
            "url": address(insight),
        }
        db.session.expunge(insight)


def _evidence(ids: Sequence[int]) -> dict[int, list[str]]:
    """What customers said, with where they said it."""
    wanted = select(Evidence.insight_id, Evidence.text, Evidence.source)
    found: dict[int, list[str]] = defaultdict(list)
    for insight_id, text, source in db.session.execute(
        wanted.where(Evidence.insight_id.in_(ids)).order_by(Evidence.id)
    ):
        found[insight_id].append(f"{text} ({source})" if source else text)
    return found


def _email(insight: Insight) -> str:
    return insight.author.email if insight.author else ""


def _plain(number: int | None) -> str:
    return "" if number is None else str(number)


def _moment(moment: datetime) -> str:
    return moment.astimezone(i18n.settings().timezone).isoformat()

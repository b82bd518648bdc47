"""Importing insights: good rows in, rejected rows named, what people edited is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.insights import reading, service
from cxwiki.insights.models import Insight
from cxwiki.insights.reading import Row
from cxwiki.insights.rows import Options, RowReader
from cxwiki.insights.service import Posting
from cxwiki.writing import revisions
from cxwiki.writing.models import Revision

CHUNK = 250
MOST_NAMED = 1000


@dataclass
class Report:
    """What an import did, or would do. Of very many rejected rows the first ones are named."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected_count: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)
    dry_run: bool = False

    def reject(self, line: int, reason: object) -> None:
        """Note a row that was left out."""
        self.rejected_count += 1
        if len(self.rejected) < MOST_NAMED:
            self.rejected.append({"line": line, "reason": str(reason)})

    def keep(self, line: int, insight: Insight, fields: list[str]) -> None:
        """Note fields that people edited since the last import."""
        if len(self.kept) < MOST_NAMED:
            self.kept.append({"line": line, "insight_id": insight.id, "fields": fields})

    @property
    def rows(self) -> int:
        """How many rows were looked at."""
        return self.created + self.updated + self.unchanged + self.rejected_count

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"rows": self.rows, **asdict(self)}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Report:
        """The report that `as_dict` gave."""
        return cls(**{name: saved[name] for name in cls.__dataclass_fields__})


Progress = Callable[[Report], None]


@dataclass(frozen=True)
class _Item:
    line: int
    posting: Posting


def import_file(
    path: Path,
    by: User,
    options: Options,
    progress: Progress = lambda _report: None,
    so_far: Report | None = None,
) -> Report:
    """Import a CSV or JSON Lines file in small transactions.

    `progress` is called inside of each, so that what it writes is true whenever the import breaks
    off; with its last report as `so_far` the import goes on behind the rows that were done.
    Raises DomainError when nothing of the file can be read; single bad rows are only reported.
    """
    report, by_id = so_far or Report(dry_run=options.dry_run), by.id
    rows = islice(reading.rows(path, reading.recognise(path)), report.rows, None)
    reader = RowReader(options, by_id)
    while chunk := list(islice(rows, CHUNK)):
        person = db.session.get(User, by_id)
        assert person is not None
        reader.refresh()
        items = list(_readable(chunk, reader, report))
        _import_chunk(items, person, options, report, progress)
        # What was written is of no more interest: memory must not grow with the file.
        db.session.expunge_all()
    return report


def _readable(chunk: list[Row], reader: RowReader, report: Report) -> Iterator[_Item]:
    for row in chunk:
        try:
            if row.error:
                raise DomainError(row.error)
            yield _Item(row.line, reader.read(row.values))
        except DomainError as error:
            report.reject(row.line, error.message)


def _import_chunk(
    items: list[_Item], by: User, options: Options, report: Report, progress: Progress
) -> None:
    if options.dry_run:
        _compare(items, by, report)
        db.session.rollback()
        progress(report)
    else:
        _write_chunk(items, by, report, progress)


@command
def _write_chunk(items: list[_Item], by: User, report: Report, progress: Progress) -> None:
    service.publish_many(_compare(items, by, report), by)
    progress(report)


def _compare(items: list[_Item], by: User, report: Report) -> list[Posting]:
    """Update what is known already; return what is new. Of a row given twice the second counts."""
    known = _known([item.posting for item in items])
    bases = revisions.last_imported([insight.id for insight in known.values()])
    new: dict[Any, Posting] = {}
    for item in items:
        key = item.posting.external_id or object()
        insight = known.get(str(key))
        if insight is None:
            report.created += key not in new
            report.updated += key in new
            new[key] = item.posting
        else:
            _update(insight, bases.get(insight.id), item, by, report)
    return list(new.values())


def _known(postings: list[Posting]) -> dict[str, Insight]:
    ids = [posting.external_id for posting in postings if posting.external_id]
    if not ids:
        return {}
    query = select(Insight).where(
        Insight.source == postings[0].source, Insight.external_id.in_(ids)
    )
    return {str(insight.external_id): insight for insight in db.session.scalars(query)}


def _update(insight: Insight, base: Revision | None, item: _Item, by: User, report: Report) -> None:
    """Take over the fields that nobody edited since the last import; name the others."""
    now, wished, kept = service.current_draft(insight), item.posting.draft, []
    merged = wished
    for name, value in asdict(now).items():
        if name in ("visibility", "customers_affected"):
            merged = replace(merged, **{name: value})
        elif base is not None and value != _imported(base, name) and getattr(wished, name) != value:
            merged = replace(merged, **{name: value})
            if getattr(wished, name) != _imported(base, name):
                kept.append(name)
    if kept:
        report.keep(item.line, insight, kept)
    if merged == now:
        report.unchanged += 1
        return
    report.updated += 1
    if not report.dry_run:
        theirs = asdict(wished)
        said = {
            name: theirs[name] for name, value in asdict(merged).items() if theirs[name] != value
        }
        service.revise(insight, merged, by, insight.revision_number, said=said)


def _imported(base: Revision, name: str) -> Any:
    """What the source said when it was imported last, which is not always what was saved then."""
    value = getattr(base, name) if name in ("title", "body") else base.fields.get(name)
    value = base.fields.get("said", {}).get(name, value)
    return tuple(value) if isinstance(value, list) else value

"""Importing insights: good rows in, rejected rows named, what people edited is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from cxwiki import i18n, richtext
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db
from cxwiki.discussion.service import LONGEST_TAG, MOST_TAGS, parse_tags
from cxwiki.errors import DomainError
from cxwiki.insights import reading, service
from cxwiki.insights.models import Channel, Insight, Kind, Revision
from cxwiki.insights.reading import Row
from cxwiki.insights.service import Draft, Posting

CHUNK = 250
MOST_NAMED = 1000
KIND_WORDS = {
    "painpoint": Kind.PAIN_POINT,
    "schmerzpunkt": Kind.PAIN_POINT,
    "bestpractice": Kind.BEST_PRACTICE,
    "workshopinsight": Kind.WORKSHOP_INSIGHT,
    "workshoperkenntnis": Kind.WORKSHOP_INSIGHT,
}


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
class Options:
    """How to read the rows: what counts where a row says nothing."""

    source: str = "import"
    team: str | None = None
    kind: str = Kind.PAIN_POINT
    dry_run: bool = False


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
    reader = _RowReader(options, by_id)
    while chunk := list(islice(rows, CHUNK)):
        person = db.session.get(User, by_id)
        assert person is not None
        reader.refresh()
        items = list(_readable(chunk, reader, report))
        _import_chunk(items, person, options, report, progress)
        # What was written is of no more interest: memory must not grow with the file.
        db.session.expunge_all()
    return report


def _readable(chunk: list[Row], reader: _RowReader, report: Report) -> Iterator[_Item]:
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
    bases = service.last_imported([insight.id for insight in known.values()])
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
        service.revise(insight, merged, by, insight.revision_number, imported=True)


def _imported(base: Revision, name: str) -> Any:
    value = getattr(base, name) if name in ("title", "body") else base.fields.get(name)
    return tuple(value) if isinstance(value, list) else value


class _RowReader:
    """Turns the cells of a row into a checked draft, or says what is wrong with them."""

    def __init__(self, options: Options, by_id: int) -> None:
        self.options, self.by_id = options, by_id
        self.teams: dict[str, Team] = {}
        self.authors: dict[str, int] = {}

    def refresh(self) -> None:
        """Load the teams and people into the present session."""
        teams = db.session.scalars(select(Team).where(Team.archived_at.is_(None)))
        self.teams = {team.name.casefold(): team for team in teams}
        self.authors = dict(
            db.session.execute(select(func.lower(User.email), User.id)).tuples().all()
        )

    def read(self, values: dict[str, str]) -> Posting:
        """Check one row. Raises DomainError with the reason for the person who imports."""
        body, title = values.get("body", ""), values.get("title", "").strip()
        draft = Draft(
            title=title or richtext.first_words(body),
            body=body if title or len(body) > service.LONGEST_TITLE or "\n" in body.strip() else "",
            kind=_kind(values.get("kind", "") or self.options.kind),
            tags=_tags(values.get("tags", "")),
            severity=_severity(values.get("severity", "")),
            channel=_channel(values.get("channel", "")),
            language=values.get("language", "").strip().lower()[:2] or None,
        )
        if not draft.title:
            raise DomainError(_("Neither a title nor a body."))
        return Posting(
            service.check(draft),
            self._team(values.get("team", "")),
            self._author(values.get("author_email", "")),
            created_at=_moment(values.get("created_at", "")),
            source=self.options.source,
            external_id=_external_id(values.get("external_id", "")),
        )

    def _team(self, name: str) -> Team:
        name = name.strip() or self.options.team or "Company"
        team = self.teams.get(name.casefold())
        if team is None:
            raise DomainError(_("There is no team called “%(name)s”.", name=name[:80]))
        return team

    def _author(self, email: str) -> int:
        email = email.strip().lower()
        if email and email not in self.authors:
            raise DomainError(_("Nobody here has the address “%(email)s”.", email=email[:80]))
        return self.authors[email] if email else self.by_id


def _kind(text: str) -> str:
    kind = KIND_WORDS.get("".join(filter(str.isalpha, text.lower())))
    if kind is None:
        raise DomainError(
            _("“%(kind)s” is no kind: use %(kinds)s.", kind=text[:40], kinds=", ".join(Kind))
        )
    return kind


def _channel(text: str) -> str | None:
    text = text.strip().lower()
    if text and text not in set(Channel):
        raise DomainError(
            _(
                "“%(channel)s” is no channel: use %(all)s.",
                channel=text[:40],
                all=", ".join(Channel),
            )
        )
    return text or None


def _severity(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if text not in ("1", "2", "3", "4", "5"):
        raise DomainError(_("“%(text)s” is no severity: use 1 to 5.", text=text[:40]))
    return int(text)


def _tags(text: str) -> tuple[str, ...]:
    names = parse_tags(text)
    if len(names) > MOST_TAGS:
        raise DomainError(_("At most %(number)s tags, please.", number=MOST_TAGS))
    return tuple(name[:LONGEST_TAG] for name in names)


def _external_id(text: str) -> str | None:
    text = richtext.clean(text).strip()
    if len(text) > 200:
        raise DomainError(_("The external_id is longer than 200 characters."))
    return text or None


def _moment(text: str) -> datetime | None:
    """Read a day or a moment; without a zone it is meant in the site's."""
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) == 10:
            return i18n.start_of(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise DomainError(
            _("“%(text)s” is no date: use 2026-05-31 or 2026-05-31T14:30.", text=text[:40])
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=i18n.settings().timezone)

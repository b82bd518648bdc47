"""The list of insights: its filters live in the address and are said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from cxwiki import access, i18n
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.discussion.models import SubjectTag, Tag
from cxwiki.insights import labels
from cxwiki.insights.models import Channel, Insight, Kind, Status
from cxwiki.richtext import clean

FIRST_YEAR, LAST_YEAR = 1970, 9990

SORTS: dict[str, tuple[Any, ...]] = {
    "newest": (Insight.created_at.desc(), Insight.id.desc()),
    "oldest": (Insight.created_at, Insight.id),
    "changed": (Insight.updated_at.desc(), Insight.id.desc()),
    "votes": (Insight.votes_count.desc(), Insight.id.desc()),
    "reach": (Insight.reach.desc(), Insight.votes_count.desc(), Insight.id.desc()),
    "severity": (func.coalesce(Insight.severity, 0).desc(), Insight.id.desc()),
}


@dataclass(frozen=True)
class Filters:
    """What to list. Empty means everything that the reader may see."""

    kind: str | None = None
    status: str | None = None
    team: int | None = None
    author: int | None = None
    channel: str | None = None
    tag: str | None = None
    since: date | None = None
    until: date | None = None
    archived: bool = False
    sort: str = "newest"

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self != Filters(sort=self.sort)


def read(args: Mapping[str, str]) -> Filters:
    """Read the filters from an address; what makes no sense is ignored."""

    def one_of(name: str, allowed: Any) -> str | None:
        value = args.get(name, "")
        return value if value in set(allowed) else None

    def whole(name: str) -> int | None:
        return access.number_in(args.get(name, ""))

    def calendar_day(name: str) -> date | None:
        try:
            day = date.fromisoformat(args.get(name, ""))
        except ValueError:
            return None
        return day if FIRST_YEAR <= day.year <= LAST_YEAR else None

    return Filters(
        kind=one_of("kind", Kind),
        status=one_of("status", Status),
        team=whole("team"),
        author=whole("author"),
        channel=one_of("channel", Channel),
        tag=clean(args.get("tag", "")).strip().lower()[:60] or None,
        since=calendar_day("since"),
        until=calendar_day("until"),
        archived=args.get("archived") == "1",
        sort=one_of("sort", SORTS) or "newest",
    )


def chosen(args: Mapping[str, str]) -> dict[str, str]:
    """The filters as the address has them, for a link to the same list in another form."""
    return {name: args[name] for name in Filters.__dataclass_fields__ if args.get(name)}


def query(filters: Filters, person: Any = None) -> Select[Insight]:
    """Build the select: begins with what the person may see, ends in a total order.

    What was merged into another insight is in neither list.
    """
    found = access.visible(Insight, person, archived=filters.archived)
    found = found.where(Insight.merged_into_id.is_(None))
    if filters.kind:
        found = found.where(Insight.kind == filters.kind)
    if filters.status:
        found = found.where(Insight.status == filters.status)
    if filters.team:
        found = found.where(Insight.team_id == filters.team)
    if filters.author:
        found = found.where(Insight.author_id == filters.author)
    if filters.channel:
        found = found.where(Insight.channel == filters.channel)
    if filters.since:
        found = found.where(Insight.created_at >= i18n.start_of(filters.since))
    if filters.until:
        found = found.where(Insight.created_at < i18n.start_of(filters.until + timedelta(days=1)))
    if filters.tag:
        tagged = select(SubjectTag.subject_id).join(Tag).where(Tag.name == filters.tag)
        found = found.where(Insight.id.in_(tagged))
    return found.order_by(*SORTS[filters.sort])


def in_words(filters: Filters) -> str:
    """Say what is listed: "pain points of Service, open, since 1 May"."""
    what = labels.KINDS_PLURAL[Kind(filters.kind)] if filters.kind else _("insights")
    if not filters.active:
        what = _("all insights")
    if filters.archived:
        what = _("archived %(what)s", what=what)
    team = db.session.get(Team, filters.team) if filters.team else None
    parts = [_("%(what)s of %(team)s", what=what, team=team.shown_name) if team else str(what)]
    if filters.status:
        parts.append(i18n.in_sentence(labels.STATUSES[Status(filters.status)]))
    if filters.channel:
        parts.append(str(labels.CHANNELS[Channel(filters.channel)]))
    if filters.tag:
        parts.append(f"#{filters.tag}")
    if filters.author and (author := db.session.get(User, filters.author)):
        parts.append(_("by %(name)s", name=author.name))
    if filters.since:
        parts.append(_("since %(day)s", day=i18n.day(filters.since)))
    if filters.until:
        parts.append(_("until %(day)s", day=i18n.day(filters.until)))
    sentence = ", ".join(parts)
    return sentence[0].upper() + sentence[1:]

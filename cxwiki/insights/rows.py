"""From the cells of an import row to a checked posting, or to the reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from cxwiki import i18n, richtext
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.discussion.service import LONGEST_TAG, MOST_TAGS, parse_tags
from cxwiki.errors import DomainError
from cxwiki.insights import service
from cxwiki.insights.models import Channel, Kind
from cxwiki.insights.service import Draft, Posting
from cxwiki.subjects import Visibility

KIND_WORDS = {
    "painpoint": Kind.PAIN_POINT,
    "schmerzpunkt": Kind.PAIN_POINT,
    "bestpractice": Kind.BEST_PRACTICE,
    "workshopinsight": Kind.WORKSHOP_INSIGHT,
    "workshoperkenntnis": Kind.WORKSHOP_INSIGHT,
}


@dataclass(frozen=True)
class Options:
    """How to read the rows: what counts where a row says nothing."""

    source: str = "import"
    team: str | None = None
    kind: str = Kind.PAIN_POINT
    dry_run: bool = False


class RowReader:
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
        made = richtext.first_words(body)
        draft = Draft(
            title=title or made,
            body=body if title or body.strip() != made else "",
            kind=_kind(values.get("kind", "") or self.options.kind),
            tags=_tags(values.get("tags", "")),
            severity=_severity(values.get("severity", "")),
            channel=_channel(values.get("channel", "")),
            language=values.get("language", "").strip().lower()[:2] or None,
            visibility=_visibility(values.get("visibility", "")),
        )
        if not draft.title:
            raise DomainError(_("Neither a title nor a body."))
        team = self._team(values.get("team", ""))
        if team.is_builtin and draft.visibility == Visibility.TEAM:
            raise DomainError(_("Choose a team, if only a team may see it."))
        return Posting(
            service.check(draft),
            team,
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


def _visibility(text: str) -> str:
    text = text.strip().lower() or Visibility.COMPANY
    if text not in set(Visibility):
        raise DomainError(_("“%(text)s” is no visibility: use company or team.", text=text[:40]))
    return text


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

"""What the form for a new action starts with, so that making one takes two clicks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import access, i18n, web
from cxwiki.accounts import choices
from cxwiki.accounts.models import Team, User
from cxwiki.actions import people
from cxwiki.actions.drafts import LONGEST_MEETING, LONGEST_TITLE, MOST_ORIGINS, Draft, Effect
from cxwiki.actions.models import Action
from cxwiki.actions.reading import first_quotes
from cxwiki.database import db
from cxwiki.discussion.models import Comment
from cxwiki.insights.models import Insight, Kind
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project
from cxwiki.richtext import to_text
from cxwiki.subjects import Subject, Visibility
from cxwiki.themes import service as themes
from cxwiki.themes.models import Theme, ThemeMember

MOST_CANDIDATES = 20
TAKEN_FROM_THEME = 3
LONGEST_QUOTE = 300
LONGEST_FIRST_WORDS = 100


@dataclass(frozen=True)
class Start:
    """A first draft, the team that it would go to, and the insights to choose from."""

    draft: Draft
    team: Team
    candidates: Sequence[Insight]


def start(args: Any, person: User) -> Start:
    """Draft an action from what an address names.

    It may name `insight` (several), `theme`, `project`, `kpi`, a `comment`, or a `meeting` and
    the day `met_on` of it. What the person does not see is passed over in silence.
    """
    insights = _visible(Insight, args.getlist("insight")[:MOST_ORIGINS], person)
    theme = next(iter(_visible(Theme, args.getlist("theme")[:1], person)), None)
    project = next(iter(_visible(Project, args.getlist("project")[:1], person)), None)
    kpis = _visible(Kpi, args.getlist("kpi")[:5], person)
    said = _comment(args.get("comment", ""), person)
    if said is not None and isinstance(said.subject, Insight) and said.subject not in insights:
        insights.append(said.subject)
    if said is not None and theme is None and isinstance(said.subject, Theme):
        theme = said.subject
    if said is not None and project is None and isinstance(said.subject, Project):
        project = said.subject
    candidates = [*insights]
    if theme is not None and said is None:
        members = _members(theme, person)
        candidates += [insight for insight in members if insight not in insights]
        insights = insights or members[:TAKEN_FROM_THEME]
    origins: list[Subject] = [*insights, *(part for part in (theme, project) if part)]
    if said is not None and said.subject not in origins:
        origins.append(said.subject)
    team = _team(origins, person)
    meeting = " ".join(str(args.get("meeting", "")).split())[:LONGEST_MEETING]
    closed = any(origin.visibility == Visibility.TEAM for origin in origins)
    draft = Draft(
        title=str(args.get("title", ""))[:LONGEST_TITLE] or _title(insights, theme, said),
        body=_why(insights, theme, said),
        visibility=Visibility.TEAM if closed else Visibility.COMPANY,
        owner_id=_owner_id(team, person),
        project_id=project.id if project else None,
        theme_id=theme.id if theme else None,
        insight_ids=tuple(insight.id for insight in insights),
        effects=tuple(Effect(kpi.id) for kpi in kpis),
        comment_id=said.id if said else None,
        meeting=meeting,
        met_on=_day(args.get("met_on", "")) or (i18n.today() if meeting else None),
    )
    return Start(draft, team, candidates)


def comment_of(comment_id: int | None, person: User) -> Comment | None:
    """The comment of this number, if an action may come from it and the person sees it."""
    known = comment_id is not None and access.is_id(comment_id)
    said = db.session.get(Comment, comment_id) if known else None
    if said is None or said.archived_at is not None or said.team_id is not None:
        return None  # what is internal to a team must not be quoted to others by mistake
    return said if access.sees(person, said.subject) else None


def candidates_for(action: Action | None, chosen: Sequence[int], person: User) -> Sequence[Insight]:
    """The insights that a form offers: those chosen and those linked, as far as they are seen."""
    ids = {number for number in chosen if access.is_id(number)}
    if action is not None:
        ids |= {origin.insight_id for origin in action.origins}
    query = select(Insight).where(Insight.id.in_(ids), access.visible_to(person, Insight))
    return db.session.scalars(query.order_by(Insight.id)).all()


def _visible(model: Any, wishes: Sequence[str], person: User) -> list[Any]:
    ids = [one for wish in wishes if (one := access.number_in(wish)) is not None]
    if not ids:
        return []
    rows = db.session.scalars(access.visible(model, person).where(model.id.in_(ids)))
    found = {row.id: row for row in rows}
    return [found[row_id] for row_id in dict.fromkeys(ids) if row_id in found]


def _comment(wish: str, person: User) -> Comment | None:
    return comment_of(access.number_in(wish), person)


def _day(wish: str) -> date | None:
    try:
        return date.fromisoformat(wish)
    except ValueError:
        return None


def _members(theme: Theme, person: User) -> list[Insight]:
    query = (
        access.visible(Insight, person)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(ThemeMember.theme_id == theme.id)
        .order_by(Insight.reach.desc(), ThemeMember.confidence.desc(), Insight.id)
    )
    return list(db.session.scalars(query.limit(MOST_CANDIDATES)))


def _title(insights: Sequence[Insight], theme: Theme | None, said: Comment | None) -> str:
    if said is not None:
        return _first_words(said)
    if theme is not None:
        return _("Solve: %(title)s", title=themes.label(theme))[:LONGEST_TITLE]
    if not insights:
        return ""
    first = insights[0]
    if first.kind == Kind.BEST_PRACTICE:
        return _("Adopt: %(title)s", title=first.title)[:LONGEST_TITLE]
    return _("Solve: %(title)s", title=first.title)[:LONGEST_TITLE]


def _first_words(said: Comment) -> str:
    """The first sentence of a comment, cut between words if it is long."""
    first = next(iter(to_text(said.body).strip().splitlines()), "")
    sentence = re.split(r"(?<=[.!?])\s", first, maxsplit=1)[0].rstrip(". ")
    if len(sentence) <= LONGEST_FIRST_WORDS:
        return sentence
    return sentence[:LONGEST_FIRST_WORDS].rsplit(" ", 1)[0] + "…"


def _why(insights: Sequence[Insight], theme: Theme | None, said: Comment | None) -> str:
    """Name what it comes from, each insight with its first customer's words, as Markdown."""
    if not insights and theme is None and said is None:
        return ""
    quotes = first_quotes([insight.id for insight in insights])
    lines = [f"**{_('Why')}**", ""]
    if said is not None:
        where = web.address(said.subject, _anchor=f"comment-{said.id}")
        words = _("%(name)s on “%(title)s”", name=said.author.name, title=said.subject.title)
        lines += [f"- [{_plain(words)}]({where})", "", f"    > {_short(to_text(said.body))}", ""]
    if theme is not None:
        lines.append(f"- [{_plain(_theme_in_words(theme))}]({web.address(theme)})")
    for insight in insights:
        lines.append(f"- [{_plain(insight.title)}]({web.address(insight)})")
        if (quote := quotes.get(insight.id)) is not None:
            lines += ["", f"    > {_short(quote.text)}", ""]
    return "\n".join(lines).strip() + "\n"


def _theme_in_words(theme: Theme) -> str:
    return _("Theme: %(title)s", title=themes.label(theme))


def _short(text: str) -> str:
    words = _plain(text)
    return words if len(words) <= LONGEST_QUOTE else words[:LONGEST_QUOTE].rstrip() + "…"


def _plain(text: str) -> str:
    """Keep brackets and line ends of people's words from breaking the link around them."""
    return " ".join(text.split()).replace("[", "(").replace("]", ")")


def _team(origins: Sequence[Subject], person: User) -> Team:
    """The team that most of it comes from and for which the person may write, else their own."""
    allowed = {team.id: team for team in choices.writable_teams(person)}
    closed = [origin for origin in origins if origin.visibility == Visibility.TEAM]
    for group in (closed, origins):
        counts = Counter(origin.team_id for origin in group if origin.team_id in allowed)
        if counts:
            return allowed[counts.most_common(1)[0][0]]
    return person.home_team


def _owner_id(team: Team, person: User) -> int:
    """Whoever makes it for their own team; the lead of another team; else whoever makes it."""
    if team.id in person.team_ids:
        return person.id
    leads = [lead for lead in people.leads_of(team.id) if lead.role in access.WRITERS]
    return leads[0].id if leads else person.id

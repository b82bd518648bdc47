"""Beginning, editing and putting away projects, and naming who leads and who decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import access, archiving, i18n, richtext
from cxwiki.accounts import audience
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db
from cxwiki.discussion import service as discussion
from cxwiki.errors import Conflict, DomainError, NotAllowed
from cxwiki.events import record
from cxwiki.i18n import settings
from cxwiki.projects import hypothesis
from cxwiki.projects.models import Project, Stage
from cxwiki.search.words.language import detect
from cxwiki.subjects import Visibility

LONGEST_TITLE = 300
LONGEST_HYPOTHESIS = 5000
LONGEST_TOUCHPOINT = 200
MOST_WEEKS = 520


@dataclass(frozen=True)
class ProjectDraft:
    """What a person says about a project; `is_poc` makes it a proof of concept.

    The four parts of the hypothesis are `idea`, `audience`, `outcome` and `measure`; it starts
    small with the pilot team, at a touchpoint, for some weeks.
    """

    title: str
    purpose: str = ""
    is_poc: bool = False
    hypothesis: str = ""
    lead_id: int | None = None
    sponsor_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    decision_due_on: date | None = None
    idea: str = ""
    audience: str = ""
    outcome: str = ""
    measure: str = ""
    pilot_team_id: int | None = None
    touchpoint: str = ""
    pilot_weeks: int | None = None
    other_team_ids: tuple[int, ...] = ()
    visibility: str = Visibility.COMPANY


@command
def create_project(
    draft: ProjectDraft,
    team: Team,
    by: User,
    *,
    source: str | None = None,
    external_id: str | None = None,
) -> Project:
    """Begin a project as an idea. Raises DomainError when the draft is not acceptable."""
    checked = _checked(draft, team, by)
    project = Project(
        team=team,
        author_id=by.id,
        version=1,
        stage=Stage.IDEA,
        source=source,
        external_id=external_id,
    )
    _check_sponsor(None, checked, by)
    _write(project, checked)
    db.session.add(project)
    db.session.flush()
    _let_them_watch(project, by)
    record("project.created", project, by=by)
    if project.sponsor_id is not None:
        record("project.sponsor_named", project, by=by, sponsor_id=project.sponsor_id)
    return project


@command
def edit_project(
    project: Project,
    draft: ProjectDraft,
    by: User,
    *,
    team: Team | None = None,
    based_on: str | None = None,
) -> Project:
    """Change a project; Conflict if `based_on`, the state_key that the person saw, is outdated."""
    db.session.refresh(project, with_for_update=True)
    if based_on is not None and based_on != state_key(project):
        raise Conflict(_("Somebody else changed this project while you were writing."))
    team = team or project.team
    checked, before = _checked(draft, team, by), current_draft(project)
    if checked == before and team.id == project.team_id:
        return project
    _check_sponsor(project, checked, by)
    _check_kind(project, checked)
    project.team = team
    _write(project, checked)
    project.touch()
    _let_them_watch(project, by)
    record("project.edited", project, by=by)
    if project.sponsor_id is not None and project.sponsor_id != before.sponsor_id:
        record("project.sponsor_named", project, by=by, sponsor_id=project.sponsor_id)
    return project


def current_draft(project: Project) -> ProjectDraft:
    """What the project says now, in the form in which it is edited."""
    return ProjectDraft(
        **{name: getattr(project, name) for name in ProjectDraft.__dataclass_fields__}
    )


def state_key(project: Project) -> str:
    """A short name of what the project says now, to notice that somebody else was faster."""
    return sha256(repr((current_draft(project), project.team_id)).encode()).hexdigest()[:16]


def archive_project(project: Project, by: User) -> None:
    """Put the project away; nothing is deleted."""
    archiving.put_away(project, by)


def restore_project(project: Project, by: User) -> None:
    """Bring an archived project back."""
    archiving.bring_back(project, by)


def _checked(draft: ProjectDraft, team: Team, by: User) -> ProjectDraft:
    title = richtext.one_line(draft.title)
    purpose = richtext.clean(draft.purpose).strip()
    own_words = richtext.clean(draft.hypothesis).strip()
    if not title:
        raise DomainError(_("Give it a title."), "title")
    if len(title) > LONGEST_TITLE:
        raise DomainError(
            _("The title has at most %(number)s characters.", number=LONGEST_TITLE), "title"
        )
    richtext.check_length(purpose, settings().max_text, "purpose")
    richtext.check_length(own_words, LONGEST_HYPOTHESIS, "hypothesis")
    for name in ("starts_on", "ends_on", "decision_due_on"):
        i18n.check_day(getattr(draft, name), name)
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        raise DomainError(_("The project ends before it begins."), "ends_on")
    if draft.visibility not in set(Visibility):
        raise DomainError(_("Choose who may see it."), "visibility")
    _check_people(draft, team, by)
    draft = replace(_small_start(draft), other_team_ids=_other_teams(draft, team))
    return replace(draft, title=title, purpose=purpose, hypothesis=own_words)


def _small_start(draft: ProjectDraft) -> ProjectDraft:
    """Check the four parts of the hypothesis, and where, with whom and how long it starts."""
    lines: dict[str, Any] = {}
    for name in (*hypothesis.PARTS, "touchpoint"):
        longest = LONGEST_TOUCHPOINT if name == "touchpoint" else hypothesis.LONGEST_PART
        lines[name] = richtext.one_line(getattr(draft, name))
        richtext.check_length(lines[name], longest, name)
    if draft.pilot_weeks is not None and not 1 <= draft.pilot_weeks <= MOST_WEEKS:
        raise DomainError(
            _("Give a number of weeks from 1 to %(most)s.", most=MOST_WEEKS), "pilot_weeks"
        )
    if draft.pilot_team_id is not None and db.session.get(Team, draft.pilot_team_id) is None:
        raise DomainError(_("Choose a team."), "pilot_team")
    return replace(draft, **lines)


def _other_teams(draft: ProjectDraft, team: Team) -> tuple[int, ...]:
    wished = set(draft.other_team_ids) - {team.id}
    found = set(db.session.scalars(select(Team.id).where(Team.id.in_(wished)))) if wished else set()
    if wished != found:
        raise DomainError(_("Choose a team."), "other_teams")
    if found and draft.visibility == Visibility.TEAM:
        raise DomainError(
            _("Other teams would not see it. Let the whole company see it, or leave them out."),
            "other_teams",
        )
    return tuple(sorted(found))


def _check_people(draft: ProjectDraft, team: Team, by: User) -> None:
    """See that everybody who has a part in the project exists and will see it."""
    hidden = draft.visibility == Visibility.TEAM
    audience.check(draft.visibility, team, by)
    for person_id, field in ((draft.lead_id, "lead"), (draft.sponsor_id, "sponsor")):
        if person_id is None:
            continue
        person = db.session.get(User, person_id)
        if person is None:
            raise DomainError(_("Choose a person."), field)
        if hidden and not (person.is_administrator or team.id in person.team_ids):
            raise DomainError(
                _(
                    "%(name)s is not in %(team)s and would not see it.",
                    name=person.name,
                    team=team.name,
                ),
                field,
            )


def _check_sponsor(project: Project | None, draft: ProjectDraft, by: User) -> None:
    present = project.sponsor_id if project else None
    if draft.sponsor_id != present and not access.can("project.name_sponsor", project, by):
        raise NotAllowed(
            _("Only an administrator puts another sponsor in this one's place.")
            if present is not None
            else _("A manager or an administrator names the sponsor."),
            "sponsor",
        )


def _check_kind(project: Project, draft: ProjectDraft) -> None:
    if draft.is_poc == project.is_poc:
        return
    if project.is_poc and (project.decisions or project.stage == Stage.DECISION):
        raise DomainError(_("Its sponsor decides on it: it stays a proof of concept."), "is_poc")
    if draft.is_poc and project.stage in (Stage.SCALED, Stage.STOPPED):
        raise DomainError(_("It is over. Begin a proof of concept of its own."), "is_poc")
    if draft.is_poc and project.stage != Stage.IDEA:
        raise DomainError(
            _("It runs already, and no sponsor let it start. Begin a proof of concept of its own."),
            "is_poc",
        )


def _write(project: Project, draft: ProjectDraft) -> None:
    for name in draft.__dataclass_fields__:
        if name != "other_team_ids":
            setattr(project, name, getattr(draft, name))
    if project.other_team_ids != draft.other_team_ids:
        teams = select(Team).where(Team.id.in_(draft.other_team_ids)).order_by(Team.name)
        project.other_teams = list(db.session.scalars(teams))
    project.html = richtext.to_html(draft.purpose)
    parts = (draft.hypothesis, draft.idea, draft.audience, draft.outcome, draft.measure)
    text = "\n".join((draft.title, draft.purpose, *parts))
    project.language = detect(text, settings().languages)


def _let_them_watch(project: Project, by: User) -> None:
    for person_id in {by.id, project.lead_id, project.sponsor_id} - {None}:
        discussion.watch(project, db.session.get_one(User, person_id))

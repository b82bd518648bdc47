"""Making, changing and putting away actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from cxwiki import archiving, richtext
from cxwiki.accounts.models import Team, User
from cxwiki.actions import audience
from cxwiki.actions.drafts import ESTIMATES, Draft, Effect, check, keep_hidden
from cxwiki.actions.models import Action, ActionInsight, ActionKpi
from cxwiki.database import command, db, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.errors import Conflict
from cxwiki.events import record
from cxwiki.i18n import settings
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project
from cxwiki.search.words.language import detect
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme

_FIELDS = (
    "title",
    "body",
    "visibility",
    "owner_id",
    "due_on",
    "priority",
    "effort_days",
    "project_id",
    "theme_id",
    "comment_id",
    "meeting",
    "met_on",
    *ESTIMATES,
)


@command
def create(
    draft: Draft,
    team: Team,
    by: User,
    *,
    widen: bool = False,
    created_at: datetime | None = None,
    source: str | None = None,
    external_id: str | None = None,
) -> Action:
    """Make an action. An import may name its moment and origin.

    Raises DomainError when the draft is not acceptable, Reveals when it would show more people
    what its origins show to a team alone and `widen` does not say that this is meant.
    """
    checked, moment = check(draft), created_at or utcnow()
    origins = [
        *audience.seen(Insight, checked.insight_ids, by, "insights"),
        *audience.seen(Theme, [checked.theme_id], by, "theme_id"),
        *audience.seen(Project, [checked.project_id], by, "project"),
        *audience.comment_seen(checked.comment_id, by),
    ]
    checked = replace(checked, visibility=checked.visibility or audience.narrowest(origins))
    audience.check_audience(checked, team, by)
    audience.check_owner(checked, team)
    if not widen:
        audience.refuse_to_reveal(audience.kept_closer(origins, checked, team))
    action = Action(
        team=team,
        author_id=by.id,
        created_at=moment,
        updated_at=moment,
        active_at=moment,
        version=1,
        source=source,
        external_id=external_id,
    )
    _write(action, checked)
    db.session.add(action)
    db.session.flush()
    _set_effects(action, checked.effects, by)
    discussion.watch(action, by)
    record("action.created", action, by=by, owner_id=checked.owner_id)
    if checked.insight_ids:
        link_insights(action, checked.insight_ids, by)
    return action


@command
def edit(
    action: Action, draft: Draft, by: User, based_on: int, *, team: Team, widen: bool = False
) -> Action:
    """Save changes; links to what `by` does not see stay as they are.

    Raises Conflict if the action changed after version `based_on`, Reveals as `create` does.
    """
    db.session.refresh(action, with_for_update=True)
    if based_on != action.version:
        raise Conflict(_("Somebody else saved this action while you were writing."))
    checked = keep_hidden(action, check(draft), by)
    checked = replace(checked, visibility=checked.visibility or action.visibility)
    has = {origin.insight_id for origin in action.origins}
    added = [
        *audience.seen(Insight, set(checked.insight_ids) - has, by, "insights"),
        *audience.seen(Theme, {checked.theme_id} - {action.theme_id}, by, "theme_id"),
        *audience.seen(Project, {checked.project_id} - {action.project_id}, by, "project"),
        *(
            audience.comment_seen(checked.comment_id, by)
            if checked.comment_id != action.comment_id
            else ()
        ),
    ]
    audience.check_audience(checked, team, by)
    audience.check_owner(checked, team, before=action.owner_id)
    if not widen:
        own: list[Subject] = [action]
        audience.refuse_to_reveal(audience.kept_closer([*own, *added], checked, team))
    changed = _changes(action, checked, team)
    before = {"owner": action.owner_id, "due_on": action.due_on}
    action.team_id = team.id
    _write(action, checked)
    changed += _set_effects(action, checked.effects, by)
    removed = _unlink(action, set(checked.insight_ids), by)
    new = [insight_id for insight_id in checked.insight_ids if insight_id not in has]
    if not (changed or removed or new):
        return action
    action.touch()
    discussion.watch(action, by)
    if new:
        link_insights(action, new, by)
    if "owner_id" in changed:
        record("action.assigned", action, by=by, before=before["owner"], owner_id=action.owner_id)
    if others := [name for name in changed if name != "owner_id"]:
        details: dict[str, Any] = {"fields": others}
        if "due_on" in changed:
            details["due_on"] = [_iso(before["due_on"]), _iso(action.due_on)]
        record("action.edited", action, by=by, **details)
    return action


@command
def link_insights(action: Action, insight_ids: Iterable[int], by: User) -> None:
    """Say that the action comes from these insights too, of which `by` must see each."""
    has = {origin.insight_id for origin in action.origins}
    new = [insight_id for insight_id in dict.fromkeys(insight_ids) if insight_id not in has]
    audience.seen(Insight, new, by, "insights")
    if not new:
        return
    action.origins += [ActionInsight(insight_id=insight_id, by_id=by.id) for insight_id in new]
    db.session.flush()
    record("action.insight_linked", action, by=by, insight_ids=new)


def archive(action: Action, by: User) -> None:
    """Put the action away; nothing is deleted."""
    archiving.put_away(action, by)


def restore(action: Action, by: User) -> None:
    """Bring an archived action back."""
    archiving.bring_back(action, by)


def _write(action: Action, draft: Draft) -> None:
    if draft.body != action.body or action.html is None:
        action.html = richtext.to_html(draft.body)
    if draft.title != action.title or draft.body != action.body:
        action.language = detect(f"{draft.title}\n{draft.body}", settings().languages)
    for name in _FIELDS:
        setattr(action, name, getattr(draft, name))


def _changes(action: Action, draft: Draft, team: Team) -> list[str]:
    changed = [name for name in _FIELDS if getattr(action, name) != getattr(draft, name)]
    return changed if team.id == action.team_id else ["team", *changed]


def _set_effects(action: Action, effects: Sequence[Effect], by: User) -> list[str]:
    has = {effect.kpi_id: effect for effect in action.effects}
    audience.seen(Kpi, {effect.kpi_id for effect in effects} - set(has), by, "kpis")
    wanted = {effect.kpi_id: effect for effect in effects}
    changed = set(has) != set(wanted)
    for kpi_id, entry in has.items():
        if kpi_id not in wanted:
            action.effects.remove(entry)
    for kpi_id, effect in wanted.items():
        entry = has.get(kpi_id) or ActionKpi(kpi_id=kpi_id, by_id=by.id)
        values = asdict(effect)
        if kpi_id not in has:
            action.effects.append(entry)
        elif any(getattr(entry, name) != value for name, value in values.items()):
            changed, entry.by_id, entry.at = True, by.id, utcnow()
        entry.expected_value, entry.expected_on = effect.expected_value, effect.expected_on
    db.session.flush()
    return ["kpis"] if changed else []


def _unlink(action: Action, wanted: set[int], by: User) -> bool:
    gone = [origin for origin in action.origins if origin.insight_id not in wanted]
    for origin in gone:
        action.origins.remove(origin)
    if gone:
        ids = [origin.insight_id for origin in gone]
        record("action.insight_unlinked", action, by=by, insight_ids=ids)
    return bool(gone)


def _iso(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else None

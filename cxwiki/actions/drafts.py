"""What a person can write into an action, tidied up and checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from cxwiki import access, i18n, richtext
from cxwiki.accounts.models import User
from cxwiki.actions.models import Action, ActionKpi, Priority
from cxwiki.errors import DomainError
from cxwiki.i18n import settings
from cxwiki.subjects import Subject, Visibility

LONGEST_TITLE = 300
MOST_ORIGINS = 200
MOST_EFFECTS = 20
MOST_EFFORT = Decimal(100_000)
FARTHEST_FIGURE = Decimal(10) ** 13
LONGEST_MEETING = 200
MOST_CUSTOMERS = 2_000_000_000
# What people estimate for an action's priority, and between which numbers it lies.
ESTIMATES = {
    "customers_affected": (0, MOST_CUSTOMERS),
    "impact": (1, 10),
    "confidence": (0, 100),
    "ease": (1, 10),
}


@dataclass(frozen=True)
class Effect:
    """How far an action should move a KPI, and by when."""

    kpi_id: int
    expected_value: Decimal | None = None
    expected_on: date | None = None


@dataclass(frozen=True)
class Draft:
    """What a person can write into an action.

    `visibility` None means as narrow as what the action comes from; `comment_id`, `meeting` and
    `met_on` are origins beside the insights. The last four are ESTIMATES.
    """

    title: str
    body: str = ""
    visibility: str | None = None
    owner_id: int | None = None
    due_on: date | None = None
    priority: str = Priority.NORMAL
    effort_days: Decimal | None = None
    project_id: int | None = None
    theme_id: int | None = None
    insight_ids: tuple[int, ...] = ()
    effects: tuple[Effect, ...] = ()
    comment_id: int | None = None
    meeting: str = ""
    met_on: date | None = None
    customers_affected: int | None = None
    impact: int | None = None
    confidence: int | None = None
    ease: int | None = None


def check(draft: Draft) -> Draft:
    """Return the draft tidied up, or raise a DomainError that names the field."""
    title = richtext.one_line(draft.title)
    body = richtext.clean(draft.body).strip()
    if not title:
        raise DomainError(_("Give it a title."), "title")
    if len(title) > LONGEST_TITLE:
        raise DomainError(
            _("The title has at most %(number)s characters.", number=LONGEST_TITLE), "title"
        )
    richtext.check_length(body, settings().max_text, "body")
    if draft.priority not in set(Priority):
        raise DomainError(_("Choose one of the priorities."), "priority")
    if draft.visibility is not None and draft.visibility not in set(Visibility):
        raise DomainError(_("Choose who may see it."), "visibility")
    effort = draft.effort_days
    if effort is not None and not (effort.is_finite() and 0 <= effort <= MOST_EFFORT):
        raise DomainError(_("That effort cannot be right."), "effort_days")
    meeting = richtext.one_line(draft.meeting)
    if len(meeting) > LONGEST_MEETING:
        raise DomainError(
            _("At most %(number)s characters, please.", number=LONGEST_MEETING), "meeting"
        )
    _check_estimates(draft)
    i18n.check_day(draft.due_on, "due_on")
    i18n.check_day(draft.met_on, "met_on")
    effects = {effect.kpi_id: effect for effect in draft.effects}
    for effect in effects.values():
        i18n.check_day(effect.expected_on, "kpis")
        value = effect.expected_value
        if value is not None and not (value.is_finite() and abs(value) < FARTHEST_FIGURE):
            raise DomainError(_("That expected value cannot be right."), "kpis")
    insight_ids = tuple(dict.fromkeys(draft.insight_ids))
    if len(insight_ids) > MOST_ORIGINS:
        raise DomainError(
            _("At most %(number)s insights, please.", number=MOST_ORIGINS), "insights"
        )
    if len(effects) > MOST_EFFECTS:
        raise DomainError(_("At most %(number)s KPIs, please.", number=MOST_EFFECTS), "kpis")
    return replace(
        draft,
        title=title,
        body=body,
        insight_ids=insight_ids,
        effects=tuple(effects.values()),
        meeting=meeting,
        met_on=draft.met_on if meeting else None,
    )


def _check_estimates(draft: Draft) -> None:
    for name, (least, most) in ESTIMATES.items():
        value = getattr(draft, name)
        if value is not None and not least <= value <= most:
            raise DomainError(
                _("Write a number from %(least)s to %(most)s.", least=least, most=most), name
            )


def current_draft(action: Action, person: User) -> Draft:
    """What the action says now, in the form in which `person` edits it: without what is hidden."""
    seen = {origin.insight_id for origin in action.origins if access.sees(person, origin.insight)}
    return Draft(
        title=action.title,
        body=action.body,
        visibility=action.visibility,
        owner_id=action.owner_id,
        due_on=action.due_on,
        priority=action.priority,
        effort_days=action.effort_days,
        project_id=_id_if_seen(action.project, person),
        theme_id=_id_if_seen(action.theme, person),
        insight_ids=tuple(sorted(seen)),
        effects=tuple(
            _as_written(effect) for effect in action.effects if access.sees(person, effect.kpi)
        ),
        comment_id=_comment_id_if_seen(action, person),
        meeting=action.meeting,
        met_on=action.met_on,
        **{name: getattr(action, name) for name in ESTIMATES},
    )


def _id_if_seen(subject: Subject | None, person: User) -> int | None:
    return subject.id if subject is not None and access.sees(person, subject) else None


def _comment_id_if_seen(action: Action, person: User) -> int | None:
    said = action.comment
    return said.id if said is not None and access.sees(person, said.subject) else None


def keep_hidden(action: Action, draft: Draft, by: User) -> Draft:
    """Put back what the form could not show to `by`."""
    shown = current_draft(action, by)
    linked = {origin.insight_id for origin in action.origins}
    listed = {effect.kpi_id for effect in (*draft.effects, *shown.effects)}
    hidden = [effect for effect in action.effects if effect.kpi_id not in listed]
    return replace(
        draft,
        project_id=draft.project_id or (None if shown.project_id else action.project_id),
        theme_id=draft.theme_id or (None if shown.theme_id else action.theme_id),
        comment_id=draft.comment_id or (None if shown.comment_id else action.comment_id),
        insight_ids=(*draft.insight_ids, *sorted(linked - set(shown.insight_ids))),
        effects=(*draft.effects, *(_as_written(effect) for effect in hidden)),
    )


def _as_written(effect: ActionKpi) -> Effect:
    return Effect(effect.kpi_id, effect.expected_value, effect.expected_on)

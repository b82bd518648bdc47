"""Escalation: what is late or idle for too long is brought before somebody who can help, once.

Rules are rows, so managers change them; each says in words what it does (`in_words`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from cxwiki import access, i18n
from cxwiki.accounts.models import Team, User
from cxwiki.actions import labels, people, progress, stalled
from cxwiki.actions.models import Action, Escalation, EscalationRule, Priority
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.working_days import working_days_since

ESCALATED = "action.escalated"
REASONS = ("overdue", "stalled")
ADDRESSEES = ("lead", "sponsor", "manager")
MOST_DAYS = 250
MOST_RULES = 50


@dataclass(frozen=True)
class RuleDraft:
    """What a person says in a rule; no priorities and no team mean all of them."""

    priorities: tuple[str, ...] = ()
    reason: str = "overdue"
    working_days: int = 3
    to: str = "lead"
    team_id: int | None = None


USUAL = (
    RuleDraft((Priority.HIGH, Priority.URGENT), "overdue", 3, "lead"),
    RuleDraft((Priority.HIGH, Priority.URGENT), "overdue", 10, "sponsor"),
)
"""What is offered where there are no rules yet."""


def rules() -> Sequence[EscalationRule]:
    """All rules, the quickest first."""
    order = (EscalationRule.reason, EscalationRule.working_days, EscalationRule.id)
    return db.session.scalars(select(EscalationRule).order_by(*order)).all()


def find(rule_id: int) -> EscalationRule | None:
    """The rule of this number."""
    return db.session.get(EscalationRule, rule_id)


@command
def add(draft: RuleDraft, by: User) -> EscalationRule:
    """Make a rule. Raises DomainError when it makes no sense or says what another one says."""
    present = rules()
    if len(present) >= MOST_RULES:
        raise DomainError(_("At most %(number)s rules, please.", number=MOST_RULES))
    rule = EscalationRule(made_by_id=by.id, **_checked(draft, present))
    db.session.add(rule)
    db.session.flush()
    record("escalation.rule_made", None, by=by, rule_id=rule.id)
    return rule


@command
def change(rule: EscalationRule, draft: RuleDraft, by: User) -> None:
    """Change a rule; what it brought before somebody already is not brought again."""
    others = [one for one in rules() if one.id != rule.id]
    for name, value in _checked(draft, others).items():
        setattr(rule, name, value)
    record("escalation.rule_changed", None, by=by, rule_id=rule.id)


@command
def remove(rule: EscalationRule, by: User) -> None:
    """Take a rule away."""
    record("escalation.rule_removed", None, by=by, rule_id=rule.id)
    db.session.delete(rule)


@command
def add_usual(by: User) -> None:
    """Make the usual rules, unless there are any."""
    if not rules():
        for draft in USUAL:
            add(draft, by)


def draft_of(rule: EscalationRule) -> RuleDraft:
    """What a rule says, in the form in which it is edited."""
    return RuleDraft(tuple(rule.priorities), rule.reason, rule.working_days, rule.to, rule.team_id)


def apply_all(today: date) -> int:
    """Apply every rule. Returns how many actions were brought before somebody."""
    wanted = rules()
    if not wanted:
        return 0
    plan = [
        (action.id, rule.id, since)
        for action in _candidates()
        for rule in wanted
        if (since := _since(rule, action)) is not None
        and working_days_since(since, today) > rule.working_days
    ]
    done = _done([action_id for action_id, _rule, _since_day in plan])
    return sum(_escalate(*entry, today) for entry in plan if entry not in done)


def in_words(rule: EscalationRule | RuleDraft, team: Team | None = None) -> str:
    """Say what the rule does, as a sentence."""
    chosen = [entry for entry in labels.PRIORITIES if entry in rule.priorities]
    names = [i18n.in_sentence(labels.PRIORITIES[entry]) for entry in chosen]
    what = _("any action")
    if chosen and len(chosen) < len(labels.PRIORITIES):
        what = _("an action of priority %(names)s", names=_(" or ").join(names))
    if team is not None:
        what = _("%(what)s of %(team)s", what=what, team=team.shown_name)
    is_late = _("has been overdue") if rule.reason == "overdue" else _("has been stalled")
    days = ngettext(
        "more than %(num)s working day", "more than %(num)s working days", rule.working_days
    )
    return _(
        "When %(what)s %(is_late)s for %(days)s, tell %(whom)s.",
        what=what,
        is_late=is_late,
        days=days,
        whom=i18n.in_sentence(labels.ADDRESSEES[rule.to]),
    )


def _checked(draft: RuleDraft, others: Sequence[EscalationRule]) -> dict[str, object]:
    if not set(draft.priorities) <= set(Priority):
        raise DomainError(_("Choose among the priorities."), "priorities")
    if draft.reason not in REASONS or draft.to not in ADDRESSEES:
        raise DomainError(_("Choose one of those that are offered."), "to")
    if not 0 <= draft.working_days <= MOST_DAYS:
        raise DomainError(_("That number of days cannot be right."), "working_days")
    team = db.session.get(Team, draft.team_id) if draft.team_id is not None else None
    if draft.team_id is not None and (team is None or team.archived_at is not None):
        raise DomainError(_("Choose a team."), "team")
    tidy = RuleDraft(
        tuple(entry for entry in Priority if entry in draft.priorities),
        draft.reason,
        draft.working_days,
        draft.to,
        draft.team_id,
    )
    if any(draft_of(other) == tidy for other in others):
        raise DomainError(_("There is such a rule already."))
    return {**tidy.__dict__, "priorities": list(tidy.priorities)}


def _candidates() -> Sequence[Action]:
    query = select(Action).where(
        Action.archived_at.is_(None), progress.overdue() | stalled.stalled()
    )
    return db.session.scalars(query.order_by(Action.id)).all()


def _since(rule: EscalationRule, action: Action) -> date | None:
    """The last day on which all was well, None where the rule has nothing to say."""
    if rule.priorities and action.priority not in rule.priorities:
        return None
    if rule.team_id is not None and rule.team_id != action.team_id:
        return None
    if rule.reason == "overdue":
        return action.due_on if progress.is_overdue(action) else None
    return stalled.stalled_since(action) if stalled.is_stalled(action) else None


def _done(action_ids: Sequence[int]) -> set[tuple[int, int, date]]:
    query = select(Escalation.action_id, Escalation.rule_id, Escalation.since)
    rows = db.session.execute(query.where(Escalation.action_id.in_(action_ids)))
    return {(row.action_id, row.rule_id, row.since) for row in rows}


@command
def _escalate(action_id: int, rule_id: int, since: date, today: date) -> bool:
    """Bring one action before somebody in a transaction of its own, unless that was done."""
    action = db.session.get(Action, action_id, with_for_update=True, populate_existing=True)
    rule = db.session.get(EscalationRule, rule_id)
    if action is None or rule is None or _since(rule, action) != since:
        return False
    if (action_id, rule_id, since) in _done([action_id]):
        return False
    addressees = _addressees(action, rule.to)
    if not addressees:
        return False
    db.session.add(Escalation(action_id=action_id, rule_id=rule_id, since=since))
    record(
        ESCALATED,
        action,
        to=rule.to,
        reason=rule.reason,
        days=working_days_since(since, today),
        rule_id=rule_id,
        user_ids=[person.id for person in addressees],
    )
    return True


def _addressees(action: Action, to: str) -> list[User]:
    """Whom the rule means, of those who see the action; the managers where there is nobody."""
    found: list[User | None] = []
    project = action.project
    if to == "lead":
        found = [*people.leads_of(action.team_id)]
    elif to == "sponsor" and project is not None:
        sponsor = project.sponsor
        found = [sponsor] if sponsor is not None and access.sees(sponsor, project) else []
    return people.who_see(action, found) or people.who_see(action, people.managers())

"""What could go wrong with a project, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.projects.models import Project, Risk

LONGEST_TEXT = 500
WORST = 3
# Likelihood times damage: from here on it needs attention, from there on it is bad.
ATTENTION, BAD = 3, 6


@dataclass(frozen=True)
class RiskDraft:
    """What a person says about a risk; likelihood and damage go from 1 to 3."""

    text: str
    likelihood: int
    damage: int
    answer: str = ""
    owner_id: int | None = None


def weight(risk: Risk) -> int:
    """How heavy it weighs, 1 to 9."""
    return risk.likelihood * risk.damage


def state(risk: Risk) -> str:
    """How it looks: done, good, attention or bad."""
    if risk.closed_at is not None:
        return "done"
    heavy = weight(risk)
    return "bad" if heavy >= BAD else "attention" if heavy >= ATTENTION else "good"


def in_order(found: Iterable[Risk]) -> list[Risk]:
    """The open ones first, the heaviest on top."""
    return sorted(found, key=lambda risk: (risk.closed_at is not None, -weight(risk), risk.id))


@command
def name_risk(project: Project, draft: RiskDraft, by: User) -> Risk:
    """Write a risk down."""
    risk = Risk(project_id=project.id)
    _write(risk, draft)
    db.session.add(risk)
    _changed(project)
    record("project.risk_named", project, by=by, risk_id=risk.id)
    return risk


@command
def edit(project: Project, risk: Risk, draft: RiskDraft, by: User) -> None:
    """Judge a risk anew."""
    _write(risk, draft)
    _changed(project)
    record("project.risk_judged", project, by=by, risk_id=risk.id)


@command
def close(project: Project, risk: Risk, by: User) -> None:
    """Say that it is over. A second time changes nothing."""
    if risk.closed_at is None:
        risk.closed_at = utcnow()
        _changed(project)
        record("project.risk_closed", project, by=by, risk_id=risk.id)


@command
def reopen(project: Project, risk: Risk, by: User) -> None:
    """Say that it is there again."""
    if risk.closed_at is not None:
        risk.closed_at = None
        _changed(project)
        record("project.risk_named", project, by=by, risk_id=risk.id)


def _write(risk: Risk, draft: RiskDraft) -> None:
    risk.text = _text(draft.text, "text") or _refuse(_("Say what could go wrong."), "text")
    risk.answer = _text(draft.answer, "answer")
    for field in ("likelihood", "damage"):
        value = getattr(draft, field)
        if not 1 <= value <= WORST:
            _refuse(_("Choose low, medium or high."), field)
        setattr(risk, field, value)
    if draft.owner_id is not None and db.session.get(User, draft.owner_id) is None:
        _refuse(_("Choose a person."), "owner")
    risk.owner_id = draft.owner_id


def _text(text: str, field: str) -> str:
    text = richtext.one_line(text)
    richtext.check_length(text, LONGEST_TEXT, field)
    return text


def _refuse(message: str, field: str) -> str:
    raise DomainError(message, field)


def _changed(project: Project) -> None:
    db.session.flush()
    db.session.expire(project, ["risks"])
    project.touch()

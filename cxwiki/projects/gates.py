"""The way of a project from idea to its end, and the sponsor's decisions at the gates."""

from __future__ import annotations

from flask_babel import gettext as _

from cxwiki import access, richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError, NotAllowed
from cxwiki.events import record
from cxwiki.projects.models import GateDecision, Project, Stage, Verdict

# Where people may move a project by themselves. A proof of concept is ended by its sponsor alone.
MOVES_OF_POC = {
    Stage.IDEA: (Stage.RUNNING,),
    Stage.RUNNING: (Stage.DECISION,),
}
MOVES_OF_PLAIN = {
    Stage.IDEA: (Stage.RUNNING, Stage.STOPPED),
    Stage.RUNNING: (Stage.SCALED, Stage.STOPPED),
    Stage.SCALED: (Stage.RUNNING,),
    Stage.STOPPED: (Stage.RUNNING,),
}
AFTER = {
    Verdict.SCALE: Stage.SCALED,
    Verdict.ADJUST: Stage.RUNNING,
    Verdict.STOP: Stage.STOPPED,
}
# A decision is permanent; the sponsor may take a later one that counts instead.
DECIDABLE = (Stage.DECISION, Stage.SCALED, Stage.STOPPED)
LONGEST_NOTE = 5000


def moves(project: Project) -> tuple[Stage, ...]:
    """The stages to which the project can be moved without a decision."""
    table = MOVES_OF_POC if project.is_poc else MOVES_OF_PLAIN
    return table.get(Stage(project.stage), ())


def can_be_decided(project: Project) -> bool:
    """Whether the project stands where its sponsor decides."""
    return project.is_poc and project.stage in DECIDABLE


@command
def move(project: Project, stage: str, by: User) -> None:
    """Move the project on. Raises DomainError when this is not its next stage."""
    db.session.refresh(project, with_for_update=True)
    if stage == project.stage:
        return
    if stage not in moves(project):
        raise DomainError(_("The project cannot go there from where it stands."), "stage")
    if stage == Stage.DECISION and project.sponsor_id is None:
        raise DomainError(_("Name a sponsor first: only the sponsor decides."), "stage")
    _go(project, Stage(stage), by)


@command
def decide(project: Project, verdict: str, note: str, by: User) -> GateDecision:
    """Record the sponsor's decision for good. Raises NotAllowed for everybody else."""
    db.session.refresh(project, with_for_update=True)
    if not access.can("project.decide", project, by):
        raise NotAllowed(_("Only the sponsor that the project names decides."))
    if not can_be_decided(project):
        raise DomainError(_("There is nothing to decide yet: the project is not at its gate."))
    if verdict not in set(Verdict):
        raise DomainError(_("Choose scale, adjust or stop."), "verdict")
    note = richtext.clean(note).strip()
    if not note:
        raise DomainError(_("Say why, so that everybody understands."), "note")
    if len(note) > LONGEST_NOTE:
        raise DomainError(
            _("The text has at most %(number)s characters.", number=LONGEST_NOTE), "note"
        )
    decision = GateDecision(project_id=project.id, verdict=verdict, note=note, decided_by_id=by.id)
    db.session.add(decision)
    db.session.flush()
    db.session.expire(project, ["decisions"])
    record("project.decided", project, by=by, decision_id=decision.id, verdict=str(verdict))
    _go(project, AFTER[Verdict(verdict)], by)
    return decision


def _go(project: Project, stage: Stage, by: User) -> None:
    before, project.stage = project.stage, stage
    project.touch()
    if before != stage:
        record("project.stage_changed", project, by=by, before=str(before), after=str(stage))

"""The way of a project from idea to its end, and the sponsor's decisions at the gates.

A gate of a proof of concept closes with three things at once: its evidence, its criteria evaluated
by the software, and the decision of the sponsor whom the project names, with the reason.
"""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from cxwiki import access, i18n, richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import Conflict, DomainError, NotAllowed
from cxwiki.events import record
from cxwiki.projects import basis, findings, needs
from cxwiki.projects.models import Gate, GateDecision, Project, Stage, Verdict

# Where people may move a project by themselves. A proof of concept is moved by its sponsor; others
# only ask for the decision after it ran.
MOVES_OF_POC = {Stage.RUNNING: (Stage.DECISION,)}
MOVES_OF_PLAIN = {
    Stage.IDEA: (Stage.RUNNING, Stage.STOPPED),
    Stage.RUNNING: (Stage.SCALED, Stage.STOPPED),
    Stage.SCALED: (Stage.RUNNING,),
    Stage.STOPPED: (Stage.RUNNING,),
}
VERDICTS = {
    Gate.START: (Verdict.START, Verdict.STOP),
    Gate.DECISION: (Verdict.SCALE, Verdict.ADJUST, Verdict.STOP),
}
AFTER = {
    Verdict.START: Stage.RUNNING,
    Verdict.SCALE: Stage.SCALED,
    Verdict.ADJUST: Stage.RUNNING,
    Verdict.STOP: Stage.STOPPED,
}
LONGEST_NOTE = 5000


def moves(project: Project) -> tuple[Stage, ...]:
    """The stages to which the project can be moved without a decision."""
    table = MOVES_OF_POC if project.is_poc else MOVES_OF_PLAIN
    return table.get(Stage(project.stage), ())


def can_be_decided(project: Project) -> bool:
    """Whether the project stands at a gate, or its last decision may be superseded."""
    return project.is_poc and project.stage != Stage.RUNNING


def is_ready(project: Project) -> bool:
    """Whether the gate needs nothing more than the decision."""
    gate = needs.gate_of(project)
    return gate is not None and can_be_decided(project) and not needs.missing(project, gate)


@command
def move(project: Project, stage: str, by: User) -> None:
    """Move the project on. Raises DomainError when this is not its next stage."""
    db.session.refresh(project, with_for_update=True)
    if stage == project.stage:
        return
    if stage not in moves(project):
        raise DomainError(_("The project cannot go there from where it stands."), "stage")
    if project.is_poc:
        ask(project, by)
    else:
        _go(project, Stage(stage), by)


@command
def ask(project: Project, by: User) -> None:
    """Ask the sponsor to decide. Raises DomainError while something is missing for that."""
    db.session.refresh(project, with_for_update=True)
    gate = needs.gate_of(project)
    if gate is None or project.stage in (Stage.SCALED, Stage.STOPPED):
        raise DomainError(_("There is no decision to ask for."), "stage")
    _check_nothing_is_missing(project, gate)
    if project.asked_at is not None:
        return
    project.asked_at = utcnow()
    if project.stage == Stage.RUNNING:
        _go(project, Stage.DECISION, by)
    else:
        project.touch()
        record("project.start_asked", project, by=by)


@command
def decide(
    project: Project,
    verdict: str,
    note: str,
    by: User,
    *,
    changes: str = "",
    next_due_on: date | None = None,
    based_on: str | None = None,
) -> GateDecision:
    """Record the sponsor's decision for good, with what was found of the criteria until now.

    `changes` says what is done differently after "adjust", and `next_due_on` when the next
    decision is due. Raises NotAllowed for everybody but the sponsor, Conflict if `based_on` (the
    `basis.key` that the sponsor saw) is outdated, DomainError while something is missing.
    """
    db.session.refresh(project, with_for_update=True)
    if not access.can("project.decide", project, by):
        raise NotAllowed(_("Only the sponsor that the project names decides."))
    if based_on is not None and (different := basis.changed(project, based_on)):
        raise Conflict(_outdated(different))
    gate = needs.gate_of(project)
    if gate is None or not can_be_decided(project):
        raise DomainError(_("There is nothing to decide yet: the project is not at its gate."))
    if verdict not in VERDICTS[gate]:
        raise DomainError(_("Choose one of the decisions of this gate."), "verdict")
    _check_nothing_is_missing(project, gate)
    note = _text(note, "note") or _refuse(_("Say why, so that everybody understands."), "note")
    changes = _text(changes, "changes") if verdict == Verdict.ADJUST else ""
    if verdict == Verdict.ADJUST and not changes:
        _refuse(_("Say what is done differently from now on."), "changes")
    i18n.check_day(next_due_on, "next_due_on")
    decision = _recorded(project, gate, Verdict(verdict), note, changes, by)
    if verdict == Verdict.START and project.starts_on is None:
        project.starts_on = i18n.today()
    if verdict == Verdict.ADJUST:
        project.decision_due_on = next_due_on
    project.asked_at = None
    _go(project, AFTER[Verdict(verdict)], by)
    return decision


def _recorded(
    project: Project, gate: Gate, verdict: Verdict, note: str, changes: str, by: User
) -> GateDecision:
    earlier = [one.id for one in project.decisions if one.gate == gate]
    decision = GateDecision(
        project_id=project.id,
        gate=gate,
        verdict=verdict,
        note=note,
        changes=changes,
        findings=findings.snapshot(project),
        supersedes_id=max(earlier, default=None),
        decided_by_id=by.id,
    )
    db.session.add(decision)
    db.session.flush()
    for one in needs.evidence_of(project, gate):
        one.decision_id = one.decision_id or decision.id
    db.session.expire(project, ["decisions"])
    record("project.decided", project, by=by, decision_id=decision.id, verdict=str(verdict))
    return decision


def _check_nothing_is_missing(project: Project, gate: Gate) -> None:
    if gaps := needs.missing(project, gate):
        still = " ".join(need.missing for need in gaps)
        raise DomainError(_("Something is still missing. %(still)s", still=still))


def _outdated(different: list[str]) -> str:
    return _(
        "Nothing was recorded: since you began to read, something changed (%(changes)s). Please "
        "look again.",
        changes="; ".join(different),
    )


def _text(text: str, field: str) -> str:
    text = richtext.clean(text).strip()
    richtext.check_length(text, LONGEST_NOTE, field)
    return text


def _refuse(message: str, field: str) -> str:
    raise DomainError(message, field)


def _go(project: Project, stage: Stage, by: User) -> None:
    before, project.stage = project.stage, stage
    project.touch()
    if before != stage:
        project.stage_since = utcnow()
        record("project.stage_changed", project, by=by, before=str(before), after=str(stage))

"""What a gate needs before its sponsor can close it, in words that everybody understands."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from cxwiki import i18n
from cxwiki.projects import hypothesis
from cxwiki.projects.models import Criterion, Gate, GateEvidence, Project, Stage, Verdict


@dataclass(frozen=True)
class Need:
    """One thing that the gate needs: what it is, whether it is there, and what to do if not."""

    name: str
    is_there: bool
    said: str
    missing: str = ""


def gate_of(project: Project) -> Gate | None:
    """The gate at which the project stands or towards which it goes; None for a plain project.

    After a last decision it is the gate of that decision, which a later one may supersede.
    """
    if not project.is_poc:
        return None
    if project.stage == Stage.IDEA:
        return Gate.START
    if project.stage == Stage.STOPPED and project.decisions:
        return Gate(project.decisions[-1].gate)
    return Gate.DECISION


def needs_of(project: Project, gate: Gate) -> list[Need]:
    """Everything that the gate needs besides the decision itself, in the order of the page."""
    needs = [_hypothesis(project, gate), _criteria(project)]
    if gate == Gate.START:
        needs.append(_small_start(project))
    return [*needs, _evidence(project, gate), _sponsor(project)]


def missing(project: Project, gate: Gate) -> list[Need]:
    """What is still missing."""
    return [need for need in needs_of(project, gate) if not need.is_there]


def evidence_of(project: Project, gate: Gate) -> list[GateEvidence]:
    """What was attached for the gate's present round: after "adjust" it is collected anew."""
    adjusted = [one.id for one in project.decisions if one.verdict == Verdict.ADJUST]
    last = max(adjusted, default=0)
    return [
        one
        for one in project.evidence
        if one.gate == gate and (one.decision_id is None or one.decision_id > last)
    ]


def is_testable(criterion: Criterion) -> bool:
    """Whether the software can say of it: met, not met, or not enough data."""
    return None not in (criterion.kpi_id, criterion.threshold, criterion.minimum_n)


def _hypothesis(project: Project, gate: Gate) -> Need:
    # One that ran before hypotheses had parts may keep its own words to the end.
    told = hypothesis.is_complete(project) or (gate == Gate.DECISION and bool(project.hypothesis))
    gaps = hypothesis.Parts.of(project).missing
    if not told and len(gaps) < len(hypothesis.PARTS):
        begun = [_("“%(part)s …”", part=part) for part in gaps]
        asked = _(
            "Complete the hypothesis: it has nothing yet after %(parts)s.",
            parts=", ".join(begun),
        )
    else:
        asked = _("Write the hypothesis: what, for whom, with which outcome, measured by what.")
    return Need("hypothesis", told, _("The hypothesis is written"), asked)


def _criteria(project: Project) -> Need:
    tied = [one for one in project.criteria if one.kpi_id is not None]
    loose = [one for one in tied if not is_testable(one)]
    if tied and not loose:
        return Need("criteria", True, _("Success criteria are tied to KPIs"))
    asked = (
        _("Give every success criterion a value and the number of answers that it takes.")
        if loose
        else _("Tie a success criterion to a KPI, with a value and the number of answers it takes.")
    )
    return Need("criteria", False, _("Success criteria are tied to KPIs"), asked)


def _small_start(project: Project) -> Need:
    said = all((project.pilot_team_id, project.touchpoint, project.pilot_weeks))
    return Need(
        "pilot",
        said,
        _("It starts small: team, touchpoint and time are set"),
        _("Say how it starts small: with which team, at which touchpoint, for how long."),
    )


def _evidence(project: Project, gate: Gate) -> Need:
    found = len(evidence_of(project, gate))
    asked = (
        _("Attach evidence: what makes you think that it is worth a try?")
        if gate == Gate.START
        else _("Attach evidence: what did you find out while it ran?")
    )
    return Need(
        "evidence",
        found > 0,
        _("Evidence is attached (%(number)s)", number=i18n.number(found)),
        asked,
    )


def _sponsor(project: Project) -> Need:
    name = project.sponsor.name if project.sponsor else ""
    return Need(
        "sponsor",
        project.sponsor_id is not None,
        _("%(name)s is the sponsor", name=name),
        _("Name a sponsor: nobody else can decide."),
    )

"""A proof of concept that has all that its gates need."""

from __future__ import annotations

from decimal import Decimal

from cxwiki.accounts.models import User
from cxwiki.database import transaction
from cxwiki.kpis.service import KpiDraft, create_kpi
from cxwiki.projects import criteria, evidence, gates, needs
from cxwiki.projects.models import Project

PARTS = {
    "idea": "a callback within two hours",
    "audience": "customers who wait",
    "outcome": "make the second call unnecessary",
    "measure": "repeat contacts, from 31 % to 22 %",
}


def make_ready(project: Project, by: User) -> None:
    """Give it a hypothesis, a criterion, a small start and evidence for its present gate."""
    with transaction():
        for name, text in PARTS.items():
            setattr(project, name, text)
        project.pilot_team_id, project.touchpoint, project.pilot_weeks = project.team_id, "Call", 8
    if not project.criteria:
        kpi = create_kpi(KpiDraft(title="Repeat contacts", direction="lower"), project.team, by)
        criteria.add_criterion(
            project,
            "At most one in five calls again",
            by,
            kpi=kpi,
            comparison="at_most",
            threshold=Decimal(22),
            minimum_n=200,
        )
    gate = needs.gate_of(project)
    if gate is not None and not needs.evidence_of(project, gate):
        evidence.attach(project, "We listened to forty calls.", by)


def bring_to(project: Project, stage: str, by: User) -> None:
    """Let its sponsor start it, and ask for the decision, as far as the stage needs."""
    if stage == "idea":
        return
    if not project.is_poc or project.sponsor is None:
        with transaction():
            project.stage = stage
        return
    make_ready(project, by)
    gates.decide(project, "start", "Worth a try.", project.sponsor)
    if stage == "decision":
        evidence.attach(project, "The second month is in.", by)
        gates.ask(project, by)

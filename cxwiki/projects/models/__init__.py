"""Projects and proofs of concept with criteria, gates, plan, money and the sponsor's decisions."""

from __future__ import annotations

from cxwiki.projects.models.gates import Criterion, Gate, GateDecision, GateEvidence, Verdict
from cxwiki.projects.models.links import ProjectInsight, ProjectKpi, ProjectTheme
from cxwiki.projects.models.plan import (
    BudgetEntry,
    BudgetKind,
    Light,
    Milestone,
    Resolution,
    Risk,
    Update,
)
from cxwiki.projects.models.project import Project, ProjectTeam, Stage

__all__ = [
    "BudgetEntry",
    "BudgetKind",
    "Criterion",
    "Gate",
    "GateDecision",
    "GateEvidence",
    "Light",
    "Milestone",
    "Project",
    "ProjectInsight",
    "ProjectKpi",
    "ProjectTeam",
    "ProjectTheme",
    "Resolution",
    "Risk",
    "Stage",
    "Update",
    "Verdict",
]

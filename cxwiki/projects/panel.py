"""The gate as one person sees it: what it needs, what is missing, and whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cxwiki import access
from cxwiki.projects import findings, gates, needs
from cxwiki.projects.criteria import Judged
from cxwiki.projects.models import Gate, GateEvidence, Project, Stage
from cxwiki.projects.needs import Need


@dataclass(frozen=True)
class Panel:
    """An open gate. `counts` is what the software says of the criteria that the person sees."""

    gate: Gate
    needs: Sequence[Need]
    evidence: Sequence[GateEvidence]
    counts: dict[str, int]
    asked_at: datetime | None
    can_ask: bool
    can_decide: bool
    can_report: bool

    @classmethod
    def of(cls, project: Project, judged: Sequence[Judged], person: Any) -> Panel | None:
        """The gate towards which the project goes; None if it is plain or already over."""
        gate = needs.gate_of(project)
        if gate is None or project.stage in (Stage.SCALED, Stage.STOPPED):
            return None
        asked = project.asked_at
        if project.stage == Stage.DECISION:
            asked = asked or project.stage_since
        return cls(
            gate,
            needs.needs_of(project, gate),
            needs.evidence_of(project, gate),
            findings.counts(judged),
            asked,
            asked is None and access.can("project.move", project, person),
            gates.can_be_decided(project) and access.can("project.decide", project, person),
            access.can("project.report", project, person),
        )

    @property
    def missing(self) -> list[Need]:
        """What has to be done before the sponsor can decide."""
        return [need for need in self.needs if not need.is_there]

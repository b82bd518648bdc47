"""What a decision rests on: kept as a short key, so that an outdated one is noticed and told."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2s
from typing import Any

from flask_babel import gettext as _

from cxwiki.projects import findings, labels
from cxwiki.projects.models import Project, Verdict

_PARTS: dict[str, Callable[[Project], Any]] = {
    "stage": lambda project: project.stage,
    "text": lambda project: (
        project.title,
        project.purpose,
        project.hypothesis,
        project.idea,
        project.audience,
        project.outcome,
        project.measure,
        project.pilot_team_id,
        project.touchpoint,
        project.pilot_weeks,
    ),
    "criteria": lambda project: [
        (one.id, one.text, one.kpi_id, one.comparison, str(one.threshold), one.minimum_n)
        for one in project.criteria
    ],
    "figures": lambda project: [
        (one.state, one.measurement.id if one.measurement else None)
        for one in findings.evaluate(project)
    ],
    "evidence": lambda project: [one.id for one in project.evidence],
    "budget": lambda project: [one.id for one in project.budget],
    "decisions": lambda project: [one.id for one in project.decisions],
}


def key(project: Project) -> str:
    """A short name of everything that a sponsor decides upon, as it is now."""
    return "-".join(_digest(part(project)) for part in _PARTS.values())


def changed(project: Project, seen: str) -> list[str]:
    """What is different from the state whose key was seen, in words; nothing if it is the same."""
    if seen == key(project):
        return []
    before = dict(zip(_PARTS, seen.split("-"), strict=False))
    words = _words(project)
    return [
        words[name] for name, part in _PARTS.items() if before.get(name) != _digest(part(project))
    ]


def _words(project: Project) -> dict[str, str]:
    last = project.decisions[-1] if project.decisions else None
    return {
        "stage": _("it now stands at “%(stage)s”", stage=labels.stage_label(project)),
        "text": _("what it says about itself was edited"),
        "criteria": _("the success criteria changed"),
        "figures": _("the KPIs have new figures"),
        "evidence": _("the evidence changed"),
        "budget": _("money was entered"),
        "decisions": _(
            "%(name)s decided: %(verdict)s",
            name=last.decided_by.name,
            verdict=labels.VERDICTS[Verdict(last.verdict)],
        )
        if last
        else _("the decisions changed"),
    }


def _digest(part: Any) -> str:
    return blake2s(repr(part).encode(), digest_size=4).hexdigest()

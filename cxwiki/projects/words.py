"""What happened to projects, in words, and whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from cxwiki import concern, wording
from cxwiki.events import Event
from cxwiki.i18n import in_sentence
from cxwiki.projects import labels
from cxwiki.projects.models import Light, Project


def _updated(event: Event) -> str:
    light = labels.LIGHTS[Light(event.data["light"])]
    return _("told how it goes: %(light)s", light=in_sentence(light))


_SENTENCES: dict[str, Callable[[Event], str]] = {
    "project.criterion_added": lambda _event: _("added a success criterion"),
    "project.criterion_removed": lambda _event: _("took a criterion away"),
    "project.budget_entered": lambda _event: _("entered money"),
    "project.start_asked": lambda _event: _("asks you to decide whether it starts"),
    "project.updated": _updated,
    "project.update_withdrawn": lambda _event: _("took an update back"),
    "project.evidence_added": lambda _event: _("attached evidence to its gate"),
    "project.evidence_withdrawn": lambda _event: _("took evidence back"),
    "project.milestone_planned": lambda _event: _("planned a milestone"),
    "project.milestone_moved": lambda _event: _("changed a milestone"),
    "project.milestone_reached": lambda _event: _("reached a milestone"),
    "project.milestone_reopened": lambda _event: _("opened a milestone again"),
    "project.milestone_removed": lambda _event: _("took a milestone away"),
    "project.risk_named": lambda _event: _("named a risk"),
    "project.risk_judged": lambda _event: _("judged a risk anew"),
    "project.risk_closed": lambda _event: _("closed a risk"),
    "project.resolved": lambda _event: _("wrote down what was decided"),
    "project.learned": lambda _event: _("wrote down what was learned"),
    "project.replicated": lambda _event: _("took it over for another team"),
}


def _sponsor(event: Event) -> Iterable[int]:
    project = event.subject
    if isinstance(project, Project) and project.sponsor_id is not None:
        return (project.sponsor_id,)
    return ()


def _sponsor_if_red(event: Event) -> Iterable[int]:
    return _sponsor(event) if event.data.get("light") == Light.RED else ()


def register() -> None:
    """Register with wording and concern."""
    for name, sentence in _SENTENCES.items():
        wording.register(name, sentence)
    concern.register("project.start_asked", _sponsor, alone=True)
    concern.register("project.updated", _sponsor_if_red)
    concern.register("project.milestone_reached")
    concern.register("project.replicated", _sponsor)

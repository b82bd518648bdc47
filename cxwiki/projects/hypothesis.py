"""The hypothesis of a proof of concept: four parts that read as one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from cxwiki.projects.models import Project

LONGEST_PART = 500
PARTS = {
    "idea": _l("We believe that"),
    "audience": _l("for"),
    "outcome": _l("will"),
    "measure": _l("measured by"),
}
GAP = "…"


@dataclass(frozen=True)
class Parts:
    """What is believed, for whom, what shall come of it, and how one will see it."""

    idea: str = ""
    audience: str = ""
    outcome: str = ""
    measure: str = ""

    @classmethod
    def of(cls, project: Project) -> Parts:
        """Those of a project."""
        return cls(*(getattr(project, name) for name in PARTS))

    @property
    def any(self) -> bool:
        """Whether somebody began to write it."""
        return any(getattr(self, name) for name in PARTS)

    @property
    def missing(self) -> list[str]:
        """The beginnings of the parts that nobody has written yet."""
        return [str(label) for name, label in PARTS.items() if not getattr(self, name)]


def is_complete(project: Project) -> bool:
    """Whether all four parts are there."""
    return not Parts.of(project).missing


def text_of(project: Project) -> str:
    """The hypothesis as plain text, in the language of the project; in own words without parts."""
    if not Parts.of(project).any:
        return project.hypothesis
    return _frame(project) % _written(project)


def sentence_of(project: Project) -> Markup:
    """The hypothesis to be read, each part marked; in somebody's own words where no part is."""
    if not Parts.of(project).any:
        return escape(project.hypothesis)
    mark = Markup('<b class="hypothesis__part">{}</b>')
    parts = {name: mark.format(part) for name, part in _written(project).items()}
    return escape(_frame(project)) % parts


def _frame(project: Project) -> str:
    # The parts are in the language of the project, and so is what holds them together.
    with force_locale(project.language):
        return _(
            "We believe that %(idea)s for %(audience)s will %(outcome)s, measured by %(measure)s."
        )


def _written(project: Project) -> dict[str, str]:
    return {name: getattr(project, name).rstrip(". ") or GAP for name in PARTS}

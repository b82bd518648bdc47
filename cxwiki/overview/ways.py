"""Which links the thread follows, from each type of record, and in which order.

The longest ways are KPI → action → project → theme → insight → evidence and its reverse: five
links. A project's own actions are followed only where the project itself was reached without one
of them, or everything that ever happened in a large project would hang on each of its actions.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from cxwiki.actions.models import Action, ActionInsight, ActionKpi
from cxwiki.database import Model
from cxwiki.projects.models import ProjectInsight, ProjectKpi, ProjectTheme
from cxwiki.themes.models import ThemeMember

LONGEST = 5


@dataclass(frozen=True)
class Link:
    """One table that connects two types of records, read in one direction."""

    table: type[Model]
    start: str
    end: str

    @property
    def given(self) -> ColumnElement[int]:
        """The column with the record that one comes from."""
        return self._column(self.start)

    @property
    def wanted(self) -> ColumnElement[int]:
        """The column with the record that one reaches."""
        return self._column(self.end)

    @property
    def back(self) -> Link:
        """The same connection in the other direction."""
        return Link(self.table, self.end, self.start)

    def _column(self, kind: str) -> ColumnElement[int]:
        # An action names its project and its theme itself.
        own = self.table is Action and kind == "action"
        return self.table.__table__.c["id" if own else f"{kind}_id"]


KPI_ACTION = Link(ActionKpi, "kpi", "action")
KPI_PROJECT = Link(ProjectKpi, "kpi", "project")
ACTION_PROJECT = Link(Action, "action", "project")
ACTION_THEME = Link(Action, "action", "theme")
ACTION_INSIGHT = Link(ActionInsight, "action", "insight")
PROJECT_THEME = Link(ProjectTheme, "project", "theme")
PROJECT_INSIGHT = Link(ProjectInsight, "project", "insight")
THEME_INSIGHT = Link(ThemeMember, "theme", "insight")

_TO_THE_WORDS = (
    ACTION_THEME,
    PROJECT_THEME,
    ACTION_INSIGHT,
    PROJECT_INSIGHT,
    THEME_INSIGHT,
    THEME_INSIGHT.back,
)
_TO_THE_FIGURES = (ACTION_PROJECT.back, ACTION_PROJECT, KPI_ACTION.back, KPI_PROJECT.back)

WAYS: dict[str, tuple[Link, ...]] = {
    "kpi": (KPI_ACTION, KPI_PROJECT, ACTION_PROJECT.back, ACTION_PROJECT, *_TO_THE_WORDS),
    "action": (ACTION_PROJECT, KPI_ACTION.back, KPI_PROJECT.back, *_TO_THE_WORDS),
    "project": (ACTION_PROJECT.back, KPI_PROJECT.back, KPI_ACTION.back, *_TO_THE_WORDS),
    "theme": (
        THEME_INSIGHT,
        ACTION_THEME.back,
        PROJECT_THEME.back,
        ACTION_INSIGHT.back,
        PROJECT_INSIGHT.back,
        *_TO_THE_FIGURES,
    ),
    "insight": (
        THEME_INSIGHT.back,
        ACTION_INSIGHT.back,
        PROJECT_INSIGHT.back,
        ACTION_THEME.back,
        PROJECT_THEME.back,
        *_TO_THE_FIGURES,
    ),
}

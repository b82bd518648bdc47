"""The search box with its filters; everything lives in the address."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SearchField, SelectField

from cxwiki.accounts import choices
from cxwiki.search.documents import Filters

TYPES = [
    ("", _l("Everything")),
    ("insight", _l("Insights")),
    ("action", _l("Actions")),
    ("project", _l("Projects")),
    ("kpi", _l("KPIs")),
]
KINDS = [
    ("", _l("All kinds")),
    ("pain_point", _l("Pain points")),
    ("best_practice", _l("Best practices")),
    ("workshop_insight", _l("Workshop insights")),
]
STATUSES = [
    ("", _l("Every status")),
    ("open", _l("Open")),
    ("in_action", _l("In action")),
    ("resolved", _l("Resolved")),
    ("dismissed", _l("Dismissed")),
    ("proposed", _l("Proposed")),
    ("accepted", _l("Accepted")),
    ("in_progress", _l("In progress")),
    ("done", _l("Done")),
    ("dropped", _l("Dropped")),
    ("running", _l("Running")),
]


class SearchForm(FlaskForm):
    """What is looked for."""

    class Meta:
        csrf = False

    q = SearchField(_l("Search"))
    type = SelectField(_l("What"), choices=TYPES, default="")
    kind = SelectField(_l("Kind"), choices=KINDS, default="")
    team = SelectField(_l("Team"), default="")
    status = SelectField(_l("Status"), choices=STATUSES, default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(str(team.id), team.shown_name) for team in choices.all_teams()]
        self.team.choices = [("", _l("All teams")), *teams]

    @property
    def filtered(self) -> bool:
        """Whether a filter is set."""
        return self.filters() != Filters()

    def filters(self) -> Filters:
        """The filters; what makes no sense is ignored."""

        def chosen(field: Any) -> frozenset[str]:
            legal = {str(value) for value, _label in field.choices}
            return frozenset({field.data}) if field.data and field.data in legal else frozenset()

        return Filters(
            types=chosen(self.type),
            kinds=chosen(self.kind),
            team_ids=frozenset(int(team) for team in chosen(self.team)),
            statuses=chosen(self.status),
        )

"""The controls of the list and the board."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField

from cxwiki import access
from cxwiki.accounts import choices
from cxwiki.actions import labels
from cxwiki.actions.forms import titles
from cxwiki.actions.listing import UNFINISHED
from cxwiki.projects.models import Project


class FilterForm(FlaskForm):
    """The controls of the list and the board; they come and go by the address."""

    class Meta:
        csrf = False

    status = SelectField(
        _l("Status"),
        choices=[
            ("", _l("Every status")),
            (UNFINISHED, _l("Unfinished")),
            *labels.STATUSES.items(),
        ],
    )
    owner = SelectField(_l("Owner"))
    team = SelectField(_l("Team"))
    project = SelectField(_l("Project"))
    priority = SelectField(
        _l("Priority"), choices=[("", _l("Every priority")), *labels.PRIORITIES.items()]
    )
    sort = SelectField(
        _l("Order"),
        choices=[
            ("status", _l("Work first")),
            ("due", _l("Due first")),
            ("priority", _l("Most pressing first")),
            ("newest", _l("Newest first")),
            ("changed", _l("Last changed first")),
            ("score", _l("Highest score first")),
        ],
    )
    lanes = SelectField(
        _l("Lanes"),
        choices=[
            ("", _l("No lanes")),
            ("team", _l("One for each team")),
            ("project", _l("One for each project")),
            ("owner", _l("One for each owner")),
            ("theme", _l("One for each theme")),
        ],
    )
    theme = HiddenField()
    mine = BooleanField(_l("Only mine"))
    ours = BooleanField(_l("Only my teams’"))
    overdue = BooleanField(_l("Only overdue ones"))
    stalled = BooleanField(_l("Only stalled ones"))
    archived = BooleanField(_l("Archived ones"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = choices.people(roles=sorted(access.WRITERS))
        self.owner.choices = [("", _l("Everybody")), *((str(one.id), one.name) for one in people)]
        teams = [(str(team.id), team.shown_name) for team in choices.all_teams()]
        self.team.choices = [("", _l("All teams")), *teams]
        self.project.choices = titles(Project, _l("All projects"))

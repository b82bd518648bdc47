"""The small forms that change a few facts: of one action where it stands, or of many at once."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField
from wtforms.validators import Length, Optional

from cxwiki import access
from cxwiki.accounts import choices
from cxwiki.actions import labels
from cxwiki.actions.changing import Change
from cxwiki.actions.forms import titles
from cxwiki.actions.models import Action
from cxwiki.projects.models import Project

NONE = "none"


def _id_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None", NONE) else None


class ChangeForm(FlaskForm):
    """Status, owner, due date and priority of one action."""

    status = SelectField(_l("Status"), choices=list(labels.STATUSES.items()))
    reason = StringField(_l("Why? (when it is dropped or taken up again)"), [Length(max=2000)])
    owner = SelectField(_l("Owner"), coerce=_id_or_none)
    due_on = DateField(_l("Due"), [Optional()])
    priority = SelectField(_l("Priority"), choices=list(labels.PRIORITIES.items()))
    based_on = IntegerField()

    def __init__(self, action: Action, **wishes: Any) -> None:
        present = {
            "status": action.status,
            "owner": action.owner_id,
            "due_on": action.due_on,
            "priority": action.priority,
            "based_on": action.version,
        }
        super().__init__(**{**present, **wishes})
        people = list(choices.people(roles=sorted(access.WRITERS)))
        if action.owner is not None and action.owner not in people:
            people.append(action.owner)
        self.owner.choices = [("", _l("Nobody yet")), *((one.id, one.name) for one in people)]
        self._before = action.status
        _name_apart(self, f"change-{action.id}")

    def change(self) -> Change:
        """What was chosen."""
        return Change(
            status=self.status.data if self.status.data != self._before else None,
            reason=self.reason.data or "",
            fields={
                "owner_id": self.owner.data,
                "due_on": self.due_on.data,
                "priority": self.priority.data,
            },
        )


def _name_apart(form: FlaskForm, prefix: str) -> None:
    """Filters and several of these forms stand on one page: no two controls may share an id."""
    for field in form:
        field.id = f"{prefix}-{field.name}"


def _or_empty(value: Any) -> str:
    return value or ""


class BulkForm(FlaskForm):
    """What is to become of all chosen actions; what is left empty stays as it is."""

    status = SelectField(_l("Status"), filters=[_or_empty])
    owner = SelectField(_l("Owner"), filters=[_or_empty])
    due_on = DateField(_l("Due"), [Optional()])
    no_due = BooleanField(_l("No due date any more"))
    priority = SelectField(_l("Priority"), filters=[_or_empty])
    project = SelectField(_l("Project"), filters=[_or_empty])
    reason = StringField(_l("Why? (when they are dropped or taken up again)"), [Length(max=2000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stays = ("", _l("Stays as it is"))
        people = choices.people(roles=sorted(access.WRITERS))
        names = [(str(one.id), one.name) for one in people]
        projects = [(str(key), title) for key, title in titles(Project, "")[1:]]
        self.status.choices = [stays, *labels.STATUSES.items()]
        self.priority.choices = [stays, *labels.PRIORITIES.items()]
        self.owner.choices = [stays, (NONE, _l("Nobody")), *names]
        self.project.choices = [stays, (NONE, _l("None")), *projects]
        _name_apart(self, "bulk")

    def change(self) -> Change:
        """What was chosen."""
        fields: dict[str, Any] = {}
        if self.owner.data:
            fields["owner_id"] = _id_or_none(self.owner.data)
        if self.project.data:
            fields["project_id"] = _id_or_none(self.project.data)
        if self.priority.data:
            fields["priority"] = self.priority.data
        if self.no_due.data or self.due_on.data:
            fields["due_on"] = None if self.no_due.data else self.due_on.data
        return Change(self.status.data or None, self.reason.data or "", fields)

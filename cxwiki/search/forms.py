"""The fields of the result page, and the form that keeps a search."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import BooleanField, DateField, SearchField, SelectField, SelectFieldBase, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import Select, html_params

from cxwiki.accounts import choices
from cxwiki.search.models import Alert, SavedSearch
from cxwiki.search.query import labels

ALERTS = [
    (Alert.NEVER.value, _l("Do not tell me")),
    (Alert.AT_ONCE.value, _l("Tell me at once")),
    (Alert.DIGEST.value, _l("Tell me once a day")),
]
LONGEST_NAME = 120


class PlainSelect(Select):
    """Options with a value and a label, written at once.

    WTForms builds each option's attributes one by one: with the sixty options of the result page
    that took longer than the search for the words.
    """

    def __call__(self, field: SelectFieldBase, **attributes: Any) -> Markup:
        """The control as HTML."""
        attributes.setdefault("id", field.id)
        parts = [f"<select {html_params(name=field.name, **attributes)}>"]
        for value, label, chosen, _more in field.iter_choices():
            selected = " selected" if chosen else ""
            parts.append(f'<option{selected} value="{escape(value)}">{escape(label)}</option>')
        return Markup("".join([*parts, "</select>"]))  # noqa: S704 (every part is escaped)


class Choice(SelectField):
    """A choice among few words."""

    widget = PlainSelect()


class SearchForm(FlaskForm):
    """All controls. Each choice adds one more value: those in force stand beside the results."""

    class Meta:
        csrf = False

    q = SearchField(_l("Search"))
    phrase = StringField(_l("These words exactly"))
    without = StringField(_l("Without these words"))
    type = Choice(_l("What"), choices=[("", _l("Everything")), *labels.TYPES.items()])
    kind = Choice(_l("Kind"), choices=[("", _l("All kinds")), *labels.KINDS.items()])
    team = Choice(_l("Team"))
    status = Choice(_l("Status"), choices=[("", _l("Every status")), *labels.STATUSES.items()])
    channel = Choice(_l("Channel"), choices=[("", _l("All channels")), *labels.CHANNELS.items()])
    tag = StringField(_l("Tag"))
    author = StringField(_l("Written by"))
    since = DateField(_l("Since"))
    until = DateField(_l("Until"))
    mine = BooleanField(_l("Mine only"))
    overdue = BooleanField(_l("Overdue only"))
    sort = Choice(_l("Sort by"), choices=list(labels.SORTS.items()), default="relevance")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = choices.all_teams()
        named = [(str(team.id), team.shown_name) for team in self.teams]
        self.team.choices = [("", _l("All teams")), *named]


class SavedSearchForm(FlaskForm):
    """What a kept search is called, when it tells of something new, and who else has it."""

    name = StringField(
        _l("Name"), validators=[DataRequired(_l("Give it a name.")), Length(max=LONGEST_NAME)]
    )
    alert = Choice(_l("When there is something new"), choices=ALERTS, default=Alert.NEVER)
    team = Choice(_l("Share with"), default="")

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(str(team.id), team.name) for team in person.teams]
        self._teams: list[tuple[Any, Any]] = [("", _l("Only for me")), *teams]
        self.team.choices = self._teams

    @classmethod
    def of(cls, saved: SavedSearch, person: Any) -> SavedSearchForm:
        """The form as the search is kept now, to be changed by somebody."""
        form = cls(
            person,
            formdata=None,
            prefix=f"s{saved.id}-",
            data={"name": saved.name, "alert": saved.alert, "team": str(saved.team_id or "")},
        )
        return form.keeping(saved)

    def keeping(self, saved: SavedSearch) -> SavedSearchForm:
        """Offer the team that has the search now even to somebody who is not in it."""
        if saved.team is not None and str(saved.team_id) not in dict(self._teams):
            self.team.choices = [*self._teams, (str(saved.team_id), saved.team.name)]
        return self

    @property
    def team_id(self) -> int | None:
        """The chosen team."""
        return int(self.team.data) if self.team.data else None

"""Forms for curating themes."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from cxwiki import access
from cxwiki.themes import service
from cxwiki.themes.curation import LONGEST_NAME, LONGEST_SUMMARY
from cxwiki.themes.edits import LONGEST_REASON
from cxwiki.themes.models import Theme


class ReasonForm(FlaskForm):
    """Why somebody edits a theme."""

    reason = StringField(_l("Reason"), [Length(max=LONGEST_REASON)])


class NameForm(ReasonForm):
    """A theme's name."""

    name = StringField(_l("Name of the theme"), [Length(max=LONGEST_NAME)])


class DescriptionForm(ReasonForm):
    """What a theme is about."""

    summary = TextAreaField(_l("What it is about"), [Length(max=LONGEST_SUMMARY)])


class MergeForm(ReasonForm):
    """The theme in which another one goes up."""

    other_id = SelectField(_l("Merge into"), coerce=int)

    def __init__(self, theme: Theme, person: Any, **given: Any) -> None:
        super().__init__(**given)
        self.other_id.choices = [
            (one.id, service.label(one)) for one in service.living(person) if one.id != theme.id
        ]


class PinForm(ReasonForm):
    """Whether an insight belongs to a theme."""

    theme_id = IntegerField()
    insight_id = IntegerField()
    belongs = StringField()


class MembersForm(ReasonForm):
    """What shall happen to chosen insights of a theme."""

    other_id = IntegerField()
    name = StringField(validators=[Length(max=LONGEST_NAME)])

    @property
    def insight_ids(self) -> list[int]:
        """The insights that were ticked; what is no number is left out."""
        ticked = request.form.getlist("insight_id")
        return [number for one in ticked if (number := access.number_in(one)) is not None]

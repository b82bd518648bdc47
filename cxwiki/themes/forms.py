"""Forms for curating themes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import Length

from cxwiki.themes.curation import LONGEST_NAME


class NameForm(FlaskForm):
    """A theme's name."""

    name = StringField(_l("Name of the theme"), [Length(max=LONGEST_NAME)])


class PinForm(FlaskForm):
    """Whether an insight belongs to a theme."""

    theme_id = IntegerField()
    insight_id = IntegerField()
    belongs = StringField()

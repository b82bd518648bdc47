"""The form that asks why the text of revisions has to go."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from cxwiki.access import LARGEST_ID
from cxwiki.writing.suppression import LONGEST_REASON


class SuppressionForm(FlaskForm):
    """Which revisions, and why."""

    first = IntegerField(_l("From revision"), [InputRequired(), NumberRange(1, LARGEST_ID)])
    last = IntegerField(_l("To revision"), [InputRequired(), NumberRange(1, LARGEST_ID)])
    reason = StringField(_l("Why?"), [InputRequired(_l("Say why.")), Length(max=LONGEST_REASON)])

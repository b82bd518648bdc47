"""The form for a dated event."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from cxwiki.kpis.dated_events import LONGEST_NOTE, LONGEST_TITLE, Happening


class DatedEventForm(FlaskForm):
    """What happened, and when."""

    title = StringField(
        _l("What happened?"), [InputRequired(_l("Say what happened.")), Length(max=LONGEST_TITLE)]
    )
    happened_on = DateField(_l("When?"), [InputRequired(_l("Say on which day."))])
    note = StringField(_l("Note"), [Length(max=LONGEST_NOTE)])

    def happening(self) -> Happening:
        """What was written; only of a form that is valid."""
        day = self.happened_on.data
        if day is None:
            raise ValueError("the form was not checked")
        return Happening(self.title.data or "", day, self.note.data or "")

"""Forms of the editor's own pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length

from cxwiki.writing.text_templates import LONGEST


class TemplateForm(FlaskForm):
    """What texts of a kind begin with."""

    body = TextAreaField(_l("Template"), [Length(max=LONGEST)])

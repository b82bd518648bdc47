"""Forms for what people say about a subject."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length


class CommentForm(FlaskForm):
    """A comment in Markdown."""

    body = TextAreaField(
        _l("Your comment"), [InputRequired(_l("Write something first.")), Length(max=10_000)]
    )

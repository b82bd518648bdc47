"""Forms for what people say about a subject."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from cxwiki.discussion.service import LONGEST_COMMENT
from cxwiki.discussion.threads import audiences

EVERYBODY = ""
_WORDS = (DataRequired(_l("Write something first.")), Length(max=LONGEST_COMMENT))


class WordsForm(FlaskForm):
    """A comment in Markdown, also as it is said differently."""

    body = TextAreaField(_l("Your comment"), _WORDS)


class AnswerForm(FlaskForm):
    """An answer to a comment, in Markdown."""

    body = TextAreaField(_l("Your answer"), _WORDS)


class CommentForm(WordsForm):
    """A comment that begins a thread, and who is to see it."""

    audience = SelectField(_l("Who sees it"), validate_choice=True)

    def __init__(self, person: Any, **given: Any) -> None:
        super().__init__(**given)
        teams = [
            (str(team.id), _("Only members of %(team)s", team=team.name))
            for team in audiences(person)
        ]
        self.audience.choices = [(EVERYBODY, _("Everybody who sees this page")), *teams]
        if self.audience.data is None:
            self.audience.data = EVERYBODY

    @property
    def team_id(self) -> int | None:
        """The team that the comment is internal to."""
        return int(self.audience.data) if self.audience.data else None

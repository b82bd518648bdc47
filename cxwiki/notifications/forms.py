"""The form that connects a chat room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from cxwiki.i18n import language, language_name, settings
from cxwiki.notifications.outbound import LONGEST_ADDRESS
from cxwiki.notifications.shapes import SLACK, TEAMS
from cxwiki.notifications.topics import LABELS, TEAM_TOPICS
from cxwiki.notifications.webhooks import LONGEST_NAME, Draft

_given = DataRequired(_l("Please fill this in."))


class WebhookForm(FlaskForm):
    """A room, where it is, and what it hears of."""

    name = StringField(_l("Name of the channel"), [_given, Length(max=LONGEST_NAME)])
    url = StringField(_l("Address to post to (webhook)"), [_given, Length(max=LONGEST_ADDRESS)])
    shape = SelectField(_l("Program"), choices=[(SLACK, "Slack"), (TEAMS, "Microsoft Teams")])
    language = SelectField(_l("Language"))
    topics = SelectMultipleField(
        _l("It hears of"),
        choices=[(str(topic), LABELS[topic]) for topic in TEAM_TOPICS],
        default=[str(TEAM_TOPICS[0]), str(TEAM_TOPICS[1])],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.language.choices = [(code, language_name(code)) for code in settings().languages]
        if not self.is_submitted():
            self.language.data = language()

    def draft(self) -> Draft:
        """What was typed in."""
        return Draft(
            name=self.name.data or "",
            url=self.url.data or "",
            shape=self.shape.data or "",
            topics=tuple(self.topics.data or ()),
            language=self.language.data or "",
        )

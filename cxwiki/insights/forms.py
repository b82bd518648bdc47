"""Forms for insights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from cxwiki import i18n
from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.discussion.service import parse_tags
from cxwiki.insights import labels
from cxwiki.insights.models import Insight, Kind
from cxwiki.insights.rows import Options
from cxwiki.insights.service import LONGEST_TITLE, MOST_AFFECTED, Draft, current_draft
from cxwiki.richtext import clean
from cxwiki.subjects import Visibility


def _number_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class InsightForm(FlaskForm):
    """Posting and editing. Only the title is needed."""

    title = StringField(
        _l("Title"), [InputRequired(_l("Give it a title.")), Length(max=LONGEST_TITLE)]
    )
    kind = RadioField(
        _l("What is it?"), choices=list(labels.KINDS.items()), default=Kind.PAIN_POINT
    )
    body = TextAreaField(_l("What happened?"), [Length(max=1_000_000)])
    team = SelectField(_l("Team"), coerce=int)
    visibility = SelectField(
        _l("Who may see it"),
        choices=[
            (Visibility.COMPANY, _l("The whole company")),
            (Visibility.TEAM, _l("Only this team")),
        ],
        default=Visibility.COMPANY,
    )
    tags = StringField(_l("Tags"), [Length(max=1000)])
    channel = SelectField(
        _l("Channel"), choices=[("", _l("Not said")), *labels.CHANNELS.items()], default=""
    )
    severity = SelectField(
        _l("How bad is it?"),
        choices=[("", _l("Not said")), *labels.SEVERITIES.items()],
        coerce=_number_or_none,
    )
    customers_affected = IntegerField(
        _l("Customers affected"), [Optional(), NumberRange(0, MOST_AFFECTED)]
    )
    language = SelectField(_l("Language of the text"), default="")
    quote = TextAreaField(_l("In the customer's own words"), [Length(max=5000)])
    quote_source = StringField(_l("Where was it said?"), [Length(max=200)])
    comment = StringField(_l("What did you change?"), [Length(max=300)])
    based_on = IntegerField(default=0)

    def __init__(self, *args: Any, insight: Insight | None = None, **kwargs: Any) -> None:
        if insight is not None:
            draft = current_draft(insight)
            kwargs = {
                **{name: getattr(draft, name) for name in draft.__dataclass_fields__},
                "tags": ", ".join(draft.tags),
                "team": insight.team_id,
                "based_on": insight.revision_number,
                **kwargs,
            }
        kwargs.setdefault("team", current_user.home_team_id)
        super().__init__(*args, **kwargs)
        teams = choices.writable_teams(current_user)
        if insight is not None and insight.team not in teams:
            teams = [*teams, insight.team]
        self.team.choices = [(team.id, team.shown_name) for team in teams]
        self.language.choices = [
            ("", _l("Recognise it")),
            *((code, i18n.language_name(code)) for code in i18n.settings().languages),
        ]

    @classmethod
    def from_address(cls, args: Mapping[str, str]) -> InsightForm:
        """A new form that takes over the title and the kind which an address brings along."""
        kind = args.get("kind")
        return cls(
            title=args.get("title", "")[:LONGEST_TITLE],
            kind=kind if kind in set(Kind) else Kind.PAIN_POINT,
        )

    def draft(self) -> Draft:
        """What was written."""
        return Draft(
            title=self.title.data or "",
            body=self.body.data or "",
            kind=self.kind.data,
            visibility=self.visibility.data,
            tags=tuple(parse_tags(self.tags.data or "")),
            severity=self.severity.data,
            customers_affected=self.customers_affected.data,
            channel=self.channel.data or None,
            language=self.language.data or None,
        )

    def chosen_team(self) -> Team:
        """The team that was chosen; validation saw to it that the person may."""
        team = db.session.get(Team, self.team.data)
        assert team is not None
        return team


class EvidenceForm(FlaskForm):
    """A customer's own words."""

    text = TextAreaField(
        _l("What did the customer say?"),
        [InputRequired(_l("What did the customer say?")), Length(max=5000)],
    )
    source = StringField(_l("Where was it said?"), [Length(max=200)])
    said_on = DateField(_l("When?"), [Optional()])
    file = FileField(_l("File"), [Optional()])


class EchoForm(FlaskForm):
    """What somebody wrote before they saw that it exists already: it can go along."""

    comment = TextAreaField(_l("As a comment"), [Length(max=10_000)])
    quote = TextAreaField(_l("In the customer's own words"), [Length(max=5000)])
    quote_source = StringField(_l("Where was it said?"), [Length(max=200)])

    @classmethod
    def of_insight(cls, written: Mapping[str, str]) -> EchoForm:
        """What the form of a new insight said; its title alone is not worth a comment."""
        body, quote = (clean(written.get(name, "")).strip() for name in ("body", "quote"))
        title = clean(written.get("title", "")).strip()
        return cls(
            formdata=None,
            comment="\n\n".join(filter(None, (title, body)))[:10_000] if body else "",
            quote=quote[:5000],
            quote_source=clean(written.get("quote_source", "")).strip()[:200],
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing would go along."""
        return not ((self.comment.data or "").strip() or (self.quote.data or "").strip())


class MergeForm(FlaskForm):
    """Which of two insights stays, and why they are one."""

    other = IntegerField(validators=[InputRequired()])
    survivor = IntegerField(validators=[InputRequired(_l("Choose which one stays."))])
    reason = StringField(_l("Why are they the same?"), [Length(max=500)])


class StatusForm(FlaskForm):
    """What became of an insight."""

    status = SelectField(_l("Status"), choices=list(labels.STATUSES.items()))
    reason = TextAreaField(_l("Why?"), [Length(max=2000)])


class ImportForm(FlaskForm):
    """A file of insights and how to read it."""

    file = FileField(_l("File (CSV or JSON Lines)"), [FileRequired(_l("Choose a file."))])
    team = SelectField(_l("Team, where a row names none"))
    kind = SelectField(_l("Kind, where a row names none"), choices=list(labels.KINDS.items()))
    source = StringField(_l("Name of the source"), [InputRequired(), Length(max=100)])
    dry_run = BooleanField(_l("Only try it: change nothing"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team.choices = [(team.name, team.shown_name) for team in choices.all_teams()]

    def options(self) -> Options:
        """How to read the rows."""
        return Options(
            source=" ".join(clean(self.source.data or "").split()) or "import",
            team=self.team.data,
            kind=self.kind.data,
            dry_run=bool(self.dry_run.data),
        )


class FilterForm(FlaskForm):
    """The controls of the list; they come and go by the address."""

    class Meta:
        csrf = False

    kind = SelectField(_l("Kind"), choices=[("", _l("All kinds")), *labels.KINDS.items()])
    team = SelectField(_l("Team"))
    status = SelectField(_l("Status"), choices=[("", _l("Every status")), *labels.STATUSES.items()])
    tag = StringField(_l("Tag"))
    channel = SelectField(
        _l("Channel"), choices=[("", _l("All channels")), *labels.CHANNELS.items()]
    )
    author = SelectField(_l("Author"))
    since = DateField(_l("Since"), [Optional()])
    until = DateField(_l("Until"), [Optional()])
    sort = SelectField(
        _l("Order"),
        choices=[
            ("newest", _l("Newest first")),
            ("changed", _l("Last changed first")),
            ("votes", _l("Most votes first")),
            ("reach", _l("Most teams first")),
            ("severity", _l("Worst first")),
            ("oldest", _l("Oldest first")),
        ],
    )
    archived = BooleanField(_l("Archived ones"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(str(team.id), team.shown_name) for team in choices.all_teams()]
        people = [(str(person.id), person.name) for person in choices.people()]
        self.team.choices = [("", _l("All teams")), *teams]
        self.author.choices = [("", _l("Everybody")), *people]

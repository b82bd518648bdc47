"""Forms of set-up, profile, teams, invitations and administration."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty
from wtforms.widgets import CheckboxInput, ListWidget

from cxwiki import access
from cxwiki.accounts import choices, invitations, labels, passwords, policy, service, texts
from cxwiki.accounts.models import RoleName, Team, User
from cxwiki.i18n import settings

LANGUAGES = {"en": "English", "de": "Deutsch"}

_given = DataRequired(_l("Please fill this in."))
_name = [_given, Length(max=texts.MAX_NAME)]
_new_password = [
    InputRequired(_l("Please give a password.")),
    Length(min=passwords.SHORTEST, message=_l("Please use at least %(min)d characters.")),
    Length(max=passwords.LONGEST),
]
_NEW = {"autocomplete": "new-password"}


class SetUpForm(FlaskForm):
    """Everything that an empty wiki needs to know."""

    company = StringField(
        _l("Name of the company"), _name, render_kw={"autocomplete": "organization"}
    )
    name = StringField(_l("Your name"), _name, render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("Your e-mail address"), [_given, Length(max=254)], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(_l("Password"), _new_password, render_kw=_NEW)
    again = PasswordField(
        _l("Password again"),
        [EqualTo("password", _l("The two passwords are not the same."))],
        render_kw=_NEW,
    )
    languages = SelectMultipleField(
        _l("Languages of your wiki"),
        [InputRequired(_l("Please choose at least one."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    teams = TextAreaField(_l("First teams, one a line"), [MayBeEmpty(), Length(max=4000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        offered = settings().languages
        super().__init__(*args, data={"languages": list(offered)}, **kwargs)
        self.languages.choices = [(code, LANGUAGES[code]) for code in offered]


class ProfileForm(FlaskForm):
    """How the site addresses me."""

    name = StringField(_l("Name"), _name, render_kw={"autocomplete": "name"})
    job_title = StringField(
        _l("What you do"),
        [Length(max=texts.MAX_NAME)],
        render_kw={"autocomplete": "organization-title"},
    )
    home_team = SelectField(_l("You post for"), coerce=int)
    language = SelectField(_l("Language"))
    timezone = StringField(
        _l("Time zone"), [Length(max=64)], render_kw={"list": "timezones", "autocomplete": "off"}
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        data = {
            "name": person.name,
            "job_title": person.job_title,
            "home_team": person.home_team_id,
            "language": person.language or "",
            "timezone": person.timezone or "",
        }
        super().__init__(*args, data=data, **kwargs)
        self.home_team.choices = [(team.id, team.shown_name) for team in home_teams(person)]
        self.language.choices = [
            ("", _l("Like the browser")),
            *((code, LANGUAGES[code]) for code in settings().languages),
        ]


class PasswordForm(FlaskForm):
    """A new password of one's own."""

    present = PasswordField(
        _l("Present password"),
        [InputRequired(_l("Please give a password.")), Length(max=passwords.LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(_l("New password"), _new_password, render_kw=_NEW)
    again = PasswordField(
        _l("New password again"),
        [EqualTo("new", _l("The two passwords are not the same."))],
        render_kw=_NEW,
    )


class TokenForm(FlaskForm):
    """A new API token."""

    name = StringField(_l("What is the token for?"), [_given, Length(max=80)])


class TeamForm(FlaskForm):
    """A team."""

    name = StringField(_l("Name"), [_given, Length(max=texts.MAX_TEAM_NAME)])
    description = TextAreaField(
        _l("What the team does"), [MayBeEmpty(), Length(max=texts.MAX_DESCRIPTION)]
    )
    counts_as_silo = BooleanField(_l("Counts as a silo"), default=True)
    day_rate = DecimalField(
        _l("What a person-day costs"),
        [MayBeEmpty(), NumberRange(0, service.HIGHEST_DAY_RATE)],
        places=2,
        render_kw={"step": "0.01", "min": "0", "inputmode": "decimal"},
    )

    def __init__(self, team: Team | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, obj=team, **kwargs)
        if team is None or not access.can("team.set_day_rate", team):
            del self.day_rate
            return
        self.day_rate.description = _(
            "In %(currency)s. With the days that people estimate for open actions it gives the "
            "staffing need in reports.",
            currency=settings().currency,
        )


class MemberForm(FlaskForm):
    """A person who is to join a team."""

    email = EmailField(
        _l("E-mail address of a colleague"),
        [_given, Length(max=254)],
        render_kw={"list": "people", "autocomplete": "off"},
    )


class InvitationForm(FlaskForm):
    """A link that lets people in."""

    role = SelectField(_l("Role"))
    days = IntegerField(
        _l("Valid for how many days"),
        [InputRequired(), NumberRange(1, invitations.MAX_DAYS)],
        default=14,
    )
    max_uses = IntegerField(
        _l("For how many people"),
        [InputRequired(), NumberRange(1, invitations.MAX_USES)],
        default=1,
    )
    note = StringField(_l("Note for yourself"), [Length(max=200)])

    def __init__(self, inviting: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [(role, labels.ROLES[role]) for role in policy.roles_to_offer(inviting)]


class AcceptForm(FlaskForm):
    """A new account by invitation."""

    name = StringField(_l("Your name"), _name, render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("Your e-mail address"), [_given, Length(max=254)], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(_l("Password"), _new_password, render_kw=_NEW)
    again = PasswordField(
        _l("Password again"),
        [EqualTo("password", _l("The two passwords are not the same."))],
        render_kw=_NEW,
    )


class PersonForm(FlaskForm):
    """What an administrator says about a person."""

    role = SelectField(_l("Role"), choices=[(role, labels.ROLES[role]) for role in RoleName])
    home_team = SelectField(_l("Posts for"), coerce=int)

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        data = {"role": person.role, "home_team": person.home_team_id}
        super().__init__(*args, data=data, **kwargs)
        self.home_team.choices = [(team.id, team.shown_name) for team in home_teams(person)]


class PeopleFilter(FlaskForm):
    """Which people the list shows."""

    class Meta:
        csrf = False

    q = StringField(_l("Name or e-mail address"))
    role = SelectField(
        _l("Role"), choices=[("", _l("All")), *((role, labels.ROLES[role]) for role in RoleName)]
    )
    active = SelectField(
        _l("Status"), choices=[("", _l("All")), ("yes", _l("Active")), ("no", _l("Deactivated"))]
    )


def home_teams(person: User) -> list[Team]:
    """Return the teams that can be somebody's home: their own, and Company."""
    return [team for team in choices.all_teams() if team.is_builtin or team.id in person.team_ids]

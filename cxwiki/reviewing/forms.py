"""Forms for reviews."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from cxwiki.access import WRITERS
from cxwiki.accounts import choices
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.reviewing import labels
from cxwiki.reviewing.finding import ALL, TO_REVIEW
from cxwiki.reviewing.models import Review
from cxwiki.reviewing.service import LONGEST_NOTE
from cxwiki.reviewing.states import State


def _number_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None", 0, "0") else None


class PlanForm(FlaskForm):
    """Who looks after a page, and how often."""

    owner = SelectField(_l("Who looks after it"), coerce=_number_or_none)
    months = SelectField(_l("How often it is reviewed"), coerce=_number_or_none)
    review_on = DateField(_l("Next review"), [Optional()])

    def __init__(self, *args: Any, review: Review | None = None, **kwargs: Any) -> None:
        if review is not None:
            kwargs = {
                "owner": review.owner_id,
                "months": review.months,
                "review_on": review.review_on,
                **kwargs,
            }
        super().__init__(*args, **kwargs)
        present = review.owner if review is not None else None
        self.owner.choices = _people(_l("Nobody"), present)
        intervals: dict[int, Any] = dict(labels.INTERVALS)
        if review is not None and review.months and review.months not in intervals:
            intervals[review.months] = _l("Every %(number)s months", number=review.months)
        self.months.choices = [("", _l("Never")), *sorted(intervals.items())]

    def chosen_owner(self) -> User | None:
        """The person who was chosen."""
        return db.session.get(User, self.owner.data) if self.owner.data else None


class VerificationForm(FlaskForm):
    """Still true, with a note if there is something to say."""

    note = StringField(_l("Note"), [Length(max=LONGEST_NOTE)])


class DoubtForm(FlaskForm):
    """No longer true, and why."""

    why = TextAreaField(
        _l("What is no longer true?"),
        [InputRequired(_l("Say what is no longer true.")), Length(max=LONGEST_NOTE)],
    )


class HandOverForm(FlaskForm):
    """To whom the chosen pages are handed over."""

    owner = SelectField(_l("Hand over to"), coerce=_number_or_none)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner.choices = _people(_l("Choose a person"))

    def chosen_owner(self) -> User | None:
        """The person who was chosen."""
        return db.session.get(User, self.owner.data) if self.owner.data else None


class FilterForm(FlaskForm):
    """The controls of the list; they come and go by the address."""

    class Meta:
        csrf = False

    state = SelectField(
        _l("State"),
        choices=[
            (TO_REVIEW, _l("To be reviewed")),
            *((state.value, labels.STATES[state]) for state in State),
            (ALL, _l("All")),
        ],
        default=TO_REVIEW,
    )
    team = SelectField(_l("Team"))
    owner = SelectField(_l("Owner"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team.choices = [
            ("", _l("All teams")),
            *((str(team.id), team.shown_name) for team in choices.all_teams()),
        ]
        self.owner.choices = [
            ("", _l("Everybody")),
            ("nobody", _l("Nobody, or somebody who left")),
            *((str(person.id), person.name) for person in choices.people(roles=sorted(WRITERS))),
        ]


def _people(nobody: Any, present: User | None = None) -> list[tuple[Any, Any]]:
    """Who can look after pages; also whoever does now, though they may have left."""
    offered = {person.id: person.name for person in choices.people(roles=sorted(WRITERS))}
    if present is not None:
        offered.setdefault(present.id, present.name)
    return [("", nobody), *offered.items()]

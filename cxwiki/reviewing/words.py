"""What happened to a page's review, in words."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from cxwiki import i18n, wording
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.reviewing.models import Review


def _day_of(event: Event) -> str:
    day = event.data.get("review_on")
    return i18n.day(date.fromisoformat(day)) if day else ""


def _due(event: Event) -> str:
    return ngettext(
        "asks whether this is still true: please look at it by %(day)s",
        "asks whether %(num)s pages are still true, this one among them: please look at it by "
        "%(day)s",
        int(event.data.get("count", 1)),
        day=_day_of(event),
    )


def _overdue(event: Event) -> str:
    return ngettext(
        "says that this was to be reviewed by %(day)s, and nobody has",
        "says that %(num)s pages were to be reviewed, and nobody has: this one by %(day)s",
        int(event.data.get("count", 1)),
        day=_day_of(event),
    )


def _outdated(event: Event) -> str:
    review = db.session.get(Review, event.subject_id)
    if review is None or not review.outdated_why:
        return _("said that this is outdated")
    return _("said that this is outdated: %(why)s", why=review.outdated_why)


def _verified(event: Event) -> str:
    return _("said that this is still true")


def _planned(event: Event) -> str:
    day = _day_of(event)
    return _("set the review for %(day)s", day=day) if day else _("took the review date away")


def _handed_over(event: Event) -> str:
    owner_id = event.data.get("owner_id")
    if owner_id is None:
        return _("left it without an owner")
    owner = db.session.get(User, owner_id)
    return _("made %(name)s its owner", name=owner.name if owner else _("somebody who left"))


def _owner_left(event: Event) -> str:
    person = db.session.get(User, event.data.get("person_id", 0))
    count = int(event.data.get("count", 1))
    return ngettext(
        "says that %(name)s left: this page needs a new owner",
        "says that %(name)s left: %(num)s pages need a new owner, this one among them",
        count,
        name=person.name if person else _("Somebody"),
    )


def register() -> None:
    """Say what the events mean."""
    # How many pages somebody has to look at may count some that others do not see.
    wording.register("review.due", _due, everybody=False)
    wording.register("review.overdue", _overdue, everybody=False)
    wording.register("review.outdated", _outdated)
    wording.register("review.verified", _verified)
    wording.register("review.planned", _planned)
    wording.register("review.handed_over", _handed_over)
    wording.register("review.owner_left", _owner_left, everybody=False)

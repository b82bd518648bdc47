"""Looking after pages: who owns them, until when they hold, who said that they still do."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from cxwiki import access, i18n, richtext
from cxwiki.access import WRITERS
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import record
from cxwiki.reviewing import reviewable, states
from cxwiki.reviewing.models import Review, Verification
from cxwiki.reviewing.states import MOST_MONTHS, USUAL_MONTHS
from cxwiki.subjects import Subject

LONGEST_NOTE = 500


def schedule(subject: Subject) -> Review | None:
    """Give a page that has none the owner and the date of its kind; in the caller's transaction."""
    reviewed = reviewable.of(subject)
    months = reviewed.months_of(subject) if reviewed else None
    if months is None:
        return None
    author = db.session.get(User, subject.author_id) if subject.author_id else None
    written_on = subject.created_at.astimezone(i18n.settings().timezone).date()
    review = Review(
        subject_id=subject.id,
        owner_id=author.id if author is not None and can_own(author, subject) else None,
        months=months,
        review_on=states.first_review(written_on, months, i18n.today()),
    )
    db.session.add(review)
    return review


def can_own(person: User, subject: Subject) -> bool:
    """Whether the person is here, sees the page and could change it."""
    return person.active and person.role in WRITERS and access.sees(person, subject)


@command
def plan(
    subject: Subject, owner: User | None, months: int | None, review_on: date | None, by: User
) -> Review:
    """Say who looks after the page and how often; `months` None means that nobody has to.

    Without `review_on` the interval begins today. Raises DomainError for an owner who could not
    do it, and for a day that is over.
    """
    review = _locked(subject) or _new(subject)
    if owner is not None and owner.id != review.owner_id:
        check_owner(owner, subject)
    if months is not None and not 1 <= months <= MOST_MONTHS:
        raise DomainError(
            _("Choose between 1 and %(number)s months.", number=MOST_MONTHS), "months"
        )
    today = i18n.today()
    if months is None:
        review_on = None
    elif review_on is None:
        review_on = states.after_months(today, months)
    if review_on != review.review_on:
        i18n.check_day(review_on, "review_on")
        if review_on is not None and review_on < today:
            raise DomainError(_("Choose a day that is still to come."), "review_on")
    if (months, review_on) != (review.months, review.review_on):
        review.months, review.review_on = months, review_on
        # Who sets a near date has just read it: no reminder ahead of it.
        review.reminded_for = review_on if review_on and review_on <= today + states.AHEAD else None
        record(
            "review.planned", subject, by=by, review_on=review_on.isoformat() if review_on else None
        )
    _own(review, subject, owner, by)
    return review


@command
def hand_over_one(subject: Subject, owner: User, by: User) -> bool:
    """Give the page to another owner. Returns whether that changed anything."""
    check_owner(owner, subject)
    return _own(_locked(subject) or _new(subject), subject, owner, by)


@command
def verify(subject: Subject, by: User, note: str = "") -> Review:
    """Say that the page is still true: it holds for another interval, and is outdated no more."""
    review = _locked(subject)
    if review is None:
        review = _new(subject)
        review.owner_id = by.id
    note = _note(note, "note")
    now = utcnow()
    review.months = review.months or USUAL_MONTHS
    review.review_on = states.after_months(i18n.today(), review.months)
    review.verified_at, review.verified_by_id = now, by.id
    review.outdated_at, review.outdated_by_id, review.outdated_why = None, None, ""
    db.session.add(Verification(subject_id=subject.id, by_id=by.id, at=now, note=note))
    record("review.verified", subject, by=by, review_on=review.review_on.isoformat())
    return review


@command
def call_outdated(subject: Subject, by: User, why: str) -> Review:
    """Say that the page is no longer true, and why. Raises Conflict if somebody did before."""
    review = _locked(subject) or _new(subject)
    why = _note(why, "why")
    if not why:
        raise DomainError(_("Say what is no longer true, so that its owner can mend it."), "why")
    if review.outdated_at is not None:
        raise Conflict(_("Somebody said before that this is outdated."), "why")
    review.outdated_at, review.outdated_by_id, review.outdated_why = utcnow(), by.id, why
    record("review.outdated", subject, by=by)
    return review


def check_owner(owner: User, subject: Subject) -> None:
    """Refuse an owner who could not look after the page. Raises DomainError."""
    if not owner.active:
        raise DomainError(_("%(name)s is no longer here.", name=owner.name), "owner")
    if owner.role not in WRITERS:
        raise DomainError(_("%(name)s may not change pages.", name=owner.name), "owner")
    if not access.sees(owner, subject):
        raise DomainError(_("%(name)s does not see this page.", name=owner.name), "owner")


def _own(review: Review, subject: Subject, owner: User | None, by: User) -> bool:
    owner_id = owner.id if owner else None
    if owner_id == review.owner_id:
        return False
    before, review.owner_id = review.owner_id, owner_id
    record("review.handed_over", subject, by=by, owner_id=owner_id, owner_before_id=before)
    return True


def _note(text: str, field: str) -> str:
    text = richtext.clean(text).strip()
    richtext.check_length(text, LONGEST_NOTE, field)
    return text


def _locked(subject: Subject) -> Review | None:
    return db.session.get(Review, subject.id, with_for_update=True, populate_existing=True)


def _new(subject: Subject) -> Review:
    review = Review(subject_id=subject.id, outdated_why="")
    db.session.add(review)
    db.session.flush()
    return review

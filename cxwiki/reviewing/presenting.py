"""What pages show of reviews: the box in the rail, the warning, marks in lists, a team's list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectin_polymorphic

from cxwiki import paging
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.reviewing import finding, reviewable
from cxwiki.reviewing.finding import Filters
from cxwiki.reviewing.models import Review, Verification
from cxwiki.reviewing.states import Mark, State
from cxwiki.subjects import Subject

SHOWN = 10


@dataclass(frozen=True)
class Standing:
    """How one page stands: its review, its state today, and what a list would say."""

    review: Review
    state: State | None
    mark: Mark | None


@dataclass(frozen=True)
class Row:
    """A reviewed page in a list."""

    subject: Subject
    review: Review
    state: State | None


def standing_of(subject: Subject) -> Standing | None:
    """How the page stands; None if it cannot be reviewed or nobody ever asked for it."""
    if reviewable.of(subject) is None:
        return None
    review = db.session.get(Review, subject.id)
    if review is None:
        return None
    state = finding.state(review)
    return Standing(review, state, finding.mark_for(state))


def marks_of(subjects: Iterable[Subject]) -> Mapping[int, Mark]:
    """What a list says of pages that somebody has to look at; one query."""
    return finding.marks_of([subject.id for subject in subjects])


def rows_of(subjects: Sequence[Subject]) -> list[Row]:
    """The reviews of a list of pages, with their people; one query."""
    query = (
        select(Review)
        .where(Review.subject_id.in_([subject.id for subject in subjects]))
        .options(joinedload(Review.owner), joinedload(Review.verified_by))
    )
    reviews = {review.subject_id: review for review in db.session.scalars(query)}
    return [
        Row(subject, reviews[subject.id], finding.state(reviews[subject.id]))
        for subject in subjects
        if subject.id in reviews
    ]


def page_of(filters: Filters, page: int, per_page: int) -> paging.Page[Subject]:
    """One page of a list, with one query a type of page."""
    models = [reviewed.model for reviewed in reviewable.types().values()]
    options = [selectin_polymorphic(Subject, models)] if models else []
    return paging.paginate(finding.query(filters), Subject, page, per_page, *options)


def verifications_of(subject: Subject) -> Sequence[Verification]:
    """Who said when that the page is true, the latest first."""
    query = select(Verification).where(Verification.subject_id == subject.id)
    return db.session.scalars(query.order_by(Verification.id.desc()).limit(50)).all()


def warning(subject: Subject) -> str:
    """What an overdue or outdated page says before its text."""
    return render_template("reviewing/_warning.html", subject=subject)


def box(subject: Subject) -> str:
    """Who looks after a page and until when it holds, in its rail."""
    return render_template("reviewing/_box.html", subject=subject)


def start(subject: Subject) -> str:
    """The way to a first owner and date, in the menu of a page that has none."""
    return render_template("reviewing/_start.html", subject=subject)


def of_team(team: Team) -> str:
    """What of a team's is due, on its page."""
    found = page_of(Filters(team=team.id), 1, SHOWN)
    orphans = page_of(Filters(state=finding.ALL, team=team.id, without_owner=True), 1, 1).total
    if not found.total and not orphans:
        return ""
    return render_template(
        "reviewing/_team.html",
        team=team,
        rows=rows_of(found.items),
        total=found.total,
        orphans=orphans,
    )


def of_person(person: User) -> str:
    """What somebody looks after, on the administrator's page about them."""
    total = page_of(Filters(state=finding.ALL, owner=person.id), 1, 1).total
    if not total:
        return ""
    return render_template("reviewing/_person.html", person=person, total=total)


def menu_item(_nothing: object) -> str:
    """The way to the reviews in the person menu."""
    return render_template("reviewing/_menu_item.html") if current_user.is_authenticated else ""

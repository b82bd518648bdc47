"""When somebody leaves: what they looked after is told to those who can hand it over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import access
from cxwiki.accounts.models import RoleName, User
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.events import Event, on, record
from cxwiki.reviewing import people, reviewable, service
from cxwiki.reviewing.models import Review
from cxwiki.subjects import Subject, Visibility

OWNER_LEFT = "review.owner_left"
MOST = 200


@dataclass(frozen=True)
class Refusal:
    """A page that stayed with its owner, and why. What the person does not see is only a number."""

    subject_id: int
    subject: Subject | None
    message: str


@dataclass(frozen=True)
class Report:
    """What became of handing many over."""

    handed: Sequence[int]
    refused: Sequence[Refusal]


def hand_over(ids: Sequence[int], owner: User, by: User) -> Report:
    """Give many pages to another owner, each in a transaction of its own.

    Raises DomainError when none or too many are chosen.
    """
    wanted = list(dict.fromkeys(number for number in ids if access.is_id(number)))
    if not wanted:
        raise DomainError(_("Choose at least one page."))
    if len(wanted) > MOST:
        raise DomainError(_("At most %(number)s pages at once, please.", number=MOST))
    handed: list[int] = []
    refused: list[Refusal] = []
    by_id, owner_id = by.id, owner.id
    for subject_id in wanted:
        subject = db.session.get(Subject, subject_id)
        person = db.session.get(User, by_id)
        heir = db.session.get(User, owner_id)
        assert person is not None
        assert heir is not None
        if subject is None or not access.sees(person, subject) or not reviewable.of(subject):
            refused.append(Refusal(subject_id, None, _("There is no such page.")))
        elif not access.can("review.hand_over", subject, person):
            refused.append(Refusal(subject_id, subject, _("You may not hand this page over.")))
        else:
            try:
                service.hand_over_one(subject, heir, person)
                handed.append(subject_id)
            except DomainError as error:
                refused.append(Refusal(subject_id, subject, error.message))
    return Report(handed, refused)


@on("person.deactivated")
def tell(event: Event) -> None:
    """Say once a team that an owner left, to its leads; without any to managers, then to admins."""
    owned = db.session.scalars(
        select(Subject)
        .join(Review, Review.subject_id == Subject.id)
        .where(Review.owner_id == event.data["person_id"], Subject.archived_at.is_(None))
        .order_by(Subject.id)
    )
    by_team: dict[int, list[Subject]] = defaultdict(list)
    for subject in owned:
        by_team[subject.team_id].append(subject)
    for team_id, subjects in by_team.items():
        _tell_team(event.data["person_id"], team_id, subjects)


def _tell_team(person_id: int, team_id: int, subjects: Sequence[Subject]) -> None:
    leads = people.leads_of(team_id)
    managers = people.with_role(RoleName.MANAGER)
    for_company = [one for one in subjects if one.visibility == Visibility.COMPANY]
    if leads:
        hears, seen = leads, subjects
    elif managers and for_company:
        hears, seen = managers, for_company
    else:
        hears, seen = people.with_role(RoleName.ADMINISTRATOR), subjects
    ids = [person.id for person in hears if person.id != person_id]
    if ids:
        record(OWNER_LEFT, seen[0], person_id=person_id, count=len(seen), user_ids=ids)

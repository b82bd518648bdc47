"""Who would read an action, compared with who may read what it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from flask_babel import gettext as _

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.actions.drafts import Draft
from cxwiki.database import db
from cxwiki.discussion.models import Comment
from cxwiki.errors import DomainError
from cxwiki.subjects import Subject, Visibility

S = TypeVar("S", bound=Subject)


class Reveals(DomainError):
    """More people would read it than could read what it comes from: the person is asked first."""


def seen(model: type[S], ids: Iterable[int | None], by: User, field: str) -> Sequence[S]:
    """Load what is newly linked; what `by` does not see cannot be told from what does not exist."""
    wanted = {wish for wish in ids if wish is not None}
    if not wanted:
        return []
    possible = {wish for wish in wanted if access.is_id(wish)}
    query = access.visible(model, by).where(model.id.in_(possible)).order_by(model.id)
    found = db.session.scalars(query).all()
    if len(found) < len(wanted):
        missing = min(wanted - {subject.id for subject in found})
        raise DomainError(_("There is no such entry: %(number)s.", number=missing), field)
    return found


def comment_seen(comment_id: int | None, by: User) -> list[Subject]:
    """What a newly named comment is about. Raises DomainError if `by` sees no such comment."""
    if comment_id is None:
        return []
    said = db.session.get(Comment, comment_id) if access.is_id(comment_id) else None
    gone = said is None or said.archived_at is not None or said.team_id is not None
    if said is None or gone or not access.sees(by, said.subject):
        raise DomainError(_("There is no such comment."), "comment_id")
    return [said.subject]


def narrowest(origins: Iterable[Subject]) -> str:
    """The visibility of what comes from these: a team's, if any of them is."""
    closed = any(origin.visibility == Visibility.TEAM for origin in origins)
    return Visibility.TEAM if closed else Visibility.COMPANY


def _would_see(person: User, draft: Draft, team: Team) -> bool:
    everybody = draft.visibility == Visibility.COMPANY
    return everybody or team.id in person.team_ids or person.is_administrator


def check_audience(draft: Draft, team: Team, by: User) -> None:
    """Refuse an audience that makes no sense, or that the person does not belong to."""
    if draft.visibility == Visibility.TEAM and team.is_builtin:
        raise DomainError(_("Choose a team, if only a team may see it."), "team")
    if not _would_see(by, draft, team):
        raise DomainError(_("You would not see it yourself any more."), "visibility")


def check_owner(draft: Draft, team: Team, before: int | None = None) -> None:
    """Refuse an owner who could not work on it or would not see it; who has it may keep it."""
    if draft.owner_id is None:
        return
    owner = db.session.get(User, draft.owner_id)
    if owner is None or not owner.active or owner.role not in access.WRITERS:
        if owner is None or owner.id != before:
            raise DomainError(_("This person cannot work on actions."), "owner")
    elif not _would_see(owner, draft, team):
        raise DomainError(
            _("%(name)s is not in %(team)s and would not see it.", name=owner.name, team=team.name),
            "owner",
        )


def kept_closer(subjects: Iterable[Subject], draft: Draft, team: Team) -> list[Subject]:
    """Which of the subjects fewer people may read than will read the action."""
    same = draft.visibility == Visibility.TEAM
    return [
        subject
        for subject in subjects
        if subject.visibility == Visibility.TEAM and not (same and subject.team_id == team.id)
    ]


def refuse_to_reveal(closer: Sequence[Subject]) -> None:
    """Raise Reveals, saying what more people would read, if anything is kept closer."""
    if not closer:
        return
    names = ", ".join(
        _("“%(title)s” (only %(team)s)", title=subject.title, team=subject.team.name)
        for subject in closer[:5]
    )
    raise Reveals(
        _(
            "More people would read this than may read %(names)s. They would see the title, the "
            "text, the comments and the history of this action, not what it links to.",
            names=names,
        ),
        "visibility",
    )

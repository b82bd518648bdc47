"""Merging duplicates: one insight goes up in another. It is linked, never deleted.

`Merge` rows say what was merged into what, in which order; `merged_into_id` leads straight to the
living insight at the end of them. Both must be seen by the same people, so that nothing is shown
to more people by a merge, and nobody loses sight of what is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, text, update

from cxwiki import access, richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.discussion.models import Comment
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import Event, on, record
from cxwiki.insights import following, likely, voting
from cxwiki.insights.models import Evidence, Insight, Merge
from cxwiki.insights.policy import same_readers
from cxwiki.subjects import Subject, Visibility

LONGEST_REASON = 500


@command
def merge(merged: Insight, into: Insight, by: User, reason: str = "") -> Merge:
    """Let `merged` go up in `into`, with everything that hangs on it.

    Raises Conflict if one of them is gone meanwhile, DomainError if others see the one than the
    other. Whether `by` may do so is for the caller to ask.
    """
    one_at_a_time()
    if merged.id == into.id:
        raise DomainError(_("Choose another insight."), "into")
    for one in sorted((merged, into), key=lambda one: one.id):
        db.session.refresh(one, with_for_update=True)
    if merged.is_archived or into.is_archived:
        raise Conflict(_("One of the two was archived or merged meanwhile. Nothing was changed."))
    if refusal := why_not(merged, into):
        raise DomainError(refusal, "into")
    said = Merge(
        merged_id=merged.id,
        into_id=into.id,
        reason=richtext.one_line(reason)[:LONGEST_REASON],
        by_id=by.id,
    )
    db.session.add(said)
    merged.archived_at, merged.merged_into_id = utcnow(), into.id
    merged.touch()
    into.touch()
    db.session.flush()
    _lead([*_family(merged.id)], into.id)
    following.carry(said)
    _settle(merged, into)
    likely.confirm(merged.id, into.id, by)
    record("insight.archived", merged, by=by, merge_id=said.id)
    record("insight.merged", into, by=by, merged_id=merged.id, into_id=into.id, merge_id=said.id)
    return said


@command
def unmerge(merged: Insight, by: User) -> Insight:
    """Take an insight out again, with all that it had; returns the one that it was part of.

    What was added to the survivor since stays there.
    """
    one_at_a_time()
    db.session.refresh(merged, with_for_update=True)
    said = following.active_merge(merged.id)
    if said is None or merged.merged_into_id is None:
        raise Conflict(_("Somebody took it out already."))
    survivor = db.session.get_one(Insight, merged.merged_into_id)
    between = [one.into_id for one in _way(merged.id)]
    said.undone_at, said.undone_by_id = utcnow(), by.id
    following.come_back(said)
    merged.archived_at = merged.merged_into_id = None
    merged.touch()
    survivor.touch()
    db.session.flush()
    _lead([*_family(merged.id)], merged.id)
    _settle(merged, *(db.session.get_one(Insight, one) for one in between))
    likely.deny(merged.id, said.into_id, by)
    record("insight.restored", merged, by=by, merge_id=said.id)
    record(
        "insight.unmerged",
        survivor,
        by=by,
        merged_id=merged.id,
        into_id=survivor.id,
        merge_id=said.id,
    )
    return survivor


def why_not(merged: Insight, into: Insight) -> str:
    """Why the two cannot be merged although they may say the same; empty if they can."""
    if same_readers(merged, into):
        return ""
    if Visibility.TEAM in (merged.visibility, into.visibility) and merged.team_id != into.team_id:
        return _("Only a team sees one of them. Let both be seen by the same people first.")
    return _(
        "Only %(team)s sees one of them, the whole company the other. Let both be seen by the "
        "same people first.",
        team=merged.team.shown_name,
    )


# --- where they are now ---------------------------------------------------------------------------


def survivor_of(insight: Insight, person: Any) -> Insight | None:
    """The living insight that a merged one is part of, if the person may see it."""
    if insight.merged_into_id is None:
        return None
    found = db.session.get(Insight, insight.merged_into_id)
    return found if found is not None and access.sees(person, found) else None


def at_address(subject_id: int, person: Any) -> int:
    """The insight that is meant by an address: a merged one's leads to the survivor."""
    insight = db.session.get(Insight, subject_id) if access.is_id(subject_id) else None
    if insight is None or not access.sees(person, insight):
        return subject_id
    survivor = survivor_of(insight, person)
    return survivor.id if survivor is not None else subject_id


def merged_into(insight: Insight, person: Any) -> Sequence[tuple[Insight, Merge]]:
    """All that is part of the insight by merges and that the person may see, the latest first."""
    query = (
        select(Insight, Merge)
        .join(Merge, Merge.merged_id == Insight.id)
        .where(
            Insight.merged_into_id == insight.id,
            Merge.undone_at.is_(None),
            access.visible_to(person, Insight),
        )
        .order_by(Merge.id.desc())
    )
    return [(one, said) for one, said in db.session.execute(query).tuples()]


def merge_between(
    merged_id: int | None, into: Insight, person: Any
) -> tuple[Insight, Merge] | None:
    """The merged insight whose old address led to `into`, and how it came to that."""
    found = db.session.get(Insight, merged_id) if merged_id and access.is_id(merged_id) else None
    if found is None or found.merged_into_id != into.id or not access.sees(person, found):
        return None
    said = following.active_merge(found.id)
    return (found, said) if said is not None else None


# --- together with others -------------------------------------------------------------------------


def one_at_a_time() -> None:
    """Wait until nobody else merges: SQLite has one writer anyway, PostgreSQL is told to."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('insight merges'))"))


@on("comment.created", "team_comment.created", "insight.evidence_added")
def follow_late(event: Event) -> None:
    """What somebody said in the moment of a merge goes where all the rest went."""
    query = select(Subject.merged_into_id).where(Subject.id == event.subject_id)
    into = db.session.scalar(query.where(Subject.type == "insight"))
    if into is None:
        return
    said: Comment | Evidence
    if event.name != "insight.evidence_added":
        said = db.session.get_one(Comment, event.data["comment_id"])
        said.subject_id = into
    else:
        said = db.session.get_one(Evidence, event.data["evidence_id"])
        said.insight_id = into
    event.subject_id = into
    db.session.flush()
    db.session.expire(said)


def _family(insight_id: int) -> list[int]:
    """All that is part of an insight by merges, however far back."""
    found: list[int] = []
    newest = [insight_id]
    while newest:
        rows = select(Merge.merged_id).where(Merge.into_id.in_(newest), Merge.undone_at.is_(None))
        newest = [one for one in db.session.scalars(rows) if one not in found]
        found += newest
    return found


def _way(insight_id: int) -> list[Merge]:
    """The merges from an insight to the living one."""
    way: list[Merge] = []
    while (said := following.active_merge(insight_id)) is not None and said not in way:
        way.append(said)
        insight_id = said.into_id
    return way


def _lead(ids: Sequence[int], to: int) -> None:
    if ids:
        db.session.execute(
            update(Subject)
            .where(Subject.id.in_(ids))
            .values(merged_into_id=to)
            .execution_options(synchronize_session=False)
        )


def _settle(*insights: Insight) -> None:
    """Forget what was read of things that hang elsewhere now, and count anew."""
    db.session.flush()
    db.session.expire_all()
    for insight in insights:
        voting.recount(insight)

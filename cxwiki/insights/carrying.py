"""What goes along when an insight is merged, of this feature and of those below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import ngettext
from sqlalchemy import ColumnElement, delete, func, or_, select, true, update

from cxwiki import access
from cxwiki.attachments.models import Attachment
from cxwiki.attachments.policy import inside
from cxwiki.database import db
from cxwiki.discussion.models import Comment, Watch
from cxwiki.insights import following
from cxwiki.insights.following import Follower, Kept
from cxwiki.insights.models import Evidence, Vote
from cxwiki.linking.models import TextLink
from cxwiki.subjects import Subject

Condition = Callable[[Any], ColumnElement[bool]]


def hanging(
    name: str,
    insight: Any,
    key: Any,
    words: Callable[[int], str],
    may_know: Condition = lambda _person: true(),
    *,
    aside: bool = False,
) -> Follower:
    """Rows that hang on insights by the column `insight` and are told apart by the column `key`.

    `may_know` says which of them a person may know of, `aside` that those which the survivor has
    too shall not stay on the merged insight; such rows name at most `by_id` and `at` besides.
    """
    model = insight.class_

    def at(insight_id: int) -> Iterable[int]:
        return db.session.scalars(select(key).where(insight == insight_id))

    def turn(keys: Sequence[int], source: int, target: int) -> Iterable[int]:
        db.session.execute(
            update(model)
            .where(insight == source, key.in_(keys))
            .values({insight.key: target})
            .execution_options(synchronize_session=False)
        )
        return keys

    def seen(keys: Sequence[int], person: Any) -> int:
        found = select(func.count(func.distinct(key))).where(key.in_(keys), may_know(person))
        return db.session.scalar(found) or 0 if keys else 0

    def put_aside(keys: Sequence[int], source: int) -> Kept:
        here = insight == source, key.in_(keys)
        rows = db.session.execute(select(key, model.by_id, model.at).where(*here)).all()
        db.session.execute(delete(model).where(*here).execution_options(synchronize_session=False))
        return [{"key": row[0], "by": row[1], "at": row[2].isoformat()} for row in rows]

    def put_back(kept: Kept, source: int) -> None:
        here = set(at(source))
        db.session.add_all(
            model(
                **{insight.key: source, key.key: one["key"]},
                by_id=one["by"],
                at=datetime.fromisoformat(one["at"]),
            )
            for one in kept
            if one["key"] not in here
        )

    if not aside:
        return Follower(name, at, turn, seen, words)
    return Follower(name, at, turn, seen, words, put_aside, put_back)


def _is_for(person: Any) -> ColumnElement[bool]:
    """Comments that were not taken away, and internal ones for their team alone."""
    mine = or_(Comment.team_id.is_(None), Comment.team_id.in_(person.team_ids))
    return Comment.archived_at.is_(None) & mine


def _of_seen_texts(person: Any) -> ColumnElement[bool]:
    texts = select(Subject.id).where(Subject.archived_at.is_(None), access.visible_to(person))
    return TextLink.from_id.in_(texts)


def _leave(_keys: Sequence[int], _source: int, _target: int) -> Iterable[int]:
    """Links in texts stay as they are written: they lead on, and count as links to the survivor."""
    return []


def connect() -> None:
    """Register what hangs on insights."""
    for kind in (
        hanging(
            "votes",
            Vote.insight_id,
            Vote.user_id,
            lambda number: ngettext("%(num)s vote", "%(num)s votes", number),
        ),
        hanging(
            "evidence",
            Evidence.insight_id,
            Evidence.id,
            lambda number: ngettext("%(num)s quote", "%(num)s quotes", number),
        ),
        hanging(
            "comments",
            Comment.subject_id,
            Comment.id,
            lambda number: ngettext("%(num)s comment", "%(num)s comments", number),
            _is_for,
        ),
        hanging(
            "attachments",
            Attachment.subject_id,
            Attachment.id,
            lambda number: ngettext("%(num)s attachment", "%(num)s attachments", number),
            lambda person: Attachment.archived_at.is_(None) & inside(person),
        ),
        hanging(
            "watches",
            Watch.subject_id,
            Watch.user_id,
            lambda number: ngettext(
                "%(num)s person who watches it", "%(num)s people who watch it", number
            ),
            lambda _person: Watch.muted.is_(False),
        ),
        replace(
            hanging(
                "text_links",
                TextLink.to_id,
                TextLink.id,
                lambda number: ngettext(
                    "%(num)s link in another text", "%(num)s links in other texts", number
                ),
                _of_seen_texts,
            ),
            turn=_leave,
        ),
    ):
        following.register(kind)

"""Keeping what links need: the folded titles of everything, and the links of every text.

It follows the session, so that nothing that is written with the usual means can be forgotten: new
titles, changed titles, changed texts. What SQL alone changes does not pass here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import delete, event, insert, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction, attributes

from cxwiki.database import db
from cxwiki.events import Event, on, record
from cxwiki.linking.models import FormerTitle, TextLink, TitleKey
from cxwiki.linking.titles import key_of, number_in
from cxwiki.richtext import marks
from cxwiki.subjects import Subject, Visibility
from cxwiki.writing.models import Revision

RENAMED = "subject.renamed"
_renamed = "renamed subjects"


@event.listens_for(Session, "after_flush")
def _follow(session: Session, _context: UOWTransaction) -> None:
    """Write down the titles and links of what was just written."""
    new = [one for one in session.new if isinstance(one, Subject)]
    changed = [one for one in session.dirty if isinstance(one, Subject)]
    if new:
        _add_titles(session, new)
    renamed = [(one, old) for one in changed if (old := _old_title(one)) is not None]
    for subject, old in renamed:
        _rename(session, subject, old)
    written = [one for one in (*new, *changed) if _text_changed(one)]
    if written:
        _keep_links(session, written)


@event.listens_for(Session, "before_flush")
def _forget(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """What is deleted for good takes its titles and links along."""
    gone = [one.id for one in session.deleted if isinstance(one, Subject)]
    if gone:
        with session.no_autoflush:
            session.execute(delete(TitleKey).where(TitleKey.subject_id.in_(gone)))
            session.execute(delete(FormerTitle).where(FormerTitle.subject_id.in_(gone)))
            session.execute(delete(TextLink).where(TextLink.from_id.in_(gone)))
            away = update(TextLink).where(TextLink.to_id.in_(gone)).values(to_id=None)
            session.execute(away)


@event.listens_for(Session, "before_commit")
def _tell_renamed(session: Session) -> None:
    """A renaming is an event: the worker then rewrites the links that name the old title."""
    session.flush()
    if not session.info.get(_renamed):
        return
    renamed = list(dict.fromkeys(session.info.pop(_renamed)))
    named = set(
        session.scalars(
            select(TextLink.to_id).where(TextLink.to_id.in_([one.id for one in renamed]))
        )
    )
    for subject in renamed:
        if subject.id in named:
            record(RENAMED, subject)


@event.listens_for(Session, "after_rollback")
def _forget_renamed(session: Session) -> None:
    session.info.pop(_renamed, None)


def _add_titles(session: Session, subjects: Iterable[Subject]) -> None:
    rows = [{"subject_id": one.id, "key": key_of(one.title)} for one in subjects]
    session.execute(insert(TitleKey), rows)
    keys = {row["key"] for row in rows}
    waiting = set(
        session.scalars(
            select(TextLink.key).where(TextLink.key.in_(keys), TextLink.to_id.is_(None))
        )
    )
    for one in subjects:
        if key_of(one.title) in waiting:
            _answer_waiting(session, one)


def _old_title(subject: Subject) -> str | None:
    """The title before this flush, if its folded form is another one now."""
    before = attributes.get_history(subject, "title").deleted
    old = str(before[0]) if before else None
    return old if old is not None and key_of(old) != key_of(subject.title) else None


def _rename(session: Session, subject: Subject, old: str) -> None:
    key, now_key = key_of(old), key_of(subject.title)
    of_it = (FormerTitle.subject_id == subject.id, FormerTitle.key.in_((key, now_key)))
    session.execute(delete(FormerTitle).where(*of_it))
    former = {"subject_id": subject.id, "key": key, "title": old}
    session.execute(insert(FormerTitle), [former])
    mine = TitleKey.subject_id == subject.id
    session.execute(update(TitleKey).where(mine).values(key=now_key))
    _answer_waiting(session, subject)
    session.info.setdefault(_renamed, []).append(subject)


def _answer_waiting(session: Session, subject: Subject) -> None:
    """Links that waited for this title mean the subject now, where all readers may see it."""
    readers = select(Subject.id)
    if subject.visibility == Visibility.TEAM:
        readers = readers.where(
            Subject.visibility == Visibility.TEAM, Subject.team_id == subject.team_id
        )
    session.execute(
        update(TextLink)
        .where(
            TextLink.key == key_of(subject.title),
            TextLink.to_id.is_(None),
            TextLink.from_id.in_(readers),
        )
        .values(to_id=subject.id)
        .execution_options(synchronize_session=False)
    )


@on("revision.suppressed")
def _forget_titles(event: Event) -> None:
    """A title that was taken away with the revisions that had it leads nowhere any more."""
    saved = select(Revision.title).where(Revision.subject_id == event.subject_id)
    kept = {key_of(title) for title in db.session.scalars(saved)}
    gone = FormerTitle.subject_id == event.subject_id, FormerTitle.key.not_in(kept)
    db.session.execute(delete(FormerTitle).where(*gone))


# --- the links of texts -------------------------------------------------------------------------


def _text_changed(subject: Subject) -> bool:
    if "html" not in inspect(subject).mapper.column_attrs:
        return False
    history = attributes.get_history(subject, "html")
    return bool(history.added) and any(
        marks.titles(html or "") for html in (*history.added, *(history.deleted or ()))
    )


def _keep_links(session: Session, subjects: Iterable[Subject]) -> None:
    """Write the links of these texts anew."""
    texts = list(subjects)
    session.execute(delete(TextLink).where(TextLink.from_id.in_([text.id for text in texts])))
    named = {text.id: dict(_named(text)) for text in texts}
    meant = _meant(session, {key for keys in named.values() for key in keys})
    rows = [
        {"from_id": text.id, "key": key, "title": title, "to_id": _for_all(meant.get(key), text)}
        for text in texts
        for key, title in named[text.id].items()
    ]
    if rows:
        session.execute(insert(TextLink).execution_options(render_nulls=True), rows)


def _named(text: Any) -> Iterator[tuple[str, str]]:
    """The keys and titles that a text links to."""
    for title in marks.titles(text.html or ""):
        number = number_in(title)
        yield (key_of(title) if number is None else f"#{number}"), title[:300]


Candidates = list[tuple[int, str, int]]


def _meant(session: Session, keys: set[str]) -> dict[str, Candidates]:
    """What each key may mean, as ids, visibilities and teams, the most likely one first."""
    numbers = [number for key in keys if (number := number_in(key)) is not None]
    facts = (Subject.id, Subject.visibility, Subject.team_id)
    order = (Subject.archived_at.is_not(None), Subject.type != "page", Subject.id)
    found: dict[str, Candidates] = {}
    for model in (TitleKey, FormerTitle):
        query = select(model.key, *facts).join(Subject, Subject.id == model.subject_id)
        rows = session.execute(query.where(model.key.in_(keys)).order_by(*order))
        for key, number, visibility, team_id in rows:
            found.setdefault(key, []).append((number, visibility, team_id))
    if numbers:
        named = session.execute(select(*facts).where(Subject.id.in_(numbers)))
        for number, visibility, team_id in named:
            found[f"#{number}"] = [(number, visibility, team_id)]
    return found


def _for_all(candidates: Candidates | None, text: Subject) -> int | None:
    """The first candidate that everybody who reads the text may see."""
    for number, visibility, team_id in candidates or ():
        same_team = text.visibility == Visibility.TEAM and text.team_id == team_id
        if visibility == Visibility.COMPANY or same_team:
            return number
    return None

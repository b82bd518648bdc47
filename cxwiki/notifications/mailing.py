"""Mails about notices: at once while they are few, else collected; never by two workers at a time.

A mail is claimed in one transaction, sent outside of any, and noted as sent in another. Whoever
dies between sending and noting leaves a claim that runs out; the mail then goes out once more under
the same Message-ID, by which mail programs recognise it. Everything else goes out once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import selectinload

from cxwiki import daily, i18n, jobs
from cxwiki.accounts import mail
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.events import Event, after
from cxwiki.i18n import settings
from cxwiki.notifications import letters
from cxwiki.notifications.models import MailState, Notice
from cxwiki.notifications.service import MAIL_NOW
from cxwiki.smtp import Post, Refused, Unreachable

log = logging.getLogger(__name__)

DIGEST = "notifications.mail_digest"
MOST_AN_HOUR = 4
"""So many mails at once within an hour; what comes then is collected until the hour is over."""
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
CLAIM = timedelta(minutes=5)
"""After so long without an end, whoever claimed a mail is dead: longer than any server may take."""
MOST_IN_A_MAIL = 2000
SERVER_PAUSE = 300.0
DIGESTS_AT_ONCE = 20


@dataclass(frozen=True)
class Claimed:
    """What one mail is about; `waited` says for which mail each notice waited."""

    person: User
    notice_ids: tuple[int, ...]
    waited: dict[int, str]
    is_all: bool


@jobs.handler(MAIL_NOW)
def mail_now(person_ids: Sequence[int]) -> None:
    """Send what waits for a person, unless they got several mails within the last hour."""
    for person_id in person_ids:
        if pause := _pause(person_id):
            raise jobs.Later(pause)
        with Post(settings()) as post:
            while _send(post, person_id, [MailState.AT_ONCE], digest=False):
                if pause := _pause(person_id):
                    raise jobs.Later(pause)


@after(daily.DAY_BEGAN)
def begin_digests(_happened: Sequence[Event]) -> None:
    """Queue the digests of the day, and what was left over when the server was away for long."""
    if mail.is_possible():
        queue_digests(i18n.today())


@command
def queue_digests(today: date) -> int:
    """Queue a digest for everybody for whom one is due. Returns for how many."""
    people = db.session.scalars(
        select(Notice.user_id).where(Notice.mail.in_(_digested(today))).distinct()
    ).all()
    late = db.session.scalars(
        select(Notice.user_id)
        .where(
            Notice.mail.in_([MailState.AT_ONCE, MailState.SENDING]),
            Notice.created_at < utcnow() - 2 * HOUR,
        )
        .distinct()
    ).all()
    jobs.add([DIGEST], sorted(people))
    jobs.add([MAIL_NOW], sorted(late))
    return len(people)


@jobs.handler(DIGEST, DIGESTS_AT_ONCE)
def mail_digests(person_ids: Sequence[int]) -> None:
    """Send the digests of some people over one connection."""
    with Post(settings()) as post:
        for person_id in dict.fromkeys(person_ids):
            while _send(post, person_id, _digested(i18n.today()), digest=True):
                pass


def _digested(today: date) -> list[str]:
    """What is collected goes out daily, on Mondays also what is collected for a week."""
    return [MailState.DAILY, MailState.WEEKLY] if today.weekday() == 0 else [MailState.DAILY]


def _pause(person_id: int) -> float:
    """Seconds until another mail may go out at once; 0 for now."""
    since = utcnow() - HOUR
    query = select(Notice.mailed_at).where(
        Notice.user_id == person_id, Notice.mail == MailState.SENT, Notice.mailed_at > since
    )
    sent = sorted(moment for moment in db.session.scalars(query.distinct()) if moment is not None)
    if len(sent) < MOST_AN_HOUR:
        return 0.0
    return max(1.0, (sent[0] + HOUR - utcnow()).total_seconds())


def _send(post: Post, person_id: int, waiting: Collection[str], *, digest: bool) -> bool:
    """Send one mail. Returns whether more may be waiting."""
    claimed = _claim(person_id, waiting, digest=digest)
    if claimed is None:
        return False
    try:
        letter = _written(claimed, digest=digest)
        if letter is not None:
            post.send(letter.message)
    except Refused as error:
        log.warning("a mail to person %s was refused for good: %s", person_id, error)
        _note((), claimed.notice_ids)
    except Unreachable as error:
        _give_back(claimed)
        log.warning("the mail server did not take a mail, it is tried again: %s", error)
        raise jobs.Later(SERVER_PAUSE) from error
    except BaseException:
        _give_back(claimed)
        raise
    else:
        # What is read or hidden by now is told by no mail.
        told = letter.told if letter is not None else frozenset()
        _note(told, set(claimed.notice_ids) - told)
    return not claimed.is_all


def _written(claimed: Claimed, *, digest: bool) -> letters.Letter | None:
    """The mail, with nothing held while the server takes its time. Raises Refused."""
    try:
        return letters.write(claimed.person, claimed.notice_ids, digest=digest)
    finally:
        db.session.rollback()


@command
def _claim(person_id: int, waiting: Collection[str], *, digest: bool) -> Claimed | None:
    """Take what waits, so that nobody else sends it; what is read by now needs no mail."""
    person = db.session.scalar(
        select(User)
        .where(User.id == person_id)
        .options(selectinload(User.memberships))
        .with_for_update(of=User)
    )
    if person is None:
        return None
    _forget_read(person_id, waiting)
    abandoned = _abandoned(person_id)
    found = abandoned or _waiting(person_id, waiting)
    if not found and _is_being_sent(person_id):
        raise jobs.Later(CLAIM.total_seconds())
    if not found or not person.active:
        return None
    ids = tuple(sorted(found))
    _set(ids, MailState.SENDING, utcnow())
    usual = MailState.DAILY if digest else MailState.AT_ONCE
    waited = {one: usual if mail == MailState.SENDING else mail for one, mail in found.items()}
    return Claimed(person, ids, waited, is_all=not abandoned and len(ids) < MOST_IN_A_MAIL)


def _waiting(person_id: int, waiting: Collection[str]) -> dict[int, str]:
    query = select(Notice.id, Notice.mail).where(
        Notice.user_id == person_id, Notice.mail.in_(waiting)
    )
    rows = db.session.execute(query.order_by(Notice.id.desc()).limit(MOST_IN_A_MAIL))
    return dict(rows.tuples().all())


def _abandoned(person_id: int) -> dict[int, str]:
    """What the oldest claim that ran out was about: exactly that is sent again."""
    claimed = select(Notice).where(
        Notice.user_id == person_id,
        Notice.mail == MailState.SENDING,
        Notice.mailed_at < utcnow() - CLAIM,
    )
    notices = db.session.scalars(claimed.order_by(Notice.mailed_at)).all()
    return {one.id: one.mail for one in notices if one.mailed_at == notices[0].mailed_at}


def _forget_read(person_id: int, waiting: Collection[str]) -> None:
    db.session.execute(
        update(Notice)
        .where(Notice.user_id == person_id, Notice.mail.in_(waiting), Notice.read_at.is_not(None))
        .values(mail=MailState.NONE)
    )


def _is_being_sent(person_id: int) -> bool:
    """Whether another worker is at it, or was until it died."""
    query = select(func.count()).select_from(Notice)
    return bool(
        db.session.scalar(
            query.where(Notice.user_id == person_id, Notice.mail == MailState.SENDING)
        )
    )


@command
def _note(sent: Collection[int], left_out: Collection[int]) -> None:
    """Say what became of a claim."""
    _set(sent, MailState.SENT, utcnow())
    _set(left_out, MailState.NONE, None)


@command
def _give_back(claimed: Claimed) -> None:
    """Let the notices wait again as they did."""
    for state in set(claimed.waited.values()):
        _set([one for one, its in claimed.waited.items() if its == state], state, None)


def _set(ids: Collection[int], state: str, moment: datetime | None) -> None:
    if not ids:
        return
    changed = update(Notice).where(Notice.id.in_(ids)).values(mail=str(state), mailed_at=moment)
    db.session.execute(changed)

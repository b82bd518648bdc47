"""Mails: who gets one when, what it says, and that it goes out once, whatever the server does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from cxwiki import daily, jobs, smtp
from cxwiki.database import db, transaction, utcnow
from cxwiki.events import record
from cxwiki.insights import voting
from cxwiki.insights.models import Insight
from cxwiki.notifications import mailing, wishes
from cxwiki.notifications.models import MailState, Notice
from cxwiki.notifications.service import MAIL_NOW
from tests.mailbox import URL


@pytest.fixture
def wish(app, cast):
    """`wish("alice", comment="at_once")`."""

    def keep(name: str, **wanted: str) -> None:
        with app.app_context():
            wishes.keep(cast.person(name), wanted)

    return keep


@pytest.fixture
def states(app, cast):
    """What is to be done by mail about the notices of somebody."""

    def read(name: str) -> list[str]:
        with app.app_context():
            query = select(Notice.mail).where(Notice.user_id == getattr(cast, name))
            return list(db.session.scalars(query.order_by(Notice.id)))

    return read


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def test_the_author_gets_the_reason_by_mail_in_the_words_of_who_decided(
    mailbox, insight, dismiss, deliver
):
    number = insight("The invoice is unreadable")
    dismiss(number, "It was changed in May.")
    deliver()
    (mail,) = mailbox.mails
    assert "alice@example.org" in mail["To"]
    assert mail["Subject"] == "Mia dismissed it: The invoice is unreadable"
    assert mail["From"] == "Example Ltd <wiki@example.org>"
    for part in (text_of(mail), mail.get_body(("html",)).get_content()):
        assert "It was changed in May." in part
        assert "because you wrote it" in part
        assert f"{URL}/insights/{number}-the-invoice-is-unreadable" in part
    assert mail["Auto-Submitted"] == "auto-generated"


def test_everybody_reads_it_in_their_own_language(app, cast, mailbox, insight, dismiss, deliver):
    with app.app_context(), transaction():
        cast.person("alice").language = "de"
    dismiss(insight("Die Rechnung ist unlesbar"))
    deliver()
    (mail,) = mailbox.mails
    assert 'lang="de"' in mail.get_body(("html",)).get_content()
    assert "Guten Tag" in text_of(mail) or "Hallo" in text_of(mail)


def test_a_mail_is_sent_once_however_often_the_worker_comes(mailbox, insight, dismiss, deliver):
    dismiss(insight("One"))
    deliver()
    deliver()
    assert len(mailbox.mails) == 1


def test_who_wants_no_mail_gets_none_but_is_told(mailbox, insight, dismiss, deliver, wish, as_):
    wish("alice", outcome="off")
    dismiss(insight("One"))
    deliver()
    assert mailbox.mails == []
    assert "Mia" in as_("alice").get("/notifications/").text


def test_without_a_mail_server_nothing_waits_for_one(insight, dismiss, deliver, states):
    dismiss(insight("One"))
    deliver()
    assert states("alice") == [MailState.NONE]


def test_what_was_read_meanwhile_needs_no_mail(mailbox, insight, dismiss, tell, work, as_, states):
    dismiss(insight("One"))
    tell()
    as_("alice").post("/notifications/reading")
    work(MAIL_NOW)
    assert mailbox.mails == []
    assert states("alice") == [MailState.NONE]


def test_what_is_hidden_when_the_mail_is_sent_is_not_in_it(
    app, mailbox, insight, dismiss, tell, work, cast
):
    number = insight("Soon hidden")
    with app.app_context():
        voting.cast(db.session.get_one(Insight, number), cast.person("carol"))
    dismiss(number)
    tell()
    with app.app_context(), transaction():
        db.session.get_one(Insight, number).visibility = "team"
    work(MAIL_NOW)
    assert mailbox.to("carol") == []
    assert len(mailbox.to("alice")) == 1


def test_who_left_gets_nothing(app, cast, mailbox, insight, dismiss, tell, work):
    dismiss(insight("One"))
    tell()
    with app.app_context(), transaction():
        cast.person("alice").active = False
    work(MAIL_NOW)
    assert mailbox.mails == []


def test_a_title_cannot_add_headers(app, mailbox, insight, dismiss, deliver):
    number = insight("One")
    with app.app_context(), transaction():
        db.session.get_one(Insight, number).title = "One\nBcc: eve@example.org"
    dismiss(number)
    deliver()
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None


# --- a few at once, then collected -----------------------------------------------------------------


def test_after_a_few_mails_an_hour_the_rest_comes_in_one(
    app, mailbox, insight, dismiss, deliver, soon, work
):
    for number in range(mailing.MOST_AN_HOUR + 3):
        dismiss(insight(f"Insight {number}"))
        deliver()
    assert len(mailbox.mails) == mailing.MOST_AN_HOUR
    soon()
    work(MAIL_NOW)
    assert len(mailbox.mails) == mailing.MOST_AN_HOUR
    with app.app_context(), transaction():
        for notice in db.session.scalars(select(Notice).where(Notice.mailed_at.is_not(None))):
            notice.mailed_at -= timedelta(hours=1)
    soon()
    work(MAIL_NOW)
    assert len(mailbox.mails) == mailing.MOST_AN_HOUR + 1
    for number in range(mailing.MOST_AN_HOUR, mailing.MOST_AN_HOUR + 3):
        assert f"Insight {number}" in text_of(mailbox.mails[-1])


def test_a_long_sentence_is_cut_so_that_the_title_is_still_to_be_read(
    app, mailbox, insight, cast, dismiss, deliver
):
    with app.app_context(), transaction():
        cast.person("mia").name = "Mia" + " of Long" * 12
    title = "The invoice is unreadable for whoever has more than one contract with us"
    dismiss(insight(title))
    deliver()
    assert mailbox.mails[0]["Subject"].endswith(f"…: {title}")


def test_what_happens_before_the_worker_comes_is_one_mail(mailbox, insight, dismiss, deliver):
    for number in range(3):
        dismiss(insight(f"Insight {number}"))
    deliver()
    assert len(mailbox.mails) == 1
    assert mailbox.mails[0]["Subject"].endswith("and 2 more")


@pytest.mark.parametrize(
    ("how", "day", "comes"),
    [
        ("daily", date(2026, 11, 24), True),
        ("weekly", date(2026, 11, 24), False),
        ("weekly", date(2026, 11, 23), True),
        ("off", date(2026, 11, 23), False),
    ],
)
def test_digests_come_daily_and_weekly_ones_on_mondays(
    app, mailbox, insight, say, deliver, work, wish, monkeypatch, how, day, comes
):
    wish("alice", comment=how)
    say(insight("One"))
    deliver()
    assert mailbox.mails == []
    monkeypatch.setattr("cxwiki.i18n.today", lambda: day)
    for _time in range(2):
        with app.app_context(), transaction():
            record(daily.DAY_BEGAN, None, day=day.isoformat())
        work("notifications.begin_digests")
        work(mailing.DIGEST)
    assert len(mailbox.mails) == int(comes)
    if comes:
        assert mailbox.mails[0]["Subject"] == "1 news from Example Ltd"


def test_changing_the_mind_moves_what_waits(mailbox, insight, say, tell, wish, states):
    say(insight("One"))
    tell()
    assert states("alice") == [MailState.DAILY]
    wish("alice", comment="weekly")
    assert states("alice") == [MailState.WEEKLY]
    wish("alice", comment="at_once")
    assert states("alice") == [MailState.DAILY]  # no flood of what lay there
    wish("alice", comment="off")
    assert states("alice") == [MailState.NONE]


# --- a server that refuses, is slow, or is down ------------------------------------------------------


def test_a_server_that_is_down_gets_it_later(
    mailbox, insight, dismiss, deliver, soon, work, states
):
    mailbox.close()
    dismiss(insight("One"))
    deliver()
    assert states("alice") == [MailState.AT_ONCE]
    mailbox.open()
    work(MAIL_NOW)
    assert mailbox.mails == []  # not at once: it rests for a while
    soon()
    work(MAIL_NOW)
    assert len(mailbox.mails) == 1
    assert states("alice") == [MailState.SENT]


@pytest.mark.parametrize("answer", ["451 try later", "421 too busy"])
def test_a_busy_server_gets_it_later_and_once(
    mailbox, insight, dismiss, deliver, soon, work, answer
):
    mailbox.answer = answer
    dismiss(insight("One"))
    deliver()
    mailbox.answer = ""
    soon()
    work(MAIL_NOW)
    soon()
    work(MAIL_NOW)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("of", ["recipient", "text"])
def test_what_is_refused_for_good_is_not_tried_again(
    app, mailbox, insight, dismiss, deliver, states, of
):
    if of == "recipient":
        mailbox.refuses_recipients = "550 no such person"
    else:
        mailbox.answer = "554 we do not want it"
    dismiss(insight("One"))
    deliver()
    assert states("alice") == [MailState.NONE]
    with app.app_context():
        assert jobs.count("dead") == 0
        assert not jobs.waits(MAIL_NOW)


def test_a_server_that_does_not_take_our_own_address_loses_nobody_s_mail(
    app, mailbox, insight, dismiss, deliver, soon, work, states
):
    mailbox.refuses_sender = "553 we do not know this sender"
    dismiss(insight("One"))
    deliver()
    assert states("alice") == [MailState.AT_ONCE]
    mailbox.refuses_sender = ""
    soon()
    work(MAIL_NOW)
    assert len(mailbox.mails) == 1


def test_an_address_that_no_mail_can_be_written_to_holds_nobody_up(
    app, cast, mailbox, insight, dismiss, deliver, states
):
    with app.app_context(), transaction():
        cast.person("alice").email = "jörg@example.org"
    dismiss(insight("One"))
    dismiss(insight("Two", by="carol"))
    deliver()
    assert states("alice") == [MailState.NONE]
    assert [mail["To"] for mail in mailbox.mails] == ["Carol <carol@example.org>"]


def test_a_slow_server_holds_nobody_up_for_long(
    mailbox, insight, dismiss, deliver, monkeypatch, states
):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.3)
    mailbox.pause = 1.0
    dismiss(insight("One"))
    deliver()
    assert states("alice") == [MailState.AT_ONCE]


def test_a_wrong_setting_becomes_a_dead_letter_and_the_mail_waits(
    app, configured, mailbox, insight, dismiss, deliver, soon, work, states
):
    configured(mail_user="wiki", mail_password="wrong")
    dismiss(insight("One"))
    deliver()
    for _time in range(jobs.MAX_ATTEMPTS):
        soon()
        work(MAIL_NOW)
    with app.app_context():
        assert jobs.count("dead") == 1
    assert states("alice") == [MailState.AT_ONCE]


def test_who_dies_after_sending_repeats_the_same_mail_and_only_that(
    app, cast, mailbox, insight, dismiss, deliver, soon, work, monkeypatch
):
    def die(*_what) -> None:
        raise KeyboardInterrupt

    note = mailing._note
    monkeypatch.setattr(mailing, "_note", die)
    dismiss(insight("One"))
    with pytest.raises(KeyboardInterrupt):
        deliver()
    monkeypatch.setattr(mailing, "_note", note)
    with app.app_context(), transaction():
        db.session.execute(update(jobs.Job).values(state="queued", leased_by=None))
    dismiss(insight("Two"))
    deliver()
    assert len(mailbox.mails) == 1 or mailbox.mails[-1]["Subject"].endswith("Two")
    with app.app_context(), transaction():
        claimed = select(Notice).where(Notice.mail == MailState.SENDING)
        for notice in db.session.scalars(claimed):
            notice.mailed_at -= mailing.CLAIM + timedelta(seconds=1)
    soon()
    work(MAIL_NOW)
    about_one = [mail for mail in mailbox.mails if mail["Subject"].endswith("One")]
    assert len(about_one) == 2
    assert len({mail["Message-ID"] for mail in about_one}) == 1
    assert len([mail for mail in mailbox.mails if mail["Subject"].endswith("Two")]) == 1


def test_while_one_worker_sends_another_waits(app, cast, mailbox, insight, dismiss, tell, work):
    dismiss(insight("One"))
    tell()
    with app.app_context(), transaction():
        db.session.execute(update(Notice).values(mail=MailState.SENDING, mailed_at=utcnow()))
    work(MAIL_NOW)
    assert mailbox.mails == []
    with app.app_context():
        assert jobs.waits(MAIL_NOW)

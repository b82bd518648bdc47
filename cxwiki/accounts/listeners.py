"""Mails that follow from what happened to an account."""

from __future__ import annotations

from collections.abc import Sequence

from flask_security.recoverable import generate_reset_password_token

from cxwiki import events
from cxwiki.accounts import mail
from cxwiki.accounts.models import User
from cxwiki.database import db


@events.after("person.reset_requested")
def send_reset_link(happened: Sequence[events.Event]) -> None:
    """Send the link for a new password; it is made here, so it is stored nowhere."""
    for person in _active_people(happened):
        token = generate_reset_password_token(person)
        address = mail.link("security.reset_password", token=token)
        mail.send(person, "accounts/mail/reset_link.txt", address=address)


@events.after("person.password_changed")
def send_notice_of_change(happened: Sequence[events.Event]) -> None:
    """Tell people that their password is new, in case it was not them."""
    for person in _active_people(happened):
        mail.send(person, "accounts/mail/password_changed.txt")


def _active_people(happened: Sequence[events.Event]) -> list[User]:
    if not mail.is_possible():
        return []
    ids = {event.data["person_id"] for event in happened}
    people = [db.session.get(User, person_id) for person_id in ids]
    return [person for person in people if person is not None and person.active]

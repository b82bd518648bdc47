"""The worker turns events into notices; every page shows how many wait."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask_login import current_user

from cxwiki import concern, web
from cxwiki.events import Event, after
from cxwiki.notifications import hearers, service, words


def notify(happened: Sequence[Event]) -> None:
    """Tell everybody whom the events concern."""
    for event in happened:
        service.tell(event, hearers.of(event))


def bell(_nothing: object) -> str:
    """The number beside the bell."""
    if not current_user.is_authenticated:
        return ""
    return render_template("notifications/_bell.html", unread=service.count_unread(current_user))


def connect() -> None:
    """Listen to what concerns people, fill the bell and give words to events."""
    after(*hearers.HEARD_OF, *sorted(concern.names() - set(hearers.HEARD_OF)), batch=50)(notify)
    words.register()
    web.fill_slot("layout.bell", bell)

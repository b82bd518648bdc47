"""Mails about accounts, sent by the worker so that no answer tells whether there was one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template
from flask_babel import force_locale
from flask_mail import Mail, Message

from cxwiki.accounts.models import User
from cxwiki.config import Settings
from cxwiki.i18n import settings


def is_possible() -> bool:
    """Whether mails can be sent whose links lead here: never taken from what a browser claims."""
    return bool(settings().mail_server and settings().url)


def link(endpoint: str, **values: Any) -> str:
    """Return a full address below the configured public one, also outside of requests."""
    public = urlsplit(settings().url)
    adapter = current_app.url_map.bind(public.netloc, public.path or "/", url_scheme=public.scheme)
    return adapter.build(endpoint, values, force_external=True)


def send(person: User, template: str, **context: Any) -> None:
    """Send a plain text mail; the template's first line is the subject."""
    with force_locale(person.language or settings().languages[0]):
        text = render_template(template, person=person, **context)
    subject, _blank, body = text.partition("\n")
    current_app.extensions["mail"].send(
        Message(
            subject=subject.strip(),
            sender=settings().mail_from,
            recipients=[person.email],
            body=body.lstrip("\n"),
        )
    )


def init_app(app: Flask, given: Settings) -> None:
    """Connect Flask-Mail if there is a server."""
    if not given.mail_server:
        return
    app.config.update(
        MAIL_SERVER=given.mail_server,
        MAIL_PORT=given.mail_port,
        MAIL_USE_TLS=given.mail_tls,
        MAIL_USERNAME=given.mail_user or None,
        MAIL_PASSWORD=given.mail_password or None,
    )
    Mail(app)

"""Mails about accounts, sent by the worker so that no answer tells whether there was one."""

from __future__ import annotations

from email.errors import MessageDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale

from cxwiki.accounts.company import shown_company
from cxwiki.accounts.models import User
from cxwiki.i18n import settings
from cxwiki.smtp import Post, Refused


def is_possible() -> bool:
    """Whether mails can be sent whose links lead here: never taken from what a browser claims."""
    return bool(settings().mail_server and settings().url)


def link(endpoint: str, **values: Any) -> str:
    """Return a full address below the configured public one, also outside of requests."""
    public = urlsplit(settings().url)
    adapter = current_app.url_map.bind(public.netloc, public.path or "/", url_scheme=public.scheme)
    return adapter.build(endpoint, values, force_external=True)


def host() -> str:
    """The name that mails give as their origin, in their ids."""
    return urlsplit(settings().url).hostname or "localhost"


def send(person: User, template: str, **context: Any) -> None:
    """Send a plain text mail; the template's first line is the subject."""
    with force_locale(person.language or settings().languages[0]):
        text = render_template(template, person=person, **context)
    subject, _blank, body = text.partition("\n")
    message = letter_to(person, subject.strip())
    message["Message-ID"] = make_msgid(domain=host())
    message.set_content(body.lstrip("\n"))
    with Post(settings()) as post:
        post.send(message)


def letter_to(person: User, subject: str) -> EmailMessage:
    """A mail without a text. Raises Refused if mails cannot be sent to such an address."""
    message = EmailMessage()
    message["Subject"] = subject
    name, email = parseaddr(settings().mail_from)
    message["From"] = _address(name or shown_company().name, email)
    try:
        message["To"] = _address(person.name, person.email)
    except MessageDefect as error:  # as for letters beyond ASCII before the @
        raise Refused(str(error)) from error
    message["Date"] = formatdate()
    message["Auto-Submitted"] = "auto-generated"
    return message


def _address(name: str, email: str) -> Address:
    return Address(display_name=" ".join(name.split()), addr_spec=email)

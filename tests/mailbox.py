"""A real SMTP server on loopback that can refuse, be slow, or be down; and a site that uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session


class Mailbox:
    """Keeps what it takes; `answer` is what it says after the text of a mail, when it is told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = ""
        self.refuses_recipients = ""
        self.refuses_sender = ""
        self.pause = 0.0
        self._controller: Controller | None = None
        self.port = 0

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.refuses_sender:
            return self.refuses_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.refuses_recipients:
            return self.refuses_recipients
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.pause)
        if self.answer and not self.answer.startswith("2"):
            return self.answer
        mail = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def open(self, tls: SSLContext | None = None) -> None:
        """Listen, always on the same port; with `tls` only to who turns to it first."""
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port or _free_port(),
            tls_context=tls,
            require_starttls=tls is not None,
        )
        self._controller.start()
        self.port = self._controller.port

    def close(self) -> None:
        """Be down."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def to(self, name: str) -> list[EmailMessage]:
        """The mails that somebody got."""
        return [mail for mail in self.mails if f"{name.lower()}@example.org" in str(mail["To"])]


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


URL = "https://wiki.example.org"


@pytest.fixture
def configured(app) -> Iterator[Callable[..., None]]:
    """Change settings of the running site for one test."""
    before = app.extensions["settings"]

    def change(**values) -> None:
        app.extensions["settings"] = replace(app.extensions["settings"], **values)

    yield change
    app.extensions["settings"] = before


@pytest.fixture
def mailbox(configured) -> Iterator[Mailbox]:
    """A site that sends mails, and the server that takes them."""
    box = Mailbox()
    box.open()
    configured(
        mail_server="127.0.0.1",
        mail_port=box.port,
        mail_tls=False,
        mail_from="wiki@example.org",
        url=URL,
    )
    yield box
    box.close()

"""Handing mails to the SMTP server: with time limits, and telling why one was not taken."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType

from cxwiki.config import Settings

TIMEOUT = 20.0
"""Seconds that the server has for each of its answers."""


class Unreachable(Exception):
    """The server is away, slow, busy, or not who it says: the same mail may be taken later."""


class Refused(Exception):
    """The server will never take this mail, as when there is no such address."""


class Post:
    """One connection, opened with the first mail and kept for the next ones."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Post:
        """Connect later: there may be nothing to send."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say goodbye, if the server still listens."""
        self._leave()

    def send(self, message: EmailMessage) -> None:
        """Hand over one mail. Raises Unreachable or Refused; anything else is a wrong setting."""
        try:
            self._connected().send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            raise _verdict(max(codes, default=450), error) from error
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            if self._server is not None:  # it is there, but cannot write to such an address
                raise Refused(f"{type(error).__name__}: {error}") from error
            raise
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code < 500:
                raise _verdict(error.smtp_code, error) from error
            raise  # it is our own address that is wrong: nobody's mail is lost for that
        except smtplib.SMTPDataError as error:
            raise _verdict(error.smtp_code, error) from error
        except (OSError, smtplib.SMTPException) as error:
            self._leave()
            raise Unreachable(f"{type(error).__name__}: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            settings = self._settings
            server = smtplib.SMTP(settings.mail_server, settings.mail_port, timeout=TIMEOUT)
            try:
                if settings.mail_tls:
                    # Without a context, anybody in between could pass for the server.
                    server.starttls(context=ssl.create_default_context())
                if settings.mail_user:
                    server.login(settings.mail_user, settings.mail_password)
            except BaseException:
                server.close()
                raise
            self._server = server
        return self._server

    def _leave(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


def _verdict(code: int, error: Exception) -> Exception:
    """Codes from 500 on are final."""
    text = f"{type(error).__name__}: {error}"
    return Refused(text) if code >= 500 else Unreachable(text)

"""The Flask extensions, made once and bound to the app in create_app()."""

from __future__ import annotations

from flask import request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx


def _person_or_address() -> str:
    """Count a signed-in person wherever they are, everybody else by address."""
    person = current_user.get_id() if current_user else None
    return f"person:{person}" if person else f"address:{get_remote_address()}"


migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()
htmx = Htmx()
limiter = Limiter(
    key_func=_person_or_address,
    headers_enabled=True,
    application_limits_exempt_when=lambda: request.method in ("GET", "HEAD", "OPTIONS"),
)
# Reading is free, but whole exports take seconds each: nobody needs more of them than this.
export_limit = limiter.shared_limit("30 per minute", scope="exports")

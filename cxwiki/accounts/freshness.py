"""Sensitive steps ask for the password again when the sign-in was long ago or by cookie."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_security.utils import check_and_update_authn_fresh

View = TypeVar("View", bound=Callable[..., Any])

FRESH_FOR = timedelta(hours=12)
GRACE = timedelta(hours=1)


def fresh(view: View) -> View:
    """Let a view be reached only soon after the password was given; else ask for it first."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if check_and_update_authn_fresh(FRESH_FOR, GRACE):
            return view(*args, **kwargs)
        flash(_("This is a sensitive step: please confirm your password."), "info")
        return redirect(url_for("security.verify", next=_page_before()), 303)

    return guarded  # type: ignore[return-value]


def _page_before() -> str:
    """The page whose button was pressed: a form cannot be sent again by a redirect."""
    before = urlsplit(request.referrer or "")
    return (
        before.path
        if before.netloc == request.host and before.path
        else url_for("accounts.profile")
    )

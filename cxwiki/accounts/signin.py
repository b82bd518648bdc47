"""Signing in: Flask-Security set up for one company, and what a request may count as proof."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, request
from flask.signals import request_started
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_security import (
    Security,
    SQLAlchemyUserDatastore,
    login_user,
    password_reset,
    reset_password_instructions_sent,
)
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse

from cxwiki import access, events
from cxwiki.accounts import mail, signin_forms, tokens
from cxwiki.accounts.freshness import FRESH_FOR, GRACE
from cxwiki.accounts.messages import MESSAGES
from cxwiki.accounts.models import Role, User
from cxwiki.accounts.passwords import SHORTEST
from cxwiki.accounts.texts import email_or_none
from cxwiki.config import Settings
from cxwiki.database import db, transaction
from cxwiki.extensions import csrf, limiter
from cxwiki.i18n import settings

API = "/api/"
View = Callable[..., Any]
_answers: list[Callable[[], BaseResponse | None]] = []


def _is_refused(response: Response) -> bool:
    return response.status_code >= 400


@dataclass(frozen=True)
class _Page:
    """What a page of Flask-Security needs to belong to this house."""

    rule: str = "public"
    wrong_form_is_422: bool = True
    is_limited: bool = True
    counts: Callable[[Response], bool] | None = None


_PAGES = {
    "security.login": _Page(counts=_is_refused),
    "security.verify": _Page("profile.edit", counts=_is_refused),
    "security.forgot_password": _Page(wrong_form_is_422=False),
    "security.reset_password": _Page(),
    "security.logout": _Page(is_limited=False),
}


def init_app(app: Flask, given: Settings) -> None:
    """Connect Flask-Security, tokens for programs, and protection from forged requests."""
    app.config.update(_configuration(app, given))
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, User, Role),
        login_form=signin_forms.SignInForm,
        forgot_password_form=signin_forms.AskForResetForm,
        reset_password_form=signin_forms.NewPasswordForm,
        verify_form=signin_forms.ConfirmPasswordForm,
        mail_util_cls=signin_forms.MailAddresses,
        password_util_cls=signin_forms.PasswordRules,
    )
    security.want_json(lambda _request: False)
    # Flask-Security's own tokens stay out: a session, or one of our tokens, is the only proof.
    security.login_manager.request_loader(lambda _request: None)
    for endpoint, page in _PAGES.items():
        app.view_functions[endpoint] = _in_this_house(app.view_functions[endpoint], page)
    reset_password_instructions_sent.connect(_note_reset_request, app)
    password_reset.connect(_note_reset, app)
    request_started.connect(_sign_in_program, app)
    app.before_request(_refuse_forged)


def sign_in(person: User, how: str) -> None:
    """Begin a session."""
    login_user(person, remember=False, authn_via=[how])


def sign_in_limit(counts: Callable[[Response], bool] | None = None) -> Any:
    """Limit the attempts of one address over all pages that take passwords or links."""
    return limiter.shared_limit(
        lambda: settings().sign_in_limit,
        scope="sign-in",
        key_func=get_remote_address,
        methods=["POST"],
        deduct_when=counts,
    )


def _configuration(app: Flask, given: Settings) -> dict[str, Any]:
    messages = {f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()}
    return messages | {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [
            {"email": {"mapper": email_or_none, "case_insensitive": False}}
        ],
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_TRACKABLE": False,
        "SECURITY_REGISTERABLE": False,
        "SECURITY_CHANGEABLE": False,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=24),
        "SECURITY_SEND_PASSWORD_RESET_EMAIL": False,  # the worker sends it, see listeners.py
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SECURITY_FRESHNESS": FRESH_FOR,
        "SECURITY_FRESHNESS_GRACE_PERIOD": GRACE,
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_RESET_URL": "/password-reset",
        "SECURITY_VERIFY_URL": "/confirm-password",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGOUT_VIEW": "security.login",
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": [f"{app.root_path}/translations"],
        "REMEMBER_COOKIE_DURATION": timedelta(days=14),
        "WTF_CSRF_CHECK_DEFAULT": False,  # see _refuse_forged
    }


def _in_this_house(view: View, page: _Page) -> View:
    """Give a page of Flask-Security its access rule, a limit, and a transaction of its own."""

    @functools.wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(*args, **kwargs)
        with transaction():  # it writes, and would do so on an older snapshot
            result = view(*args, **kwargs)
        return (result, 422) if page.wrong_form_is_422 and isinstance(result, str) else result

    limited = sign_in_limit(page.counts)(answer) if page.is_limited else answer
    return access.public(limited) if page.rule == "public" else access.requires(page.rule)(limited)


def _note_reset_request(_app: Flask, user: User, **_more: Any) -> None:
    if mail.is_possible():
        events.record("person.reset_requested", None, None, person_id=user.id)


def _note_reset(_app: Flask, user: User, **_more: Any) -> None:
    events.record("person.password_changed", None, user, person_id=user.id)


def _sign_in_program(app: Flask, **_more: Any) -> None:
    """Under /api/ cookies do not count: a token says who acts, or nobody does."""
    if not request.path.startswith(API):
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    person = tokens.person_of(token.strip()) if scheme.lower() == "bearer" else None
    manager = current_app.login_manager  # type: ignore[attr-defined]
    manager._update_request_context_with_user(person)


def when_the_session_is_over(answer: Callable[[], BaseResponse | None]) -> None:
    """Let a feature answer a form whose sender is not signed in, or not any more as they were."""
    if answer not in _answers:
        _answers.append(answer)


def _refuse_forged() -> BaseResponse | None:
    """Ask for the token of our forms wherever a cookie is proof of who somebody is."""
    if request.path.startswith(API) or request.endpoint is None:
        return None
    try:
        if current_app.config["WTF_CSRF_ENABLED"]:
            csrf.protect(apply_exemptions=True)
    except CSRFError:
        if (kept := _answer_of_a_feature()) is not None:
            return kept
        raise
    return None if current_user.is_authenticated else _answer_of_a_feature()


def _answer_of_a_feature() -> BaseResponse | None:
    if request.method not in ("POST", "DELETE"):
        return None
    return next(filter(None, (answer() for answer in _answers)), None)

"""The forms of Flask-Security's pages: our words, bounded input, equal time for all answers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security import (
    ForgotPasswordForm,
    LoginForm,
    MailUtil,
    PasswordUtil,
    ResetPasswordForm,
    VerifyForm,
    hash_password,
)
from flask_security.forms import (
    EmailValidation,
    EqualToLocalize,
    RequiredLocalize,
    valid_user_email,
)
from flask_security.mail_util import EmailValidateException
from flask_security.utils import get_message
from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import Length

from cxwiki.accounts import passwords, texts

_email_given = RequiredLocalize(message="EMAIL_NOT_PROVIDED")
_password_given = RequiredLocalize(message="PASSWORD_NOT_PROVIDED")
_bounded = Length(max=passwords.LONGEST)
_PRESENT = {"autocomplete": "current-password"}
_NEW = {"autocomplete": "new-password"}


class SignInForm(LoginForm):
    """E-mail address and password."""

    email = EmailField(
        _l("E-mail address"),
        [_email_given, EmailValidation(verify=False)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(_l("Password"), [_password_given, _bounded], render_kw=_PRESENT)
    remember = BooleanField(_l("Stay signed in on this device for two weeks"))


class AskForResetForm(ForgotPasswordForm):
    """The address to which a link is sent, if it belongs to somebody."""

    email = EmailField(
        _l("E-mail address"),
        [_email_given, EmailValidation(verify=False), valid_user_email],
        render_kw={"autocomplete": "email"},
    )

    def validate(self, **kwargs: Any) -> bool:
        """Take as long for an address that is known as Flask-Security takes for an unknown one."""
        valid = bool(super().validate(**kwargs))
        if valid:
            hash_password("not a password")
        return valid


class NewPasswordForm(ResetPasswordForm):
    """The new password, twice."""

    password = PasswordField(_l("New password"), [_password_given, _bounded], render_kw=_NEW)
    password_confirm = PasswordField(
        _l("New password again"),
        [_password_given, EqualToLocalize("password", message="RETYPE_PASSWORD_MISMATCH")],
        render_kw=_NEW,
    )


class ConfirmPasswordForm(VerifyForm):
    """The present password, before a sensitive step."""

    password = PasswordField(_l("Password"), [_password_given, _bounded], render_kw=_PRESENT)


class PasswordRules(PasswordUtil):
    """One rule for passwords, wherever they are set."""

    def validate(
        self, password: str, is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        """Return what is wrong, if anything, and the password in normal form."""
        person = kwargs.get("user")
        problem = passwords.problem_with(password, person.email if person else "")
        return [problem] if problem else None, self.normalize(password)


class MailAddresses(MailUtil):
    """One rule for addresses, wherever they are typed."""

    def normalize(self, email: str) -> str:
        """Return the address as it is stored."""
        address = texts.email_or_none(email)
        if address is None:
            raise EmailValidateException(get_message("INVALID_EMAIL_ADDRESS")[0])
        return address

    def validate(self, email: str) -> str:
        """Return the same: no name server is asked."""
        return self.normalize(email)

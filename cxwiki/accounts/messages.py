"""What Flask-Security says, in the words of the site."""

from __future__ import annotations


def _l(text: str) -> str:
    """Mark for translation; Flask-Security translates when it speaks, from the site's catalogue."""
    return text


_WRONG = _l("E-mail address and password do not match.")
_BAD_LINK = _l("This link does not work any more. Ask for a new one.")

MESSAGES = {
    "GENERIC_AUTHN_FAILED": (_WRONG, "bad"),
    "USER_DOES_NOT_EXIST": (_WRONG, "bad"),
    "DISABLED_ACCOUNT": (_WRONG, "bad"),
    "INVALID_PASSWORD": (_l("This is not your password."), "bad"),
    "INVALID_EMAIL_ADDRESS": (_l("Please give a full e-mail address."), "bad"),
    "EMAIL_NOT_PROVIDED": (_l("Please give your e-mail address."), "bad"),
    "PASSWORD_NOT_PROVIDED": (_l("Please give a password."), "bad"),
    "RETYPE_PASSWORD_MISMATCH": (_l("The two passwords are not the same."), "bad"),
    "PASSWORD_RESET_REQUEST": (
        _l("If there is an account with this address, a link is on its way to it."),
        "good",
    ),
    "PASSWORD_RESET_NO_LOGIN": (_l("Your password is new. Please sign in with it."), "good"),
    "PASSWORD_RESET_EXPIRED": (_BAD_LINK, "attention"),
    "INVALID_RESET_PASSWORD_TOKEN": (_BAD_LINK, "attention"),
    "UNAUTHENTICATED": (_l("Please sign in first."), "info"),
    "REAUTHENTICATION_REQUIRED": (
        _l("This is a sensitive step: please confirm your password."),
        "info",
    ),
    "REAUTHENTICATION_SUCCESSFUL": (_l("Thank you. Please go on where you were."), "good"),
    "INVALID_REDIRECT": (_l("This address leads somewhere else."), "bad"),
    "API_ERROR": (_l("This could not be read."), "bad"),
}

"""Names and addresses that people type: tidied up, or refused with a sentence."""

from __future__ import annotations

import re

import email_validator
from flask_babel import gettext as _

from cxwiki.errors import DomainError

MAX_NAME = 120
MAX_TEAM_NAME = 80
MAX_DESCRIPTION = 500

# Companies do use such names inside: nothing is looked up, so there is no reason to refuse them.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def one_line(text: str | None) -> str:
    """Fold white space and drop control characters."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f]+", " ", text or "").split())


def several_lines(text: str | None) -> str:
    """Drop control characters but keep the lines."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]+", "", text or "").strip()


def required_name(text: str | None, field: str, limit: int = MAX_NAME) -> str:
    """Return a tidy name of 1 to `limit` characters. Raises DomainError for `field`."""
    name = one_line(text)
    if not name:
        raise DomainError(_("Please give a name."), field)
    if len(name) > limit:
        raise DomainError(_("Please use at most %(limit)s characters.", limit=limit), field)
    return name


def email_or_none(text: str | None) -> str | None:
    """Return the address as it is stored (lower case), or None if it is none."""
    try:
        return email_validator.validate_email(
            (text or "").strip(), check_deliverability=False, globally_deliverable=False
        ).normalized.lower()
    except ValueError:
        return None


def required_email(text: str | None, field: str = "email") -> str:
    """Return the address as it is stored. Raises DomainError for `field`."""
    email = email_or_none(text)
    if email is None:
        raise DomainError(_("Please give a full e-mail address."), field)
    return email

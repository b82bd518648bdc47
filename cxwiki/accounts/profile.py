"""One's own profile."""

from __future__ import annotations

from flask_babel import gettext as _

from cxwiki import events
from cxwiki.accounts import texts
from cxwiki.accounts.models import User
from cxwiki.database import command
from cxwiki.errors import DomainError
from cxwiki.i18n import is_timezone, settings


@command
def update_profile(
    person: User, name: str, job_title: str, language: str | None, timezone: str | None
) -> None:
    """Change name, job title, language and time zone; empty means the browser's and the site's."""
    if language and language not in settings().languages:
        raise DomainError(_("Please choose from the languages of this site."), "language")
    if timezone and not is_timezone(timezone):
        raise DomainError(_("Please choose a time zone such as Europe/Berlin."), "timezone")
    person.name = texts.required_name(name, "name")
    person.job_title = texts.one_line(job_title)[: texts.MAX_NAME]
    person.language, person.timezone = language or None, timezone or None
    events.record("person.profile_edited", None, person, person_id=person.id)

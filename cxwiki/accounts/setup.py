"""Set-up: what turns an empty database into a company's wiki."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from cxwiki import events
from cxwiki.accounts import company as companies
from cxwiki.accounts import service, texts
from cxwiki.accounts.models import Company, RoleName, Team, User
from cxwiki.database import command, db
from cxwiki.errors import Conflict, DomainError
from cxwiki.i18n import settings

# Only one company can have this number: of two set-ups at once, one loses.
THE_ONE = 1


@command
def set_up(
    company: str,
    admin_name: str,
    admin_email: str,
    admin_password: str,
    languages: Iterable[str] = (),
    teams: Iterable[str] = (),
) -> User:
    """Make the company, its first administrator and its teams; no languages means all of the site.

    Raises Conflict if it was done already, and DomainError for a field that cannot be.
    """
    companies.forget_company()
    if companies.current_company() is not None:
        raise _was_faster()
    chosen = list(languages) or list(settings().languages)
    if not set(chosen) <= set(settings().languages):
        raise DomainError(_("Please choose from the languages of this site."), "languages")
    db.session.add(
        Company(id=THE_ONE, name=texts.required_name(company, "company"), languages=chosen)
    )
    try:
        db.session.flush()
    except IntegrityError:
        raise _was_faster() from None
    db.session.add(Team(name="Company", counts_as_silo=False, is_builtin=True))
    db.session.flush()
    for name in _distinct(teams):
        service.create_team(name)
    administrator = service.create_person(
        admin_name, admin_email, admin_password, None, RoleName.ADMINISTRATOR
    )
    events.record("company.set_up", None, administrator)
    companies.forget_company()
    return administrator


def _was_faster() -> Conflict:
    return Conflict(_("This wiki has been set up already: please sign in."))


def _distinct(names: Iterable[str]) -> list[str]:
    """Tidy the names; drop empty ones, repetitions, and that of the built-in team."""
    found = {"company": ""}
    for name in map(texts.one_line, names):
        if name:
            name = texts.required_name(name, "teams", texts.MAX_TEAM_NAME)
            found.setdefault(name.casefold(), name)
    return [name for name in found.values() if name]

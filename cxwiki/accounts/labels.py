"""The words for the roles."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from cxwiki.accounts.models import RoleName

ROLES = {
    RoleName.ADMINISTRATOR: _l("Administrator"),
    RoleName.MANAGER: _l("Manager"),
    RoleName.MEMBER: _l("Member"),
    RoleName.SPONSOR: _l("Sponsor"),
    RoleName.READER: _l("Reader"),
}
ROLE_HELP = {
    RoleName.ADMINISTRATOR: _l("Runs the site and sees everything."),
    RoleName.MANAGER: _l("Curates themes, KPIs and projects, and looks after teams."),
    RoleName.MEMBER: _l("Posts, comments, votes and works on actions."),
    RoleName.SPONSOR: _l("Reads, comments and decides at the gates of projects."),
    RoleName.READER: _l("Reads what the whole company and the own team may see."),
}


def role_name(role: str) -> str:
    """Return the word for a role in the reader's language."""
    return str(ROLES[RoleName(role)])

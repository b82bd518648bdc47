"""The list of reviewed pages: its filters live in the address and are said in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.reviewing.finding import ALL, TO_REVIEW, Filters
from cxwiki.reviewing.labels import STATES
from cxwiki.reviewing.states import State

NOBODY = "nobody"


def read(args: Mapping[str, str]) -> Filters:
    """Read the filters from an address; what makes no sense is ignored."""
    state = args.get("state", TO_REVIEW)
    owner = args.get("owner", "")
    return Filters(
        state=state if state in {TO_REVIEW, ALL, *State} else TO_REVIEW,
        team=access.number_in(args.get("team", "")),
        owner=access.number_in(owner),
        without_owner=owner == NOBODY,
    )


def in_words(filters: Filters) -> str:
    """Say what is listed: "To be reviewed, of Service"."""
    if filters.without_owner and filters.state == ALL:
        parts = [_("Pages without an owner")]
    elif filters.state == TO_REVIEW:
        parts = [_("To be reviewed")]
    elif filters.state == ALL:
        parts = [_("All pages with an owner or a review date")]
    else:
        parts = [str(STATES[State(filters.state)])]
    if filters.team and (team := db.session.get(Team, filters.team)):
        parts.append(_("of %(team)s", team=team.shown_name))
    if filters.owner and (owner := db.session.get(User, filters.owner)):
        parts.append(_("looked after by %(name)s", name=owner.name))
    if filters.without_owner and filters.state != ALL:
        parts.append(_("without an owner"))
    return ", ".join(parts)

"""What three teams noted before the story begins: enough for the search and for themes."""

from __future__ import annotations

from sqlalchemy import select

from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.insights import service as insights
from tests.browser.wiki import Wiki

TEAMS = ("Service", "Billing", "Shop")
NOTED = (
    ("Rechnung doppelt abgebucht nach Tarifwechsel", "Billing"),
    ("Bill debited twice on the card", "Shop"),
    ("Doppelt eingezogen, und die Rechnung kam zweimal", "Service"),
    ("Invoices billed double in March", "Billing"),
    ("Technician missed the appointment, nobody came", "Service"),
    ("Monteur kam nicht zum Termin", "Billing"),
    ("Engineer missed the visit", "Shop"),
    ("Niemand kam zum Besuch, kein Techniker", "Service"),
    ("Password forgotten, account locked", "Service"),
    ("Kennwort vergessen, Anmeldung gesperrt", "Shop"),
    ("Locked out of the login", "Billing"),
    ("Queue at the counter on Mondays", "Shop"),
)


def prepare(wiki: Wiki) -> None:
    """Set a site up, with Carol of Billing and the manager Mia, and post what was noted."""
    wiki.set_up("Example Ltd", TEAMS)
    wiki.employ("Carol", "Billing", "member")
    wiki.employ("Mia", None, "manager")
    with wiki.app.app_context():
        carol = db.session.scalars(select(User).where(User.email == "carol@example.org")).one()
        for title, name in NOTED:
            team = db.session.scalars(select(Team).where(Team.name == name)).one()
            insights.publish(insights.Draft(title=title), team, carol)
    wiki.settle()

"""Two people do the same thing in the same moment: one of them wins, and nothing breaks."""

import threading

import pytest
from sqlalchemy import func, select

from cxwiki.accounts import administering, invitations, setup
from cxwiki.accounts.models import Company, Invitation, Team, User
from cxwiki.database import db, transaction
from cxwiki.errors import DomainError


def at_once(app, *deeds):
    """Run each deed in a thread of its own; returns what they raised, None for success."""
    start, raised = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number, deed):
        with app.app_context():
            start.wait()
            try:
                deed()
            except Exception as error:
                raised[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def one_refused(raised):
    refused = [error for error in raised if error is not None]
    assert len(refused) == len(raised) - 1
    assert all(isinstance(error, DomainError) for error in refused), refused


def test_two_set_ups_make_one_company(app):
    with app.app_context(), transaction():
        db.session.execute(Company.__table__.delete())
        db.session.execute(Team.__table__.delete())

    def set_up(name):
        return lambda: setup.set_up(name, name, f"{name}@example.org", "a fine password")

    one_refused(at_once(app, set_up("anna"), set_up("otto")))
    with app.app_context():
        for model in (Company, Team, User):
            assert db.session.scalar(select(func.count()).select_from(model)) == 1


def test_two_administrators_cannot_both_leave(app, cast):
    with app.app_context():
        administering.change_role(cast.person("mia"), "administrator")

    def leave(name):
        return lambda: administering.change_role(cast.person(name), "member")

    one_refused(at_once(app, leave("mia"), leave("admin")))
    with app.app_context():
        query = select(func.count()).select_from(User).where(User.role == "administrator")
        assert db.session.scalar(query) == 1


@pytest.mark.parametrize("addresses", [("n1", "n2", "n3"), ("same", "same", "same")])
def test_a_link_for_one_lets_one_in(app, cast, addresses):
    with app.app_context():
        _row, token = invitations.invite(
            cast.team("service"), "member", 3, 1, by=cast.person("admin")
        )

    def accept(address):
        return lambda: invitations.accept(
            token, "Nora", f"{address}@example.org", "a fine password"
        )

    one_refused(at_once(app, *map(accept, addresses)))
    with app.app_context():
        assert db.session.scalars(select(Invitation.uses)).one() == 1

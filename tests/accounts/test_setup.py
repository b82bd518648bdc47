"""The first visit."""

import pytest
from sqlalchemy import func, select

from cxwiki.accounts import setup
from cxwiki.accounts.models import Company, Team, User
from cxwiki.database import db, transaction
from cxwiki.errors import Conflict, DomainError

FORM = {
    "company": "Example Ltd",
    "name": "Anna",
    "email": "Anna@Example.org",
    "password": "a fine password",
    "again": "a fine password",
    "languages": ["en", "de"],
    "teams": "Service\n\n  Billing \nservice\nCompany",
}


@pytest.fixture
def empty(app):
    """A site whose database is empty."""
    with app.app_context(), transaction():
        db.session.execute(Company.__table__.delete())
        db.session.execute(Team.__table__.delete())
    return app


def test_every_page_leads_to_the_set_up(empty):
    browser = empty.test_client()
    for path in ("/", "/sign-in", "/teams", "/nowhere"):
        answer = browser.get(path)
        assert (answer.status_code, answer.location) == (303, "/setup")
    assert browser.get("/setup").status_code == 200


def test_programs_are_told_to_wait(empty):
    assert empty.test_client().get("/api/v1/insights").status_code == 503


def test_set_up_makes_company_administrator_and_teams_and_signs_in(empty):
    browser = empty.test_client()
    answer = browser.post("/setup", data=FORM)
    assert answer.status_code == 303
    with empty.app_context():
        anna = db.session.scalars(select(User)).one()
        assert (anna.email, anna.role) == ("anna@example.org", "administrator")
        teams = db.session.scalars(select(Team).order_by(Team.id)).all()
        assert [team.name for team in teams] == ["Company", "Service", "Billing"]
        assert [team.counts_as_silo for team in teams] == [False, True, True]
        assert [team.is_builtin for team in teams] == [True, False, False]
        assert db.session.scalars(select(Company.languages)).one() == ["en", "de"]
    assert browser.get("/administration").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"company": ""},
        {"name": " "},
        {"email": "no address"},
        {"password": "short", "again": "short"},
        {"again": "something else"},
        {"password": "anna@example.org", "again": "anna@example.org"},
        {"languages": []},
        {"languages": ["fr"]},
        {"teams": "x" * 81},
    ],
)
def test_a_mistake_is_shown_and_nothing_is_written(empty, wrong):
    answer = empty.test_client().post("/setup", data=FORM | wrong)
    assert answer.status_code == 422
    assert 'class="field__errors"' in answer.text
    with empty.app_context():
        for model in (Company, Team, User):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_the_second_of_two_set_ups_is_told_so(empty):
    empty.test_client().post("/setup", data=FORM)
    answer = empty.test_client().post("/setup", data=FORM | {"email": "other@example.org"})
    assert answer.status_code == 409
    assert "set up already" in answer.text
    with empty.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_set_up_is_over_once_it_is_done(app):
    assert app.test_client().get("/setup").status_code == 303


def test_the_command_refuses_a_second_time_too(context):
    with pytest.raises(Conflict):
        setup.set_up("Other", "Anna", "anna@example.org", "a fine password")


def test_the_command_takes_the_languages_of_the_site_when_none_are_named(empty):
    with empty.app_context():
        setup.set_up("Example", "Anna", "anna@example.org", "a fine password", teams=["Service"])
        assert db.session.scalars(select(Company.languages)).one() == ["en", "de"]


def test_the_command_says_which_field_is_wrong(empty):
    with empty.app_context():
        with pytest.raises(DomainError) as refused:
            setup.set_up("Example", "Anna", "anna", "a fine password")
        assert refused.value.field == "email"

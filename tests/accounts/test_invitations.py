"""Invitations by link."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cxwiki.accounts import administering, invitations, membership, service
from cxwiki.accounts.models import Invitation, User
from cxwiki.database import db, transaction, utcnow

FORM = {"role": "member", "days": "3", "max_uses": "1", "note": ""}
NEWCOMER = {
    "name": "Nora",
    "email": "Nora@example.org",
    "password": "a password of words",
    "again": "a password of words",
}


@pytest.fixture
def alice_leads(app, cast):
    with app.app_context():
        membership.set_lead(cast.team("service"), cast.person("alice"), True)


@pytest.fixture
def invite(app, cast):
    """Make an invitation to Service and return the path of its link."""

    def make(role="member", max_uses=1, team="service", by="admin"):
        with app.app_context():
            team = cast.team(team) if team else service.company_team()
            _row, token = invitations.invite(team, role, 3, max_uses, by=cast.person(by))
            return f"/invitations/{token}"

    return make


def people(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(User))


# --- making ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alice", "mia", "admin"])
def test_who_looks_after_a_team_invites_to_it(app, as_, cast, alice_leads, name):
    page = as_(name).post(f"/teams/{cast.service}/invitations", data=FORM)
    assert page.status_code == 201
    token = re.search(r'value="http://localhost/invitations/([^"]+)"', page.text).group(1)
    assert app.test_client().get(f"/invitations/{token}").status_code == 200
    with app.app_context():
        row = db.session.scalars(select(Invitation)).one()
        assert token not in (row.token_hash, row.note)
    assert token not in as_(name).get(f"/teams/{cast.service}").text


@pytest.mark.parametrize("name", ["bob", "carol", "dave", "rita"])
def test_others_do_not_invite(app, as_, cast, alice_leads, name):
    assert as_(name).post(f"/teams/{cast.service}/invitations", data=FORM).status_code == 403
    with app.app_context():
        assert db.session.scalars(select(Invitation)).all() == []


def test_eve_does_not_invite(as_, cast):
    assert as_("eve").post(f"/teams/{cast.service}/invitations", data=FORM).status_code == 302


@pytest.mark.parametrize("role", ["sponsor", "manager", "administrator"])
def test_only_an_administrator_invites_to_mighty_roles(app, as_, cast, alice_leads, role):
    path, form = f"/teams/{cast.service}/invitations", FORM | {"role": role}
    assert as_("mia").post(path, data=form).status_code == 422
    assert as_("alice").post(path, data=form).status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Invitation)).all() == []
    assert as_("admin").post(path, data=form).status_code == 201


def test_only_an_administrator_invites_to_company(as_, cast):
    assert as_("mia").post("/teams/1/invitations", data=FORM).status_code == 403
    assert as_("admin").post("/teams/1/invitations", data=FORM).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [{"role": "king"}, {"days": "0"}, {"days": "91"}, {"max_uses": "0"}, {"max_uses": "9999"}],
)
def test_a_mistake_makes_no_invitation(app, as_, cast, wrong):
    path = f"/teams/{cast.service}/invitations"
    assert as_("admin").post(path, data=FORM | wrong).status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Invitation)).all() == []


# --- accepting ------------------------------------------------------------------------------------


def test_accepting_makes_an_account_in_the_team_and_signs_in(app, cast, invite):
    browser = app.test_client()
    assert browser.post(invite(), data=NEWCOMER).status_code == 303
    assert browser.get("/profile").status_code == 200
    with app.app_context():
        nora = service.find_person("nora@example.org")
        assert (nora.name, nora.role, nora.team_ids) == ("Nora", "member", {cast.service})
        assert nora.home_team_id == cast.service


def test_the_role_is_the_one_of_the_invitation(app, cast, invite):
    link = invite(role="sponsor", team=None)
    app.test_client().post(link, data=NEWCOMER | {"role": "administrator"})
    with app.app_context():
        nora = service.find_person("nora@example.org")
        assert (nora.role, nora.team_ids) == ("sponsor", frozenset())
        assert nora.home_team.is_builtin


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"email": "nora"},
        {"password": "short", "again": "short"},
        {"again": "something else"},
        {"password": "nora@example.org", "again": "nora@example.org"},
    ],
)
def test_a_mistake_neither_makes_an_account_nor_uses_up_the_link(app, cast, invite, wrong):
    link = invite()
    assert app.test_client().post(link, data=NEWCOMER | wrong).status_code == 422
    assert people(app) == 7
    assert app.test_client().post(link, data=NEWCOMER).status_code == 303


def test_an_address_with_an_account_is_refused_without_saying_why(app, cast, invite):
    link = invite()
    for address in ("bob@example.org", "BOB@example.org"):
        page = app.test_client().post(link, data=NEWCOMER | {"email": address})
        assert page.status_code == 422
        assert "No account could be made" in page.text
    weak = {"email": "bob@example.org", "password": "short", "again": "short"}
    assert "No account" not in app.test_client().post(link, data=NEWCOMER | weak).text
    assert people(app) == 7


def test_somebody_with_an_account_joins_and_keeps_their_role(app, as_, cast, invite):
    link = invite(role="administrator")
    browser = as_("rita")
    assert "Join the team" in browser.get(link).text
    assert browser.post(link).status_code == 303
    with app.app_context():
        rita = cast.person("rita")
        assert rita.team_ids == {cast.billing, cast.service}
        assert (rita.role, rita.home_team_id) == ("reader", cast.billing)


def test_a_manager_cannot_accept_their_own_invitation(app, as_, cast, invite):
    assert as_("mia").post(invite(by="mia")).status_code == 403
    with app.app_context():
        assert cast.person("mia").team_ids == frozenset()


# --- ending ---------------------------------------------------------------------------------------


def test_every_dead_link_looks_the_same(app, cast, invite, as_):
    used, revoked, expired, archived = (invite() for _ in range(4))
    app.test_client().post(used, data=NEWCOMER)
    with app.app_context():
        rows = db.session.scalars(select(Invitation).order_by(Invitation.id)).all()
        invitations.revoke(rows[1], by=cast.person("admin"))
        with transaction():
            rows[2].expires_at = utcnow() - timedelta(seconds=1)
    pages = {app.test_client().get(link).text for link in (used, revoked, expired)}
    pages |= {app.test_client().get("/invitations/never-made").text}
    with app.app_context():
        service.archive_team(cast.team("service"), by=cast.person("admin"))
    pages |= {app.test_client().get(archived).text}
    tokens = re.compile(r"(csrf[_-]token|X-CSRFToken)[^>]*")
    assert len({tokens.sub("", page) for page in pages}) == 1
    form = NEWCOMER | {"email": "other@example.org"}
    for link in (used, revoked, expired, archived, "/invitations/never-made"):
        assert app.test_client().post(link, data=form).status_code == 404
        assert as_("carol").post(link).status_code == 404


def test_a_link_for_two_lets_two_in(app, cast, invite):
    link = invite(max_uses=2)
    codes = [
        app.test_client().post(link, data=NEWCOMER | {"email": f"n{number}@example.org"})
        for number in range(3)
    ]
    assert [answer.status_code for answer in codes] == [303, 303, 404]


def test_revoking(app, as_, cast, invite):
    link = invite()
    with app.app_context():
        number = db.session.scalars(select(Invitation.id)).one()
    path = f"/teams/{cast.service}/invitations/{number}/revocation"
    assert as_("bob").post(path).status_code == 403
    elsewhere = f"/teams/{cast.billing}/invitations/{number}/revocation"
    assert as_("admin").post(elsewhere).status_code == 404
    assert as_("mia").post(path).status_code == 303
    assert app.test_client().get(link).status_code == 404


def test_links_die_with_the_power_to_make_them(app, cast, invite):
    by_mia, by_admin = invite(by="mia"), invite(by="admin")
    with app.app_context():
        administering.change_role(cast.person("mia"), "member")
    assert app.test_client().get(by_mia).status_code == 404
    with app.app_context():
        administering.change_role(cast.person("bob"), "administrator")
        administering.deactivate(cast.person("admin"))
    assert app.test_client().get(by_admin).status_code == 404


def test_accepting_is_limited(app, cast, limits):
    browser = app.test_client()
    codes = [browser.post("/invitations/guess", data=NEWCOMER).status_code for _ in range(11)]
    assert codes == [404] * 10 + [429]

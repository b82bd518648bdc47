"""Teams and who is in them."""

from decimal import Decimal

import pytest
from sqlalchemy import event, select

from cxwiki.accounts import membership, service
from cxwiki.accounts.models import Membership, Team
from cxwiki.database import db, transaction
from cxwiki.errors import DomainError, NotAllowed
from cxwiki.events import Event


@pytest.fixture
def alice_leads(app, cast):
    with app.app_context():
        membership.set_lead(cast.team("service"), cast.person("alice"), True)


def members_of(app, team_id):
    with app.app_context():
        query = select(Membership.user_id).where(Membership.team_id == team_id)
        return set(db.session.scalars(query))


# --- seeing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alice", "carol", "mia", "dave", "rita", "admin"])
def test_teams_and_members_are_no_secret(as_, cast, name):
    browser = as_(name)
    assert "Service" in browser.get("/teams").text
    page = browser.get(f"/teams/{cast.service}-service")
    assert page.status_code == 200
    assert "Bob" in page.text
    assert browser.get("/teams/1-company").status_code == 200


def test_eve_sees_no_team(as_, cast):
    assert as_("eve").get("/teams").status_code == 302
    assert as_("eve").get(f"/teams/{cast.service}").status_code == 302


@pytest.mark.parametrize("number", ["99", str(2**40)])
def test_a_team_that_is_not_there(as_, number):
    assert as_("alice").get(f"/teams/{number}").status_code == 404


def test_addresses_are_offered_to_who_may_add_people(as_, cast):
    path = f"/teams/{cast.service}"
    assert "carol@example.org" not in as_("alice").get(path).text
    assert "carol@example.org" in as_("mia").get(path).text


def test_deactivated_people_are_not_shown(app, as_, cast):
    with app.app_context(), transaction():
        cast.person("bob").active = False
    assert "Bob" not in as_("alice").get(f"/teams/{cast.service}").text


def test_lists_cost_the_same_for_one_and_many(app, as_, cast):
    def queries(path):
        seen = []

        def note(*args):
            seen.append(args[2])

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        assert as_("mia").get(path).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    few = [queries("/teams"), queries(f"/teams/{cast.service}")]
    with app.app_context():
        for number in range(12):
            service.create_team(f"Team {number}")
            service.create_person(f"P {number}", f"p{number}@example.org", None, "Service")
    assert [queries("/teams"), queries(f"/teams/{cast.service}")] == few


# --- making and editing ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mia", "admin"])
def test_curators_make_teams(app, as_, name):
    answer = as_(name).post("/teams", data={"name": " Field  Service ", "description": "Repairs"})
    assert answer.status_code == 303
    with app.app_context():
        team = service.find_team("Field Service")
        assert (team.description, team.counts_as_silo, team.is_builtin) == ("Repairs", True, False)


@pytest.mark.parametrize("name", ["alice", "dave", "rita"])
def test_others_do_not(app, as_, cast, name):
    browser = as_(name)
    assert browser.get("/teams/new").status_code == 403
    assert browser.post("/teams", data={"name": "Mine"}).status_code == 403
    assert browser.get(f"/teams/{cast.service}/edit").status_code == 403
    assert browser.post(f"/teams/{cast.service}", data={"name": "Mine"}).status_code == 403
    assert browser.post(f"/teams/{cast.service}/archival").status_code == 403
    with app.app_context():
        assert service.find_team("Mine") is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Service", "SERVICE", "company"])
def test_a_name_must_be_new_and_short(app, as_, cast, name):
    answer = as_("mia").post("/teams", data={"name": name})
    assert answer.status_code == 422
    with app.app_context():
        assert len(db.session.scalars(select(Team)).all()) == 3


def test_names_differ_by_more_than_case_in_every_alphabet(app, as_, cast):
    assert as_("mia").post("/teams", data={"name": "Übergabe"}).status_code == 303
    assert as_("mia").post("/teams", data={"name": "übergabe"}).status_code == 422


def test_editing(app, as_, cast):
    form = {"name": "SERVICE", "description": "Calls"}
    assert as_("mia").post(f"/teams/{cast.service}", data=form).status_code == 303
    with app.app_context():
        team = cast.team("service")
        assert (team.name, team.description, team.counts_as_silo) == ("SERVICE", "Calls", False)


def test_company_stays_as_it_is(app, as_, cast):
    for path in ("/teams/1", "/teams/1/archival", "/teams/1/members"):
        answer = as_("admin").post(path, data={"name": "Other", "email": "bob@example.org"})
        assert answer.status_code == 403
    with app.app_context():
        assert service.company_team().name == "Company"


def test_an_archived_team_is_nobodys_home_and_can_be_restored(app, as_, cast):
    as_("mia").post(f"/teams/{cast.service}/archival")
    with app.app_context():
        assert cast.person("alice").home_team.is_builtin
        assert cast.person("alice").team_ids == {cast.service}  # she still sees its items
    assert "Service" not in as_("alice").get("/teams").text.split("<main")[1]
    assert "Service" in as_("mia").get("/teams?archived=1").text.split("<main")[1]
    members = as_("mia").post(f"/teams/{cast.service}/members", data={"email": "rita@example.org"})
    assert members.status_code == 403
    as_("mia").post(f"/teams/{cast.service}/restoration")
    assert "Service" in as_("alice").get("/teams").text.split("<main")[1]


# --- members --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mia", "admin", "alice"])
def test_who_may_adds_removes_and_names_leads(app, as_, cast, alice_leads, name):
    browser, path = as_(name), f"/teams/{cast.service}/members"
    assert browser.post(path, data={"email": "Carol@example.org"}).status_code == 303
    assert cast.carol in members_of(app, cast.service)
    browser.post(f"{path}/{cast.carol}/lead", data={"is_lead": "1"})
    with app.app_context():
        assert cast.person("carol").leads(cast.service)
    browser.post(f"{path}/{cast.carol}/lead", data={"is_lead": "0"})
    with app.app_context():
        assert not cast.person("carol").leads(cast.service)
    browser.post(f"{path}/{cast.carol}/removal")
    assert cast.carol not in members_of(app, cast.service)


@pytest.mark.parametrize("name", ["bob", "carol", "dave", "rita"])
def test_others_may_not(app, as_, cast, alice_leads, name):
    browser, path = as_(name), f"/teams/{cast.service}/members"
    before = members_of(app, cast.service)
    for suffix in ("", f"/{cast.bob}/removal", f"/{cast.bob}/lead"):
        form = {"email": "carol@example.org", "is_lead": "1"}
        assert browser.post(path + suffix, data=form).status_code == 403
    assert members_of(app, cast.service) == before


def test_a_lead_manages_only_their_own_team(app, as_, cast, alice_leads):
    path = f"/teams/{cast.billing}/members"
    assert as_("alice").post(path, data={"email": "bob@example.org"}).status_code == 403


def test_a_manager_cannot_let_themselves_in(app, as_, cast):
    path = f"/teams/{cast.service}/members"
    assert as_("mia").post(path, data={"email": "mia@example.org"}).status_code == 403
    assert cast.mia not in members_of(app, cast.service)
    assert as_("admin").post(path, data={"email": "admin@example.org"}).status_code == 303


@pytest.mark.parametrize("email", ["", "nobody@example.org", "no address", "x" * 300])
def test_an_unknown_colleague_is_a_mistake(app, as_, cast, email):
    answer = as_("mia").post(f"/teams/{cast.service}/members", data={"email": email})
    assert answer.status_code == 422
    assert len(members_of(app, cast.service)) == 2


def test_somebody_who_is_no_member_is_not_there(as_, cast):
    path = f"/teams/{cast.service}/members/{cast.carol}"
    assert as_("mia").post(f"{path}/removal").status_code == 404
    assert as_("mia").post(f"{path}/lead", data={"is_lead": "1"}).status_code == 404
    assert as_("mia").get(f"{path}/removal").status_code == 405


def test_the_first_team_becomes_home_and_leaving_it_ends_that(context, cast):
    dave, admin = cast.person("dave"), cast.person("admin")
    membership.add_member(cast.team("service"), dave, by=admin)
    membership.add_member(cast.team("billing"), dave, by=admin)
    assert dave.home_team_id == cast.service
    membership.remove_member(cast.team("service"), dave, by=admin)
    assert dave.home_team.is_builtin
    assert dave.team_ids == {cast.billing}


def test_adding_twice_changes_nothing(context, cast):
    for _ in range(2):
        membership.add_member(cast.team("service"), cast.person("dave"), by=cast.person("admin"))
    names = db.session.scalars(select(Event.name)).all()
    assert names == ["team.member_added"]


def test_services_refuse_what_cannot_be(context, cast):
    with pytest.raises(DomainError):
        membership.add_member(service.company_team(), cast.person("bob"))
    with pytest.raises(NotAllowed):
        membership.add_member(cast.team("service"), cast.person("mia"), by=cast.person("mia"))
    with pytest.raises(DomainError):
        membership.set_lead(cast.team("service"), cast.person("mia"), True)


# --- what a person-day costs ----------------------------------------------------------------------


def day_rate_of(app, team_id):
    with app.app_context():
        return db.session.get_one(Team, team_id).day_rate


def test_administrators_say_what_a_person_day_costs(app, as_, cast):
    path = f"/teams/{cast.service}"
    assert "What a person-day costs" in as_("admin").get(f"{path}/edit").text
    fields = {"name": "Service", "counts_as_silo": "y", "day_rate": "640.50"}
    assert as_("admin").post(path, data=fields).status_code == 303
    assert day_rate_of(app, cast.service) == Decimal("640.5")
    assert as_("admin").post(path, data=fields | {"day_rate": ""}).status_code == 303
    assert day_rate_of(app, cast.service) is None


@pytest.mark.parametrize("rate", ["-1", "100001", "NaN", "a lot"])
def test_a_day_rate_that_makes_no_sense_is_refused(app, as_, cast, rate):
    answer = as_("admin").post(f"/teams/{cast.service}", data={"name": "Service", "day_rate": rate})
    assert answer.status_code == 422
    assert day_rate_of(app, cast.service) is None


def test_managers_edit_teams_but_not_their_day_rates(app, as_, cast):
    path = f"/teams/{cast.service}"
    assert "What a person-day costs" not in as_("mia").get(f"{path}/edit").text
    answer = as_("mia").post(path, data={"name": "Service desk", "day_rate": "1"})
    assert answer.status_code == 303
    assert day_rate_of(app, cast.service) is None
    with app.app_context(), pytest.raises(NotAllowed):
        service.set_day_rate(cast.team("service"), Decimal(1), by=cast.person("mia"))

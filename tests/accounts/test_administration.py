"""The administrator's pages."""

import pytest
from sqlalchemy import select

from cxwiki.accounts import administering, service
from cxwiki.database import db, transaction
from cxwiki.errors import DomainError
from cxwiki.events import Event
from cxwiki.jobs import Job

PAGES = ("/administration", "/administration/people")


def test_an_administrator_gets_in(as_, cast):
    for path in (*PAGES, f"/administration/people/{cast.alice}"):
        assert as_("admin").get(path).status_code == 200


@pytest.mark.parametrize("name", ["alice", "mia", "dave", "rita"])
def test_nobody_else_does(as_, cast, name):
    for path in (*PAGES, f"/administration/people/{cast.alice}"):
        assert as_(name).get(path).status_code == 403
    for action in ("", "/deactivation", "/activation", "/reset-links"):
        form = {"role": "administrator", "home_team": "1"}
        answer = as_(name).post(f"/administration/people/{cast.alice}{action}", data=form)
        assert answer.status_code == 403
    assert as_(name).get("/administration").status_code == 403
    assert 'href="/administration"' not in as_(name).get("/profile").text


def test_eve_is_asked_to_sign_in(as_):
    for path in PAGES:
        assert as_("eve").get(path).location.startswith("/sign-in")


@pytest.mark.parametrize("number", ["999", str(2**40)])
def test_somebody_who_is_not_there(as_, fresh_, number):
    assert as_("admin").get(f"/administration/people/{number}").status_code == 404
    assert fresh_("admin").post(f"/administration/people/{number}/deactivation").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ali", {"Alice"}),
        ("q=EXAMPLE.org+bob", {"Bob"}),
        ("q=%25", set()),
        ("q=_", set()),
        ("role=sponsor", {"Dave"}),
        ("active=no", {"Rita"}),
        ("role=king", {"Alice", "Bob", "Carol", "Mia", "Dave", "Rita", "Admin"}),
    ],
)
def test_finding_people(app, as_, cast, query, found):
    with app.app_context():
        administering.deactivate(cast.person("rita"))
    page = as_("admin").get(f"/administration/people?{query}").text.split("<main")[1]
    names = {"Alice", "Bob", "Carol", "Mia", "Dave", "Rita", "Admin"}
    assert {name for name in names if f">{name}</a>" in page} == found


def update(browser, person_id, role, home_team="1"):
    form = {"role": role, "home_team": home_team}
    return browser.post(f"/administration/people/{person_id}", data=form)


def test_changing_a_role_is_written_down(app, cast, fresh_):
    assert update(fresh_("admin"), cast.alice, "manager").status_code == 303
    with app.app_context():
        assert cast.person("alice").role == "manager"
        event = db.session.scalars(select(Event).where(Event.name == "person.role_changed")).one()
        assert event.actor_id == cast.admin
        assert event.data == {"person_id": cast.alice, "role": "manager", "role_before": "member"}


@pytest.mark.parametrize(("role", "home"), [("king", "1"), ("manager", "999"), ("manager", "x")])
def test_a_mistake_changes_nothing(app, cast, fresh_, role, home):
    assert update(fresh_("admin"), cast.alice, role, home).status_code == 422
    with app.app_context():
        assert cast.person("alice").role == "member"


def test_home_is_one_of_the_persons_own_teams(app, cast, fresh_):
    assert update(fresh_("admin"), cast.alice, "member", cast.billing).status_code == 422
    assert update(fresh_("admin"), cast.alice, "member", cast.service).status_code == 303


def test_sensitive_steps_ask_for_the_password_after_a_while(app, cast, as_):
    assert update(as_("admin"), cast.alice, "manager").location.startswith("/confirm-password")
    path = f"/administration/people/{cast.alice}/deactivation"
    assert as_("admin").post(path).location.startswith("/confirm-password")
    with app.app_context():
        assert (cast.person("alice").role, cast.person("alice").active) == ("member", True)


def test_the_last_administrator_stays(app, cast, fresh_):
    browser = fresh_("admin")
    assert update(browser, cast.admin, "member").status_code == 422
    path = f"/administration/people/{cast.admin}/deactivation"
    assert browser.post(path).status_code == 422
    with app.app_context():
        assert (cast.person("admin").role, cast.person("admin").active) == ("administrator", True)


def test_a_deactivated_administrator_does_not_count(context, cast):
    administering.change_role(cast.person("bob"), "administrator")
    administering.deactivate(cast.person("bob"))
    with pytest.raises(DomainError):
        administering.change_role(cast.person("admin"), "member")
    administering.activate(cast.person("bob"))
    administering.change_role(cast.person("admin"), "member")
    assert cast.person("admin").role == "member"


def test_letting_out_and_in_again(app, cast, fresh_, as_):
    browser, path = fresh_("admin"), f"/administration/people/{cast.alice}"
    assert browser.post(f"{path}/deactivation").status_code == 303
    assert as_("alice").get("/profile").status_code == 302
    assert browser.post(f"{path}/reset-links").status_code == 422
    assert browser.post(f"{path}/activation").status_code == 303
    with app.app_context():
        assert cast.person("alice").active
        names = db.session.scalars(select(Event.name).order_by(Event.id)).all()
        assert names == ["person.deactivated", "person.activated"]


@pytest.fixture
def dead_letter(app):
    with app.app_context(), transaction():
        job = Job(
            handler="search.index", ref_id=7, state="dead", attempts=6, error="It <b>broke</b>"
        )
        db.session.add(job)
        db.session.flush()
        return job.id


def test_failed_work_is_shown_tried_again_and_discarded(app, cast, as_, dead_letter):
    browser, path = as_("admin"), f"/administration/dead-letters/{dead_letter}"
    assert "It &lt;b&gt;broke" in browser.get("/administration").text
    assert browser.post(f"{path}/attempts").status_code == 303
    with app.app_context():
        assert (db.session.get(Job, dead_letter).state) == "queued"
    assert browser.post(f"{path}/removal").status_code == 303
    with app.app_context():
        assert db.session.get(Job, dead_letter) is None
    assert browser.post(f"{path}/removal").status_code == 404


@pytest.mark.parametrize("name", ["alice", "mia", "dave"])
def test_failed_work_is_the_administrators(app, as_, dead_letter, name):
    for action in ("attempts", "removal"):
        path = f"/administration/dead-letters/{dead_letter}/{action}"
        assert as_(name).post(path).status_code == 403
        assert as_(name).get(path).status_code == 405


def test_people_are_made_in_a_team_with_a_role(context, cast):
    person = service.create_person(
        "Pia", " PIA@Example.org ", "a fine password", "Billing", "reader"
    )
    assert (person.email, person.role, person.home_team_id) == (
        "pia@example.org",
        "reader",
        cast.billing,
    )
    assert service.find_person("Pia@example.org") is person


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("name", {"name": " "}),
        ("email", {"email": "pia"}),
        ("email", {"email": "bob@example.org"}),
        ("password", {"password": "short"}),
        ("password", {"password": "pia@example.org"}),
        ("team", {"team_name": "Nowhere"}),
        ("role", {"role": "king"}),
    ],
)
def test_a_person_who_cannot_be_is_refused(context, cast, field, arguments):
    good = {"name": "Pia", "email": "pia@example.org", "password": "a fine password"}
    with pytest.raises(DomainError) as refused:
        service.create_person(**good | arguments)
    assert refused.value.field == field
    assert service.find_person("pia@example.org") is None

"""The demo is built in an empty database only, and either whole or not at all."""

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki.accounts import setup
from cxwiki.accounts.models import Company, User
from cxwiki.accounts.service import find_person
from cxwiki.database import db
from cxwiki.demo import building, deeds, people
from cxwiki.errors import Conflict
from cxwiki.events import Event
from cxwiki.insights.models import Insight
from tests.conftest import _empty_database


@pytest.fixture
def empty(context: APIFlask) -> None:
    _empty_database()


def test_a_company_of_its_own_is_left_alone(empty: None) -> None:
    setup.set_up("Real Ltd", "Ann", "ann@example.org", "a long enough one", ["en"], ["Sales"])
    with pytest.raises(Conflict, match="CXWIKI_DATA"):
        building.build_if_empty(lambda line: None)
    assert db.session.scalars(select(Company.name)).all() == ["Real Ltd"]
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_a_build_that_fails_at_its_end_leaves_nothing(
    empty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr(deeds, "_answer", fail)
    with pytest.raises(RuntimeError):
        building.build_if_empty(lambda line: None)
    for model in (Company, User, Insight, Event):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_a_demo_whose_company_was_renamed_is_still_the_demo(
    empty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The company and its people are enough here.
    monkeypatch.setattr(building, "CHAPTERS", (people.found,))
    assert building.build_if_empty(lambda line: None)
    company = db.session.scalars(select(Company)).one()
    company.name = "Ours now"
    db.session.commit()
    assert not building.build_if_empty(lambda line: None)
    assert find_person("timo.gruber@tannfurter-werke.example") is not None

"""What forms of other features offer."""

import pytest

from cxwiki.accounts import administering, choices, service


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("alice", ["Company", "Service"]),
        ("carol", ["Company", "Billing"]),
        ("mia", ["Company", "Billing", "Service"]),
        ("admin", ["Company", "Billing", "Service"]),
        ("dave", ["Company"]),
    ],
)
def test_people_post_for_their_teams_and_company(context, cast, name, offered):
    assert [team.name for team in choices.writable_teams(cast.person(name))] == offered


def test_nobody_posts_for_an_archived_team(context, cast):
    service.archive_team(cast.team("service"), by=cast.person("admin"))
    assert [team.name for team in choices.writable_teams(cast.person("alice"))] == ["Company"]


def test_owners_are_active_people(context, cast):
    administering.deactivate(cast.person("bob"))
    names = [person.name for person in choices.people()]
    assert names == ["Admin", "Alice", "Carol", "Dave", "Mia", "Rita"]
    assert [person.name for person in choices.people(roles=["sponsor"])] == ["Dave"]

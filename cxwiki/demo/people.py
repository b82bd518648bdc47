"""The demo company itself, its teams and its people."""

from __future__ import annotations

from decimal import Decimal

from cxwiki.accounts import administering, membership, profile, service, setup
from cxwiki.accounts.models import User
from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.i18n import settings

# Everybody's, and said in the README: a demo lets everybody be anybody anyway.
PASSWORD = "tannfurter-demo"  # noqa: S105


def found(story: Story) -> None:
    """Plan the set-up of the company, with everybody in it, and who leaves it."""
    story.timeline.add(story.data.founded_days_ago, _set_up, story)
    for row in story.data.people:
        if "left_days_ago" in row:
            story.timeline.add(row["left_days_ago"], _leave, story, row)


def _set_up(story: Story) -> None:
    chief = next(row for row in story.data.people if row["role"] == "administrator")
    administrator = setup.set_up(
        story.data.name, chief["name"], chief["email"], PASSWORD, _offered(story.data.languages)
    )
    profile.update_profile(
        administrator, chief["name"], chief["title"], _language(chief["language"]), None
    )
    story.people[chief["key"]] = administrator
    for row in story.data.teams:
        team = service.create_team(row["name"], row["description"], by=administrator)
        service.set_day_rate(team, Decimal(row["day_rate"]), by=administrator)
        story.teams[row["key"]] = team
    for row in story.data.people:
        if row is not chief:
            story.people[row["key"]] = _employ(story, row, administrator)


def _employ(story: Story, row: Row, by: User) -> User:
    person = service.create_person(
        row["name"],
        row["email"],
        None,
        story.team(row["team"]).name,
        row["role"],
        by=by,
        language=_language(row["language"]),
        job_title=row["title"],
    )
    person.password = by.password  # made once: making a password's hash is slow, and should be
    for key in row["also_teams"]:
        membership.add_member(story.team(key), person, by=by)
    if row["is_lead"]:
        membership.set_lead(story.team(row["team"]), person, True, by=by)
    return person


def _leave(story: Story, row: Row) -> None:
    administrator = next(one for one in story.people.values() if one.is_administrator)
    administering.deactivate(story.people[row["key"]], by=administrator)


def _offered(languages: list[str]) -> list[str]:
    return [language for language in languages if language in settings().languages]


def _language(language: str) -> str | None:
    return language if language in settings().languages else None

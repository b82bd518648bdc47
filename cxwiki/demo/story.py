"""The story while it is told: who and what exists already, by the keys of the data files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.accounts.service import company_team
from cxwiki.actions.models import Action
from cxwiki.demo.reading import Data, Row
from cxwiki.demo.timeline import Timeline
from cxwiki.discussion import service as discussion
from cxwiki.errors import NotAllowed
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject


@dataclass
class Story:
    """What is to be told, its timeline, and everything that was made so far."""

    data: Data
    timeline: Timeline
    people: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    insights: dict[str, Insight] = field(default_factory=dict)
    kpis: dict[str, Kpi] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)

    def team(self, key: str) -> Team:
        """The team of this key; the empty one is Company."""
        return self.teams[key] if key else company_team()

    def may(self, key: str, verb: str, thing: Any = None) -> User:
        """The person of this key. Raises NotAllowed if the site would not let them do it."""
        person = self.people[key]
        if not access.can(verb, thing, person):
            raise NotAllowed(f"{key} may not do {verb} in the demo company")
        return person

    def lead_of(self, team: str) -> str:
        """Who leads a team; for Company, the manager who belongs to no other."""
        return next(
            row["key"]
            for row in self.data.people
            if row["team"] == team and (row["is_lead"] or (not team and row["role"] == "manager"))
        )

    def curator(self, *preferred: str) -> str:
        """The first of these people who is a manager, else the manager of Company."""
        managers = {row["key"] for row in self.data.people if row["role"] == "manager"}
        return next((key for key in preferred if key in managers), self.lead_of(""))

    def comment_on(self, subjects: Mapping[str, Subject], row: Row) -> None:
        """Plan what people say about the row's subject, which will be among `subjects` by then."""
        for said in row.get("comment", []):
            self.timeline.add(said["days_ago"], self._say, subjects, row["key"], said)

    def _say(self, subjects: Mapping[str, Subject], key: str, said: Row) -> None:
        who = self.may(said["author"], "comment.create", subjects[key])
        discussion.comment(subjects[key], said["body"], who)

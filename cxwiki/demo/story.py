"""The story while it is told: who and what exists already, by the keys of the data files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.accounts.service import company_team
from cxwiki.actions.models import Action
from cxwiki.demo.reading import Data, Row
from cxwiki.demo.timeline import Timeline
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Comment
from cxwiki.errors import NotAllowed
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Kpi
from cxwiki.pages.models import Page
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
    pages: dict[str, Page] = field(default_factory=dict)

    def text(self, key: str) -> Insight | Page:
        """The page or insight of this key: both kinds have keys of their own."""
        return self.pages[key] if key in self.pages else self.insights[key]

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
            thread: list[Comment] = []
            subject_of = partial(subjects.__getitem__, row["key"])
            for one in (said, *said.get("answer", [])):
                self.timeline.add(one["days_ago"], self._say, subject_of, one, thread)
            if "resolved" in said:
                self.timeline.add(said["resolved"]["days_ago"], self._settle, said, thread)

    def _say(self, subject_of: Callable[[], Subject], said: Row, thread: list[Comment]) -> None:
        """Say something; all but the first of a thread answer that one."""
        subject = subject_of()
        who = self.may(said["author"], "comment.create", subject)
        team_id = self.team(said["team"]).id if "team" in said else None
        answered = thread[0] if thread else None
        thread.append(
            discussion.comment(subject, said["body"], who, answers=answered, team_id=team_id)
        )

    def _settle(self, said: Row, thread: list[Comment]) -> None:
        who = self.may(said["resolved"]["by"], "comment.resolve", thread[0])
        discussion.set_resolved(thread[0], who, resolved=True)

"""The projects and proofs of concept, with money, criteria and the sponsor's decisions."""

from __future__ import annotations

from decimal import Decimal

from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.projects import budget, criteria, gates, links, service
from cxwiki.projects.models import Stage
from cxwiki.projects.service import ProjectDraft

IDEA_BEFORE_START = 21
GATE_BEFORE_DECISION = 6
WAITS_FOR_DECISION = 8


def run(story: Story) -> None:
    """Plan all projects."""
    for row in story.data.projects:
        begun = _begun(story, row)
        story.timeline.add(begun, _begin, story, row)
        for insight in story.data.insights:
            if insight["key"] in row["insights"]:
                day, key = min(begun, insight["days_ago"]), insight["key"]
                story.timeline.add(day, _link, story, row, key)
        for entry in row["budget"]:
            story.timeline.add(entry["days_ago"], _spend, story, row, entry)
        if row["stage"] != Stage.IDEA:
            story.timeline.add(row["starts_days_ago"], _move, story, row, Stage.RUNNING)
        for decision in row.get("decision", []):
            gate = decision["days_ago"] + GATE_BEFORE_DECISION
            story.timeline.add(gate, _move, story, row, Stage.DECISION)
            story.timeline.add(decision["days_ago"], _decide, story, row, decision)
        if row["stage"] == Stage.DECISION:
            story.timeline.add(WAITS_FOR_DECISION, _move, story, row, Stage.DECISION)


def _begun(story: Story, row: Row) -> int:
    """When it was written down: before it starts, and before anybody does something for it."""
    own = [action for action in story.data.actions if action.get("project") == row["key"]]
    first = max((action["created_days_ago"] for action in own), default=0)
    return max(int(row["starts_days_ago"]) + IDEA_BEFORE_START, first + 1)


def _begin(story: Story, row: Row) -> None:
    sponsor, due = row.get("sponsor"), row.get("decision_due_in_days")
    draft = ProjectDraft(
        title=row["title"],
        purpose=row["purpose"],
        is_poc=row["kind"] == "poc",
        hypothesis=row.get("hypothesis", ""),
        lead_id=story.people[row["lead"]].id,
        sponsor_id=story.people[sponsor].id if sponsor else None,
        starts_on=story.timeline.day(row["starts_days_ago"]),
        ends_on=story.timeline.day(-row["ends_in_days"]),
        decision_due_on=None if due is None else story.timeline.day(-due),
    )
    by = story.may(story.curator(row["lead"]), "project.create")
    project = service.create_project(draft, story.team(row["team"]), by)
    story.projects[row["key"]] = project
    for key in row["kpis"]:
        links.link(project, story.kpis[key], by)
    for asked in row.get("criterion", []):
        criteria.add_criterion(
            project,
            asked["text"],
            by,
            kpi=story.kpis[asked["kpi"]],
            comparison=asked["comparison"],
            threshold=Decimal(str(asked["threshold"])),
            minimum_n=asked["minimum_n"],
        )


def _link(story: Story, row: Row, key: str) -> None:
    project = story.projects[row["key"]]
    links.link(project, story.insights[key], story.may(row["lead"], "project.edit", project))


def _spend(story: Story, row: Row, entry: Row) -> None:
    project = story.projects[row["key"]]
    budget.enter(
        project,
        entry["kind"],
        Decimal(str(entry["amount"])),
        story.timeline.day(entry["days_ago"]),
        story.may(row["lead"], "project.edit", project),
        currency=entry["currency"],
        note=entry["note"],
    )


def _move(story: Story, row: Row, stage: Stage) -> None:
    project = story.projects[row["key"]]
    gates.move(project, stage, story.may(row["lead"], "project.move", project))


def _decide(story: Story, row: Row, decision: Row) -> None:
    project = story.projects[row["key"]]
    by = story.may(decision["by"], "project.decide", project)
    gates.decide(project, decision["decision"], decision["note"], by)

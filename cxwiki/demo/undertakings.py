"""The projects and proofs of concept, with plan, money, criteria and the sponsor's decisions."""

from __future__ import annotations

from decimal import Decimal

from cxwiki.accounts.models import User
from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.projects import (
    budget,
    criteria,
    evidence,
    gates,
    links,
    milestones,
    replicate,
    resolutions,
    risks,
    service,
    updates,
)
from cxwiki.projects.models import Project, Stage, Verdict
from cxwiki.projects.replicate import ReplicaDraft
from cxwiki.projects.risks import RiskDraft
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
        _tell(story, row)
        _pass_gates(story, row)


def _pass_gates(story: Story, row: Row) -> None:
    if row["stage"] != Stage.IDEA:
        story.timeline.add(row["starts_days_ago"], _start, story, row)
    for found in row.get("evidence", []):
        story.timeline.add(found["days_ago"], _prove, story, row, found)
    for decision in row.get("decision", []):
        gate = decision["days_ago"] + GATE_BEFORE_DECISION
        for found in decision["evidence"]:
            story.timeline.add(gate, _prove, story, row, found)
        story.timeline.add(gate, _ask, story, row)
        story.timeline.add(decision["days_ago"], _decide, story, row, decision)
        if decision["decision"] == Verdict.SCALE and "learned" in row:
            story.timeline.add(decision["days_ago"] - 1, _learn, story, row)
    if row["stage"] == Stage.DECISION:
        story.timeline.add(WAITS_FOR_DECISION, _ask, story, row)


def _tell(story: Story, row: Row) -> None:
    for update in row.get("update", []):
        story.timeline.add(update["days_ago"], _update, story, row, update)
    for risk in row.get("risk", []):
        story.timeline.add(risk["days_ago"], _risk, story, row, risk)
        if "closed_days_ago" in risk:
            story.timeline.add(risk["closed_days_ago"], _close, story, row, risk)
    for resolution in row.get("resolution", []):
        story.timeline.add(resolution["days_ago"], _resolve, story, row, resolution)
    for milestone in row.get("milestone", []):
        if "done_days_ago" in milestone:
            story.timeline.add(milestone["done_days_ago"], _reach, story, row, milestone)


def _begun(story: Story, row: Row) -> int:
    """When it was written down: before it starts, and before anybody does something for it."""
    own = [action for action in story.data.actions if action.get("project") == row["key"]]
    first = max((action["created_days_ago"] for action in own), default=0)
    return max(int(row["starts_days_ago"]) + IDEA_BEFORE_START, first + 1)


def _begin(story: Story, row: Row) -> None:
    by = story.may(story.curator(row["lead"]), "project.create")
    project = _made(story, row, by)
    story.projects[row["key"]] = project
    for kpi in links.ends_of(project, "kpi", by):
        links.unlink(project, kpi, by)
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
    for milestone in row.get("milestone", []):
        due_on = story.timeline.day(-milestone["due_in_days"])
        milestones.plan(project, milestone["title"], due_on, by)


def _made(story: Story, row: Row, by: User) -> Project:
    draft, team = _draft(story, row), story.team(row["team"])
    if "replicates" not in row:
        return service.create_project(draft, team, by)
    wish = ReplicaDraft(draft.title, draft.lead_id, draft.sponsor_id, take=())
    project = replicate.replicate(story.projects[row["replicates"]], wish, team, by)
    return service.edit_project(project, draft, by)


def _draft(story: Story, row: Row) -> ProjectDraft:
    sponsor, due, pilot = row.get("sponsor"), row.get("decision_due_in_days"), row.get("pilot_team")
    return ProjectDraft(
        title=row["title"],
        purpose=row["purpose"],
        is_poc=row["kind"] == "poc",
        idea=row.get("idea", ""),
        audience=row.get("audience", ""),
        outcome=row.get("outcome", ""),
        measure=row.get("measure", ""),
        pilot_team_id=story.team(pilot).id if pilot else None,
        touchpoint=row.get("touchpoint", ""),
        pilot_weeks=row.get("pilot_weeks"),
        other_team_ids=tuple(story.team(key).id for key in row.get("other_teams", [])),
        lead_id=story.people[row["lead"]].id,
        sponsor_id=story.people[sponsor].id if sponsor else None,
        starts_on=story.timeline.day(row["starts_days_ago"]),
        ends_on=story.timeline.day(-row["ends_in_days"]),
        decision_due_on=None if due is None else story.timeline.day(-due),
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


def _start(story: Story, row: Row) -> None:
    project = story.projects[row["key"]]
    if not project.is_poc:
        lead = story.may(row["lead"], "project.move", project)
        return gates.move(project, Stage.RUNNING, lead)
    _prove(story, row, {"text": row["start"]["evidence"], "by": row["lead"]})
    _ask(story, row)
    sponsor = story.may(row["sponsor"], "project.decide", project)
    gates.decide(project, Verdict.START, row["start"]["note"], sponsor)
    return None


def _ask(story: Story, row: Row) -> None:
    project = story.projects[row["key"]]
    gates.ask(project, story.may(row["lead"], "project.move", project))


def _decide(story: Story, row: Row, decision: Row) -> None:
    project = story.projects[row["key"]]
    by = story.may(decision["by"], "project.decide", project)
    changes = decision.get("changes", "")
    gates.decide(project, decision["decision"], decision["note"], by, changes=changes)


def _prove(story: Story, row: Row, found: Row) -> None:
    project = story.projects[row["key"]]
    by = story.may(found["by"], "project.report", project)
    evidence.attach(project, found["text"], by, url=found.get("url", ""))


def _learn(story: Story, row: Row) -> None:
    project = story.projects[row["key"]]
    replicate.learn(project, row["learned"], story.may(row["lead"], "project.edit", project))


def _update(story: Story, row: Row, update: Row) -> None:
    project = story.projects[row["key"]]
    by = story.may(update["by"], "project.report", project)
    updates.post(project, update["light"], update["text"], by)


def _risk(story: Story, row: Row, risk: Row) -> None:
    project = story.projects[row["key"]]
    owner = story.people[risk["owner"]] if "owner" in risk else None
    draft = RiskDraft(
        risk["text"],
        risk["likelihood"],
        risk["damage"],
        risk.get("answer", ""),
        owner.id if owner else None,
    )
    risks.name_risk(project, draft, story.may(row["lead"], "project.report", project))


def _close(story: Story, row: Row, risk: Row) -> None:
    project = story.projects[row["key"]]
    named = next(one for one in project.risks if one.text == risk["text"])
    risks.close(project, named, story.may(row["lead"], "project.report", project))


def _resolve(story: Story, row: Row, resolution: Row) -> None:
    project = story.projects[row["key"]]
    by = story.may(resolution["by"], "project.edit", project)
    day = story.timeline.day(resolution["days_ago"])
    resolutions.write_down(
        project, resolution["text"], by, reason=resolution["reason"], decided_on=day
    )


def _reach(story: Story, row: Row, milestone: Row) -> None:
    project = story.projects[row["key"]]
    planned = next(one for one in project.milestones if one.title == milestone["title"])
    day = story.timeline.day(milestone["done_days_ago"])
    milestones.reach(project, planned, story.may(row["lead"], "project.edit", project), day)

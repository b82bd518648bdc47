"""The actions on their way from proposed to done, and what became of the insights behind them."""

from __future__ import annotations

from decimal import Decimal

from cxwiki.actions import dependencies, escalation, limits, progress, service, subtasks
from cxwiki.actions.drafts import Draft, Effect
from cxwiki.actions.models import Status
from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.insights import service as insights
from cxwiki.insights.models import Status as InsightStatus

RULES_SINCE = 90
MOST_IN_PROGRESS = 8
AT_WORK = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE})


def act(story: Story) -> None:
    """Plan all actions, and how their insights follow."""
    posted = {row["key"]: int(row["days_ago"]) for row in story.data.insights}
    for row in story.data.actions:
        made = row["created_days_ago"]
        story.timeline.add(made, _make, story, row)
        later = [key for key in row["insights"] if posted[key] < made]
        for key in later:
            story.timeline.add(posted[key], _link, story, row, key)
        course = _course(row, [posted[key] for key in later])
        for status, day in course.items():
            story.timeline.add(day, _go_on, story, row, status)
        story.comment_on(story.actions, row)
        if row["status"] in (Status.IN_PROGRESS, Status.DONE):
            asked = min([*course.values(), *(posted[key] for key in later)])
            story.timeline.add(max(1, asked - 2), _answer, story, row)
        for step in row.get("subtasks", []):
            if "done_days_ago" in step:
                story.timeline.add(step["done_days_ago"], _tick, story, row, step)
        for blocker in row.get("blocked_by", []):
            story.timeline.add(made, _block, story, row, blocker)
    story.timeline.add(RULES_SINCE, _make_rules, story)
    for row in story.data.insights:
        for status, day, who in _fate(story, row):
            story.timeline.add(day, _follow, story, row, status, who)


def _course(row: Row, later: list[int]) -> dict[str, int]:
    """The states that an action went through after it was proposed, with their days."""
    status, made = row["status"], int(row["created_days_ago"])
    if status == Status.PROPOSED:
        return {}
    if status == Status.DROPPED:
        known = [*later, *(said["days_ago"] for said in row.get("comment", [])), made]
        return {Status.DROPPED: max(1, min(known) - 1)}
    end = int(row.get("completed_days_ago", 0))
    course = {Status.ACCEPTED: made - max(1, (made - end) // 10)}
    if status != Status.ACCEPTED:
        course[Status.IN_PROGRESS] = made - max(2, (made - end) // 4)
    if status == Status.DONE:
        course[Status.DONE] = end
    return {str(state): day for state, day in course.items()}


def _make(story: Story, row: Row) -> None:
    project = story.projects[row["project"]] if "project" in row else None
    draft = Draft(
        title=row["title"],
        body=row["body"],
        owner_id=story.people[row["owner"]].id,
        due_on=story.timeline.day(-row["due_in_days"]),
        priority=row["priority"],
        effort_days=Decimal(str(row["effort_days"])),
        project_id=project.id if project else None,
        insight_ids=tuple(
            story.insights[key].id for key in row["insights"] if key in story.insights
        ),
        effects=tuple(
            Effect(
                kpi_id=story.kpis[effect["kpi"]].id,
                expected_value=Decimal(str(effect["expected_value"])),
                expected_on=story.timeline.day(-effect["expected_in_days"]),
            )
            for effect in row["kpis"]
        ),
    )
    by = story.may(story.lead_of(row["team"]), "action.create")
    action = service.create(draft, story.team(row["team"]), by)
    story.actions[row["key"]] = action
    for step in row.get("subtasks", []):
        subtasks.add(action, step["text"], by)


def _tick(story: Story, row: Row, step: Row) -> None:
    action = story.actions[row["key"]]
    by = story.may(row["owner"], "action.edit", action)
    found = next(one for one in subtasks.steps_of(action) if one.text == step["text"])
    subtasks.set_done(action, found, done=True, by=by)


def _block(story: Story, row: Row, blocker: str) -> None:
    action = story.actions[row["key"]]
    by = story.may(row["owner"], "action.edit", action)
    dependencies.block(action, story.actions[blocker], by)


def _make_rules(story: Story) -> None:
    """The manager lets late work be escalated, and keeps the column of running work short."""
    by = story.may(story.curator(), "action.edit")
    escalation.add_usual(by)
    limits.set_limits(story.team(""), {Status.IN_PROGRESS: MOST_IN_PROGRESS})


def _link(story: Story, row: Row, key: str) -> None:
    action = story.actions[row["key"]]
    by = story.may(row["owner"], "action.edit", action)
    service.link_insights(action, [story.insights[key].id], by)


def _go_on(story: Story, row: Row, status: str) -> None:
    action = story.actions[row["key"]]
    by = story.may(row["owner"], "action.edit", action)
    progress.set_status(action, status, by, row.get("dropped_reason", ""))


def _answer(story: Story, row: Row) -> None:
    """Leave the insights that still wait as they are: the question was put and answered."""
    action = story.actions[row["key"]]
    progress.answer_offer(action, [], story.may(row["owner"], "action.edit", action))


def _fate(story: Story, row: Row) -> list[tuple[str, int, str]]:
    """The states that an insight turned to, each with its day and who said so."""
    status, posted = row["status"], int(row["days_ago"])
    if status == InsightStatus.OPEN:
        return []
    courses = {
        action["key"]: (_course(action, []), action["owner"])
        for action in story.data.actions
        if row["key"] in action["insights"] and action["status"] in AT_WORK
    }
    if not courses:
        said = [comment["days_ago"] for comment in row.get("comment", [])]
        day = min(said) - 1 if said else posted * 3 // 5
        return [(status, max(1, day), story.lead_of(row["team"]))]
    begun, owner = max(
        (course.get(Status.IN_PROGRESS, course[Status.ACCEPTED]), owner)
        for course, owner in courses.values()
    )
    fate = [(str(InsightStatus.IN_ACTION), min(begun, posted), owner)]
    if status == InsightStatus.RESOLVED:
        done, owner = min(
            (course[Status.DONE], owner)
            for course, owner in courses.values()
            if Status.DONE in course
        )
        fate.append((status, max(1, min(done, posted - 1)), owner))
    return fate


def _follow(story: Story, row: Row, status: str, who: str) -> None:
    insight = story.insights[row["key"]]
    by = story.may(who, "insight.edit", insight)
    insights.set_status(insight, status, by, row.get("dismissed_reason", ""))

"""What people write down: insights with customers' words, votes, comments, and later additions."""

from __future__ import annotations

from zlib import crc32

from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.insights import service, voting
from cxwiki.insights.service import Draft

VOTED_WITHIN = 45
"""Days after the posting in which others say that it affects them too."""


def post(story: Story) -> None:
    """Plan all insights."""
    for row in story.data.insights:
        story.timeline.add(row["days_ago"], _publish, story, row)
        if _beginning(row["body"]) != row["body"]:
            story.timeline.add(row["days_ago"] - 2, _complete, story, row)
        for said in row.get("evidence", []):
            noted = min(row["days_ago"], said["days_ago"])
            story.timeline.add(noted, _quote, story, row, said)
        for voter in row.get("votes", []):
            day = _voting_day(row, voter)
            story.timeline.add(day, _vote, story, row, voter)
        story.comment_on(story.insights, row)


def _publish(story: Story, row: Row) -> None:
    by = story.may(row["author"], "insight.create")
    draft = _draft(row, _beginning(row["body"]))
    story.insights[row["key"]] = service.publish(draft, story.team(row["team"]), by)


def _complete(story: Story, row: Row) -> None:
    insight = story.insights[row["key"]]
    by = story.may(row["author"], "insight.edit", insight)
    service.revise(insight, _draft(row, row["body"]), by, based_on=insight.revision_number)


def _draft(row: Row, body: str) -> Draft:
    return Draft(
        title=row["title"],
        body=body,
        kind=row["kind"],
        visibility=row["visibility"],
        tags=tuple(row["tags"]),
        severity=row.get("severity"),
        customers_affected=row.get("customers_affected"),
        channel=row.get("channel"),
        language=row["language"],
    )


def _beginning(body: str) -> str:
    """What was posted first: without the conclusion below a list, which came two days later."""
    beginning, _, _conclusion = body.rpartition("\n\n")
    return body if not beginning or beginning.endswith(":") else beginning


def _quote(story: Story, row: Row, said: Row) -> None:
    insight = story.insights[row["key"]]
    by = story.may(row["author"], "insight.edit", insight)
    said_on = story.timeline.day(said["days_ago"])
    service.add_evidence(insight, said["text"], by, said["source"], said_on)


def _vote(story: Story, row: Row, voter: str) -> None:
    insight = story.insights[row["key"]]
    voting.cast(insight, story.may(voter, "insight.vote", insight))


def _voting_day(row: Row, voter: str) -> int:
    """The same day at every build, different for every vote, after the posting and before today."""
    span = max(1, min(VOTED_WITHIN, row["days_ago"] - 1))
    return int(row["days_ago"]) - 1 - crc32(f"{row['key']} {voter}".encode()) % span

"""Keeping knowledge true: reviews, what people watch, and texts that are not finished yet."""

from __future__ import annotations

from cxwiki import events
from cxwiki.database import db
from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.discussion import service as discussion
from cxwiki.discussion import watching
from cxwiki.discussion.models import Tag
from cxwiki.reviewing import service, states
from cxwiki.reviewing.models import Review
from cxwiki.writing import drafts


def look_after(story: Story) -> None:
    """Plan what is verified, called outdated, watched and begun."""
    told = story.data.knowledge
    for deed, act in (
        ("review", _review), ("outdated", _call_outdated), ("watch", _watch), ("draft", _begin),
    ):  # fmt: skip
        for row in told[deed]:
            story.timeline.add(row["days_ago"], act, story, row)


def _review(story: Story, row: Row) -> None:
    """Read it and find it true, or say how often that has to be done."""
    subject = story.text(row["of"])
    by = story.may(row["by"], "review.edit", subject)
    if "months" in row:
        planned = db.session.get(Review, subject.id)
        owner = planned.owner if planned else by
        review = service.plan(subject, owner, row["months"], None, by)
    else:
        review = service.verify(subject, by, row.get("note", ""))
    _count_from(story, review, row["days_ago"])


def _count_from(story: Story, review: Review, days_ago: int) -> None:
    """The service counts from the present day, the only one that it knows."""
    assert review.months is not None
    review.review_on = states.after_months(story.timeline.day(days_ago), review.months)
    review.reminded_for = None
    said = events.history(review.subject, limit=1)[0]
    said.data = said.data | {"review_on": review.review_on.isoformat()}


def _call_outdated(story: Story, row: Row) -> None:
    subject = story.text(row["of"])
    by = story.may(row["by"], "review.edit", subject)
    service.call_outdated(subject, by, row["why"])


def _watch(story: Story, row: Row) -> None:
    person = story.people[row["who"]]
    if "tag" in row:
        tag = db.session.query(Tag).filter_by(name=row["tag"]).one()
        watching.set_watching_tag(tag, person, watching=True)
    elif "team" in row:
        watching.set_watching_team(story.team(row["team"]), person, watching=True)
    else:
        discussion.set_watching(story.text(row["of"]), person, True)


def _begin(story: Story, row: Row) -> None:
    """Write something down and go home before it is finished."""
    subject = story.text(row["on"]) if "on" in row else None
    person = story.may(row["author"], f"{row['form']}.create", subject)
    key = drafts.new_key(person.id, row["form"], subject.id if subject else None)
    drafts.keep(key, {name: [text] for name, text in row["typed"].items()}, None)

"""What can be looked up: guides below one another, the glossary, and how people improved them."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import force_locale

from cxwiki.demo import attaching
from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.pages import service
from cxwiki.pages.service import PageDraft
from cxwiki.pages.tree import Place
from cxwiki.writing import restoring, revisions

FILE = "{file}"
"""Stands in a text of the data files where the file goes that the same row names."""


def write(story: Story) -> None:
    """Plan all pages; one that stands below another comes after it."""
    for row in story.data.pages:
        story.timeline.add(row["days_ago"], _publish, story, row)
        story.comment_on(story.pages, row)
    for row in story.data.knowledge["edit"]:
        story.timeline.add(row["days_ago"], _improve, story, row)
    for row in story.data.knowledge["restore"]:
        story.timeline.add(row["days_ago"], _restore, story, row)


def _publish(story: Story, row: Row) -> None:
    by = story.may(row["author"], "page.create")
    draft = PageDraft(
        title=row["title"],
        body=row.get("body", ""),
        kind=row["kind"],
        visibility=row.get("visibility", "company"),
        tags=tuple(row.get("tags", ())),
        definition=row.get("definition", ""),
        also_called=row.get("also_called", ""),
        language=row["language"],
    )
    above = story.pages[row["below"]].id if "below" in row else None
    place = Place(above, row.get("position", 0))
    story.pages[row["key"]] = service.publish(draft, story.team(row["team"]), by, place)


def _improve(story: Story, row: Row) -> None:
    """Say it differently: each old piece of the text becomes a new one, and maybe the title."""
    page = story.pages[row["of"]]
    by = story.may(row["author"], "page.edit", page)
    before = service.current_draft(page)
    body = before.body
    for piece in row.get("change", []):
        if body.count(piece["old"]) != 1:
            raise ValueError(f"{piece['old']!r} is not once in {row['of']}")
        new = piece["new"]
        if FILE in new:
            new = new.replace(FILE, attaching.upload(story, row["file"], by))
        body = body.replace(piece["old"], new)
    draft = replace(before, title=row.get("title", before.title), body=body)
    service.revise(page, draft, by, based_on=page.revision_number, comment=row["comment"])


def _restore(story: Story, row: Row) -> None:
    """Bring back what the page said before somebody changed it."""
    page = story.pages[row["of"]]
    by = story.may(row["by"], "text.edit", page)
    then = revisions.numbered(page, row["revision"])
    with force_locale(by.language or page.language):  # the remark is in the person's words
        if then is None or not restoring.restore(page, then, by):
            raise ValueError(f"{row['of']} says already what revision {row['revision']} said")

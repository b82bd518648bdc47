"""Files on pages and insights: pictures that are drawn while the demo is built, and plain texts."""

from __future__ import annotations

from io import BytesIO

from cxwiki.accounts.models import User
from cxwiki.attachments import names, service, showing
from cxwiki.attachments.models import Attachment
from cxwiki.demo import drawing
from cxwiki.demo.reading import Row
from cxwiki.demo.story import Story
from cxwiki.subjects import Subject


def attach(story: Story) -> None:
    """Plan the files that hang on something; those that stand in a text come with its edit."""
    for row in story.data.knowledge["file"]:
        if "of" in row:
            story.timeline.add(row["days_ago"], _attach, story, row)


def _attach(story: Story, row: Row) -> None:
    subject = story.text(row["of"])
    _keep(row, story.may(row["by"], "attachment.add", subject), subject)


def upload(story: Story, key: str, by: User) -> str:
    """Upload a file for a text that is being written; returns the Markdown that shows it."""
    row = next(row for row in story.data.knowledge["file"] if row["key"] == key)
    entry = _keep(row, by)
    address = f"/attachments/{entry.id}/{names.in_address(entry.filename)}"
    return names.markdown(entry.filename, address, picture=showing.is_picture(entry))


def _keep(row: Row, by: User, subject: Subject | None = None) -> Attachment:
    content = row["text"].encode() if "text" in row else drawing.draw(row["picture"], row["name"])
    return service.attach(BytesIO(content), row["name"], by, subject)

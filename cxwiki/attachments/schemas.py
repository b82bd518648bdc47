"""Attached files as the API reads and shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from cxwiki.apibase import address
from cxwiki.apibase.wire import LARGEST_ID, Id, Line, Listed, Paging
from cxwiki.attachments.models import Attachment

LONGEST_CONTENT = 4 * 1024 * 1024


class FileQuery(Paging):
    """Which files are asked for."""

    subject: int = Field(ge=1, le=LARGEST_ID, description="What they are attached to")


class FileIn(BaseModel):
    """A new file; larger ones go through the page."""

    subject_id: Id
    name: Line
    content: Annotated[str, StringConstraints(max_length=LONGEST_CONTENT)] = Field(
        description="What is in the file, in base64"
    )


class FileOut(BaseModel):
    """A file; `media_type` was read from its content, `size` is in bytes."""

    id: int
    subject_id: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str | None
    added_at: datetime
    url: str


class FileList(Listed[FileOut]):
    """Files, the first one first."""


def shown(entries: Iterable[Attachment]) -> list[FileOut]:
    """Show attached files."""
    return [
        FileOut(
            id=one.id,
            subject_id=one.subject_id or 0,
            name=one.filename,
            media_type=one.blob.media_type,
            size=one.blob.size,
            sha256=one.sha256,
            added_by=one.added_by.name if one.added_by else None,
            added_at=one.added_at,
            url=f"{address(one.subject)}#file-{one.id}" if one.subject else "",
        )
        for one in entries
    ]

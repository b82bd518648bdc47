"""Attached files as pages and programs see them."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import format_decimal, ngettext
from flask_login import current_user
from markupsafe import Markup

from cxwiki import access, i18n
from cxwiki.attachments import kinds, names, policy, service
from cxwiki.attachments.models import Attachment
from cxwiki.subjects import Subject

SHOWN_AT_ONCE = 6


def size_in_words(size: int) -> str:
    """A number of bytes as people say it: 812 bytes, 14 kB, 2.3 MB."""
    if size < 1000:
        return ngettext("%(num)s byte", "%(num)s bytes", size)
    if size < 1_000_000:
        return f"{format_decimal(round(size / 1000))} kB"
    return f"{format_decimal(round(size / 1_000_000, 1))} MB"


def address(entry: Attachment) -> str:
    """The path of a file."""
    return url_for(
        "attachments.show", attachment_id=entry.id, name=names.in_address(entry.filename)
    )


def is_picture(entry: Attachment) -> bool:
    """Whether browsers show it within a page; then it has a thumbnail."""
    return kinds.kind_of(entry.blob.media_type).picture


def as_json(entry: Attachment) -> dict[str, Any]:
    """What the editor needs to know of a file that it uploaded."""
    url, picture = address(entry), is_picture(entry)
    return {
        "id": entry.id,
        "name": entry.filename,
        "url": url,
        "markdown": names.markdown(entry.filename, url, picture=picture),
        "is_image": picture,
    }


def files(subject: Subject) -> Markup:
    """The files on a subject as a part of its page; nothing if there are none and none may be."""
    found, gone = service.attachments_of(subject, current_user)
    may_add = access.can("attachment.add", subject)
    if not found and not may_add:
        return Markup("")
    removed = [entry for entry in gone if may_add and access.can("attachment.remove", entry)]
    page = render_template(
        "attachments/_files.html",
        subject=subject,
        found=found,
        removed=removed,
        may_add=may_add,
        at_once=SHOWN_AT_ONCE,
        most_mb=i18n.settings().max_upload_mb,
    )
    return Markup(page)  # noqa: S704


def file_link(entry: Attachment | None) -> Markup:
    """A link to a file that something else rests on; nothing if it is gone or kept from one."""
    if entry is None or entry.archived_at is not None or not policy.sees(current_user, entry):
        return Markup("")
    return Markup(render_template("attachments/_link.html", entry=entry))  # noqa: S704

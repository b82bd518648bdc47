"""Answers: one record with its ETag, a list with its page, a new record with its address."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2s
from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from pydantic import BaseModel

from cxwiki import web
from cxwiki.apibase.blueprints import PREFIX
from cxwiki.i18n import settings
from cxwiki.paging import Page
from cxwiki.problems import PAGES, problem
from cxwiki.subjects import Subject

Answer = tuple[BaseModel, int, dict[str, str]]


def address(subject: Subject) -> str:
    """Return the full address of a subject's page."""
    base = settings().url or request.host_url.rstrip("/")
    return base + web.address(subject)


def one(subject: Subject, shown: BaseModel, status: int = 200, **headers: str) -> Answer:
    """Answer with one record.

    Its ETag is the record's version, which `check_unchanged` compares, and a digest of what the
    reader is shown, because votes and renamed teams show without being a new version.
    """
    digest = blake2s(shown.model_dump_json().encode(), digest_size=6).hexdigest()
    return shown, status, {"ETag": f'"{subject.etag}.{digest}"', **headers}


def created(subject: Subject, shown: BaseModel, collection: str, *, new: bool) -> Answer:
    """Answer a POST: 201 with the new record, 200 with the one that was there already."""
    location = f"{PREFIX}/{collection}/{subject.id}"
    return one(subject, shown, 201 if new else 200, Location=location)


def listed(page: Page[Any], items: Sequence[BaseModel]) -> dict[str, Any]:
    """Answer with one page of a list."""
    return {"items": items, "total": page.total, "page": page.page, "per_page": page.per_page}


def check_unchanged(subject: Subject) -> None:
    """Stop with 412 if the client's If-Match names an older state than the present one."""
    wished = request.if_match
    if not wished or wished.star_tag:
        return
    # Proxies that compress weaken a tag; the version in it says what we need all the same.
    tags = wished.as_set(include_weak=True)
    versions = {(tag or "").partition(".")[0] for tag in tags}
    if subject.etag not in versions:
        detail = _("It changed since you read it. Read it again, then send your change.")
        abort(problem(412, detail, title=str(PAGES[409][0])))

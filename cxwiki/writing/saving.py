"""The answer to a text that was sent: saved, merged, or both texts with a choice for each place."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from babel.lists import format_list
from flask import current_app, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from cxwiki import web
from cxwiki.subjects import Subject
from cxwiki.writing import conflicts, differences, drafts, offering, revisions, texts
from cxwiki.writing.conflicts import EditsTouch, Field, Merge, Saved
from cxwiki.writing.texts import Content
from cxwiki.writing.three_way import Piece

Page = Response | tuple[str, int]


def answer(text: Subject, mine: Content, based_on: int, comment: str = "") -> Page:
    """Save what the signed-in person wrote on revision `based_on`, and answer the request.

    Raises DomainError when the text is not acceptable; then nothing was saved.
    """
    try:
        saved = conflicts.save(text, mine, current_user, based_on, comment)
    except EditsTouch as conflict:
        _keep_draft()
        return ask(text, conflict.merge, comment, 409)
    return web.saved(in_words(saved), web.address(text))


def in_words(saved: Saved) -> str:
    """What is said after saving."""
    if not saved.merged:
        return _("Saved.")
    if not saved.others:
        return _("Saved. What you saved elsewhere meanwhile is in it too.")
    names = format_list(saved.others, locale=get_locale())
    return _("Saved. What %(names)s changed meanwhile is in it too.", names=names)


def ask(
    text: Subject,
    merge: Merge,
    comment: str,
    status: int,
    choices: dict[str, str] | None = None,
) -> Page:
    """Show both texts at each place where they touch, with a choice for each."""
    way = texts.of(text)
    return web.render(
        "writing/conflict.html",
        status,
        text=text,
        merge=merge,
        theirs=revisions.readable(text, merge.number, current_user),
        stretches=_stretches(merge.body),
        mine_whole="".join(piece.mine for piece in merge.body),
        sealed=_seal(text, merge, comment),
        carried=_carried(),
        choices=choices,
        missing=conflicts.missing(merge, choices) if choices is not None else set(),
        words=differences.words,
        label=lambda name: way.labels.get(name, name),
        show=way.show,
    )


def _stretches(pieces: list[Piece]) -> list[tuple[str, Piece | str]]:
    """The text as it is shown: open pieces under their names, and what is settled between them."""
    shown: list[tuple[str, Piece | str]] = []
    for place, piece in enumerate(pieces):
        if not piece.is_settled:
            shown.append((f"body-{place}", piece))
        elif shown and isinstance(shown[-1][1], str):
            shown[-1] = ("", shown[-1][1] + piece.settled)
        else:
            shown.append(("", piece.settled))
    return shown


def _keep_draft() -> None:
    """Whoever closes the page with the choices finds the text among the drafts."""
    key = offering.note_sent()
    if key is not None and key.user_id == current_user.id:
        drafts.keep(key, offering.values_sent(), offering.based_on_sent())


def _carried() -> list[tuple[str, str]]:
    """What the form brought goes along, so that it is a draft if the session ends meanwhile."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", "sealed", "everywhere") and not name.startswith("choice-")
    ]


def read_choices() -> dict[str, str]:
    """The choices that the form brings; one button chooses the same side everywhere."""
    return {
        name.removeprefix("choice-"): value
        for name, value in request.form.items()
        if name.startswith("choice-")
    }


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="conflict")


def _seal(text: Subject, merge: Merge, comment: str) -> str:
    """Both texts, packed for the form: the choice works however long it takes."""
    return _signer().dumps([text.id, current_user.id, comment, asdict(merge)])


def unseal(text: Subject, sealed: str) -> tuple[Merge, str] | None:
    """The merge and the remark that the form was made of; None if it is not a form of ours."""
    try:
        subject_id, person_id, comment, packed = _signer().loads(sealed)
    except BadSignature:
        return None
    if (subject_id, person_id) != (text.id, current_user.id):
        return None
    return _unpacked(packed), comment


def _unpacked(packed: dict[str, Any]) -> Merge:
    return Merge(
        number=packed["number"],
        title=Piece(**packed["title"]),
        body=[Piece(**piece) for piece in packed["body"]],
        fields=packed["fields"],
        open_fields=[Field(**one) for one in packed["open_fields"]],
    )

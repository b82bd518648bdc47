"""What the editor asks the server: previews, completions, templates, who else writes."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cxwiki import access, i18n, richtext, web
from cxwiki.database import db
from cxwiki.i18n import settings
from cxwiki.subjects import Subject
from cxwiki.writing import completions, presence, text_templates
from cxwiki.writing.forms import TemplateForm

bp = Blueprint("writing", __name__)
Page = BaseResponse | tuple[str, int]


@bp.post("/writing/preview")
@access.requires("text.write")
def preview() -> Page:
    """Render Markdown as it will look: a fragment, or a page of its own without JavaScript."""
    text = request.form.get(request.args.get("field", "body"), "")
    html = richtext.to_html(text[: settings().max_text])
    part = "_preview" if request.htmx else "preview"  # type: ignore[attr-defined]
    return web.render(f"writing/{part}.html", html=html)


@bp.get("/writing/completions")
@access.requires("text.write")
def complete() -> Page:
    """Offer people, teams, tags or pages for what was typed after a sign."""
    sign, typed = request.args.get("sign", ""), request.args.get("q", "")
    return web.render(
        "writing/_completions.html", offered=completions.offer(sign, typed, current_user)
    )


@bp.post("/subjects/<int:subject_id>/editing")
@access.requires("text.edit")
def stay(subject_id: int) -> Page:
    """Say that one has the form open, and hear who else has."""
    text = _text(subject_id)
    presence.beat(text, current_user)
    return web.render("writing/_presence.html", others=presence.others(text, current_user))


@bp.delete("/subjects/<int:subject_id>/editing")
@access.requires("text.edit")
def leave(subject_id: int) -> BaseResponse:
    """Say that one closed the form."""
    presence.leave(_text(subject_id), current_user)
    return Response(status=204)


def _text(subject_id: int) -> Subject:
    """The text, for those who may edit it. It was opened before: nothing is noted again."""
    text = db.session.get(Subject, subject_id)
    if text is None or not access.sees(current_user, text):
        abort(404)
    if not access.can("text.edit", text):
        abort(403)
    return text


# --- templates ----------------------------------------------------------------------------------


@bp.get("/writing/templates")
@access.requires("template.edit")
def templates() -> Page:
    """List what texts of each kind begin with, in each language."""
    return web.render(
        "writing/templates.html",
        kinds=text_templates.kinds(),
        languages=i18n.offered_languages(),
        written=text_templates.all_written(),
        language_name=i18n.language_name,
    )


@bp.get("/writing/templates/<kind>")
@access.requires("text.write")
def template_text(kind: str) -> Response:
    """What a text of this kind begins with, as plain Markdown in the person's language."""
    _check(kind, i18n.language())
    return Response(text_templates.text_of(kind, i18n.language()), mimetype="text/plain")


@bp.get("/writing/templates/<kind>/<language>")
@access.requires("template.edit")
def edit_template(kind: str, language: str) -> Page:
    """Show the form of a template."""
    _check(kind, language)
    form = TemplateForm(body=text_templates.text_of(kind, language))
    return _template_page(kind, language, form)


@bp.post("/writing/templates/<kind>/<language>")
@access.requires("template.edit")
def change_template(kind: str, language: str) -> Page:
    """Save a template."""
    _check(kind, language)
    form = TemplateForm()
    if not form.validate():
        return _template_page(kind, language, form, 422)
    text_templates.change(kind, language, form.body.data or "", by=current_user)
    return web.saved(_("Saved."), url_for("writing.templates"))


@bp.delete("/writing/templates/<kind>/<language>")
@access.requires("template.edit")
def take_template_back(kind: str, language: str) -> BaseResponse:
    """Go back to the built-in template."""
    _check(kind, language)
    text_templates.take_back(kind, language, by=current_user)
    return web.saved(_("The built-in template is back."), url_for("writing.templates"))


def _template_page(kind: str, language: str, form: TemplateForm, status: int = 200) -> Page:
    return web.render(
        "writing/template.html",
        status,
        form=form,
        kind=kind,
        label=text_templates.kinds()[kind].label,
        language=language,
        language_name=i18n.language_name(language),
        is_own=text_templates.written(kind, language) is not None,
    )


def _check(kind: str, language: str) -> None:
    if kind not in text_templates.kinds() or language not in settings().languages:
        abort(404)

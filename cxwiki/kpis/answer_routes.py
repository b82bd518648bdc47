"""Pages of raw answers: a file, its columns with a preview, its progress, its refused rows."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cxwiki import access, web
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.kpis import answer_columns, answer_tables, answer_uploads
from cxwiki.kpis.answer_cells import Columns
from cxwiki.kpis.answer_forms import AnswerFileForm, ColumnsForm
from cxwiki.kpis.models import AnswerUpload, Kpi

bp = Blueprint("answers", __name__, url_prefix="/kpis")
Page = BaseResponse | tuple[str, int]
MEASURE = "measurement.create"


@bp.get("/<int:subject_id>/answers")
@access.requires(MEASURE)
def index(subject_id: int) -> Page:
    """Offer the form and list what was uploaded."""
    kpi = access.load(Kpi, subject_id, MEASURE)
    return _index(kpi, AnswerFileForm())


@bp.post("/<int:subject_id>/answers")
@access.requires(MEASURE)
def create(subject_id: int) -> Page:
    """Keep a file; then its columns are asked for."""
    kpi, form = access.load(Kpi, subject_id, MEASURE), AnswerFileForm()
    if not form.validate():
        return _index(kpi, form, 422)
    try:
        upload = answer_uploads.accept(kpi, form.file.data, form.source.data or "", current_user)
    except DomainError as error:
        web.show_on(form, error)
        return _index(kpi, form, error.status)
    return web.go(_address(upload))


@bp.get("/<int:subject_id>/answers/<int:upload_id>")
@access.requires(MEASURE)
def show(subject_id: int, upload_id: int) -> Page:
    """Ask which column holds what; or show how far the file was read, and what was refused."""
    kpi, upload = _load(subject_id, upload_id)
    if upload.state == answer_uploads.DRAFT:
        return _mapping(kpi, upload, Columns.from_dict(upload.columns))
    return web.render("kpis/answer_upload.html", kpi=kpi, upload=upload)


@bp.get("/<int:subject_id>/answers/<int:upload_id>/columns")
@access.requires(MEASURE)
def columns(subject_id: int, upload_id: int) -> Page:
    """Ask again which column holds what, before anything is written."""
    kpi, upload = _load(subject_id, upload_id)
    if upload.state not in (answer_uploads.DRAFT, answer_uploads.CHECKED):
        return web.go(_address(upload))
    return _mapping(kpi, upload, Columns.from_dict(upload.columns))


@bp.post("/<int:subject_id>/answers/<int:upload_id>/columns")
@access.requires(MEASURE)
def choose(subject_id: int, upload_id: int) -> Page:
    """Look again, check all rows, or read them, with the columns that were chosen."""
    kpi, upload = _load(subject_id, upload_id)
    wish = request.form.get("wish", "preview")
    try:
        shown = answer_columns.preview(kpi, answer_uploads.path_of(upload), Columns("", ""))
    except (DomainError, FileNotFoundError):
        return web.go(_address(upload))
    form = ColumnsForm.of(kpi, shown.names)
    if not form.validate():
        return _mapping(kpi, upload, None, form, 422)
    if wish == "preview":
        return _mapping(kpi, upload, form.columns(), form)
    try:
        answer_uploads.start(upload, form.columns(), dry_run=wish == "check")
    except DomainError as error:
        web.show_on(form, error)
        return _mapping(kpi, upload, form.columns(), form, error.status)
    return web.go(_address(upload))


@bp.delete("/<int:subject_id>/answers/<int:upload_id>")
@access.requires(MEASURE)
def withdraw(subject_id: int, upload_id: int) -> BaseResponse:
    """Take the answers of an upload back, or throw away a file that was not read."""
    kpi, upload = _load(subject_id, upload_id)
    if upload.state == answer_uploads.DONE:
        answer_uploads.undo(upload, by=current_user)
        flash(_("The answers were taken back and the figures computed anew."), "good")
        return web.go(_address(upload))
    answer_uploads.forget(upload)
    flash(_("The file was thrown away."), "good")
    return web.go(url_for("answers.index", subject_id=kpi.id))


@bp.get("/<int:subject_id>/answers/<int:upload_id>/errors.csv")
@access.requires(MEASURE)
def errors(subject_id: int, upload_id: int) -> BaseResponse:
    """Give the refused rows with their reasons as a table."""
    _kpi, upload = _load(subject_id, upload_id)
    response = Response(answer_tables.errors_as_csv(upload), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"errors-{upload.id}.csv")
    return response


@bp.get("/<int:subject_id>/answers.csv")
@access.requires(MEASURE)
def download(subject_id: int) -> BaseResponse:
    """Give the raw answers in force as a table, piece by piece."""
    kpi = access.load(Kpi, subject_id, MEASURE)
    pieces = stream_with_context(answer_tables.answers_as_csv(kpi))
    response = Response(pieces, mimetype="text/csv")
    name = f"{kpi.slug or 'kpi'}-answers.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _index(kpi: Kpi, form: AnswerFileForm, status: int = 200) -> Page:
    uploads = answer_uploads.recent(kpi)
    return web.render("kpis/answers.html", status, kpi=kpi, form=form, uploads=uploads)


def _mapping(
    kpi: Kpi,
    upload: AnswerUpload,
    columns: Columns | None,
    form: ColumnsForm | None = None,
    status: int = 200,
) -> Page:
    path = answer_uploads.path_of(upload)
    try:
        shown = answer_columns.preview(kpi, path, columns or Columns("", ""))
    except (DomainError, FileNotFoundError):
        flash(_("The file is not there any more. Upload it again."), "bad")
        return web.go(url_for("answers.index", subject_id=kpi.id))
    form = form or ColumnsForm.of(kpi, shown.names, columns)
    return web.render(
        "kpis/answer_columns.html", status, kpi=kpi, upload=upload, form=form, preview=shown
    )


def _load(subject_id: int, upload_id: int) -> tuple[Kpi, AnswerUpload]:
    kpi = access.load(Kpi, subject_id, MEASURE)
    upload = db.session.get(AnswerUpload, upload_id)
    if upload is None or upload.kpi_id != kpi.id:
        abort(404)
    return kpi, upload


def _address(upload: AnswerUpload) -> str:
    return url_for("answers.show", subject_id=upload.kpi_id, upload_id=upload.id)

"""The one blueprint of projects, and how its forms are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from cxwiki import web
from cxwiki.errors import DomainError
from cxwiki.projects.models import Project

bp = Blueprint("projects", __name__, url_prefix="/projects")
Page = Response | tuple[str, int]


def submitted(
    project: Project,
    form: FlaskForm,
    template: str,
    act: Callable[[], object],
    *,
    message: str,
    anchor: str,
    **context: Any,
) -> Page:
    """Do what the form asks for and go back to a part of the page; else show what is wrong."""
    if not form.validate():
        return web.render(template, 422, project=project, form=form, **context)
    try:
        act()
    except DomainError as error:
        web.show_on(form, error)
        return web.render(template, error.status, project=project, form=form, **context)
    return web.saved(message, web.address(project, _anchor=anchor))

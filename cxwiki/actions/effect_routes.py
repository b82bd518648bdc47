"""Pages of effects: what the KPIs of an action or a project were before, and what they are."""

from __future__ import annotations

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cxwiki import access, web
from cxwiki.actions import effect, effect_page, occasions
from cxwiki.actions.models import Action
from cxwiki.actions.occasions import Occasion
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject

bp = Blueprint("effects", __name__)
Page = BaseResponse | tuple[str, int]


@bp.get("/actions/<int:subject_id>/effects")
@access.requires("view")
def of_action(subject_id: int) -> Page:
    """Show an action's KPIs before and after it was done."""
    action = access.load(Action, subject_id, "view")
    return _show(action, occasions.of_action(action), [])


@bp.get("/projects/<int:subject_id>/effects")
@access.requires("view")
def of_project(subject_id: int) -> Page:
    """Show a project's KPIs before and after it began, or was decided on (`?around=decision`)."""
    project = access.load(Project, subject_id, "view")
    choices = occasions.choices_of(project)
    around = occasions.of(project, request.args.get("around", ""))
    return _show(project, around or (choices[0] if choices else None), choices)


def _show(subject: Subject, occasion: Occasion | None, choices: list[Occasion]) -> Page:
    wishes = effect_page.read_wishes(request.args)
    found = effect_page.sections(subject, occasion, current_user, wishes) if occasion else []
    return web.render(
        "actions/effects.html",
        subject=subject,
        occasion=occasion,
        choices=choices,
        looked_at=found,
        waits=effect.waits(subject),
        rule=effect_page.rule_in_words(),
    )

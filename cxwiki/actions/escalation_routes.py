"""Pages on which managers say what is brought before whom, and when."""

from __future__ import annotations

from flask import abort, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.actions import escalation
from cxwiki.actions.escalation_form import RuleForm
from cxwiki.actions.models import EscalationRule
from cxwiki.actions.routes import Page, bp
from cxwiki.errors import DomainError


@bp.get("/escalation")
@access.requires("view")
def escalation_rules() -> Page:
    """Show the rules in words."""
    return web.render(
        "actions/escalation.html",
        rules=escalation.rules(),
        usual=escalation.USUAL,
        in_words=escalation.in_words,
    )


@bp.get("/escalation/rules/new")
@access.requires("escalation.manage")
def new_rule() -> Page:
    """Show the form for another rule."""
    form = RuleForm(escalation.USUAL[0])
    return web.render("actions/escalation_rule.html", form=form, rule=None)


@bp.post("/escalation/rules")
@access.requires("escalation.manage")
def add_rule() -> Page:
    """Make the rule."""
    form = RuleForm()
    try:
        if form.validate():
            escalation.add(form.draft(), current_user)
            return web.saved(_("The rule holds from the next working day."), _all())
    except DomainError as error:
        web.show_on(form, error)
    return web.render("actions/escalation_rule.html", 422, form=form, rule=None)


@bp.post("/escalation/usual-rules")
@access.requires("escalation.manage")
def add_usual_rules() -> Response:
    """Make the usual rules, where there are none."""
    escalation.add_usual(current_user)
    return web.saved(_("The usual rules hold from the next working day."), _all())


@bp.get("/escalation/rules/<int:rule_id>")
@access.requires("escalation.manage")
def edit_rule(rule_id: int) -> Page:
    """Show the form with what the rule says."""
    rule = _rule(rule_id)
    form = RuleForm(escalation.draft_of(rule))
    return web.render("actions/escalation_rule.html", form=form, rule=rule)


@bp.post("/escalation/rules/<int:rule_id>")
@access.requires("escalation.manage")
def change_rule(rule_id: int) -> Page:
    """Change the rule."""
    rule, form = _rule(rule_id), RuleForm()
    try:
        if form.validate():
            escalation.change(rule, form.draft(), current_user)
            return web.saved(_("Saved."), _all())
    except DomainError as error:
        web.show_on(form, error)
    return web.render("actions/escalation_rule.html", 422, form=form, rule=rule)


@bp.delete("/escalation/rules/<int:rule_id>")
@access.requires("escalation.manage")
def remove_rule(rule_id: int) -> Response:
    """Take the rule away."""
    escalation.remove(_rule(rule_id), current_user)
    return web.saved(_("The rule is gone."), _all())


def _rule(rule_id: int) -> EscalationRule:
    return escalation.find(rule_id) or abort(404)


def _all() -> str:
    return url_for("actions.escalation_rules")

"""The administrator's pages: state of the site, people, work that failed."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from cxwiki import access, jobs, paging, web
from cxwiki.accounts import administering, labels
from cxwiki.accounts.forms import PeopleFilter, PersonForm
from cxwiki.accounts.freshness import fresh
from cxwiki.accounts.models import Team, User
from cxwiki.accounts.routes.blueprint import bp
from cxwiki.accounts.routes.loading import Page, me, row_or_404
from cxwiki.database import db, transaction
from cxwiki.errors import DomainError
from cxwiki.jobs import Job

PER_PAGE = 50


@bp.get("/administration")
@access.requires("site.administer")
def administration() -> Page:
    """Show how the site is doing, and what failed."""
    return web.render(
        "accounts/administration.html",
        workers=jobs.workers_alive(),
        waiting=jobs.count("queued") + jobs.count("running"),
        dead=jobs.count("dead"),
        dead_letters=jobs.dead_letters(),
        database={"sqlite": "SQLite", "postgresql": "PostgreSQL"}[db.engine.dialect.name],
    )


@bp.post("/administration/dead-letters/<int:job_id>/attempts")
@access.requires("site.administer")
def retry_job(job_id: int) -> Response:
    """Let the worker try again."""
    jobs.retry(row_or_404(Job, job_id))
    return web.saved(_("The worker tries again."), url_for("accounts.administration"))


@bp.post("/administration/dead-letters/<int:job_id>/removal")
@access.requires("site.administer")
def discard_job(job_id: int) -> Response:
    """Give the work up."""
    jobs.discard(row_or_404(Job, job_id))
    return web.saved(_("Discarded."), url_for("accounts.administration"))


@bp.get("/administration/people")
@access.requires("person.administer")
def people() -> Page:
    """List people."""
    chosen = PeopleFilter(request.args)
    query = administering.list_people(
        chosen.q.data or "", chosen.role.data or "", chosen.active.data or ""
    )
    page = paging.paginate(
        query, User, paging.page_number(), PER_PAGE, selectinload(User.home_team)
    )
    return web.render("accounts/people.html", page=page, filters=chosen)


@bp.get("/administration/people/<int:person_id>")
@access.requires("person.administer")
def person(person_id: int) -> Page:
    """Show one person to the administrator."""
    somebody = row_or_404(User, person_id)
    return _show(somebody, PersonForm(somebody))


@bp.post("/administration/people/<int:person_id>")
@access.requires("person.administer")
@fresh
def update_person(person_id: int) -> Page:
    """Change role and home team."""
    somebody = row_or_404(User, person_id)
    form = PersonForm(somebody)
    if not form.validate():
        return _show(somebody, form, 422)
    try:
        with transaction():
            administering.change_role(somebody, form.role.data, by=me())
            administering.change_home(somebody, row_or_404(Team, form.home_team.data), by=me())
    except DomainError as error:
        web.show_on(form, error)
        return _show(somebody, form, error.status)
    return web.saved(_("Saved."), _address(somebody))


@bp.post("/administration/people/<int:person_id>/deactivation")
@access.requires("person.administer")
@fresh
def deactivate_person(person_id: int) -> Response:
    """Sign somebody out for good."""
    somebody = row_or_404(User, person_id)
    administering.deactivate(somebody, by=me())
    return web.saved(
        _("%(name)s is signed out everywhere and cannot sign in.", name=somebody.name),
        _address(somebody),
    )


@bp.post("/administration/people/<int:person_id>/activation")
@access.requires("person.administer")
@fresh
def activate_person(person_id: int) -> Response:
    """Let somebody in again."""
    somebody = row_or_404(User, person_id)
    administering.activate(somebody, by=me())
    return web.saved(_("%(name)s can sign in again.", name=somebody.name), _address(somebody))


@bp.post("/administration/people/<int:person_id>/reset-links")
@access.requires("person.administer")
@fresh
def issue_reset_link(person_id: int) -> Page:
    """Make a link for a new password and show it this once."""
    somebody = row_or_404(User, person_id)
    link, until = administering.issue_reset_link(somebody, by=me())
    return web.render(
        "accounts/secret.html",
        201,
        title=_("A link for %(name)s", name=somebody.name),
        text=_(
            "With it %(name)s chooses a new password. Hand it over safely: it is shown only now.",
            name=somebody.name,
        ),
        label=_("The link"),
        secret=link,
        until=until,
        back=_address(somebody),
    )


def _address(somebody: User) -> str:
    return url_for("accounts.person", person_id=somebody.id)


def _show(somebody: User, form: PersonForm, status: int = 200) -> Page:
    return web.render(
        "accounts/person.html",
        status,
        person=somebody,
        form=form,
        roles=[(labels.ROLES[role], text) for role, text in labels.ROLE_HELP.items()],
    )

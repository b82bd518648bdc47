"""What I watch: pages, tags and teams."""

from __future__ import annotations

from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.discussion import service, watching
from cxwiki.notifications.routes import bp
from cxwiki.notifications.topics import because
from cxwiki.subjects import Subject


@bp.get("/watching")
@access.requires("subject.watch")
def watches() -> tuple[str, int]:
    """Show what I watch and what I muted."""
    return web.render(
        "notifications/watching.html",
        watched=watching.watched_by(current_user),
        muted=watching.watched_by(current_user, muted=True),
        tags=watching.tags_watched_by(current_user),
        teams=watching.teams_watched_by(current_user),
        because=because,
    )


@bp.route("/watching/subjects/<int:subject_id>", methods=["POST", "DELETE"])
@access.requires("subject.watch")
def watch_subject(subject_id: int) -> Response:
    """Hear of a page again, or mute it."""
    subject = access.load(Subject, subject_id, "subject.watch")
    wanted = request.method == "POST"
    service.set_watching(subject, current_user, watching=wanted)
    said = _("You hear of it again.") if wanted else _("You hear no more of it.")
    return web.saved(said, web.safe_next(url_for("notifications.watches")))


@bp.route("/watching/tags/<int:tag_id>", methods=["POST", "DELETE"])
@access.requires("subject.watch")
def watch_tag(tag_id: int) -> Response:
    """Begin to hear of what gets a tag, or stop; a tag on nothing that one sees is none."""
    tag = watching.find_tag_by_id(tag_id, current_user) or abort(404)
    wanted = request.method == "POST"
    watching.set_watching_tag(tag, current_user, watching=wanted)
    said = _("You hear of what gets the tag #%(name)s.", name=tag.name)
    if not wanted:
        said = _("You do not watch the tag #%(name)s any more.", name=tag.name)
    return web.saved(said, web.safe_next(url_for("notifications.watches")))


@bp.route("/watching/teams/<int:team_id>", methods=["POST", "DELETE"])
@access.requires("subject.watch")
def watch_team(team_id: int) -> Response:
    """Begin to hear of what a team posts, or stop."""
    team = db.session.get(Team, team_id) or abort(404)
    wanted = request.method == "POST"
    watching.set_watching_team(team, current_user, watching=wanted)
    said = _("You hear of what %(team)s posts.", team=team.shown_name)
    if not wanted:
        said = _("You do not watch %(team)s any more.", team=team.shown_name)
    return web.saved(said, web.safe_next(url_for("notifications.watches")))

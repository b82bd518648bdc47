"""Building the site: the only place that knows every feature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from cxwiki import (
    access,
    accounts,
    actions,
    apibase,
    assets,
    attachments,
    config,
    discussion,
    headers,
    i18n,
    insights,
    kpis,
    linking,
    notifications,
    overview,
    pages,
    problems,
    projects,
    reviewing,
    search,
    subjects,
    themes,
    web,
    worker,
    writing,
)
from cxwiki.database import db
from cxwiki.extensions import csrf, htmx, limiter, migrate

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: config.Settings | None = None) -> APIFlask:
    """Build the site from the settings, which come from the environment unless they are given."""
    settings = settings or config.from_environment()
    app = APIFlask(
        __name__,
        title="CX Wiki",
        version="1",
        spec_path="/api/openapi.json",
        docs_path=None,
        json_errors=False,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.extensions["settings"] = settings
    app.config.from_mapping(_flask_config(settings))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(
        can=access.can,
        dom_id=subjects.dom_id,
        csrf_token=generate_csrf,
        demo=settings.demo,
        current_user=current_user,
    )

    settings.data.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    limiter.init_app(app)
    htmx.init_app(app)
    i18n.init_app(app)
    for part in (web, problems, apibase):
        part.init_app(app)
    for part_with_settings in (headers, assets, worker):
        part_with_settings.init_app(app, settings)
    for feature in (
        accounts,
        search,
        writing,
        linking,
        discussion,
        attachments,
        reviewing,
        kpis,
        pages,
        insights,
        themes,
        projects,
        actions,
        notifications,
        overview,
    ):
        feature.init_app(app)
    if settings.proxies:
        hops = settings.proxies
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = proxied
    return app


def _flask_config(settings: config.Settings) -> dict[str, Any]:
    secure = settings.url.startswith("https://")
    key = settings.signing_key()
    return {
        "SECRET_KEY": key,
        "SECURITY_PASSWORD_SALT": f"salt-{key}",
        "SQLALCHEMY_DATABASE_URI": settings.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": not settings.sqlalchemy_url.startswith("sqlite")
        },
        "MAX_CONTENT_LENGTH": settings.max_upload_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": settings.languages[0],
        "BABEL_DEFAULT_TIMEZONE": settings.timezone.key,
        "RATELIMIT_STORAGE_URI": settings.queue_url or "memory://",
        "RATELIMIT_APPLICATION": settings.write_limit,
        "OPENAPI_VERSION": "3.1.0",
    }

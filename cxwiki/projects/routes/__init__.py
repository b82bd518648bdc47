"""Pages of projects, one module a part."""

from __future__ import annotations

from cxwiki.projects.routes import gates, links, plan, projects, replicas, reports
from cxwiki.projects.routes.blueprint import bp

__all__ = ["bp", "gates", "links", "plan", "projects", "replicas", "reports"]

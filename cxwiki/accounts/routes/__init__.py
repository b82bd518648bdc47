"""Pages of accounts, one module a part."""

from __future__ import annotations

from cxwiki.accounts.routes import administration, invitations, profile, session, setup, teams
from cxwiki.accounts.routes.blueprint import bp

__all__ = ["administration", "bp", "invitations", "profile", "session", "setup", "teams"]

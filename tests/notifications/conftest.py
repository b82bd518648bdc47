"""Insights and actions as in the tests of actions."""

from tests.actions.conftest import action, count_queries, insight, project

__all__ = ["action", "count_queries", "insight", "project"]

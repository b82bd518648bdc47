"""Who commits, and who may roll back: a use case is one transaction, and database.py ends it.

The rule for `rollback`: it is never inside a `@command` (which rolls back by raising), and stands
only where a failed attempt is given up as a whole, or where a read snapshot ends before long work.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.places import functions, named, python_files, tree

COMMITS = {
    "cxwiki/database.py": "the only place",
    "cxwiki/search/embedded/keyword.py": "an index writer",
    "cxwiki/search/postgres/schema.py": "an index writer",
}
ROLLBACKS = {
    "cxwiki/apibase/blueprints.py:answer": "the answer to a refusal is given without its half work",
    "cxwiki/database.py:transaction": "the place itself",
    "cxwiki/insights/importing.py:_import_chunk": "a dry run keeps nothing",
    "cxwiki/jobs.py:run_handler": "what a failed handler did is taken back",
    "cxwiki/notifications/mailing.py:_written": "ends the read snapshot before the mail server works",
    "cxwiki/pages/importing/running.py:_import_chunk": "a dry run keeps nothing",
    "cxwiki/problems.py:refused": "the error page is rendered without the failed work",
    "cxwiki/problems.py:refused_by_the_database": "the error page is rendered without failed work",
    "cxwiki/problems.py:unexpected": "the error page is rendered without the failed work",
    "cxwiki/search/meaning/embedding.py:embed": "ends the read snapshot before the encoder works",
    "cxwiki/search/indexing.py:index_changed": "ends the read snapshot before the index works",
    "cxwiki/search/indexing.py:rebuild_keyword": "what was read before the lock may be too old",
    "cxwiki/search/postgres/schema.py:step": "a try on the engine's own connection, in a savepoint",
    "cxwiki/themes/placing.py:place_new": "ends the read snapshot before the vectors are compared",
    "cxwiki/themes/runs.py:rebuild": "ends the read snapshot before the clustering works",
}


def calls_of(method: str) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Innermost functions that call `….method(`, as "file:function"."""
    found = {}
    for path in python_files():
        for function in functions(tree(path)):
            inner = {id(node) for one in functions_in(function) for node in ast.walk(one)}
            for node in ast.walk(function):
                if (
                    id(node) not in inner
                    and isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == method
                ):
                    found[f"{named(path)}:{function.name}"] = function
    return found


def functions_in(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node is not function
    ]


def decorators(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {ast.unparse(decorator).rsplit(".")[-1] for decorator in function.decorator_list}


def test_nobody_commits_but_the_house() -> None:
    assert {place.split(":")[0] for place in calls_of("commit")} == set(COMMITS)


def test_nobody_opens_transactions_by_hand() -> None:
    assert calls_of("begin") == {}
    assert calls_of("begin_nested") == {}


def test_rolling_back_is_for_those_who_have_a_reason() -> None:
    assert set(calls_of("rollback")) - set(ROLLBACKS) == set()


def test_every_reason_for_rolling_back_is_still_needed() -> None:
    known = {place for place in ROLLBACKS if place.split(":")[0] != "cxwiki/database.py"}
    assert known - set(calls_of("rollback")) == set()


def test_a_command_never_rolls_back_itself() -> None:
    assert [
        place
        for place, function in calls_of("rollback").items()
        if "command" in decorators(function)
    ] == []


def test_routes_and_templates_neither_query_nor_name_roles() -> None:
    """Routes load through permission, call a service and present."""
    offenders = []
    for path in python_files():
        if not is_route(path):
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Name) and node.id == "RoleName" and path.name != "session.py":
                offenders.append(f"{named(path)}:{node.lineno} names a role")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "select"
            ):
                offenders.append(f"{named(path)}:{node.lineno} queries")
    assert offenders == []


def is_route(path: Path) -> bool:
    return path.name.endswith("routes.py") or path.parent.name == "routes" or path.name == "api.py"

"""Whoever is not in a team learns nothing of what it keeps to itself: asked of every address.

New addresses are asked by themselves, with every parameter that the source knows of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.subjects import Subject
from tests.conftest import Cast, SignIn
from tests.hostile import addresses, hidden
from tests.hostile.addresses import Send, paths
from tests.hostile.hidden import KNOWN, Hidden, ids, leaks, of_shared, words

pytestmark = pytest.mark.any_database

OUTSIDERS = ("carol", "mia")
NOBODY = 2_000_000_000
TYPED = (("[[", KNOWN), ("#", KNOWN), ("@", KNOWN), ("[[", "quetzel"))


def plain(answer: TestResponse) -> str:
    """What an answer says, but for the tokens of its forms and notes, and the numbers in it."""
    text = re.sub(
        r'"X-CSRFToken": *"[^"]+"|name="(?:csrf_token|draft)"[^>]+', "", words(answer.data)
    )
    return re.sub(r"\d+", "0", text)


def asked(
    app: APIFlask, client: FlaskClient, found: Hidden, send: Send
) -> Iterator[tuple[str, str, TestResponse]]:
    """Every address of pages and programs, with what is hidden in each place: first only read."""
    for reads in (True, False):
        for rule in addresses.rules(app):
            for method in addresses.methods(rule):
                for path in dict.fromkeys(
                    (*paths(rule, ids(found)), *paths(rule, of_shared(found)))
                ):
                    if reads is not (method == "GET"):
                        continue
                    if not path.startswith("/api/"):
                        yield method, path, client.open(path, method=method)
                    elif method not in ("POST", "PATCH"):
                        yield method, path, send(path, method)


def test_who_is_in_the_team_is_told(
    app: APIFlask, as_: SignIn, secret: Hidden, program: Callable[[str], Send]
) -> None:
    """The questions below are the right ones: Bob's answers hold what others' must not."""
    told = (leaks(answer) for _, _, answer in asked(app, as_("bob"), secret, program("bob")))
    assert any(told)


@pytest.mark.parametrize("name", OUTSIDERS)
def test_no_answer_holds_a_word_of_it(
    app: APIFlask, as_: SignIn, secret: Hidden, program: Callable[[str], Send], name: str
) -> None:
    leaked, broken = [], []
    for method, path, answer in asked(app, as_(name), secret, program(name)):
        if leaks(answer):
            leaked.append((method, path, answer.status_code))
        if answer.status_code >= 500 and answer.status_code != 503:
            broken.append((method, path))
    assert (leaked, broken) == ([], [])


@pytest.mark.parametrize("name", ["carol"])
def test_no_parameter_brings_a_word_of_it(
    app: APIFlask, as_: SignIn, secret: Hidden, program: Callable[[str], Send], name: str
) -> None:
    """Filters, searches, completions: with the hidden numbers, and with a word of it."""
    client, send, leaked = as_(name), program(name), []
    numbers = [secret.subjects[one] for one in ("insight", "narrowed", "guide", "action")]
    queries = [dict.fromkeys(addresses.parameters(), str(number)) for number in numbers]
    queries += [{"q": typed, "title": typed, "sign": sign, "body": typed} for sign, typed in TYPED]
    for rule in addresses.rules(app):
        if "GET" not in (rule.methods or ()):
            continue
        for path in paths(rule, of_shared(secret)):
            for query in queries:
                ask = send if path.startswith("/api/") else client.open
                answer = ask(path, method="GET", query_string=query)
                if leaks(answer) or answer.status_code == 500:
                    leaked.append((path, query.get("q"), answer.status_code))
    assert leaked == []


@pytest.mark.parametrize("name", ["mia"])
def test_it_is_as_if_it_were_not_there(
    app: APIFlask, as_: SignIn, secret: Hidden, program: Callable[[str], Send], name: str
) -> None:
    """Each address answers a hidden number exactly as one that nothing has."""
    client, send, told = as_(name), program(name), []
    places = ids(secret) | {"team_id": [], "second_id": [secret.shared], "number": [1]}
    for rule in addresses.rules(app):
        names = rule.arguments & {*places, "insight_id"}
        if not names or "team_id" in names:
            continue
        for method in addresses.methods(rule):
            api = rule.rule.startswith("/api/")
            if api and method in ("POST", "PATCH"):
                continue
            ask = send if api else client.open
            nothing = {one: [NOBODY] for one in names - {"number", "second_id"}}
            missing = [plain(ask(one, method=method)) for one in paths(rule, places | nothing)]
            for path in paths(rule, places):
                if plain(ask(path, method=method)) not in missing:
                    told.append((method, path))
    assert told == []


@pytest.mark.parametrize("name", [*OUTSIDERS, "dave"])
def test_nothing_is_done_to_it(
    app: APIFlask,
    as_: SignIn,
    secret: Hidden,
    program: Callable[[str], Send],
    cast: Cast,
    name: str,
) -> None:
    """Neither by its own address, nor by naming it in what one does to something else."""
    client, send, broken = as_(name), program(name), []
    numbers = list(secret.subjects.values())
    before = state(app, numbers)
    document = client.get("/api/openapi.json").get_json()
    for rule in addresses.rules(app):
        for method in set(addresses.methods(rule)) - {"GET"}:
            for place in ([secret.subjects["insight"], secret.subjects["guide"]], [secret.shared]):
                for path in paths(rule, ids(secret) | {"subject_id": place}):
                    for number in (secret.subjects["insight"], secret.subjects["guide"]):
                        answer = do(client, send, document, rule, path, method, number)
                        if answer.status_code >= 500 or leaks(answer):
                            broken.append((method, path, answer.status_code))
    assert broken == []
    after = state(app, numbers)
    assert after | {"last event": 0} == before | {"last event": 0}
    with app.app_context():
        done = select(Event.name).where(
            Event.subject_id.in_(numbers),
            Event.actor_id == getattr(cast, name),
            Event.id > before["last event"],
        )
        assert db.session.scalars(done).all() == []


def do(
    client: FlaskClient,
    send: Send,
    document: dict[str, Any],
    rule: Rule,
    path: str,
    method: str,
    number: int,
) -> TestResponse:
    """Do what an address does, with the number in each field that it can have."""
    if not path.startswith("/api/"):
        fields = dict.fromkeys(addresses.parameters(), str(number))
        return client.open(path, method=method, data=fields)
    if method == "DELETE":
        return send(path, method)
    spec = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).replace("{subject_id}", "{id}")
    content = document["paths"][spec][method.lower()].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return send(path, method, json=addresses.body_of(schema, document, number) or {})


def state(app: APIFlask, numbers: list[int]) -> dict[str, Any]:
    """What hangs on the hidden things, and what they say."""
    with app.app_context():
        last = db.session.scalar(select(func.max(Event.id)))
        texts = db.session.execute(
            select(Subject.id, Subject.title, Subject.version, Subject.archived_at).where(
                Subject.id.in_(numbers)
            )
        ).all()
        return {
            "last event": last,
            "texts": sorted(map(tuple, texts)),
            **hidden.rows_about(numbers),
        }

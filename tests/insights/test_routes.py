"""Every address of an insight: who may, who may not, what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki.database import db
from cxwiki.insights import service
from cxwiki.insights.models import Evidence, Insight
from cxwiki.writing.models import Revision
from tests.conftest import Cast, SignIn
from tests.insights.conftest import Make

HTMX = {"HX-Request": "true"}
Form = Callable[..., dict[str, Any]]


@pytest.fixture
def form(cast: Cast) -> Form:
    """What the browser sends, with these values changed."""

    def fill(**values: Any) -> dict[str, Any]:
        return {
            "title": "Changed title", "body": "Changed words.", "kind": "pain_point",
            "team": cast.service, "visibility": "company", "tags": "", "channel": "",
            "severity": "", "customers_affected": "", "language": "", "quote": "",
            "quote_source": "", "comment": "", "based_on": 1, **values,
        }  # fmt: skip

    return fill


@pytest.fixture
def quoted(app: APIFlask, cast: Cast, insight: Make) -> Callable[..., tuple[int, int]]:
    """An insight and a quote under it, as two ids."""

    def make(**values: Any) -> tuple[int, int]:
        number = insight(**values)
        with app.app_context():
            found = db.session.get(Insight, number)
            assert found is not None
            return number, service.add_evidence(found, "Never again!", cast.person("alice")).id

    return make


def rows(app: APIFlask) -> list[int | None]:
    with app.app_context():
        return [
            db.session.scalar(select(func.count()).select_from(model))
            for model in (Insight, Revision, Evidence)
        ]


# --- everything alike -----------------------------------------------------------------------------

READING = [""]
FORMS = ["/edit", "/status", "/evidence/new"]
WRITING = [
    ("POST", ""), ("POST", "/vote"), ("DELETE", "/vote"), ("POST", "/status"),
    ("POST", "/archival"), ("DELETE", "/archival"), ("POST", "/evidence"),
    ("DELETE", "/evidence/{quote}"),
]  # fmt: skip
BY_ANYBODY_WHO_WRITES = [one for one in WRITING if "archival" not in one[1]]


@pytest.mark.parametrize("path", READING + FORMS)
@pytest.mark.parametrize("name", ["alice", "bob", "carol", "mia", "dave", "rita", "eve"])
def test_who_reads(as_: SignIn, insight: Make, path: str, name: str) -> None:
    everybodys, teams = insight(), insight("Secret", visibility="team")
    client = as_(name)
    shown, hidden = (
        client.get(f"/insights/{one}{path}").status_code for one in (everybodys, teams)
    )
    if name == "eve":
        assert (shown, hidden) == (302, 302)
    elif name in ("dave", "rita"):
        assert (shown, hidden) == ((403, 403) if path in FORMS else (200, 404))
    else:
        assert (shown, hidden) == (200, 200 if name in ("alice", "bob") else 404)
    assert client.get(f"/insights/999{path}").status_code == (
        302 if name == "eve" else 403 if name in ("dave", "rita") and path in FORMS else 404
    )


@pytest.mark.parametrize(("method", "path"), WRITING)
@pytest.mark.parametrize(
    ("name", "expected"), [("carol", 404), ("mia", 404), ("dave", 403), ("rita", 403), ("eve", 302)]
)
def test_who_may_not_write(
    app: APIFlask, as_: SignIn, quoted, stored, form: Form,
    method: str, path: str, name: str, expected: int,
) -> None:  # fmt: skip
    number, quote = quoted(visibility="team")
    before = rows(app)
    data = form(status="resolved", reason="Fixed", text="Words")
    address = f"/insights/{number}{path.format(quote=quote)}"
    assert as_(name).open(address, method=method, data=data).status_code == expected
    now = stored(number)
    assert (now.title, now.status, now.votes_count, now.is_archived, now.version) == (
        "Long wait", "open", 0, False, 2,
    )  # fmt: skip
    assert rows(app) == before


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_what_is_missing_cannot_be_written(as_: SignIn, form: Form, method: str, path: str) -> None:
    address = f"/insights/999{path.format(quote=1)}"
    assert as_("alice").open(address, method=method, data=form()).status_code == 404


@pytest.mark.parametrize(("method", "path"), BY_ANYBODY_WHO_WRITES)
@pytest.mark.parametrize("name", ["bob", "carol", "mia", "admin"])
def test_it_is_a_wiki(as_: SignIn, quoted, form: Form, method: str, path: str, name: str) -> None:
    number, quote = quoted()
    data = form(status="resolved", text="Words")
    address = f"/insights/{number}{path.format(quote=quote)}"
    assert as_(name).open(address, method=method, data=data).status_code == 303


@pytest.mark.parametrize(
    ("name", "expected"),
    [("alice", 303), ("mia", 303), ("admin", 303), ("bob", 403), ("carol", 403)],
)
def test_author_and_curators_archive(
    as_: SignIn, insight: Make, stored, name: str, expected: int
) -> None:
    number, client = insight(), as_(name)
    assert client.post(f"/insights/{number}/archival").status_code == expected
    assert stored(number).is_archived == (expected == 303)
    assert client.post(f"/insights/{number}/archival?_method=DELETE").status_code == expected
    assert not stored(number).is_archived


@pytest.mark.parametrize(("method", "path"), BY_ANYBODY_WHO_WRITES)
def test_what_is_archived_is_only_read_and_restored(
    as_: SignIn, quoted, form: Form, method: str, path: str
) -> None:
    number, quote = quoted()
    alice = as_("alice")
    alice.post(f"/insights/{number}/archival")
    assert alice.get(f"/insights/{number}").status_code == 200
    assert "Long wait" not in alice.get("/insights/").text
    assert "Long wait" in alice.get("/insights/?archived=1").text
    address = f"/insights/{number}{path.format(quote=quote)}"
    assert alice.open(address, method=method, data=form(status="open")).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", ""), ("GET", "/vote"), ("DELETE", "/status"), ("GET", "/archival"),
     ("GET", "/evidence"), ("GET", "/evidence/1"), ("POST", "/revisions/1"),
     ("DELETE", "/revisions/1")],
)  # fmt: skip
def test_wrong_method(as_: SignIn, insight: Make, method: str, path: str) -> None:
    number = insight()
    assert as_("admin").open(f"/insights/{number}{path}", method=method).status_code == 405


# --- publishing -----------------------------------------------------------------------------------


def test_publishing(app: APIFlask, as_: SignIn, cast: Cast, stored, form: Form) -> None:
    data = form(quote="Never again!", quote_source="Call", tags="App; #Bill", severity="4")
    answer = as_("bob").post("/insights/", data=data)
    assert answer.status_code == 303
    page = as_("carol").get(answer.location).text
    for words in ("Changed title", "Changed words.", "Never again!", "bill"):
        assert words in page
    with app.app_context():
        [number] = db.session.scalars(select(Insight.id))
    assert (stored(number).severity, stored(number).author_id) == (4, cast.bob)


@pytest.mark.parametrize(("name", "expected"), [("dave", 403), ("rita", 403), ("eve", 302)])
def test_who_may_not_publish(
    app: APIFlask, as_: SignIn, form: Form, name: str, expected: int
) -> None:
    client = as_(name)
    assert client.get("/insights/new").status_code == expected
    assert client.post("/insights/", data=form()).status_code == expected
    assert rows(app) == [0, 0, 0]


BAD = [
    {"title": ""}, {"title": "  "}, {"title": "x" * 301}, {"kind": "rumour"}, {"severity": "9"},
    {"customers_affected": "-1"}, {"customers_affected": "many"}, {"channel": "pigeon"},
    {"visibility": "nobody"}, {"language": "xx"}, {"tags": ",".join(map(str, range(21)))},
]  # fmt: skip


@pytest.mark.parametrize("values", [*BAD, {"team": 3}, {"team": 1, "visibility": "team"}])
def test_bad_input_publishes_nothing(app: APIFlask, as_: SignIn, form: Form, values) -> None:
    answer = as_("bob").post("/insights/", data=form(quote="My quote", **values))
    assert answer.status_code == 422
    assert "My quote" in answer.text, "what was written is still there"
    assert rows(app) == [0, 0, 0]


def test_an_address_fills_the_new_form(as_: SignIn) -> None:
    page = as_("bob").get("/insights/new?title=Slow+%22app%22&kind=rumour").text
    assert 'value="Slow &#34;app&#34;"' in page


# --- revising -------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", BAD)
def test_bad_input_revises_nothing(
    app: APIFlask, as_: SignIn, insight: Make, stored, form: Form, values
) -> None:
    number = insight()
    answer = as_("bob").post(f"/insights/{number}", data=form(**values))
    assert answer.status_code == 422
    assert "Changed words." in answer.text
    assert (stored(number).title, stored(number).revision_number) == ("Long wait", 1)


def test_the_old_addresses_of_revisions_lead_to_the_history(as_: SignIn, insight: Make) -> None:
    number, secret = insight(), insight("Secret", visibility="team")
    rita = as_("rita")
    for path in ("/revisions", "/revisions/1"):
        answer = rita.get(f"/insights/{number}{path}")
        assert (answer.status_code, answer.location) == (301, f"/subjects/{number}{path}")
        assert rita.get(f"/insights/{secret}{path}").status_code == 404


# --- the rest -------------------------------------------------------------------------------------


def test_a_vote_answers_with_its_part_of_the_page(as_: SignIn, insight: Make, stored) -> None:
    number, carol = insight(), as_("carol")
    voted = carol.post(f"/insights/{number}/vote", headers=HTMX)
    assert 'aria-pressed="true"' in voted.text
    assert "Stop watching" in voted.text, "who votes, watches"
    assert "<html" not in voted.text
    assert (stored(number).votes_count, stored(number).reach) == (1, 2)
    back = carol.post(f"/insights/{number}/vote?_method=DELETE", headers=HTMX)
    assert 'aria-pressed="false"' in back.text
    assert stored(number).votes_count == 0


@pytest.mark.parametrize(
    "data", [{"status": "dismissed", "reason": " "}, {"status": "sideways"}, {}]
)
def test_a_bad_status_is_refused(as_: SignIn, insight: Make, stored, data) -> None:
    number = insight()
    assert as_("bob").post(f"/insights/{number}/status", data=data).status_code == 422
    assert stored(number).status == "open"


def test_dismissed_with_a_reason(as_: SignIn, insight: Make, stored) -> None:
    number, bob = insight(), as_("bob")
    data = {"status": "dismissed", "reason": "Posted twice"}
    assert bob.post(f"/insights/{number}/status", data=data).status_code == 303
    assert "Posted twice" in bob.get(f"/insights/{number}").text


@pytest.mark.parametrize(
    "data", [{"text": ""}, {"text": "  "}, {"text": "x" * 5001}, {"text": "A", "said_on": "soon"}]
)
def test_a_bad_quote_is_refused(app: APIFlask, as_: SignIn, insight: Make, data) -> None:
    number = insight()
    assert as_("bob").post(f"/insights/{number}/evidence", data=data).status_code == 422
    assert rows(app)[2] == 0


def test_a_quote_is_removed_from_its_own_insight_only(app: APIFlask, as_: SignIn, quoted) -> None:
    (number, quote), (other, _quote) = quoted(), quoted(title="Other")
    bob = as_("bob")
    assert bob.delete(f"/insights/{other}/evidence/{quote}").status_code == 404
    assert rows(app)[2] == 2
    address = f"/insights/{number}/evidence/{quote}?_method=DELETE"
    assert bob.post(address).status_code == 303
    assert rows(app)[2] == 1


def test_a_preview_is_harmless_and_writes_nothing(app: APIFlask, as_: SignIn) -> None:
    data = {"body": "**Loud** <script>alert(1)</script>"}
    part = as_("bob").post("/writing/preview", data=data, headers=HTMX)
    assert "<strong>Loud</strong>" in part.text
    assert "<script>alert" not in part.text
    assert "<html" not in part.text
    assert "<html" in as_("bob").post("/writing/preview", data=data).text
    assert as_("rita").post("/writing/preview", data=data).status_code == 403
    assert rows(app) == [0, 0, 0]


def test_similar_ones_are_only_those_that_one_may_see(as_: SignIn, insight: Make, work_off) -> None:
    insight("Parcel arrives late"), insight("Parcel of the secret lab", visibility="team")
    work_off()
    found = as_("carol").post("/insights/similar", data={"title": "parcel"}).text
    assert "Parcel arrives late" in found
    assert "secret lab" not in found
    assert "Parcel" not in as_("carol").post("/insights/similar", data={"title": "par"}).text
    assert as_("rita").post("/insights/similar", data={"title": "parcel"}).status_code == 403

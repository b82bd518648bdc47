"""Chat rooms of teams: what they hear, from whom they are kept, and that nothing is posted twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from cxwiki.accounts.models import Membership
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.events import Event
from cxwiki.insights.models import Insight
from cxwiki.notifications import outbound, rooms
from cxwiki.notifications.models import TeamWebhook, WebhookPost
from tests.mailbox import URL
from tests.notifications.room import Room


@pytest.fixture
def room(configured) -> Iterator[Room]:
    """A chat server inside, which an administrator allowed."""
    configured(webhooks="anywhere", url=URL)
    served = Room()
    yield served
    served.close()


@pytest.fixture
def connect(app, cast, room):
    """`connect("service", shape="teams")` connects a room with a team."""

    def make(team: str = "service", **values) -> int:
        with app.app_context(), transaction():
            row = TeamWebhook(
                team_id=getattr(cast, team, 1),
                name="Everybody",
                url=room.url,
                shape=values.get("shape", "slack"),
                topics=values.get("topics", "outcome,new,comment,change"),
                language=values.get("language", "en"),
                made_by_id=getattr(cast, values.get("by", "alice")),
            )
            db.session.add(row)
            db.session.flush()
            return row.id

    return make


@pytest.fixture
def post(tell, work):
    """The worker tells the rooms."""

    def run() -> None:
        tell()
        work(rooms.POST)

    return run


@pytest.fixture
def stored(app):
    def read(webhook_id: int) -> TeamWebhook:
        with app.app_context():
            row = db.session.get_one(TeamWebhook, webhook_id)
            db.session.expunge(row)
            return row

    return read


def test_slack_gets_blocks_with_a_link_and_the_reason(room, connect, insight, dismiss, post):
    number = insight("The invoice <is> unreadable")
    connect(topics="outcome")
    dismiss(number, "It was changed\nin May.")
    post()
    (sent,) = room.posts
    assert sent["text"] == "Mia dismissed it: The invoice &lt;is&gt; unreadable"
    said, reason = [block["text"] for block in sent["blocks"]]
    assert said["type"] == "mrkdwn"
    assert (
        f"<{URL}/insights/{number}-the-invoice-is-unreadable|The invoice &lt;is&gt;" in said["text"]
    )
    assert reason["text"] == "> It was changed\n> in May."


def test_teams_gets_an_adaptive_card(room, connect, insight, dismiss, post):
    number = insight("The *invoice*")
    connect(shape="teams", topics="outcome")
    dismiss(number)
    post()
    (sent,) = room.posts
    assert sent["type"] == "message"
    (attachment,) = sent["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert card["type"] == "AdaptiveCard"
    assert card["body"][1]["text"] == r"The \*invoice\*"
    assert card["actions"][0]["url"].startswith(f"{URL}/insights/{number}")


def test_nobody_calls_the_whole_channel_from_a_title(room, connect, insight, post):
    connect()
    insight("<!channel> *look*")
    post()
    assert "<!channel>" not in str(room.posts[0])


def test_a_room_hears_in_its_own_language(room, connect, insight, post):
    connect(language="de")
    insight("Neu")
    post()
    assert "shared this" not in room.posts[0]["text"]


def test_the_team_of_another_hears_nothing(room, connect, insight, dismiss, say, post):
    connect("billing")
    number = insight("Of Service")
    say(number, "carol")
    dismiss(number)
    post()
    assert room.posts == []


def test_what_only_the_team_may_see_is_told_in_its_own_room_alone(room, connect, insight, post):
    connect("company")
    connect("billing")
    insight("Between us", visibility="team")
    post()
    assert room.posts == []
    connect("service")
    insight("Among us", visibility="team")
    post()
    assert [post["text"] for post in room.posts] == ["Alice shared this: Among us"]


@pytest.mark.parametrize("maker", ["mia", "carol", "rita"])
def test_who_is_not_in_the_team_cannot_listen_in_on_it_with_a_room_of_theirs(
    room, connect, insight, post, as_, cast, maker
):
    connect("service", by=maker)
    insight("Between us", visibility="team")
    insight("For all")
    post()
    assert [post["text"] for post in room.posts] == ["Alice shared this: For all"]
    page = as_("mia").get(f"/notifications/teams/{cast.service}/webhooks").text
    assert "hears only what the whole company may see" in page


def test_a_room_of_somebody_who_left_the_team_hears_no_more_of_what_it_keeps_to_itself(
    app, cast, room, connect, insight, tell, work
):
    connect("service", by="bob")
    insight("Between us", visibility="team")
    tell()
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Membership, (cast.bob, cast.service)))
    work(rooms.POST)
    assert room.posts == []


def test_the_room_of_company_hears_what_everybody_may_see(room, connect, insight, post):
    connect("company")
    insight("For all")
    insight("Between us", visibility="team")
    post()
    assert [post["text"] for post in room.posts] == ["Alice shared this: For all"]


def test_what_is_hidden_before_it_is_sent_is_not_sent(app, room, connect, insight, tell, work):
    connect("company")
    number = insight("Soon hidden")
    tell()
    with app.app_context(), transaction():
        db.session.get_one(Insight, number).visibility = "team"
    work(rooms.POST)
    assert room.posts == []


def test_comments_within_another_team_are_not_told(app, cast, room, connect, insight, post):
    connect("service", topics="comment")
    number = insight("One")
    with app.app_context():
        row = db.session.get_one(Insight, number)
        for team in (cast.billing, cast.service, None):
            said = discussion.comment(row, "Quiet", cast.person("carol"))
            with transaction():
                said.team_id = team
    post()
    assert len(room.posts) == 2


@pytest.mark.parametrize(("maker", "heard"), [("alice", 1), ("mia", 0)])
def test_comments_within_the_team_are_told_while_who_connected_the_room_is_in_it(
    app, cast, room, connect, insight, post, maker, heard
):
    connect("service", topics="comment", by=maker)
    number = insight("One")
    with app.app_context():
        said = discussion.comment(db.session.get_one(Insight, number), "Quiet", cast.person("bob"))
        with transaction():
            said.team_id = cast.service
    post()
    assert len(room.posts) == heard


def test_a_room_hears_only_of_its_topics(room, connect, insight, dismiss, say, post):
    connect(topics="comment")
    number = insight("One")
    say(number)
    dismiss(number)
    post()
    assert [post["text"] for post in room.posts] == ["Bob commented: One"]


def test_what_concerns_one_person_is_in_no_room(app, cast, room, connect, insight, post):
    from cxwiki.events import record

    connect()
    number = insight("One")
    post()
    with app.app_context(), transaction():
        record("person.mentioned", db.session.get_one(Insight, number), user_ids=[cast.bob])
    post()
    assert len(room.posts) == 1


def test_imports_do_not_flood_a_room(app, room, connect, insight, post):
    connect()
    number = insight("Old")
    with app.app_context(), transaction():
        row = db.session.get_one(Insight, number)
        row.source, row.external_id = "old wiki", "1"
    post()
    assert room.posts == []


def test_every_event_is_posted_once(room, connect, insight, post):
    connect()
    insight("One")
    post()
    post()
    assert len(room.posts) == 1


def test_old_news_is_not_told(app, room, connect, insight, post):
    connect()
    insight("Long ago")
    with app.app_context(), transaction():
        for event in db.session.scalars(select(Event)):
            event.at -= rooms.NEWS + timedelta(hours=1)
    post()
    assert room.posts == []


# --- rooms that refuse, are busy, slow or gone --------------------------------------------------------


@pytest.mark.parametrize("answer", [(429, {"Retry-After": "7"}), (503, {})])
def test_a_busy_room_hears_it_later_and_once(
    room, connect, insight, post, soon, work, answer, stored
):
    number = connect()
    room.answers = [answer]
    insight("One")
    post()
    assert room.posts == []
    assert stored(number).failures == (answer[0] == 503)  # to ask for patience is no failure
    soon()
    work(rooms.POST)
    soon()
    work(rooms.POST)
    assert len(room.posts) == 1
    assert stored(number).failures == 0


def test_a_room_that_is_gone_is_stopped(room, connect, insight, post, stored, soon, work):
    number = connect()
    room.answers = [(410, {})]
    insight("One")
    post()
    assert stored(number).stopped_at is not None
    insight("Two")
    post()
    soon()
    work(rooms.POST)
    assert room.posts == []


def test_what_may_have_arrived_is_not_repeated(
    room, connect, insight, post, soon, work, stored, monkeypatch
):
    monkeypatch.setattr(outbound, "ANSWER_SECONDS", 0.2)
    number = connect()
    room.pause = 0.6
    insight("One")
    post()
    room.pause = 0.0
    soon()
    work(rooms.POST)
    assert stored(number).failures == 1
    assert len(room.posts) <= 1


def test_a_room_that_is_down_hears_it_later(room, connect, insight, post, stored, app):
    number = connect()
    room.close()
    insight("One")
    post()
    assert "refused" in stored(number).last_error.lower()
    with app.app_context():
        assert db.session.scalars(select(WebhookPost.sent_at)).one() is None


def test_redirects_are_not_followed(room, connect, insight, post, stored):
    other = Room()
    number = connect()
    room.answers = [(307, {"Location": other.url})]
    insight("One")
    post()
    assert other.posts == []
    assert other.visits == 0
    assert stored(number).last_error.startswith("307")
    other.close()


# --- addresses that may not be reached -----------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "fe80::1%eth0", "192.0.2.1",
     "fec0::1", "3fff::1", "::127.0.0.1", "ff02::1"],
)  # fmt: skip
def test_inner_addresses_are_not_public(address):
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_others_are(address):
    assert outbound.is_public(address)


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example.org/x", "https://user:word@example.org/", "ftp://example.org/",
     "https://", "https://example.org:22/", "javascript:alert(1)", "https://exa mple.org/",
     "https://example.org/\nHost: inner", "//example.org/", "https://[::1", "https://x:99999/",
     "https://münchen.example/", "https://example.org/" + "x" * 1000],
)  # fmt: skip
def test_addresses_that_look_wrong_are_refused(url):
    with pytest.raises(outbound.Forbidden):
        outbound.check(url, outbound.PUBLIC)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_names_and_numbers_of_this_machine_are_not_reached(host):
    with pytest.raises((outbound.Forbidden, outbound.NotSent)):
        outbound.post(f"https://{host}/", b"{}", outbound.PUBLIC)


def test_one_inner_address_among_public_ones_is_enough(monkeypatch):
    def two(*_what, **_more):
        return [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", two)
    with pytest.raises(outbound.Forbidden, match="inner network"):
        outbound.post("https://example.org/", b"{}", outbound.PUBLIC)


def test_the_address_that_was_looked_at_is_the_one_that_is_reached(monkeypatch):
    """A second answer of the name server leads nowhere else."""
    asked, reached = [], []

    def one(host, *_what, **_more):
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.216.34", 443))]

    def refuse(address, *_what):
        reached.append(address)
        raise OSError("far away")

    monkeypatch.setattr(outbound.socket, "getaddrinfo", one)
    monkeypatch.setattr(outbound.socket, "create_connection", refuse)
    with pytest.raises(outbound.NotSent):
        outbound.post("https://example.org/", b"{}", outbound.PUBLIC)
    assert asked == ["example.org"]
    assert reached == [("93.184.216.34", 443)]


def test_turned_off_nothing_is_reached(configured, room, connect, insight, post, stored):
    number = connect()
    configured(webhooks="off")
    insight("One")
    post()
    assert room.posts == []
    assert stored(number).stopped_at is not None


# --- who manages them ------------------------------------------------------------------------------------

FORM = {
    "name": "Everybody", "url": "https://hooks.example.org/services/secret", "shape": "slack",
    "language": "en", "topics": ["outcome", "new"],
}  # fmt: skip


@pytest.fixture
def lead(app, cast):
    """Alice leads Service."""
    with app.app_context(), transaction():
        db.session.get_one(Membership, (cast.alice, cast.service)).is_lead = True


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 303), ("mia", 303), ("admin", 303), ("bob", 403), ("carol", 403), ("dave", 403),
     ("rita", 403)],
)  # fmt: skip
def test_leads_and_managers_connect_rooms(cast, as_, room, lead, name, status):
    answer = as_(name).post(f"/notifications/teams/{cast.service}/webhooks", data=FORM)
    assert answer.status_code == status


def test_a_lead_of_one_team_has_no_say_in_another(cast, as_, room, lead, connect):
    path = f"/notifications/teams/{cast.billing}/webhooks"
    number = connect("billing")
    alice = as_("alice")
    assert alice.get(path).status_code == 403
    for part in ("", "/running", "/trial"):
        method = "delete" if part == "" else "post"
        assert getattr(alice, method)(f"{path}/{number}{part}").status_code == 403
    foreign = f"/notifications/teams/{cast.service}/webhooks/{number}"
    assert alice.delete(foreign).status_code == 404


def test_the_secret_is_never_shown_again(cast, as_, room, lead):
    alice, path = as_("alice"), f"/notifications/teams/{cast.service}/webhooks"
    alice.post(path, data=FORM)
    page = alice.get(path).text
    assert "hooks.example.org" in page
    assert "services/secret" not in page


@pytest.mark.parametrize(
    ("change", "words"),
    [({"url": "gopher://x"}, "must begin with https"), ({"topics": []}, "Choose what the channel"),
     ({"name": " "}, "fill this in"), ({"shape": "irc"}, ""), ({"url": "x" * 1001}, "")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(app, cast, as_, room, lead, change, words):
    path = f"/notifications/teams/{cast.service}/webhooks"
    answer = as_("alice").post(path, data={**FORM, **change})
    assert answer.status_code == 422
    assert words in answer.text
    with app.app_context():
        assert db.session.scalars(select(TeamWebhook)).all() == []


def test_without_the_administrators_word_there_are_none(cast, as_, lead, configured):
    path = f"/notifications/teams/{cast.service}/webhooks"
    alice = as_("alice")
    assert "CXWIKI_WEBHOOKS" in alice.get(path).text
    answer = alice.post(path, data=FORM)
    assert answer.status_code == 422
    assert "administrator must allow" in answer.text


def test_stopping_going_on_trying_and_removing(app, cast, as_, room, lead, connect, insight, post):
    number = connect()
    alice, path = as_("alice"), f"/notifications/teams/{cast.service}/webhooks/{number}"
    alice.delete(f"{path}/running")
    insight("One")
    post()
    assert room.posts == []
    alice.post(f"{path}/running")
    alice.post(f"{path}/trial")
    assert len(room.posts) == 1
    assert "can be heard in this channel" in str(room.posts[0])
    room.answers = [(403, {})]
    answer = alice.post(f"{path}/trial", follow_redirects=True)
    assert "The channel did not take it" in answer.text
    assert alice.delete(path).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(TeamWebhook)).all() == []

"""A page with a hundred files and comments costs as many statements as one with two."""

from __future__ import annotations

import io

import pytest

from cxwiki.accounts import tokens
from cxwiki.accounts.models import Membership, RoleName, User
from cxwiki.attachments import service
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.subjects import Subject
from tests.architecture.test_queries import statements


def add(app, cast, subject_id: int, numbers: range) -> None:
    """Of each number a person, a file, a comment, and an answer that is internal to a team."""
    with app.app_context():
        subject = db.session.get_one(Subject, subject_id)
        for number in numbers:
            with transaction():
                person = User(
                    name=f"Person {number}",
                    email=f"p{number}@example.org",
                    fs_uniquifier=f"p{number}",
                    role=RoleName.MEMBER,
                    home_team_id=cast.service,
                    memberships=[Membership(team_id=cast.service)],
                )
                db.session.add(person)
                db.session.flush()
            text = io.BytesIO(f"words {number}".encode())
            service.attach(text, f"{number}.txt", person, subject)
            said = discussion.comment(subject, f"I am @Person {number}", person)
            discussion.comment(subject, "Yes", person, answers=said)
            inside = discussion.comment(subject, "Sh!", person, team_id=cast.service)
            discussion.set_resolved(inside, person, resolved=True)


@pytest.mark.parametrize(
    "path",
    ["/insights/{}", "/api/v1/comments?subject={}&per_page=100",
     "/api/v1/attachments?subject={}&per_page=100"],
)  # fmt: skip
def test_many_files_and_comments_cost_as_many_statements_as_few(
    app, cast, as_, post, path: str
) -> None:
    number = post()
    with app.app_context():
        bearer = {"Authorization": f"Bearer {tokens.issue(cast.person('alice'), 'test')}"}
    counts = []
    for numbers in (range(2), range(2, 40)):
        add(app, cast, number, numbers)
        api = path.startswith("/api/")
        client = app.test_client() if api else as_("alice")
        client.get(path.format(number), headers=bearer if api else {})
        with statements() as seen:
            answer = client.get(path.format(number), headers=bearer if api else {})
        assert answer.status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]

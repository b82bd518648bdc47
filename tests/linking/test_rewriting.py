"""After a renaming the links follow: quietly, and never into the eyes of those who may not know."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.linking.models import TextLink
from cxwiki.linking.rewriting import rewritten
from cxwiki.notifications.models import Notice
from cxwiki.writing.models import Revision
from tests.conftest import Cast
from tests.linking.conftest import See, Write, revise

WorkOff = Callable[[], int]


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("See [[Old]].", "See [[New]]."),
        ("See [[ old ]] and [[OLD|that]].", "See [[New]] and [[New|that]]."),
        ("| [[Old\\|that]] |", "| [[New\\|that]] |"),
        ("[[Older]] [Old] [[#7]]", "[[Older]] [Old] [[#7]]"),
        ("`[[Old]]` [[Old]] ``[[Old]] ` ``", "`[[Old]]` [[New]] ``[[Old]] ` ``"),
        ("```\n[[Old]]\n```\n[[Old]]", "```\n[[Old]]\n```\n[[New]]"),
        ("~~~\n[[Old]]", "~~~\n[[Old]]"),
        ("a ` b [[Old]]", "a ` b [[New]]"),
    ],
)
def test_links_to_the_old_title_are_written_anew(body: str, after: str) -> None:
    assert rewritten(body, {"old"}, "New", 7) == after


@pytest.mark.parametrize("title", ["New [draft]", "A|B", "#8"])
def test_a_title_that_no_link_can_name_is_linked_by_number(title: str) -> None:
    label = " ".join(title.replace("[", " ").replace("]", " ").replace("|", " ").split())
    assert rewritten("[[Old]] [[Old|x]]", {"old"}, title, 7) == f"[[#7|{label}]] [[#7|x]]"


def again(insight: Insight) -> Insight:
    db.session.expire_all()
    found = db.session.get(Insight, insight.id)
    assert found is not None
    return found


def test_the_linking_text_gets_a_revision(write: Write, cast: Cast, work_off: WorkOff) -> None:
    target, text = (
        write("Old"),
        write("Text", "See [[Old]], [[old|that]]", by="carol", team="billing"),
    )
    changed_at = text.updated_at
    revise(target, cast, title="New")
    assert work_off() == 0
    text = again(text)
    assert text.body == "See [[New]], [[New|that]]"
    assert (text.revision_number, text.updated_at) == (2, changed_at)
    saved = db.session.scalar(
        select(Revision).where(Revision.subject_id == text.id, Revision.number == 2)
    )
    assert saved is not None
    assert (saved.author_id, saved.based_on) == (cast.alice, 1)
    assert (saved.body, saved.html) == (text.body, text.html)
    assert "New" in saved.comment
    assert db.session.scalars(select(TextLink.key)).all() == ["new"]


def test_links_to_what_took_over_the_first_title_stay(
    write: Write, cast: Cast, work_off: WorkOff
) -> None:
    target = write("First")
    revise(target, cast, title="Second")
    work_off()
    write("First")
    text = write("Text", "[[First]] and [[Second]]")
    revise(again(target), cast, title="Third")
    work_off()
    assert again(text).body == "[[First]] and [[Third]]"


def test_nobody_is_told(write: Write, cast: Cast, work_off: WorkOff) -> None:
    target = write("Old")
    write("Text", "See [[Old]]", by="carol", team="billing")
    revise(target, cast, title="New")
    work_off()
    assert db.session.scalars(select(Notice).where(Notice.user_id == cast.carol)).all() == []


def test_a_new_title_does_not_come_to_those_who_may_not_know_it(
    write: Write, see: See, cast: Cast, work_off: WorkOff
) -> None:
    target = write("Old", visibility="team")
    public, inside = write("Public", "[[Old]]"), write("Inside", "[[Old]]", visibility="team")
    revise(target, cast, title="New and secret")
    work_off()
    assert again(public).body == "[[Old]]"
    assert again(inside).body == "[[New and secret]]"
    assert "new-and-secret" in see("[[Old]]", "alice")
    assert "secret" not in see("[[Old]]", "carol")


def test_what_was_hidden_meanwhile_is_not_told_either(
    write: Write, cast: Cast, work_off: WorkOff
) -> None:
    target, text = write("Old"), write("Text", "[[Old]]", by="carol", team="billing")
    revise(target, cast, title="New and secret", visibility="team")
    work_off()
    assert again(text).body == "[[Old]]"


def test_links_that_mean_another_page_of_that_title_stay(
    write: Write, cast: Cast, work_off: WorkOff
) -> None:
    write("Old")
    other = write("Old")
    text = write("Text", "[[Old]]")
    revise(other, cast, title="New")
    work_off()
    assert again(text).body == "[[Old]]"


def test_a_save_that_was_begun_before_finds_out(
    write: Write, cast: Cast, work_off: WorkOff
) -> None:
    """Whoever has the form open is based on the older revision: their save is a merge."""
    from cxwiki.errors import Conflict

    target, text = write("Old"), write("Text", "[[Old]]")
    revise(target, cast, title="New")
    work_off()
    again(text)
    from cxwiki.insights import service

    draft = service.Draft("Text", "[[Old]] and mine")
    with pytest.raises(Conflict):
        service.revise(again(text), draft, cast.person("bob"), 1)


def test_twice_is_as_good_as_once(write: Write, cast: Cast, work_off: WorkOff) -> None:
    from cxwiki.events import Event
    from cxwiki.linking import rewriting
    from cxwiki.linking.keeping import RENAMED

    target, text = write("Old"), write("Text", "[[Old]]")
    revise(target, cast, title="New")
    work_off()
    rewriting.follow_renaming(db.session.scalars(select(Event).where(Event.name == RENAMED)).all())
    assert again(text).revision_number == 2


def test_a_title_that_two_things_have_is_linked_by_number(
    write: Write, cast: Cast, work_off: WorkOff
) -> None:
    write("New", by="carol", team="billing")
    target, text = write("Old"), write("Text", "[[Old]]")
    revise(target, cast, title="New")
    work_off()
    assert again(text).body == f"[[#{target.id}|New]]"


def test_that_a_hidden_thing_has_the_same_title_shows_nowhere(
    write: Write, cast: Cast, work_off: WorkOff
) -> None:
    write("New", by="carol", team="billing", visibility="team")
    target, text = write("Old"), write("Text", "[[Old]]")
    revise(target, cast, title="New")
    work_off()
    assert again(text).body == "[[New]]"


def test_two_renamings_in_a_row(write: Write, cast: Cast, work_off: WorkOff) -> None:
    target, text = write("One"), write("Text", "[[One]]")
    revise(target, cast, title="Two")
    revise(target, cast, title="Three")
    work_off()
    assert again(text).body == "[[Three]]"

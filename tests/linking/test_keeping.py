"""Titles and links are written down with the texts, whoever writes them."""

from __future__ import annotations

from sqlalchemy import select

from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.insights.models import Insight
from cxwiki.linking import listing
from cxwiki.linking.models import FormerTitle, TextLink, TitleKey
from cxwiki.linking.titles import can_be_linked, key_of, number_in
from cxwiki.themes.models import Theme
from tests.conftest import Cast
from tests.linking.conftest import Write, revise


def links(from_id: int) -> dict[str, int | None]:
    rows = db.session.execute(
        select(TextLink.key, TextLink.to_id).where(TextLink.from_id == from_id)
    )
    return dict(rows.tuples().all())


def test_titles_are_compared_without_capitals_and_blanks() -> None:
    assert key_of("  Große\u00a0 STRASSE ") == key_of("grosse strasse")
    assert len(key_of("ß" * 300)) == 300
    assert number_in("#42") == 42
    assert number_in("#0") is number_in("#99999999999") is number_in("42") is None
    assert not can_be_linked("A [draft]")
    assert not can_be_linked("#42")
    assert can_be_linked("A #42")


def test_every_subject_has_its_title_folded(page: None, cast: Cast, write: Write) -> None:
    insight = write("Meter Reading")
    theme = Theme(title="Bills  & sums", team_id=1, size=0, silo_spread=0, labels={})
    with transaction():
        db.session.add(theme)
    keys = dict(db.session.execute(select(TitleKey.subject_id, TitleKey.key)).tuples().all())
    assert keys == {insight.id: "meter reading", theme.id: "bills & sums"}


def test_what_is_deleted_for_good_leaves_nothing(page: None, cast: Cast) -> None:
    common = {"team_id": 1, "size": 0, "silo_spread": 0, "labels": {}}
    with transaction():
        theme = Theme(title="Bills", **common)
        db.session.add(theme)
    with transaction():
        theme.title = "Sums"
    with transaction():
        db.session.delete(theme)
    assert db.session.scalars(select(TitleKey)).all() == []
    assert db.session.scalars(select(FormerTitle)).all() == []


def test_links_of_a_text_follow_its_changes(write: Write, cast: Cast) -> None:
    bills, text = write("Bills"), write("Text", "[[bills]], [[Bills|them]], [[Nowhere]], [[#1]]")
    assert links(text.id) == {"bills": bills.id, "nowhere": None, "#1": bills.id}
    revise(text, cast, body="[[Somewhere]]")
    assert links(text.id) == {"somewhere": None}
    revise(text, cast, body="none")
    assert links(text.id) == {}


def test_a_link_that_waits_finds_its_page_when_somebody_writes_it(write: Write) -> None:
    text = write("Text", "[[Returns]]")
    page = write("returns")
    assert links(text.id) == {"returns": page.id}


def test_a_link_means_nothing_that_some_readers_may_not_see(write: Write, cast: Cast) -> None:
    hidden = write("Plan", visibility="team")
    public = write("Public", "[[Plan]]")
    inside = write("Inside", "[[Plan]]", visibility="team")
    of_others = write("Others", "[[Plan]]", by="carol", team="billing", visibility="team")
    assert [links(text.id)["plan"] for text in (public, inside, of_others)] == [
        None,
        hidden.id,
        None,
    ]
    for text in (public, of_others):
        assert listing.backlinks(hidden, cast.person("alice")) == [inside, public]
        assert text not in listing.backlinks(hidden, cast.person("bob")) or text is public


def test_a_renaming_leaves_the_former_title(write: Write, cast: Cast) -> None:
    insight = write("One")
    revise(insight, cast, title="Two")
    revise(insight, cast, title="Three")
    revise(insight, cast, title="Two")
    former = db.session.scalars(select(FormerTitle.key).order_by(FormerTitle.key)).all()
    assert former == ["one", "three"]
    assert db.session.scalars(select(TitleKey.key)).all() == ["two"]


def test_a_title_that_only_looks_different_is_no_renaming(write: Write, cast: Cast) -> None:
    revise(write("Meter reading"), cast, title="Meter Reading")
    assert db.session.scalars(select(FormerTitle)).all() == []


def test_what_is_rolled_back_leaves_no_trace(write: Write, cast: Cast) -> None:
    insight = write("One")
    try:
        with transaction():
            insight.title = "Two"
            db.session.flush()
            raise RuntimeError
    except RuntimeError:
        pass
    discussion.set_watching(insight, cast.person("alice"), watching=False)
    assert db.session.scalars(select(FormerTitle)).all() == []
    assert db.session.scalars(select(TitleKey.key)).all() == ["one"]


# --- who links here, what is wanted, what nothing leads to --------------------------------------


def test_backlinks_are_those_that_the_reader_may_see(write: Write, cast: Cast) -> None:
    target = write("Target")
    public = write("B public", "[[target]]")
    secret = write("A secret", f"[[#{target.id}]]", visibility="team")
    write("Itself not", "")
    assert listing.backlinks(target, cast.person("alice")) == [secret, public]
    assert listing.backlinks(target, cast.person("carol")) == [public]


def test_a_page_is_not_shown_as_linking_to_itself(write: Write, cast: Cast) -> None:
    target = write("Target", "I am [[Target]]")
    assert listing.backlinks(target, cast.person("alice")) == []


def test_a_former_title_that_another_page_has_now_brings_no_backlinks(
    write: Write, cast: Cast
) -> None:
    first = write("Plan")
    revise(first, cast, title="Old plan")
    second = write("Plan")
    text = write("Text", "[[Plan]]")
    person = cast.person("alice")
    assert listing.backlinks(first, person) == []
    assert listing.backlinks(second, person) == [text]


def wanted(cast: Cast, name: str) -> dict[str, int]:
    rows = db.session.execute(listing.wanted(cast.person(name)))
    return {row.title: row.texts for row in rows}


def test_wanted_titles_are_those_that_the_reader_sees_nothing_behind(
    write: Write, cast: Cast
) -> None:
    write("Secret plan", visibility="team")
    write("One", "[[Returns]] [[Secret plan]] [[#99]]")
    write("Two", "[[returns]]")
    write("Three", "[[Hidden wish]]", visibility="team")
    assert wanted(cast, "alice") == {"Returns": 2, "Hidden wish": 1}
    assert wanted(cast, "carol") == {"Returns": 2, "Secret plan": 1}


def test_a_wish_of_a_text_that_was_put_away_counts_no_more(write: Write, cast: Cast) -> None:
    from cxwiki.insights import service

    service.archive(write("One", "[[Returns]]"), cast.person("alice"))
    assert wanted(cast, "alice") == {}


def test_pages_that_nothing_leads_to(write: Write, cast: Cast) -> None:
    from cxwiki.pages.models import Page

    with transaction():
        pages = [Page(title=title, team_id=1, author_id=cast.mia) for title in "ABC"]
        db.session.add_all(pages)
    write("Text", "[[A]]")
    write("Secret text", "[[B]]", visibility="team")

    def orphaned(name: str) -> list[str]:
        return [one.title for one in db.session.scalars(listing.orphaned(cast.person(name)))]

    assert orphaned("alice") == ["C"]
    assert orphaned("carol") == ["B", "C"]


def test_an_import_of_many_texts_takes_few_statements(page: None, cast: Cast) -> None:
    from tests.architecture.test_queries import statements

    with statements() as seen, transaction():
        db.session.add_all(
            Insight(title=f"Page {n}", html="", body="", team_id=1, author_id=cast.mia)
            for n in range(200)
        )
    assert len([one for one in seen if "title_keys" in one or "text_links" in one]) <= 2

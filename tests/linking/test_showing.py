"""Links and mentions: they lead where the reader may go, and what is hidden is as if missing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from cxwiki.actions.models import Action
from cxwiki.database import db, transaction
from cxwiki.insights import service
from cxwiki.kpis.models import Kpi
from cxwiki.linking.showing import shown_text, shown_texts
from cxwiki.projects.models import Project
from cxwiki.richtext import to_html, to_text
from tests.architecture.test_queries import statements
from tests.conftest import Cast
from tests.house.harmless import BLANKS, HARMLESS_ATTRIBUTES, HARMLESS_TAGS, payloads
from tests.linking.conftest import See, Write, revise


def test_a_link_leads_to_the_page_of_that_title(write: Write, see: See) -> None:
    found = write("Meter reading")
    html = see("See [[meter  Reading]] and [[Meter reading|the *guide*]].")
    assert html.count(f'href="/insights/{found.id}-meter-reading"') == 2
    assert ">meter  Reading</a>" in html
    assert ">the *guide*</a>" in html


def test_a_number_leads_to_the_record_and_says_its_title(write: Write, see: See) -> None:
    found = write("Meter <b> reading")
    assert ">Meter &lt;b&gt; reading</a>" in see(f"[[#{found.id}]]")
    assert ">this</a>" in see(f"[[#{found.id}|this]]")


def test_actions_projects_and_kpis_can_be_linked(see: See, cast: Cast) -> None:
    common = {"team_id": cast.service, "author_id": cast.alice}
    with transaction():
        db.session.add_all(
            [
                Action(title="Mend it", owner_id=cast.alice, **common),
                Project(title="Better bills", lead_id=cast.alice, **common),
                Kpi(title="Repeat calls", unit="%", direction="lower", **common),
            ]
        )
    html = see("[[Mend it]] [[Better bills]] [[Repeat calls]]")
    assert [found.split("/")[1] for found in re.findall('href="([^"]+)', html)] == [
        "actions",
        "projects",
        "kpis",
    ]


def test_a_missing_page_is_shown_as_such_and_offers_to_write_it(see: See) -> None:
    html = see('[[Returns & "more"|back]]')
    assert 'class="wiki-link wiki-link--missing"' in html
    assert 'href="/pages/new?title=Returns+%26+%22more%22"' in html
    assert "Nobody has written" in html
    assert ">back</a>" in html


def test_who_may_not_write_is_not_offered_it(see: See) -> None:
    html = see("[[Returns]]", "rita")
    assert "href" not in html
    assert "wiki-link--missing" in html


@pytest.mark.parametrize("text", ["[[Secret plan]]", "[[{id}]]", "[[Secret plan|x]]"])
def test_what_is_hidden_looks_like_what_is_missing(write: Write, see: See, text: str) -> None:
    hidden = write("Secret plan", visibility="team")
    named = text.format(id=f"#{hidden.id}")
    other = named.replace("Secret plan", "Nowhere at all").replace(f"#{hidden.id}", "#999999")
    assert "wiki-link--missing" not in see(named, "alice")
    with statements() as for_hidden:
        shown = see(named, "carol")
    with statements() as for_missing:
        missing = see(other, "carol")
    assert len(for_hidden) == len(for_missing)
    same = missing.replace("Nowhere at all", "Secret plan").replace("Nowhere+at+all", "Secret+plan")
    assert shown == same.replace("#999999", f"#{hidden.id}")


def test_of_two_with_one_title_the_reader_gets_the_one_that_they_may_see(
    write: Write, see: See
) -> None:
    write("Plan", visibility="team")
    seen = write("Plan", by="carol", team="billing")
    assert f"/insights/{seen.id}-plan" in see("[[Plan]]", "carol")


def test_a_title_of_before_still_leads_there_until_another_page_has_it(
    write: Write, see: See, cast: Cast
) -> None:
    first = write("Old name")
    revise(first, cast, title="New name")
    assert f'"/insights/{first.id}-new-name"' in see("[[Old name]]")
    second = write("Old name")
    assert f'"/insights/{second.id}-old-name"' in see("[[Old name]]")


def test_an_archived_page_gives_way_to_one_that_is_not(write: Write, see: See, cast: Cast) -> None:
    put_away, kept = write("Plan"), write("Plan")
    service.archive(put_away, cast.person("alice"))
    assert f"/insights/{kept.id}-" in see("[[Plan]]")


def test_code_and_links_hold_no_wiki_links(see: See) -> None:
    assert see("`[[Plan]] @Alice`") == "<p><code>[[Plan]] @Alice</code></p>"
    assert "data-" not in see("```\n[[Plan]]\n```")


def test_nobody_can_write_a_placeholder_by_hand(see: See, write: Write) -> None:
    write("Plan")
    html = see('<span data-link="Plan">x</span> <span data-mention="">@</span>Alice')
    assert html == "<p><span>x</span> <span>@</span>Alice</p>"


@pytest.mark.parametrize(
    "title", ['"><script>alert(1)</script>', "'-alert(1)-'", "javascript:alert(1)", "a\" onx='"]
)
def test_titles_and_labels_cannot_break_out(see: See, write: Write, title: str) -> None:
    for html in (see(f"[[{title}]] [[x|{title}]]"), see(f"[[{write(title).title}]]")):
        assert "<script" not in html
        assert not re.search(r"<[^>\"]*(\"[^\"]*\"[^>\"]*)*\son\w+=", html)
        assert 'href="javascript' not in html


class Careful(HTMLParser):
    """Objects to everything that could do something."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in HARMLESS_TAGS
        for name, value in attrs:
            assert name in HARMLESS_ATTRIBUTES | {"class"}
            if name in ("href", "src"):
                # as browsers do: blanks around it and line breaks inside it do not count
                address = re.sub(r"[\t\n\r]", "", (value or "").strip(BLANKS)).lower()
                assert not address.startswith(("javascript:", "data:", "vbscript:"))


def test_known_attacks_in_links_mentions_and_names_stay_words(
    public_data: Path, page: None, cast: Cast
) -> None:
    attacks = payloads(public_data)
    texts = [
        text
        for attack in attacks
        for text in (f"[[{attack}]]", f"[[x|{attack}]]", f"@{attack}", f"| [[{attack}]] |\n|-|")
    ]
    rows = [SimpleNamespace(id=n, html=to_html(text)) for n, text in enumerate(texts)]
    for html in shown_texts(rows, person=cast.person("alice")).values():
        Careful().feed(html)


def test_a_name_or_title_that_is_an_attack_stays_words(
    public_data: Path, page: None, cast: Cast
) -> None:
    person = cast.person("alice")
    for number, attack in enumerate(one[:100] for one in payloads(public_data)[::8]):
        with transaction():
            cast.person("bob").name = f"Bob {attack}"
            db.session.add(Action(title=f"T {attack}", team_id=1, owner_id=cast.bob))
        html = to_html(f"@Bob {attack.split()[0]} [[#{number + 1}]]")
        Careful().feed(shown_text(html, person=person))


def test_plain_words_of_a_link_are_its_label() -> None:
    assert to_text("See [[Plan|the plan]] and [[Bills]], @Alice") == (
        "See the plan and Bills, @Alice"
    )


# --- mentions -----------------------------------------------------------------------------------


def test_people_and_teams_are_recognised_behind_an_at_sign(see: See, cast: Cast) -> None:
    html = see("@Alice, @service: ask (@Bob's team) or **@Mia**.")
    assert html.count('<span class="mention">') == 3
    assert f'<a class="mention" href="/teams/{cast.service}-service">@Service</a>: ask' in html
    assert "@Bob</span>'s team" in html


def test_the_longest_name_counts(see: See, cast: Cast) -> None:
    with transaction():
        cast.person("bob").name = "Alice Müller & Co"
    assert "@Alice Müller &amp; Co</span> said" in see("@Alice Müller & Co said")
    assert "@Alice</span> Meier" in see("@Alice Meier")


@pytest.mark.parametrize("text", ["a@alice", "@@Alice", "@nobody knows", "@ Alice", "alice@Bob.de"])
def test_what_only_looks_like_a_mention_is_none(see: See, text: str) -> None:
    assert "mention" not in see(text)


# --- cost ---------------------------------------------------------------------------------------


def test_many_texts_cost_as_many_statements_as_one(write: Write, cast: Cast) -> None:
    insights = [write(f"Page {n}", f"[[Page {n - 1}]] [[None {n}]] @Alice") for n in range(12)]
    person = cast.person("carol")
    _ = person.team_ids, [insight.html for insight in insights]

    def count(some: list) -> int:  # type: ignore[type-arg]
        with statements() as seen:
            shown_texts(some, person=person)
        return len(seen)

    assert count(insights) == count(insights[:1]) <= 2


def test_a_text_without_links_costs_nothing(cast: Cast, page: None) -> None:
    person = cast.person("carol")
    with statements() as seen:
        shown_text(to_html("**Nothing** to resolve"), person=person)
    assert seen == []

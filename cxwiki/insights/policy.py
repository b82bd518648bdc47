"""Who may post, edit, put away and vote."""

from __future__ import annotations

from cxwiki.access import CURATORS, WRITERS, Person, rule
from cxwiki.insights.models import Insight
from cxwiki.subjects import Visibility


@rule("insight.create")
def may_create(person: Person, _insight: Insight | None) -> bool:
    """Members, managers and administrators post."""
    return person.role in WRITERS


@rule("insight.edit")
def may_edit(person: Person, insight: Insight | None) -> bool:
    """It is a wiki: who may write, may improve what they see."""
    return person.role in WRITERS and (insight is None or not insight.is_archived)


@rule("insight.archive")
def may_archive(person: Person, insight: Insight | None) -> bool:
    """Its author, the lead of its team, managers and administrators."""
    if insight is None:
        return person.role in WRITERS
    return (
        person.role in CURATORS
        or person.leads(insight.team_id)
        or (person.role in WRITERS and insight.author_id == person.id)
    )


@rule("insight.narrow")
def may_narrow(person: Person, insight: Insight | None) -> bool:
    """Hiding from the company what it could read so far is like putting it away."""
    return may_archive(person, insight)


@rule("insight.vote")
def may_vote(person: Person, insight: Insight | None) -> bool:
    """Who may post, may say that it affects their team too."""
    return person.role in WRITERS and (insight is None or not insight.is_archived)


@rule("insight.merge")
def may_merge(person: Person, insight: Insight | None) -> bool:
    """Letting an insight go up in another one is like putting it away."""
    return may_archive(person, insight) and (insight is None or not insight.is_archived)


@rule("insight.unmerge")
def may_unmerge(person: Person, insight: Insight | None) -> bool:
    """Who may let it go up in another one, may take it out again."""
    return may_archive(person, insight) and (insight is None or insight.merged_into_id is not None)


def same_readers(one: Insight, other: Insight) -> bool:
    """Whether both are for the whole company, or both for the same team."""
    same_team = one.visibility == Visibility.COMPANY or one.team_id == other.team_id
    return one.visibility == other.visibility and same_team


@rule("insight.import")
def may_import(person: Person, _insight: Insight | None) -> bool:
    """Administrators import."""
    return person.is_administrator

"""Commands around insights: import, find, themes, indexes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cxwiki.cli.site import with_site

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("import")
def import_() -> None:
    """Bring in what is written down elsewhere."""


@import_.command("insights")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--team", help="Team of rows that name none (exact name).")
@click.option(
    "--kind", default="pain_point", show_default=True, help="Kind of rows that name none."
)
@click.option("--source", default="import", show_default=True, help="Where external_id is unique.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@AS_JSON
@with_site
def insights(
    file: Path, team: str | None, kind: str, source: str, dry_run: bool, as_json: bool
) -> None:
    """Import insights from CSV or JSON Lines; a second import updates."""
    from cxwiki.insights.importing import Report, import_file
    from cxwiki.insights.rows import Options

    def progress(report: Report) -> None:
        if not as_json:
            click.echo(f"\r{report.rows} rows", nl=False, err=True)

    options = Options(source=source, team=team, kind=kind, dry_run=dry_run)
    report = import_file(file, administrator(), options, progress)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
        return
    click.echo("", err=True)
    for row in report.rejected:
        click.echo(f"line {row['line']}: {row['reason']}")
    for row in report.kept:
        fields = ", ".join(row["fields"])
        click.echo(
            f"line {row['line']}: kept what people edited in insight {row['insight_id']} ({fields})"
        )
    done = "would be " if dry_run else ""
    click.echo(
        f"{report.created} {done}created, {report.updated} {done}updated, "
        f"{report.unchanged} unchanged, {report.rejected_count} rejected"
    )


@click.command()
@click.argument("query")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 300))
@click.option(
    "--sort",
    default="relevance",
    show_default=True,
    type=click.Choice(["relevance", "newest", "votes", "spread"]),
)
@AS_JSON
@with_site
def search(query: str, limit: int, sort: str, as_json: bool) -> None:
    """Find by words and by meaning, as an administrator sees it.

    QUERY may have operators: "a phrase", -word, team:Service, status:open, is:overdue and others.
    A query that begins with a minus comes after a lone --.
    """
    from cxwiki.cli.encoding import encoder_at_hand
    from cxwiki.i18n import settings
    from cxwiki.search import service

    person = administrator()
    with encoder_at_hand(settings()):
        results = service.search(query, person, limit=limit, sort=sort)
    items = [
        {
            "type": found.subject.type,
            "id": found.subject.id,
            "external_id": found.subject.external_id,
            "title": found.subject.title,
            "snippet": "".join(text for text, _marked in found.passage),
            "score": round(found.score, 4),
        }
        for found in results.items
    ]
    if as_json:
        notices = [str(notice) for notice in results.notices]
        click.echo(
            json.dumps(
                {"items": items, "total": results.total, "notices": notices}, ensure_ascii=False
            )
        )
        return
    for notice in results.notices:
        click.echo(notice, err=True)
    for meant in service.corrected(query, results.corrections):
        click.echo(f"Did you mean: {meant}", err=True)
    for item in items:
        click.echo(f"{item['score']:.3f}  {item['type']} {item['id']}  {item['title']}")
    if not items:
        click.echo("Nothing found.")


@click.group(invoke_without_command=True)
@AS_JSON
@click.pass_context
def themes(context: click.Context, as_json: bool) -> None:
    """List the themes."""
    if context.invoked_subcommand is None:
        _list_themes(as_json)


@with_site
def _list_themes(as_json: bool) -> None:
    from cxwiki.database import db
    from cxwiki.themes import service

    found = [
        {
            "id": theme.id,
            "label": theme.title,
            "labels": theme.labels,
            "summary": theme.summary,
            "size": theme.size,
            "silo_spread": theme.silo_spread,
        }
        for theme in db.session.scalars(service.query("size", administrator()))
    ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for theme in found:
        click.echo(
            f"{theme['id']:6}  {theme['size']:5} insights  {theme['silo_spread']:2} teams  "
            f"{theme['label']}"
        )


@themes.command()
@with_site
def rebuild() -> None:
    """Group all insights anew; what people named and pinned stays."""
    from cxwiki.themes import runs

    run = runs.request()
    runs.rebuild(run.id)
    click.echo(f"{run.themes} themes from {run.insights} insights in {run.seconds:.1f} s")


@click.command()
@with_site
def reindex() -> None:
    """Build the word index anew, and compute missing vectors; the site stays up meanwhile."""
    from cxwiki.cli.encoding import encoder_at_hand
    from cxwiki.i18n import settings
    from cxwiki.search import indexing
    from cxwiki.search.encoder.client import EncoderUnavailable

    click.echo(f"{indexing.rebuild_keyword()} documents in the word index")
    try:
        with encoder_at_hand(settings()):
            done = indexing.rebuild_vectors(_say_progress)
    except EncoderUnavailable as error:
        raise click.ClickException(
            f"The word index is ready. Vectors need the encoder, which is not there: {error} "
            "Start it with `cxwiki serve` or `cxwiki encoder`, and run this again."
        ) from None
    click.echo(f"{done} vectors are up to date")


@click.command()
@with_site
def rerender() -> None:
    """Lay all texts out anew, after an update that says so; the site stays up meanwhile."""
    from cxwiki.cli.rerendering import rerender_all

    changed = rerender_all(lambda done: click.echo(f"\r{done} texts", nl=False, err=True))
    click.echo("", err=True)
    click.echo(f"{changed} texts look otherwise now")


def _say_progress(done: int) -> None:
    click.echo(f"\r{done} vectors", nl=False, err=True)


def administrator() -> Any:
    """The first active administrator, in whose name commands act; an error if there is none."""
    from sqlalchemy import select

    from cxwiki.accounts.models import RoleName, User
    from cxwiki.database import db

    found = db.session.scalar(
        select(User).where(User.role == RoleName.ADMINISTRATOR, User.active).order_by(User.id)
    )
    if found is None:
        raise click.ClickException("The site is not set up yet: run `cxwiki init` first.")
    return found

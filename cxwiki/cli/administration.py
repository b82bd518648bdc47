"""Commands that set the site up and look after its people."""

from __future__ import annotations

import click

from cxwiki.cli.site import upgrade_database, with_site


@click.command()
@click.option("--company", required=True, help="Name of the company.")
@click.option("--admin-email", required=True, help="E-mail of the first administrator.")
@click.option("--admin-password", required=True, help="Password of the first administrator.")
@click.option("--admin-name", default="Administrator", show_default=True, help="Their name.")
@click.option("--team", "teams", multiple=True, help="A team; can be given several times.")
@with_site
def init(
    company: str, admin_email: str, admin_password: str, admin_name: str, teams: tuple[str, ...]
) -> None:
    """Set up the site without the browser."""
    from cxwiki.accounts.setup import set_up

    upgrade_database()
    set_up(company, admin_name, admin_email, admin_password, (), teams)
    click.echo(f"{company} is set up; {admin_email} is its administrator.")


@click.command()
@with_site
def migrate() -> None:
    """Bring the database to the newest form."""
    upgrade_database()
    click.echo("The database is up to date.")


@click.group()
def user() -> None:
    """Look after people."""


@user.command("create")
@click.option("--email", required=True)
@click.option("--password", required=True)
@click.option("--name", help="Shown to others; made from the e-mail if missing.")
@click.option("--team", help="Exact name of the home team; else the company.")
@click.option(
    "--role",
    default="member",
    show_default=True,
    type=click.Choice(["administrator", "manager", "member", "sponsor", "reader"]),
)
@with_site
def create_user(email: str, password: str, name: str | None, team: str | None, role: str) -> None:
    """Create a person."""
    from cxwiki.accounts.service import create_person

    shown = name or email.split("@")[0].replace(".", " ").title()
    person = create_person(shown, email, password, team, role)
    click.echo(f"{person.email} is a {person.role} of {person.home_team.name}.")


@click.group()
def token() -> None:
    """Look after API tokens."""


@token.command("create")
@click.option("--email", required=True, help="Whom the program acts for.")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@with_site
def create_token(email: str, name: str) -> None:
    """Print a new API token; it is shown only once."""
    from cxwiki.accounts.service import find_person
    from cxwiki.accounts.tokens import issue

    person = find_person(email)
    if person is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    click.echo(issue(person, name))

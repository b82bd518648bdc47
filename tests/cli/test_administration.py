"""Commands that set up and look after people, and what they say when something is wrong."""

from __future__ import annotations

import pytest

from cxwiki.cli import main
from tests.cli.conftest import INIT, Place, Run, run_command


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command as a shell does; returns its exit status and what it says on stderr."""

    def run(*arguments: str) -> tuple[object, str]:
        monkeypatch.setattr("sys.argv", ["cxwiki", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code, capsys.readouterr().err

    return run


def test_setting_up_twice_is_refused(cxw: Run, fails) -> None:
    status, said = fails(*INIT)
    assert status == 2
    assert said == "cxwiki: This wiki has been set up already: please sign in.\n"


def test_init_wants_everything_that_it_needs(nowhere: Place) -> None:
    done = run_command("init", "--company", "Northwind")
    assert done.exit_code == 2
    assert "--admin-email" in done.stderr


def test_a_password_that_is_too_short_sets_nothing_up(nowhere: Place, fails) -> None:
    arguments = [*INIT]
    arguments[arguments.index("--admin-password") + 1] = "short"
    status, said = fails(*arguments)
    assert status == 2
    assert said.startswith("cxwiki: ")
    assert said.count("\n") == 1
    assert run_command(*INIT).exit_code == 0


def test_a_person_is_created(cxw: Run) -> None:
    done = cxw(
        "user", "create", "--email", "grace.hopper@example.org", "--team", "Billing",
        "--role", "manager", "--password", "a long and quiet river",
    )  # fmt: skip
    assert (done.exit_code, done.stdout) == (
        0,
        "grace.hopper@example.org is a manager of Billing.\n",
    )
    token = cxw("token", "create", "--email", "grace.hopper@example.org", "--name", "nightly")
    assert token.exit_code == 0
    assert token.stdout.startswith("cxw_")
    assert len(token.stdout.split()) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"--email": "ADA@example.org"}, "Somebody with this e-mail address is here already."),
        ({"--team": "Nowhere"}, "There is no team called “Nowhere”."),
    ],
)
def test_a_person_that_cannot_be_is_one_sentence(
    cxw: Run, fails, changes: dict[str, str], words: str
) -> None:
    given = {"--email": "g@example.org", "--password": "a long and quiet river", **changes}
    status, said = fails("user", "create", *(part for pair in given.items() for part in pair))
    assert (status, said) == (2, f"cxwiki: {words}\n")


def test_an_unknown_role_is_refused(cxw: Run) -> None:
    done = cxw("user", "create", "--email", "g@example.org", "--password", "x", "--role", "king")
    assert done.exit_code == 2
    assert "king" in done.stderr
    assert "manager" in done.stderr


def test_a_token_is_for_somebody_who_is_here(cxw: Run) -> None:
    done = cxw("token", "create", "--email", "nobody@example.org")
    assert done.exit_code == 1
    assert "Nobody here has the address nobody@example.org." in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("CXWIKI_THREADS", "many"), ("CXWIKI_LANGUAGES", "tlh"), ("CXWIKI_SPEED", "11")],
)
def test_a_setting_that_cannot_work_is_one_sentence(
    nowhere: Place, monkeypatch: pytest.MonkeyPatch, fails, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    status, said = fails("migrate")
    assert status == 2
    assert said.startswith(f"cxwiki: {name} is ")
    assert said.count("\n") == 1


def test_migrating_can_be_repeated(cxw: Run) -> None:
    done = cxw("migrate")
    assert (done.exit_code, done.stdout) == (0, "The database is up to date.\n")


def test_what_needs_a_company_says_so(nowhere: Place) -> None:
    assert run_command("migrate").exit_code == 0
    done = run_command("search", "invoice")
    assert done.exit_code == 1
    assert "run `cxwiki init` first" in done.stderr


def test_a_database_without_tables_is_one_sentence(nowhere: Place, fails) -> None:
    status, said = fails("search", "invoice")
    assert status == 2
    assert said.startswith("cxwiki: The database is not ready: run `cxwiki init`")
    assert said.count("\n") == 1

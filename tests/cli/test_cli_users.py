"""Accounts on the command line: before there is a project, without a password in any argument or answer."""

import pytest

from lib.cli.main import main
from lib.store import experts, open_store, projects
from lib.store.team import accounts
from lib.workflow.team import passwords
from tests.support.commands import CommandLine

WORDS = "tall lamps hum softly"


@pytest.fixture
def cli(tmp_path) -> CommandLine:
    return CommandLine(tmp_path / "new" / "plumbline.db")


def typed(cli, said: str, *words: str):
    """A command that reads something; it may say none of it."""
    from click.testing import CliRunner

    result = CliRunner().invoke(main, ["--db", str(cli.path), *words], input=said, prog_name="plumbline")
    assert WORDS not in result.output
    return result


def added(cli, login="ann", name="Ann", role="expert"):
    result = typed(cli, f"{WORDS}\n", "users", "add", login, "--as", name, "--role", role, "--password-stdin")
    assert result.exit_code == 0, result.output
    return result


def test_on_a_bare_machine_accounts_come_before_the_first_project(cli):
    assert added(cli, "Ann@Example.org").stdout == "ann@example.org\tAnn, expert\n"
    kept = accounts.known(open_store(cli.path), "ann@example.org").password
    assert passwords.fits(WORDS, kept) and WORDS not in kept
    cli("users", "add", "sub:Ab9", "--as", "Bob", "--role", "viewer", "--oidc")
    assert cli("users", "list").stdout.splitlines() == ["ann@example.org\tAnn\texpert\tpassword",
                                                        "sub:Ab9\tBob\tviewer\tprovider"]
    assert [one["login"] for one in cli.json("users", "list")["users"]] == ["ann@example.org", "sub:Ab9"]
    assert kept not in cli("users", "list", "--json").stdout + cli("users", "log", "--json").stdout


def test_a_password_is_asked_for_twice_and_not_shown(cli):
    asked = typed(cli, f"{WORDS}\n{WORDS}\n", "users", "add", "ann", "--as", "Ann", "--role", "PM")
    assert asked.exit_code == 0 and asked.stdout == "ann\tAnn, PM\n" and "at least 15" in asked.stderr


@pytest.mark.parametrize("said", ["short\n", "\n", ""])
def test_a_password_that_is_none_adds_nobody(cli, said):
    result = typed(cli, said, "users", "add", "ann", "--as", "Ann", "--role", "PM", "--password-stdin")
    assert result.exit_code == 2 and "A password has 15 to 1,024 characters" in " ".join(result.stderr.split())
    assert cli("users", "list").stdout == ""


def test_accounts_change_and_the_log_tells(cli):
    added(cli)
    assert "already" in cli.refused("users", "add", "ANN", "--as", "Anna", "--role", "PM", "--oidc")
    cli("users", "role", "ann", "PM")
    cli("users", "rename", "ann", "Anna")
    before = accounts.known(open_store(cli.path), "ann").password
    assert typed(cli, f"{WORDS}!\n", "users", "password", "ann", "--password-stdin").exit_code == 0
    assert accounts.known(open_store(cli.path), "ann").password != before
    cli("--as", "Eve", "users", "disable", "ann")
    assert cli("users", "list").stdout == "ann\tAnna\tPM\tpassword\tdisabled\n"
    cli("users", "enable", "ann")
    assert cli("users", "end-sessions", "ann").stdout == "logged out of 0 browsers\n"
    assert "There is no account 'eve'" in cli.refused("users", "disable", "eve")
    told = [(one["kind"], one["author"]) for one in cli.json("users", "log")["events"]]
    assert told == [("sessions ended", "command line"), ("enabled", "command line"), ("disabled", "Eve"),
                    ("password", "command line"), ("renamed", "command line"), ("role", "command line"),
                    ("added", "command line")]
    assert "ann: expert is PM now" in cli("users", "log").stdout


def test_another_role_of_the_principal_says_what_that_means(cli):
    added(cli)
    assert cli("users", "role", "ann", "PM").stderr == ""  # principal nowhere yet
    experts.add(projects.create(open_store(cli.path), "Support"), "ann")
    told = " ".join(cli("users", "role", "ann", "PM").stderr.split())
    assert "Ann is the principal expert of Support and works as PM now: nobody agrees to sign-offs" in told
    assert "'people principal' names another expert" in told
    assert cli("users", "role", "ann", "expert").stderr == ""

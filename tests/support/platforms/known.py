"""A file that knows a platform on loopback as its source, with keys that the operator names."""

from pathlib import Path

import pytest
from click.testing import Result

from lib.store import Store, open_store, projects
from tests.support.commands import CommandLine
from tests.support.platforms import Platform

KINDS = ("phoenix", "mlflow", "langfuse", "langsmith")
# Keys as the operator names them, for each kind.
KEYS = {"phoenix": ("ONE_KEY",), "mlflow": ("ONE_KEY", "OTHER_KEY"), "langfuse": ("ONE_KEY", "OTHER_KEY"),
        "langsmith": ("ONE_KEY",)}
SECRET = "sk-SOURCE-5d1f0c77e2"


@pytest.fixture
def source_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line on a file that is not there yet; both keys are set."""
    monkeypatch.setenv("PLUMBLINE_SECRETS", "ONE_KEY,OTHER_KEY")
    monkeypatch.setenv("ONE_KEY", SECRET)
    monkeypatch.setenv("OTHER_KEY", SECRET[::-1])
    return CommandLine(tmp_path / "plumbline.db")


def known(cli: CommandLine, platform: Platform, *more: str) -> Result:
    """Makes the platform's project known as the source app."""
    keys = [word for name in KEYS[platform.kind] for word in ("--key-env", name)]
    return cli("source", "add", "app", "--kind", platform.kind, "--address", platform.url, "--project", "shop", *keys,
               *more)


def store_of(cli: CommandLine) -> Store:
    """The file's project."""
    return projects.choose(open_store(cli.path), None)

"""What every command of the command line is made with: the store it is handed, and how it prints."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from lib.store import Store

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def pass_store(command: Callable[..., None]) -> Callable[..., None]:
    """Opens the store for a command, and only once its options are understood: --help makes no file."""

    @wraps(command)
    @click.pass_obj
    def with_store(open_it: Callable[[], Store], *words: Any, **options: Any) -> None:
        command(open_it(), *words, **options)

    return with_store


def print_json(found: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))

"""What every command of the command line is made with: the store it is handed, and how it prints."""

import json
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from lib.store import Store

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def _name_callable(_: click.Context, __: click.Parameter, value: str | None) -> None:
    """As if the environment named it: a callable comes from there and from nowhere else."""
    if value:
        os.environ["PLUMBLINE_CALLABLE"] = value


CALLABLE = click.option("--callable", metavar="MODULE:FUNCTION", expose_value=False, callback=_name_callable,
                        help="The Python function that is the AI system [default: PLUMBLINE_CALLABLE].")


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

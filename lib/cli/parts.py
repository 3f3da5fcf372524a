"""What every command of the command line is made with: the store it is handed, and how it prints."""

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from lib.records import UsageError
from lib.store import Store

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def _name_callable(_: click.Context, __: click.Parameter, value: str | None) -> None:
    """As if the environment named it: a callable comes from there and from nowhere else."""
    if value:
        os.environ["PLUMBLINE_CALLABLE"] = value


CALLABLE = click.option("--callable", metavar="MODULE:FUNCTION", expose_value=False, callback=_name_callable,
                        help="The Python function that is the AI system [default: PLUMBLINE_CALLABLE].")


def day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An option that is a date, as it is stored; UsageError where it is none."""
    try:
        return None if value is None else date.fromisoformat(value).isoformat()
    except ValueError:
        raise UsageError(f"'{value}' is no date: write year-month-day, for instance 2026-12-24.") from None


def pass_store(command: Callable[..., None]) -> Callable[..., None]:
    """Opens the store for a command, and only once its options are understood: --help makes no file."""

    @wraps(command)
    @click.pass_obj
    def with_store(open_it: Callable[[], Store], *words: Any, **options: Any) -> None:
        command(open_it(), *words, **options)

    return with_store


def capped(command: Callable[..., None]) -> Callable[..., None]:
    """The options that bound what work may spend: most_calls, most_tokens, most_cost; None where not named."""
    for option in (click.option("--most-cost", type=click.FloatRange(0, min_open=True), help="At most so much money."),
                   click.option("--most-tokens", type=click.IntRange(1), help="At most so many tokens."),
                   click.option("--most-calls", type=click.IntRange(1), help="At most so many calls, retries too.")):
        command = option(command)
    return command


def print_json(found: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def text_of(file: str) -> str:
    """The text of a file, or of standard input for -; UsageError where it is none."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file} cannot be read as text: name another file.") from None

"""What every command of the command line is made with: the store it is handed, and how it prints."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from lib.records import Caps, Counts, Figure, UsageError
from lib.statistics import metrics
from lib.store import Store
from lib.workflow import endpoints

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
FROM_A_PAGE = click.option("--queued", is_flag=True, hidden=True,
                           help="Only if it waits to begin; the page's own processes.")


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


def caps_of(options: dict[str, Any]) -> Caps:
    """Takes the options of `capped` out of a command's and returns them as caps."""
    return Caps(*(options.pop(f"most_{name}") for name in ("calls", "tokens", "cost")))


def asking(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name what is asked: endpoint and model; None where not named."""
    return click.option("--endpoint", type=click.Choice((endpoints.EMBEDDED, endpoints.ENVIRONMENT)))(
        click.option("--model", help="A model the endpoint lists.")(command))


def print_json(found: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def print_list(what: str, found: list[Any], line: Callable[[Any], str], as_json: bool) -> None:
    """Records or dicts on standard output: a line each, or one JSON object that holds them under this name."""
    if as_json:
        print_json({what: [one if isinstance(one, dict) else asdict(one) for one in found]})
        return
    for one in found:
        click.echo(line(one))


def json_of(figure: Figure) -> dict[str, float | None]:
    """A figure and its interval, as JSON holds them."""
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def cells_of(counts: Counts) -> dict[str, int]:
    """The four cells of a 2×2 table by their names, as JSON holds them."""
    return dict(zip(("pass_pass", "pass_fail", "fail_pass", "fail_fail"), counts.cells, strict=True))


def words_of(name: str, figure: Figure, counts: Counts | None = None) -> str:
    """A figure and its interval in words, as the metric of this name is written; with counts, of how many pairs."""
    beside = metrics.format_of(name, figure, counts) if counts else ""
    return f"{metrics.format_figure(name, figure)}{beside} ({metrics.format_interval(name, figure)})"


def text_of(file: str) -> str:
    """The text of a file, or of standard input for -; UsageError where it is none."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file} cannot be read as text: name another file.") from None

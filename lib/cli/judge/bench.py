"""`bench`: what the run engine takes beside a bare client, measured on this machine in one call."""

from dataclasses import asdict

import click

from lib import bench
from lib.bench import rows
from lib.cli.parts import AS_JSON, print_json
from lib.records.words import counted

_HEAD = ("scenario", "row", "wall s", "wall/ideal", "CPU s/1,000", "peak MB", "requests", "paid twice", "lost", "")


@click.command("bench")
@click.option("--traces", type=click.IntRange(2), default=5000, show_default=True)
@click.option("--concurrency", type=click.IntRange(1, 1024), default=32, show_default=True, help="Calls at once.")
@click.option("--delay", type=click.IntRange(1), default=200, show_default=True, help="Milliseconds until a reply.")
@click.option("--plain", is_flag=True, help="Only this: the floors and the product, nothing goes wrong.")
@click.option("--wide", is_flag=True, help="Only this: the same with 256 calls at once.")
@click.option("--ways", is_flag=True, help="Only this: each way of sending that was tried, 256 calls at once.")
@click.option("--errors", is_flag=True, help="Only this: 5 % are told to slow down, 1 % of the replies break off.")
@click.option("--killed", is_flag=True, help="Only this: killed at half with kill -9, then resumed.")
@AS_JSON
def measure(traces: int, concurrency: int, delay: int, as_json: bool, **only: bool) -> None:
    """Measure the run engine against bare clients, on a loopback endpoint of its own; needs no key and no file."""
    task = bench.Task(traces, concurrency, delay / 1000)
    chosen = tuple(name for name in (*rows.SCENARIOS, rows.WAYS) if only[name]) or rows.SCENARIOS
    if not as_json:
        click.echo(f"{counted(traces, 'trace')}, {concurrency} at once, {delay} ms: ideal {task.ideal:.1f} "
                   f"s\n{_line(_HEAD)}")
    found, held = [], []
    for one in rows.measured(task, chosen):
        (found if isinstance(one, bench.Row) else held).append(one)
        if not as_json:
            click.echo(_words(one))
    ratios = {name: told for name in (rows.PLAIN, rows.WIDE) if (told := rows.ratios(found, name))}
    if as_json:
        print_json({"task": asdict(task) | {"ideal": task.ideal}, "rows": [asdict(row) for row in found],
                    "ratios": ratios, "targets": [asdict(one) | {"met": one.met} for one in held]})
    for scenario, found_ratios in () if as_json else ratios.items():
        click.echo(f"{scenario}, product / AsyncOpenAI: " + ", ".join(
            f"{name} {value:.2f}" for name, value in found_ratios.items()))


def _words(one: bench.Row | bench.Target) -> str:
    if isinstance(one, bench.Target):
        return f"{'met   ' if one.met else 'MISSED'}  {one.name}: {_number(one.value)}, at most {_number(one.most)}"
    numbers = (one.wall, one.wall_over_ideal, one.cpu_per_1000, one.peak_mb, one.requests, one.paid_twice, one.lost)
    return _line((one.scenario, one.name, *map(_number, numbers), one.why))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def _line(cells: tuple[str, ...]) -> str:
    return " ".join(f"{cell:<11}" if place < 2 else f"{cell:>11}" for place, cell in enumerate(cells[:9])) \
        + f" {cells[9]}".rstrip()


COMMANDS = (measure,)

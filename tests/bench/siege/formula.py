"""Thirty cells that a spreadsheet would run, in every field, by every way out: none is live, and all come back."""

import csv
import io
from collections.abc import Iterator

from lib.readers import guess, read_table
from lib.store import Store, open_store, projects
from lib.store.dataset import tables
from lib.store.errors import cause_tables
from lib.ui import charted
from lib.workflow.dataset import exchange
from lib.writers import WRITERS
from tests.support.commands import CommandLine
from tests.support.siege import Line, Siege, Watch
from tests.support.siege.ways import WAYS, cells, formulas_everywhere, live
from tests.support.spreadsheets.formulas import FORMULAS

LIMIT = 300  # seconds
SHEETS = ("csv", "xlsx")
_COUNTED = ("id", "input", "output", "context", "system_version")


def rows(siege: Siege) -> Iterator[Line]:
    """One project, out by every way, and what can come back into another one."""
    watch = Watch()
    store = formulas_everywhere(projects.create(open_store(siege.folder / "formulas.db"), "Test", "Did it help?"))
    ways = siege.spread([(way, ending) for way in WAYS for ending in SHEETS])
    found = [cell for way, ending in ways for cell in cells(WAYS[way](store, ending), ending) if ending == "csv"]
    yield watch.line(f"{len(FORMULAS)} formula cells by every way out of a page, as CSV and as a workbook",
                     f"{len(ways)} files, {len(found):,} cells of CSV", "0 live formulas", _live(found),
                     not live(found))
    yield _by_command(watch, siege, store)
    charts = [cell for first, second in (("value", "n"), FORMULAS[:2]) for cell in cells(
        charted._csv({first: list(FORMULAS), second: [-1.5] * len(FORMULAS)}), "csv")]
    yield watch.line("the numbers of a chart as CSV", f"{len(charts)} cells", "0 live formulas", _live(charts),
                     not live(charts))
    yield from (_back(watch, siege, store, ending) for ending in siege.spread(list(WRITERS)))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[text] for text in FORMULAS])
    bare = cells(out.getvalue().encode(), "csv")
    yield watch.line("control: the same cells written without the rule", f"{len(bare)} cells", "seen to be live",
                     _live(bare), len(live(bare)) > len(FORMULAS) // 2)


def _live(found: list[str]) -> str:
    return f"{len(live(found))} live"


def _by_command(watch: Watch, siege: Siege, store: Store) -> Line:
    """The same tables by the command line, into files."""
    command, found = CommandLine(store.path), []
    kinds = siege.spread(list(exchange.EXPORTS))
    for what in kinds:
        file = siege.folder / f"{what}.csv"
        command("export", what, file, project="Test")
        found += cells(file.read_bytes(), "csv")
    return watch.line("the same by the command export", f"{len(kinds)} files, {len(found):,} cells", "0 live formulas",
                      _live(found), not live(found))


def _back(watch: Watch, siege: Siege, store: Store, ending: str) -> Line:
    """Traces, labels and codes exported and imported into another project."""
    other = projects.create(store, f"Other {ending}")
    for what in ("traces", "labels", "codes"):
        table = read_table(f"{what}.{ending}", exchange.export(store, what, ending))
        exchange.import_table(other, table, guess(table))
    ours, theirs = _originals(store), _originals(other)
    n = sum(map(len, ours.values()))
    changed = sum(1 for name, kept in ours.items() for one in kept if one not in theirs[name])
    return watch.line(f"traces, labels and codes exported as {ending} and imported elsewhere", f"{n} rows",
                      "the originals, letter by letter", f"{n - changed} the same, {changed} changed, "
                      f"{sum(map(len, theirs.values())) - n} more", ours == theirs)


def _originals(store: Store) -> dict[str, list[tuple]]:
    """What a trace, a label and a code say, without what belongs to the project they are in."""
    return {
        "traces": [tuple(row[name] for name in _COUNTED) for row in tables.traces(store)[1]],
        "labels": sorted(tuple(row[name] for name in ("id", "expert", "outcome", "critique"))
                         for row in tables.labels(store)[1]),
        "codes": sorted((row["id"], str(row["failure_modes"])) for row in cause_tables.codes(store)[1])}

"""An upgrade killed before each of its statements, from every earlier version: the next start ends it, all is there.

From the first version all steps are taken, from each later one its next: so each step is the first of an upgrade, and
the middle of another one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from lib.schema import MIGRATIONS, SCHEMA_VERSION
from lib.store import projects
from lib.store.dataset import traces
from lib.store.review import labels
from tests.support.siege import Line, Siege, Watch
from tests.support.siege.crashes import killed_at, reset, sound
from tests.support.siege.earlier import of_version
from tests.support.steps import fresh

LIMIT = 900  # seconds


def rows(siege: Siege) -> Iterator[Line]:
    """Every earlier version; a share of the statements where only a share is tried."""
    watch, kills, wrong, around = Watch(), 0, [], 0
    for version in reversed(range(1, SCHEMA_VERSION)):
        own = len(list(MIGRATIONS.values())[version])
        n, found = _upgrades(siege, version, around + own if around and version > 1 else None)
        around, wrong, kills = around or n - own, wrong + found, kills + len(range(0, n, round(1 / siege.share)))
    yield watch.line(
        f"an upgrade from each of {SCHEMA_VERSION - 1} earlier versions, killed before each statement of its next step "
        "from the first before each of all", f"{kills:,} kills",
        "0 acknowledged lost; the old tables or today's; the next start ends it; the copy made before is whole",
        f"{len(wrong)} wrong {'; '.join(wrong[:3])}".strip(), not wrong)


def _upgrades(siege: Siege, version: int, last: int | None) -> tuple[int, list[str]]:
    """(how many statements an upgrade from this version has, to the `last` one; what was wrong after a kill)."""
    path, wrong, statement = of_version(siege.folder / f"v{version}.db", version), [], 1
    pristine = path.read_bytes()
    while (last is None or statement <= last) and killed_at(statement, partial(fresh, path)):
        found = _wrong(path, version)
        wrong += [f"from {version}, statement {statement}: {found}"] * bool(found)
        reset_to(path, pristine)
        statement += round(1 / siege.share)
    return statement - 1, wrong


def reset_to(path: Path, pristine: bytes) -> None:
    """The file as it was, without the copy that the upgrade before has made."""
    for file in path.parent.glob(f"{path.stem}.before-*"):
        file.unlink()
    reset(path, pristine)


def _wrong(path: Path, version: int) -> str:
    """What is not as it should be after the kill and the next start; "" where all is."""
    with closing(sqlite3.connect(path)) as file:
        left = file.execute("pragma user_version").fetchone()[0]
        if left not in (version, SCHEMA_VERSION):
            return f"tables of version {left}"
    store = projects.choose(fresh(path), "Old")
    said = [(one.outcome, one.critique) for one in labels.history(store, "0012")]
    if store.value("pragma user_version") != SCHEMA_VERSION or not sound(store):
        return "not brought to its end"
    if traces.get(store, "0012").output != "b" or said != [("fail", "on second thoughts"), ("pass", "because")]:
        return f"lost something: {said}"
    if labels.draft(store, "0012", "Ann") != ("half a sentence", ""):
        return "lost the draft"
    return _copy_wrong(path.with_name(f"{path.stem}.before-{version}.db"), version)


def _copy_wrong(copy: Path, version: int) -> str:
    if copy.with_name(f"{copy.name}.part").exists():
        return "left half a copy"
    with closing(sqlite3.connect(copy)) as file:
        whole = tuple(file.execute(sql).fetchone()[0] for sql in (
            "pragma integrity_check", "pragma user_version", "select count(*) from labels"))
    return "" if whole == ("ok", version, 2) else f"the copy: {whole}"

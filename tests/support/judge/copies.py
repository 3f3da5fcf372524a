"""Copies of one file that colleagues work on, each by itself: what is merged back."""

from pathlib import Path

from lib.store import Store, create_backup, open_store, projects
from tests.support.commands import CommandLine


def copy(store: Store, name: str) -> Store:
    """A copy of the whole file beside it, on its first project."""
    return projects.choose(open_store(create_backup(store, store.path.with_name(f"{name}.db"))), None)


def merge(store: Store, file: Path | Store, *words: str, project: str | None = None) -> dict:
    """What `merge --json` says of this copy."""
    path = file.path if isinstance(file, Store) else file
    return CommandLine(store.path).json("merge", path, *words, project=project)


def added(found: dict) -> dict[str, int]:
    """How much of what a merge has brought, without what is none."""
    names = ("traces", "labels", "waiting", "versions", "runs", "verdicts")
    counts = {name: found[name] for name in names} | {"joined": len(found["joined"])}
    return {name: n for name, n in counts.items() if n}


def everything(store: Store) -> dict[str, int]:
    """How many rows each table of the file has."""
    tables = [row[0] for row in store.rows("select name from pragma_table_list where type = 'table'")]
    return {table: store.value("select count(*) from " + f'"{table}"') for table in tables
            if not table.startswith("sqlite_") and not table.startswith("documents_index")}

"""A project with a row in every table of the schema, whichever there are: so that no table is forgotten."""

import sqlite3

from lib.store import Store

# Words that a check of the schema asks for, by table and column, else by column.
_WORDS = {
    "outcome": "pass", "source": "real", "split": "train", "status": "done", "mode": "blind", "works_as": "expert",
    ("runs", "status"): "done", ("proposals", "status"): "accepted", ("trace_failure_modes", "source"): "person",
    ("labels", "source"): "review", ("labels", "purpose"): "label", ("failure_modes", "status"): "open",
    ("jobs", "kind"): "answer", ("systems", "kind"): "http", ("rulings", "kind"): "judge wrong",
    ("suggestions", "kind"): "guidelines", ("decisions", "kind"): "go on", ("analyses", "kind"): "codes",
    ("insights", "kind"): "user", ("cycles", "trigger"): "incident", ("verdicts", "error"): None,
    ("rulings", "new_label"): None, ("traces", "answers"): None, ("failure_modes", "merged_into"): None,
    ("experts", "merged_into"): None, ("verdicts", "reused"): None, ("prompt_versions", "parent"): None,
    ("replacements", "margin"): 0.1, ("experts", "retired_at"): None, ("projects", "target"): 0.9,
    ("probe_items", "item"): '{"alteration": "x"}', ("probe_items", "outcome"): None,
    ("sign_offs", "decision"): None, ("probe_items", "error"): None, ("analysis_items", "error"): None,
    ("job_items", "error"): None, ("imports", "stage"): None, ("archived_traces", "author"): "",
    ("feedback", "comment"): "slow", ("batch_runs", "way"): "service", ("batch_files", "status"): "sent",
}
# Not of a project, or written by triggers, or the log that stays.
OUTSIDE = {"settings", "accounts", "sessions", "login_failures", "account_events",
           "endpoint_habits", "model_retirements", "removals", "leaving", "_sqlite_migrations",
           "documents_index"}


def tables(store: Store) -> list[str]:
    """Every table of ours, a parent before what refers to it."""
    names = [row[0] for row in store.rows("""select name from sqlite_schema where type = 'table'
        and name not like 'sqlite%' and name not like 'documents_index%'""") if row[0] not in OUTSIDE]
    ordered: list[str] = []
    while rest := [name for name in names if name not in ordered]:
        free = [name for name in rest if {one["table"] for one in references(store, name)} - {name} <= set(ordered)]
        assert free, rest
        ordered += free
    return ordered


def references(store: Store, table: str) -> list[sqlite3.Row]:
    """What the columns of a table refer to: rows with from and table."""
    return store.rows(f"pragma foreign_key_list({table})")


def fill(store: Store, name: str) -> Store:
    """A new project of this name with a row in every table; returns the handle on it."""
    made: dict[str, int] = {}
    for table in tables(store):
        columns = store.rows(f"pragma table_info({table})")
        refers = {one["from"]: one["table"] for one in references(store, table)}
        values = {one["name"]: _value(table, one, refers, made, name) for one in columns
                  if not (one["pk"] and one["name"] == "id") and _wanted(table, one, refers)}
        if table == "tied_traces":
            store.execute("delete from tied_traces where trace = :trace", trace=made["traces"])
        made[table] = store.execute(f"insert into {table} ({', '.join(values)}) values "
                                    f"({', '.join(f':{column}' for column in values)})", **values)
    return store.of(made["projects"])


def _wanted(table: str, column: sqlite3.Row, refers: dict[str, str]) -> bool:
    return column["name"] in refers or (column["notnull"] and column["dflt_value"] is None) or column["pk"] or \
        (table, column["name"]) in _WORDS or (column["name"] == "outcome")


def _value(table: str, column: sqlite3.Row, refers: dict[str, str], made: dict[str, int], name: str) -> object:
    word = column["name"]
    if (table, word) in _WORDS:
        return _WORDS[table, word]
    if word in refers:
        return made[refers[word]]
    if word in _WORDS:
        return _WORDS[word]
    if column["type"] == "INTEGER":
        return 1
    if column["type"] == "REAL":
        return 1.0
    return name if word in ("name", "token", "trace_id", "mark") else "{}"


def dump(store: Store, project: int) -> dict[str, list[tuple]]:
    """Every row of every table that belongs to a project, found by what it refers to."""
    found: dict[str, list[tuple]] = {}
    ids: dict[str, set[int]] = {"projects": {project}}
    for table in tables(store):
        refers = {one["from"]: one["table"] for one in references(store, table)}
        rows = [row for row in store.rows(f"select * from {table}") if (
            row["id"] == project if table == "projects" else any(
                row[column] in ids.get(parent, ()) for column, parent in refers.items() if parent != table))]
        ids[table] = {row["id"] for row in rows if "id" in row.keys()}
        found[table] = [tuple(row) for row in rows]
    return found

"""Dimensions and their values: described, renamed, retired, and put on traces.

A value in use is never deleted: renaming keeps its traces, retiring keeps its history.
"""

import json
import sqlite3

from lib.records import Dimension, DimensionValue, UsageError
from lib.records.words import counted
from lib.store.database import Store
from lib.store.dataset import coverage


def described(store: Store, retired: bool = False) -> list[Dimension]:
    """The project's dimensions with their values, oldest first; retired ones only on request."""
    found: dict[int, list[DimensionValue]] = {}
    for row in store.rows("""select v.dimension, v.name, v.description, v.example, v.retired_at from dimension_values v
            join dimensions d on d.id = v.dimension where d.project = :project
            and (:retired or v.retired_at is null) order by v.id""", retired=retired):
        found.setdefault(row[0], []).append(DimensionValue(row[1], row[2], row[3], row[4] is not None))
    return [Dimension(row["name"], row["description"], tuple(found.get(row["id"], ())), row["retired_at"] is not None)
            for row in store.rows("""select id, name, description, retired_at from dimensions
                where project = :project and (:retired or retired_at is null) order by id""", retired=retired)]


def add(store: Store, name: str, description: str = "") -> None:
    """A new dimension; UsageError where there is one of this name."""
    _named("A dimension", name)
    with store.transaction():
        if _row(store, name) is not None:
            raise UsageError(f"There is a dimension '{name.strip()}' already: give this one another name.")
        store.execute("insert into dimensions (project, name, description) values (:project, :name, :description)",
                      name=name.strip(), description=description)


def change(store: Store, name: str, new_name: str, description: str) -> None:
    """Renames and describes a dimension; its traces keep their values."""
    _named("A dimension", new_name)
    with store.transaction():
        key = _key(store, name)
        if _row(store, new_name) not in (None, key):
            raise UsageError(f"There is a dimension '{new_name.strip()}' already: choose another name.")
        store.execute("""update dimensions set name = :new_name, description = :description
            where id = :key and project = :project""", key=key, new_name=new_name.strip(), description=description)
        coverage.rename(store, name.strip(), new_name.strip())


def retire(store: Store, name: str, value: str | None = None, back: bool = False) -> None:
    """Offers a dimension (or one of its values) no more, or again; traces that have it keep it."""
    key = _key(store, name)
    if value is None:
        store.execute("""update dimensions set retired_at = case when :back then null
            else strftime('%Y-%m-%dT%H:%M:%fZ') end where id = :key and project = :project""", key=key, back=back)
    else:
        store.execute("""update dimension_values set retired_at = case when :back then null
            else strftime('%Y-%m-%dT%H:%M:%fZ') end where id = :key""",
                      key=_value_key(store, key, name, value), back=back)


def drop(store: Store, name: str, value: str | None = None) -> None:
    """Deletes a dimension (or a value) that no trace has; one in use can only be retired."""
    with store.transaction():
        key = _key(store, name)
        which = [row[0] for row in store.rows("select id from dimension_values where dimension = :key", key=key)]
        if value is not None:
            which = [_value_key(store, key, name, value)]
        used = sum(store.value("select count(*) from trace_values where value = :id", id=id) for id in which)
        if used:
            raise UsageError(f"{counted(used, 'trace has', 'traces have')} '{value or name}': retire it instead, so "
                             "that they keep it.")
        for id in which:
            store.execute("delete from dimension_values where id = :id", id=id)
        if value is None:
            store.execute("delete from dimensions where id = :key and project = :project", key=key)


def put_value(store: Store, dimension: str, value: DimensionValue, old_name: str | None = None) -> None:
    """Adds a value, or changes the one called `old_name`; renaming keeps its traces."""
    _named("A value", value.name)
    with store.transaction():
        key, name = _key(store, dimension), value.name.strip()
        row = _value_key(store, key, dimension, old_name) if old_name is not None else None
        twin = store.value("select id from dimension_values where dimension = :key and name = :name",
                           key=key, name=name)
        if twin not in (None, row):
            raise UsageError(f"'{dimension}' has a value '{name}' already: choose another name.")
        if row is None:
            row = store.execute("insert into dimension_values (dimension, name) values (:key, :name)",
                                key=key, name=name)
        store.execute("""update dimension_values set name = :name, description = :description, example = :example
            where id = :row""", row=row, name=name, description=value.description, example=value.example)
        if old_name is not None:
            coverage.rename(store, dimension.strip(), dimension.strip(), old_name, name)


def give(store: Store, dimension: str, value: str, trace_ids: list[str]) -> int:
    """Puts a value on traces in place of what they had there; returns how many traces have it now."""
    with store.transaction():
        key = _key(store, dimension)
        row = _value_key(store, key, dimension, value)
        found = _keys(store, trace_ids)
        _put(store, key, row, found)
    return len(found)


def give_rows(store: Store, dimension: str, value: str, keys: list[int]) -> int:
    """The same by row numbers: of those that are traces of this project; returns how many have it now."""
    with store.transaction():
        key = _key(store, dimension)
        row = _value_key(store, key, dimension, value)
        found = [row[0] for row in store.rows("""select t.id from json_each(:keys) k join traces t on t.id = k.value
            where t.project = :project""", keys=json.dumps(keys))]
        _put(store, key, row, found)
    return len(found)


def _put(store: Store, dimension: int, value: int, keys: list[int]) -> None:
    words = {"keys": json.dumps(keys), "dimension": dimension, "value": value}
    store.execute("""delete from trace_values where trace in (select value from json_each(:keys))
        and value in (select id from dimension_values where dimension = :dimension)""", **words)
    store.execute("""insert into trace_values (trace, value)
        select value, :value from json_each(:keys)""", **words)


def context_keys(store: Store) -> dict[str, int]:
    """Keys of the traces' context that hold a plain value, with how many different ones: candidates to read off."""
    rows = store.rows("""select c.key, count(distinct c.value) from traces t, json_each(t.context) c
        where t.project = :project and c.type in ('text', 'integer', 'real', 'true', 'false')
        group by c.key order by 2, 1""")
    return {row[0]: row[1] for row in rows}


def read_off(store: Store, context_key: str, dimension: str) -> int:
    """Makes each different value of a context key a value of a dimension; returns how many traces got one."""
    with store.transaction():
        if _row(store, dimension) is None:
            add(store, dimension, f"Read off '{context_key}' of the context.")
        key = _key(store, dimension)
        values = """select t.id, cast(c.value as text) as name from traces t, json_each(t.context) c
            where t.project = :project and c.key = :context_key and c.value is not null
            and c.type in ('text', 'integer', 'real', 'true', 'false') and trim(c.value) <> ''"""
        found = [{"trace": row[0], "name": row[1], "key": key} for row in store.rows(values, context_key=context_key)]
        store.execute_many("insert or ignore into dimension_values (dimension, name) values (:key, :name)", found)
        store.execute_many("""insert or ignore into trace_values (trace, value)
            select :trace, id from dimension_values where dimension = :key and name = :name""", found)
    return len(found)


def _named(what: str, name: str) -> None:
    if not name.strip():
        raise UsageError(f"{what} needs a name.")


def _row(store: Store, name: str) -> int | None:
    return store.value("select id from dimensions where project = :project and name = :name", name=name.strip())


def _key(store: Store, name: str) -> int:
    key = _row(store, name)
    if key is None:
        known = ", ".join(dimension.name for dimension in described(store, retired=True)) or "none yet"
        raise UsageError(f"There is no dimension '{name}'. Dimensions of this project: {known}.")
    return key


def _value_key(store: Store, key: int, dimension: str, value: str) -> int:
    row: sqlite3.Row | None = store.row("select id from dimension_values where dimension = :key and name = :value",
                                        key=key, value=value)
    if row is None:
        raise UsageError(f"'{dimension}' has no value '{value}'.")
    return row[0]


def _keys(store: Store, trace_ids: list[str]) -> list[int]:
    found = []
    for trace_id in dict.fromkeys(trace_ids):
        key = store.value("select id from traces where project = :project and trace_id = :id", id=trace_id)
        if key is None:
            raise UsageError(f"There is no trace '{trace_id}' in this project.")
        found.append(key)
    return found

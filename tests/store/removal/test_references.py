"""No table is forgotten: each reference of the schema is marked, cleared or mended; a plain delete is refused."""

import sqlite3

import pytest

from lib.records import UsageError
from lib.store import projects
from lib.store.removal import clearing, log, marking, removing
from lib.store.removal.removing import PROJECT, Thing
from tests.support.removal.filled import dump, fill, references, tables

BIG = ("traces", "labels", "verdicts", "notes", "job_items", "runs")


def test_every_reference_of_the_schema_is_marked_cleared_or_mended(db):
    """A table that is added later fails here until it is said what becomes of its rows."""
    missing = []
    for table in tables(db):
        for one in references(db, table):
            column, parent = one["from"], one["table"]
            said = [*clearing.CLEARED.get(table, ()), *(text for text in marking.STATEMENTS if f"'{table}'" in text)]
            parents = {f"leaving_{parent}", "leaving_judged" if parent == "traces" else ""} - {""}
            gone = any(f"{column} in {name}" in " ".join(text.split()) for text in said for name in parents)
            if parent != table and not gone and f"{table}.{column}" not in clearing.MENDED:
                missing.append(f"{table}.{column} -> {parent}")
    assert [one for one in missing if one not in RESTS_ON] == []
    assert set(tables(db)) <= set(clearing.CLEARED)


# Goes with something else that goes with the same parent.
RESTS_ON = {
    "runs.prompt_version -> prompt_versions",  # both are the judge's
    "suggestions.prompt_version -> prompt_versions",
    "judges.failure_mode -> failure_modes",  # both are the project's
    "assertions.failure_mode -> failure_modes",
    "rulings.criteria -> criteria_versions",
    "jobs.system -> systems",
    "run_traces.batch_file -> batch_files",  # both are the run's
    "labels.expert -> experts",  # without the project a person goes only where no label is left
}


def test_every_reference_to_what_there_may_be_much_of_is_found_by_an_index(db):
    slow = []
    for table in tables(db):
        for one in references(db, table):
            if one["table"] in BIG:
                plan = db.row(f"explain query plan select 1 from {table} where {one['from']} = 1")["detail"]
                if "SEARCH" not in plan:
                    slow.append(f"{table}.{one['from']}: {plan}")
    # A project has few of these, or they are of people at work alone.
    assert [one for one in slow if one.split(".")[0] not in ("replacements", "test_looks", "suggestion_replies")] == []


def test_a_project_goes_whole_and_the_one_beside_it_stays(db):
    other, gone = fill(db, "other"), fill(db, "gone")
    before = dump(db, other.project)
    whole = dump(db, gone.project)
    assert all(whole.values()), [table for table, rows in whole.items() if not rows]
    thing = Thing(PROJECT, (gone.project,), "gone", "gone")
    seen = removing.look(gone, thing)
    assert dump(db, gone.project) == whole and db.value("select count(*) from leaving") == 0
    removing.remove(gone, thing, seen)
    assert dump(db, other.project) == before
    assert [table for table, rows in dump(db, gone.project).items() if rows] == []
    assert db.rows("pragma foreign_key_check") == [] and db.value("pragma integrity_check") == "ok"
    assert [(one.kind, one.name) for one in log.every(other)] == [("deleted", "gone")]
    assert log.every(other)[0].detail["counts"]["labels"] == 1
    with pytest.raises(UsageError, match="not there any more"):
        removing.look(gone, thing)


def test_a_number_of_a_deleted_project_is_not_given_again(db):
    gone = projects.create(db, "gone")
    thing = Thing(PROJECT, (gone.project,), "gone", "gone")
    removing.remove(gone, thing, removing.look(gone, thing))
    assert projects.create(db, "next").project > gone.project


@pytest.mark.parametrize("table", ["labels", "verdicts", "traces", "prompt_versions", "prompt_examples", "rulings",
                                   "criteria_versions", "test_looks", "sign_offs"])
def test_a_plain_delete_is_refused(db, table):
    fill(db, "full")
    with pytest.raises(sqlite3.IntegrityError, match="never deleted by itself"):
        db.execute(f"delete from {table}")


def test_the_log_is_only_added_to(db):
    log.note(db, log.DELETED, "judge", "old")
    for statement in ("delete from removals", "update removals set name = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            db.execute(statement)

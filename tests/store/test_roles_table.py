"""The table of roles: whole, held against the schema and the guide, and asked by SQLite whoever wrote the statement."""

import re
import sqlite3
import threading

import pytest

from lib.records.people import ENGINEER, EXPERT, PM, ROLES, VIEWER
from lib.store import prices, roles
from lib.store.review import labels
from lib.store.roles import PARTS, WRITES, RoleError
from tests.support import HOUSE
from tests.support.sources import name_of, sources
from tests.support.steps import add, say
from tests.support.writes import ENVIRONMENT, VERBS, tried

# Nobody writes these but SQLite and the migrations.
OF_THE_FILE = {"sqlite_sequence", "sqlite_stat1", "sqlite_stat4", "_sqlite_migrations"}
# Where the program acts by itself, or for whoever may do the first of several things.
BY_ITSELF = {
    "lib/store/database.py", "lib/store/dataset/imported.py", "lib/store/people.py", "lib/store/removal/archive.py",
    "lib/store/removal/removing.py", "lib/workflow/overview/removing.py", "lib/store/review/queues.py",
    "lib/store/judge/leaving/merging.py", "lib/workflow/background.py",
    "lib/workflow/endpoints.py", "lib/workflow/dataset/exchange.py", "lib/workflow/dataset/reading.py",
    "lib/workflow/errors/checking.py"}


@pytest.fixture
def db(db, make_trace):
    add(db, make_trace("t1"), make_trace("t2"))
    say(db, "t1", "pass")
    return db


def tables(store) -> set[str]:
    return {row[0] for row in store.rows("select name from sqlite_schema where type = 'table'")} - OF_THE_FILE


def test_every_table_of_the_schema_has_a_row_and_every_row_a_table(db):
    assert {table for table in WRITES if "." not in table} == tables(db)


def test_every_column_that_has_a_row_of_its_own_is_there(db):
    for table, column in (key.split(".") for key in WRITES if "." in key):
        assert column in {row[0] for row in db.rows("select name from pragma_table_info(:table)", table=table)}


def test_no_table_stands_in_two_rows_and_every_role_is_known():
    named = [table for part in PARTS for table in part.tables]
    assert len(named) == len(set(named)) == len(WRITES)
    assert {role for part in PARTS for role in part.roles} == {*ROLES} - {VIEWER}


def test_the_guide_shows_this_table():
    text = (HOUSE / "docs" / "roles.md").read_text()
    rows = [f"| {part.words} | {' | '.join('yes' if role in part.roles else '–' for role in ROLES)} |"
            for part in PARTS]
    assert re.findall(r"^\| (?!what|---).+\|$", text, re.M) == rows


def test_the_list_of_verbs_reaches_every_table(world, tmp_path, monkeypatch):
    """What no verb writes is written by triggers, by a model's work in the background, or by the full-text index."""
    by_itself = {"tied_traces", "probe_items", "analysis_items", "job_items", "assertion_results",
                 "accounts", "sessions", "login_failures", "account_events",  # of the operator, and of the gate
                 *(table for table in WRITES if table.startswith("documents_index"))}
    written, asked = set(), roles.Guard.allows

    def allows(guard, action, table, *more):
        if action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE):
            written.add(table)
        return asked(guard, action, table, *more)

    monkeypatch.setattr(roles.Guard, "allows", allows)
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    for verb in VERBS:
        assert tried(world, verb, {"x": EXPERT, "e": ENGINEER}[verb.who[0]], tmp_path).changed
    assert tables(world.held(None)) - by_itself - written == set()


@pytest.mark.parametrize("role", [*ROLES, "boss", ""])
@pytest.mark.parametrize("statement", [
    "attach database ':memory:' as other", "drop table labels", "create table more (a)", "create temp table more (a)",
    "alter table labels add column more", "pragma user_version = 1", "pragma writable_schema = on",
    "pragma foreign_keys = off", "update sqlite_master set sql = ''", "delete from sqlite_master", "reindex", "analyze",
    "vacuum", "create trigger t after insert on notes begin delete from labels; end", "create view v as select 1",
    "drop trigger traces_share_inputs", "create index i on notes (text)", "delete from _sqlite_migrations"])
def test_no_role_changes_anything_but_rows(db, role, statement):
    before = list(db.connection.iterdump())
    # The table of all tables is not to be written at all, by nobody.
    with pytest.raises(sqlite3.Error if " sqlite_master" in statement else RoleError):
        db.by("Ann", role=role).execute(statement)
    assert list(db.connection.iterdump()) == before


def test_a_statement_that_was_prepared_for_one_role_is_no_others(db):
    statement = "update traces set source = source where trace_id = 't1'"
    for _ in range(3):
        db.execute(statement)
        db.by("Eve", role=ENGINEER).execute(statement)
        for role in (EXPERT, VIEWER, "boss"):
            with pytest.raises(RoleError):
                db.by("Ann", role=role).execute(statement)
    db.by("Eve", role=ENGINEER).execute(statement)


def test_many_rows_at_once_are_refused_as_one_is(db):
    with pytest.raises(RoleError, match="reads labels"):
        db.by("Pia", role=PM).execute_many("update labels set critique = :text", [{"text": "a"}, {"text": "b"}])


def test_one_column_may_be_of_other_roles_than_its_table(db):
    db.by("Ann", role=EXPERT).execute("update projects set target = 0.8")
    with pytest.raises(RoleError, match="an engineer or a PM does"):
        db.by("Ann", role=EXPERT).execute("update projects set target = 0.8, name = 'x'")
    with pytest.raises(RoleError, match="reads splits"):
        db.by("Pia", role=PM).execute("update traces set split = 'train'")


def test_a_refusal_in_a_transaction_takes_back_what_came_before_it(db):
    ann = db.by("Pia", role=PM)
    with pytest.raises(RoleError), ann.transaction():
        ann.execute("insert into insights (project, kind, text) values (:project, 'user', 'x')")
        ann.execute("delete from labels")
    assert db.value("select count(*) from insights") == 0 and not db.connection.in_transaction


def test_a_trigger_follows_the_statement_that_set_it_off(db):
    """A label answers queue items and ends a claim: who labels writes both so, and not by hand."""
    ann = db.by("Ann", role=EXPERT)
    db.execute("insert into claims (trace, expert, expires_at) select id, 1, 'later' from traces where trace_id = 't2'")
    labels.save(ann, "t2", "Ann", "pass", "because")
    assert db.value("select count(*) from claims") == 0


def test_what_refers_to_a_row_goes_with_it(db):
    db.execute("insert into dimensions (project, name) values (:project, 'tone')")
    db.execute("insert into dimension_values (dimension, name) select id, 'rude' from dimensions")
    db.by("Pia", role=PM).execute("delete from dimension_values")
    db.by("Pia", role=PM).execute("delete from dimensions")
    assert db.value("select count(*) from dimensions") == 0


def test_the_program_acts_in_the_same_transaction_and_only_for_who_may_begin(db):
    eve = db.by("Eve", role=ENGINEER)
    with eve.transaction():
        eve.program("imports").execute("insert into drafts (trace, expert, critique) select 2, 1, 'half'")
        with pytest.raises(RoleError):
            eve.execute("delete from labels")
    assert db.value("select critique from drafts") == "half"
    with pytest.raises(RoleError, match="the dataset"):
        db.by("Ann", role=EXPERT).program("imports")


def test_each_thread_asks_for_its_own_role(db):
    """Handles of four roles at once, on connections of their own: none borrows another's."""
    found: dict[str, set[str]] = {role: set() for role in ROLES}

    def work(role: str) -> None:
        store = db.by("Ann", role=role)
        for n in range(40):
            try:
                prices.put(store, f"m{n % 3}", 1, 2)
                found[role].add("done")
            except RoleError:
                found[role].add("refused")

    threads = [threading.Thread(target=work, args=(role,)) for role in ROLES]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert found == {role: {"done" if role == ENGINEER else "refused"} for role in ROLES}


def test_everybody_reads_everything(db):
    for role in (*ROLES, "boss", ""):
        store = db.by("Vic", role=role)
        for table in tables(db):
            store.rows('select * from "' + table + '"')
        assert store.value("select count(*) from json_each('[1, 2]')") == 2
        assert store.rows("select * from documents_index where documents_index match 'refund'") == []
        assert store.value("with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) "
                           "select max(i) from n") == 9


def test_the_operator_is_held_to_no_role(db):
    db.by("Ann").execute("update traces set source = source")
    assert all(roles.may(None, table) for table in (*WRITES, "no such"))
    assert not any(roles.may(role, "no such") for role in ROLES)


def test_nothing_goes_to_the_connection_but_through_the_store():
    found = {name_of(path) for path in sources()
             if re.search(r"\.connection\.(execute|executemany|executescript|set_authorizer)", path.read_text())}
    assert found == {"lib/store/database.py"}


def test_where_the_program_acts_by_itself_is_a_short_list():
    assert {name_of(path) for path in sources() if re.search(r"\.program\(", path.read_text())} \
        == BY_ITSELF - {"lib/store/database.py"}

"""An import is whole or absent, adds nothing the second time, and never overwrites what contradicts it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from lib.readers import Mapping, read_table
from lib.readers.mapping import LabelColumns, VerdictColumns, rows
from lib.records import Counts, DataError, Trace, Verdict
from lib.store import experts, open_store, projects
from lib.store.dataset import imports, publishing, staging, traces
from lib.store.dataset.staging import Stage
from lib.store.errors import failure_modes
from lib.store.judge import judges, runs, verdicts
from lib.store.review import labels
from lib.workflow.dataset import exchange, reading
from tests.support.steps import add, row, say

FILE = b"""id,input,output,topic,outcome,critique,verdict,why
0012,a,b,x,pass,fine,pass,ok
NA,c,d,y,fail,wrong,maybe,cannot say
1e5,e,,x,,,,
"""
MAPPING = Mapping(id="id", input="input", output="output", dimensions=("topic",), threshold=None,
                  labels=(LabelColumns("Ann", "outcome", "critique"), LabelColumns("Bob", "outcome")),
                  verdicts=(VerdictColumns("GPT-4", "verdict", "why"),))


def bring(store, data: bytes = FILE, mapping: Mapping = MAPPING):
    table = read_table("t.csv", data)
    return imports.add_rows(store, table.name, table.format, mapping.to_json(), rows(table, mapping))


def counts(store) -> dict[str, int]:
    return {name: store.value(sql) for name, sql in {
        "traces": "select count(*) from traces", "labels": "select count(*) from labels",
        "verdicts": "select count(*) from verdicts", "values": "select count(*) from trace_values",
        "modes": "select count(*) from trace_failure_modes", "experts": "select count(*) from experts",
        "judges": "select count(*) from judges", "imports": "select count(*) from imports"}.items()}


def test_a_file_becomes_traces_labels_and_recorded_verdicts(db):
    result = bring(db)
    assert (result.rows, result.traces, result.labels, result.verdicts, result.error_verdicts) == (3, 3, 4, 2, 1)
    assert [found["trace_id"] for found in traces.listing(db)] == ["0012", "NA", "1e5"]
    assert traces.get(db, "0012").dimensions == {"topic": ("x",)}
    assert labels.current(db, "NA", "Ann").critique == "wrong"


def test_an_unreadable_recorded_verdict_is_an_error_with_its_text(db):
    bring(db)
    run = runs.newest(db, "GPT-4")
    assert (run.status, run.done, run.errors, run.prompt) == ("recorded", 2, 1, None)
    assert verdicts.counts(db, run.id, "Ann") == Counts(pass_pass=1, errors=1)
    assert db.value("select raw from verdicts where error is not null") == "maybe"


def test_the_first_expert_named_becomes_principal_and_stays_it(db):
    bring(db)
    assert [(expert.name, expert.is_principal) for expert in experts.every(db)] == [("Ann", True), ("Bob", False)]
    add(db, row(traces.get(db, "NA"), Cid="pass"))
    assert experts.principal(db).name == "Ann"


def test_importing_twice_adds_nothing(db):
    bring(db)
    before = counts(db)
    again = bring(db)
    assert (again.added, again.identical, counts(db)) == (0, 3, before)


def test_importing_after_a_newer_label_leaves_the_newer_label(db):
    bring(db)
    say(db, "0012", "fail", "Ann")
    assert bring(db).added == 0
    assert labels.current(db, "0012", "Ann").outcome == "fail"


def test_how_columns_were_read_is_kept_threshold_included(db):
    bring(db, b"input,outcome\na,4\n", Mapping(input="input", labels=(LabelColumns("Ann", "outcome"),), threshold=3))
    kept = json.loads(db.value("select mapping from imports"))
    assert (kept["threshold"], kept["input"], kept["labels"][0]["expert"]) == (3, "input", "Ann")
    assert db.value("select added from imports") == 2


def test_a_conflicting_row_refuses_the_whole_file(db):
    bring(db)
    before = counts(db)
    with pytest.raises(DataError) as refused:
        bring(db, b"id,input,output\nnew,x,y\n0012,a,changed\n", Mapping(id="id", input="input", output="output"))
    assert "line 3: trace '0012' is stored with other text" in str(refused.value)
    assert "Nothing was imported. Give changed rows an id of their own" in str(refused.value)
    assert counts(db) == before


def test_many_conflicts_are_counted_and_the_first_three_named(db, make_trace):
    add(db, *(make_trace(f"t{n}") for n in range(6)))
    with pytest.raises(DataError, match="and 3 more"):
        add(db, *(make_trace(f"t{n}", output="other") for n in range(6)))


def test_another_recorded_verdict_on_the_same_trace_is_a_conflict(db, make_trace):
    add(db, row(make_trace(), verdicts={"GPT-4": Verdict("pass", "ok")}))
    with pytest.raises(DataError, match="judge 'GPT-4' has another recorded verdict on 't1'"):
        add(db, row(make_trace(), verdicts={"GPT-4": Verdict("fail", "ok")}))
    assert db.value("select count(*) from verdicts where outcome = 'pass'") == 1


def test_an_output_that_comes_later_completes_its_trace(db, make_trace):
    add(db, make_trace(output=None, split="train"))
    result = add(db, make_trace(output="now", context={"doc": 1}, system_version="v2"))
    kept = traces.get(db, "t1")
    assert (result.answered, result.traces, result.added) == (1, 0, 1)
    assert (kept.output, kept.context, kept.system_version, kept.split) == ("now", {"doc": 1}, "v2", "train")


def test_the_file_of_inputs_imported_again_after_its_answers_came_says_nothing_new(db, make_trace):
    add(db, make_trace(output=None))
    add(db, make_trace(context={"doc": 1}))
    assert add(db, make_trace(output=None)).added == 0
    assert traces.get(db, "t1").output == "answer to t1"


@pytest.mark.parametrize("changed", [{"input": "another question"}, {"context": {"doc": 2}}])
def test_an_unanswered_trace_is_not_changed_silently(db, make_trace, changed):
    add(db, make_trace(output=None, context={"doc": 1}))
    with pytest.raises(DataError, match="stored with other text"):
        add(db, make_trace(output=None, **{"context": {"doc": 1}, **changed}))


def test_what_a_later_file_adds_to_a_trace_is_counted(db, make_trace):
    add(db, make_trace())
    result = add(db, row(make_trace(dimensions={"topic": ("a", "b")}), modes=("invents",), Ann="fail"))
    assert (result.dimensions, result.failure_modes, result.labels, result.added) == (2, 1, 1, 4)
    assert failure_modes.of_trace(db, "t1") == ["invents"]
    assert traces.get(db, "t1").dimensions == {"topic": ("a", "b")}


def test_an_expert_may_say_something_new_on_a_stored_trace(db, make_trace):
    add(db, row(make_trace(), Ann="pass"))
    assert add(db, row(make_trace(), Ann="fail")).labels == 1
    assert [label.outcome for label in labels.history(db, "t1", "Ann")] == ["fail", "pass"]


@pytest.mark.parametrize("stop", [0, 1, 50, 99])
def test_rows_that_break_off_leave_nothing(db, make_trace, stop):
    def broken():
        for number in range(100):
            if number == stop:
                raise DataError("t.csv, line 7: broken")
            yield row(make_trace(f"t{number}", dimensions={"topic": ("a",)}), modes=("m",), Ann="fail",
                      verdicts={"judge": Verdict("pass")})

    with pytest.raises(DataError, match="line 7"):
        imports.add_rows(db, "t.csv", "csv", "{}", broken())
    assert set(counts(db).values()) == {0}


@pytest.fixture
def one_by_one(monkeypatch):
    """Every trace is a slice."""
    for name in ("FIRST_SLICE", "SMALLEST", "LARGEST"):
        monkeypatch.setattr(imports, name, 1)


@contextmanager
def first_slice(db) -> Iterator[tuple[Stage, imports.Import]]:
    """The file's import when its first slice is stored; its stage is attached as long as the block runs."""
    stage = staging.beside(db)
    stage.fill(rows(read_table("t.csv", FILE), MAPPING), staging.one_each)
    with publishing.attached(db, stage):
        compared = imports.prepare(db, stage, "t.csv")
        with db.transaction():
            begun = imports.begin(db, stage, compared, "t.csv", "csv", MAPPING.to_json())
            imports.add_slice(db, begun)
        yield stage, begun


def test_an_import_in_slices_stores_what_one_in_a_single_transaction_does(db, tmp_path, one_by_one, monkeypatch):
    sliced, whole = bring(db), None
    before = counts(db), [tuple(found) for found in db.rows("""select t.id, t.trace_id, e.name, l.outcome
        from traces t left join labels l on l.trace = t.id left join experts e on e.id = l.expert order by 1, l.id""")]
    assert imports.unfinished(db) == [] and list(db.path.parent.glob("*importing*")) == []
    monkeypatch.setattr(imports, "FIRST_SLICE", 100)
    other = projects.create(open_store(tmp_path / "other.db"), "Other")
    whole = bring(other)
    after = counts(other), [tuple(found) for found in other.rows("""select t.id, t.trace_id, e.name, l.outcome
        from traces t left join labels l on l.trace = t.id left join experts e on e.id = l.expert order by 1, l.id""")]
    assert (sliced, before) == (whole, after)


def test_what_somebody_stores_between_two_slices_is_kept_and_the_row_it_contradicts_is_counted(db, one_by_one):
    with first_slice(db) as (_stage, begun):
        imports.insert_trace(db, Trace("NA", "c", "something else"))
        imports.insert_trace(db, Trace("new", "x", "y"))
        imports.add_rest(db, begun, lambda: None)
    assert (begun.result.traces, begun.result.contradicted) == (2, 1)
    assert traces.get(db, "NA").output == "something else" and labels.current(db, "NA", "Ann") is None
    assert sorted(found["trace_id"] for found in traces.listing(db)) == ["0012", "1e5", "NA", "new"]


def test_what_is_stored_meanwhile_under_an_id_of_a_later_slice_is_found(db, one_by_one):
    with first_slice(db) as (_stage, begun):
        imports.insert_trace(db, Trace("1e5", "e", "of somebody else"))  # of the third slice, before the second
        imports.add_rest(db, begun, lambda: None)
    assert (begun.result.traces, begun.result.contradicted, begun.result.identical) == (2, 0, 1)
    assert traces.get(db, "1e5").output == "of somebody else"  # the file has no output there and says the same


def test_an_import_that_breaks_off_between_two_slices_is_finished_with_a_word_on_what_is_left_out(db, one_by_one):
    class Stopped(KeyboardInterrupt):
        """As Ctrl-C."""

    def stop() -> None:
        imports.insert_trace(db, Trace("1e5", "e", "mine", context={"other": "text"}))
        raise Stopped

    with first_slice(db) as (stage, _begun):
        with pytest.raises(Stopped), imports.surviving(db, stage):
            stop()
    assert traces.count(db) == 2 and len(imports.unfinished(db)) == 1
    db.execute("update traces set input = 'another question' where trace_id = '1e5'")
    assert reading.finish(db) == [
        "The import of t.csv had been cut off. It is stored to its end now. Left out are 1 of its rows: meanwhile "
        "somebody stored other text under their ids."]
    assert traces.count(db) == 3 and list(db.path.parent.glob("*importing*")) == []


def test_others_save_while_a_large_import_is_stored(db, make_trace, monkeypatch):
    for name in ("FIRST_SLICE", "SMALLEST", "LARGEST"):
        monkeypatch.setattr(imports, name, 200)
    add(db, make_trace("mine"))
    saved, done = [], Event()

    def save() -> None:
        while not done.wait(0.01):
            with db.transaction():
                say(db, "mine", "pass", critique=str(len(saved)))
                saved.append(db.value("select count(*) from traces"))

    thread = Thread(target=save)
    thread.start()
    try:
        add(db, *(make_trace(f"t{number}") for number in range(1_000)))
    finally:
        done.set()
        thread.join()
    # Whoever saves sees some of it: it was stored in five steps, and others had their turn between them.
    assert len(set(saved) & {201, 401, 601, 801}) >= 3 and traces.count(db) == 1_001


def test_an_import_whose_rows_are_gone_is_ended_with_a_sentence(db, one_by_one):
    with first_slice(db) as (stage, _begun):
        pass
    assert reading.finish(db) == []  # a living process is at it
    stage.remove()
    assert reading.finish(db) == ["The import of t.csv was cut off and its prepared rows are gone: 1 of its "
                                  "traces are stored. Import the file again: what is stored is recognised."]
    assert reading.finish(db) == [] and bring(db).identical == 1


def test_the_workflow_imports_a_table_and_gives_the_project_its_first_judge(db):
    table = exchange.read_file("t.csv", FILE)
    assert exchange.import_table(db, table, MAPPING).traces == 3
    assert exchange.import_table(db, table, MAPPING).added == 0
    assert len(judges.with_prompt(db)) == 1 and judges.every(db)[0] == "GPT-4"

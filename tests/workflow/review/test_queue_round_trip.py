"""A queue goes to a spreadsheet and comes back: filled rows are labels, traces stay, and twice adds nothing."""

import csv
import io
import json

import pytest

from lib.readers import guess
from lib.readers.formulas import MARK
from lib.records import DataError
from lib.records.sheets import OURS
from lib.store.dataset import traces
from lib.store.review import labels, queues
from lib.workflow.dataset import exchange
from lib.workflow.review import queueing
from tests.support.commands import CommandLine
from tests.support.steps import add, say

HEAD = ["id", "input", "output", "context", "assumptions", "queue", "expert", "outcome", "critique", "revised_response",
        "mode", OURS]
NASTY = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def waiting(db, make_trace):
    """Twelve traces with context, messages and cells a spreadsheet would run; eight wait, two of them for both."""
    add(db, *(make_trace(f"00{n}", input=f"{NASTY} {n}", output="- a list\n- of two", context={"doc": "+1", "n": n},
                         messages=[{"role": "user", "content": "hi"}] if n % 2 else None) for n in range(12)))
    queueing.draw(db, ["Ann", "Bob"], 8, {"random": 50, "similar": 50}, overlap=2, seed=1, anchor="000")
    return db


def opened(data: bytes) -> list[dict[str, str]]:
    """The file as a spreadsheet shows it."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def saved(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    """The file as a spreadsheet writes it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def imported(store, data: bytes, name: str = "queue.csv"):
    table = exchange.read_file(name, data)
    return exchange.import_table(store, table, guess(table))


def of(row: dict[str, str]) -> str:
    """The trace that a row is of."""
    return row[OURS].removeprefix("queue:")


def filled(row: dict[str, str], outcome: str, critique: str = "", **more: str) -> None:
    row.update(outcome=outcome, critique=critique, **more)


def test_the_file_has_what_a_reviewer_reads_and_fills_in_and_is_harmless(waiting):
    rows = opened(queueing.spreadsheet(waiting, "Ann", "csv"))
    assert [name.removeprefix(MARK) for name in rows[0]] == HEAD and len(rows) == 8
    assert all(row["input"].startswith("'=") and row["output"].startswith("'-") for row in rows)
    assert {row["expert"] for row in rows} == {"Ann"} and {row["queue"] for row in rows} == {"random", "similar"}
    assert {row["outcome"] + row["critique"] + row["revised_response"] for row in rows} == {""}
    assert json.loads(rows[0]["context"])["doc"] == "+1"


def test_filled_rows_become_labels_with_the_queue_of_the_database_and_traces_stay(waiting):
    before = [traces.get(waiting, f"00{n}") for n in range(12)]
    rows = opened(queueing.spreadsheet(waiting, "Ann", "csv"))
    by_random = next(row for row in rows if row["queue"] == "random")
    by_likeness = next(row for row in rows if row["queue"] == "similar")
    filled(by_random, "yes", "- names the day\n- and the place", revised_response="=1+1")
    filled(by_likeness, "FAIL", "wrong city", queue="random")  # what the file says of the queue is not believed
    result = imported(waiting, saved(rows))
    assert (result.traces, result.identical, result.labels) == (0, 8, 2)
    first = labels.current(waiting, of(by_random), "Ann")
    second = labels.current(waiting, of(by_likeness), "Ann")
    assert (first.outcome, first.critique) == ("pass", "- names the day\n- and the place")
    assert first.circumstances.revised_response == "=1+1"
    assert (first.circumstances.queue, first.circumstances.unbiased) == ("random", True)
    assert (second.outcome, second.circumstances.queue, second.circumstances.unbiased) == ("fail", "similar", False)
    assert [traces.get(waiting, f"00{n}") for n in range(12)] == before
    assert queues.progress(waiting, "Ann") == (2, 8)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_nothing_filled_in_gives_no_label_and_the_same_file_twice_nothing_new(waiting, ending):
    data = queueing.spreadsheet(waiting, None, ending)
    assert imported(waiting, data, f"queue.{ending}").added == 0
    rows = opened(queueing.spreadsheet(waiting, "Ann", "csv"))
    filled(rows[0], "pass", "good", revised_response="better")
    assert imported(waiting, saved(rows)).added == 1
    assert imported(waiting, saved(rows)).added == 0


def test_a_spreadsheet_that_writes_semicolons_is_read(waiting):
    rows = opened(queueing.spreadsheet(waiting, "Ann", "csv"))
    filled(rows[0], "pass", "good; really, good")
    assert imported(waiting, saved(rows, ";")).labels == 1


def test_two_reviewers_files_come_back_each_in_the_own_name(waiting):
    files = {name: opened(queueing.spreadsheet(waiting, name, "csv")) for name in ("Ann", "Bob")}
    both = {one["trace"] for one in queues.listing(waiting) if one["expert"]}
    for name, rows in files.items():
        for row in rows:
            if of(row) in both:
                filled(row, "pass" if name == "Ann" else "fail", f"says {name}")
        assert imported(waiting, saved(rows)).labels == 2
    for trace in both:
        said = {(one.expert, one.outcome) for one in labels.history(waiting, trace)}
        assert said == {("Ann", "pass"), ("Bob", "fail")}


def test_a_reviewers_file_says_nothing_of_the_others(waiting):
    shared = next(one["trace"] for one in queues.listing(waiting) if one["expert"] is None)
    both = next(one["trace"] for one in queues.listing(waiting) if one["expert"])
    for trace in (shared, both):
        say(waiting, trace, "fail", "Bob", critique="secret")
    rows = opened(queueing.spreadsheet(waiting, "Ann", "csv"))
    assert shared not in {of(row) for row in rows} and both in {of(row) for row in rows}
    assert "secret" not in repr(rows) and "secret" in repr(opened(exchange.export(waiting, "queue", "csv")))


def test_the_whole_queue_in_one_file_asks_who_labelled_a_shared_trace(waiting):
    rows = opened(exchange.export(waiting, "queue", "csv"))
    assert len(rows) == 10, "two for both, six for whoever comes first"
    shared = next(row for row in rows if not row["expert"])
    filled(shared, "pass", "good")
    with pytest.raises(DataError, match=r"column 'expert': the expert's name is empty. Fill it in."):
        imported(waiting, saved(rows))
    shared["expert"] = "Cy"
    assert imported(waiting, saved(rows)).labels == 1
    assert labels.current(waiting, of(shared), "Cy").circumstances.queue == shared["queue"]


@pytest.mark.parametrize(("outcome", "critique", "sentence"), [
    ("maybe", "", r"queue.csv, line \d+, column 'outcome': 'maybe' is neither pass nor fail. Understood: pass, good"),
    ("", "why", r"queue.csv, line \d+, column 'outcome': there is a critique but no outcome"),
    ("3", "", "column 'outcome' holds a scale"),
])
def test_an_outcome_that_is_none_is_named_with_its_row_and_nothing_is_stored(waiting, outcome, critique, sentence):
    rows = opened(queueing.spreadsheet(waiting, "Ann", "csv"))
    filled(rows[0], "pass", "good")
    filled(rows[3], outcome, critique)
    with pytest.raises(DataError, match=sentence):
        imported(waiting, saved(rows))
    assert waiting.value("select count(*) from labels") == 0


def test_a_revised_response_alone_is_no_label(waiting):
    rows = opened(queueing.spreadsheet(waiting, "Ann", "csv"))
    rows[0]["revised_response"] = "better"
    with pytest.raises(DataError, match="there is a revised response but no outcome"):
        imported(waiting, saved(rows))


def test_a_trace_that_came_back_is_shown_without_its_old_label(waiting):
    waiting.execute("delete from queue_items")
    say(waiting, "001", "pass", "Ann", critique="old words")
    queues.create(waiting, {}, [queues.QueueItem("001", "judge_expert", False, position=1, expert="Ann")], 1)
    assert "old words" not in repr(opened(queueing.spreadsheet(waiting, "Ann", "csv")))


def test_a_label_that_succeeds_another_keeps_how_the_trace_was_first_drawn(waiting):
    rows = opened(queueing.spreadsheet(waiting, "Ann", "csv"))
    row = next(row for row in rows if row["queue"] == "similar")
    filled(row, "pass", "good")
    imported(waiting, saved(rows))
    queues.create(waiting, {}, [queues.QueueItem(of(row), "random", True, position=1, expert="Ann")], 1)
    filled(row, "fail", "no, it is not")
    imported(waiting, saved(rows))
    last = labels.current(waiting, of(row), "Ann")
    assert (last.outcome, last.circumstances.queue, last.circumstances.unbiased) == ("fail", "similar", False)


def test_the_same_on_the_command_line(tmp_path):
    file = tmp_path / "traces.csv"
    file.write_text("id,input,output,topic\n" + "".join(f"{n},q{n},a{n},x\n" for n in range(9)))
    cli = CommandLine(tmp_path / "plumbline.db")
    cli("import", file, "--dimension", "topic")
    drawn = cli.json("queue", "draw", "--expert", "Ann", "--expert", "Bob", "--size", 4, "--overlap", 1, "--seed", 3,
                     "--mix", "random=0", "--mix", "newest=100")
    assert drawn["counts"] == {"random": 1, "newest": 3} and drawn["notes"][0].startswith("Random was raised to 1 of 4")
    items = cli.json("queue", "list", "--expert", "Ann")["items"]
    assert len(items) == 4 and [item["expert"] for item in items].count("Ann") == 1
    assert cli("queue", "list").stdout.count("\n") == 5
    cli("queue", "export", tmp_path / "ann.csv", "--expert", "Ann")
    rows = opened((tmp_path / "ann.csv").read_bytes())
    for row in rows:
        filled(row, "pass", f"because {row['input']}")
    (tmp_path / "back.csv").write_bytes(saved(rows))
    said = cli("import", tmp_path / "back.csv").stdout
    assert "0 new traces, 0 of earlier traces answered, 4 already stored; 4 labels" in said
    assert "; 0 labels" in cli("import", tmp_path / "back.csv").stdout
    assert [item["expert"] for item in cli.json("queue", "list")["items"]] == ["Bob"], "Bob's half of the overlap"
    cli("export", "queue", tmp_path / "all.jsonl")
    whole = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert sorted((row["expert"], row["outcome"]) for row in whole) == [("Ann", "pass")] * 4 + [("Bob", None)]
    assert "batch 1: 1 trace waits no longer" in cli("queue", "take-back", 1).stdout
    assert "no batch 7 in this project" in cli.refused("queue", "take-back", 7)


@pytest.mark.parametrize(("words", "sentence"), [
    (("draw", "--mix", "random=lots"), "--mix takes QUEUE=SHARE"),
    (("draw", "--mix", "judge_fails=1"), "No judge has a verdict yet"),
    (("draw",), "This project has no expert yet"),
    (("export", "queue.ods"), "Files ending in .ods cannot be written. Endings: csv, jsonl, xlsx"),
])
def test_commands_refuse_in_a_sentence(tmp_path, words, sentence):
    file = tmp_path / "t.csv"
    file.write_text("id,input,output\n1,a,b\n")
    cli = CommandLine(tmp_path / "plumbline.db")
    cli("import", file)
    who = ("--expert", "Ann") if words != ("draw",) and words[0] == "draw" else ()
    assert sentence in cli.refused("queue", *words, *who)

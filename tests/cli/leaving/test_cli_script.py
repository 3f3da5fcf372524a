"""The script for Ray Data, without Ray: it is written, compiles, and maps rows as Plumbline judges them."""

import importlib.util
import json
import re
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lib.store.judge import judges, runs
from lib.workflow.judge import judging
from tests.support import HOUSE
from tests.support.commands import CommandLine
from tests.support.judge.exported import JUDGE, VERDICTS, asked, is_error, leave
from tests.support.running import outcomes


@pytest.fixture
def left(db, endpoint_env, tmp_path):
    """A judge that has run over a pass, a fail and three errors, and left with the script."""
    found = leave(db, endpoint_env, tmp_path / "judge")
    CommandLine(db.path)("judge", "script", JUDGE, found.folder, "--ray")
    endpoint_env.ledger.clear()
    return found


@pytest.fixture
def script(left, monkeypatch):
    """The script as a module, beside the judge.py that it imports."""
    monkeypatch.syspath_prepend(left.folder)
    for name in ("judge", "ray_judge"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    spec = importlib.util.spec_from_file_location("ray_judge", left.folder / "ray_judge.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    yield found
    sys.modules.pop("judge", None)


def test_it_is_written_beside_the_judge_and_compiles(db, left):
    assert {file.name for file in left.folder.iterdir()} == {"judge.json", "judge.py", "README.md", "ray_judge.py"}
    text = (left.folder / "ray_judge.py").read_text()
    compile(text, "ray_judge.py", "exec")
    assert "Say for what the script is: --ray" in CommandLine(db.path).refused("judge", "script", JUDGE, left.folder)


def test_its_mapping_sends_plumbline_s_messages_and_what_it_says_is_imported_as_recorded_verdicts(
        db, left, script, tmp_path):
    mapped = script.Judge(at_once=2, retries=0)(pa.Table.from_pylist(asked()))
    assert left.same
    name = f"judges.{JUDGE}, version {judges.newest_prompt(db, JUDGE).number}"
    said = {row["id"]: {word: row[f"{name}.{word}"] for word in script.ADDED} for row in mapped.to_pylist()}
    assert {trace: {"outcome": said[trace]["verdict"], "critique": said[trace]["critique"]}
            for trace in VERDICTS} == VERDICTS
    assert all(one["error"] == "" for trace, one in said.items() if trace in VERDICTS)
    for trace in said.keys() - VERDICTS:
        assert said[trace]["verdict"] == "" and is_error(trace, {"error": said[trace]["error"]})
    pq.write_table(mapped, tmp_path / "part.parquet")
    done = CommandLine(db.path)("import", tmp_path / "part.parquet").stdout
    assert "0 new traces" in done and "5 already stored" in done and "5 verdicts (3 of them errors)" in done
    [back] = [run for run in runs.every(db) if run.status == "recorded"]
    assert f"judges.{back.judge}" == name
    of_ours = {one[0]: one for one in outcomes(db, 1)}
    for trace, outcome, _, raw in outcomes(db, back.id):
        assert outcome == of_ours[trace][1] and (outcome or raw == of_ours[trace][3] or trace == "broken")


def test_fields_context_and_nested_cells_are_told_as_the_import_would_store_them(script):
    judge = script.Judge(fields={"input": "question"}, context=("page", "gone"), call=str)
    row = {"question": "a?", "output": "A", "page": {"n": 1, "empty": None}, "gone": None,
           "messages": json.dumps([{"role": "user", "content": "a?"}]),
           "steps": [{"kind": "tool", "name": "x", "output": None}]}
    assert judge.trace(row) == {
        "input": "a?", "output": "A", "context": {"page": {"n": 1}},
        "messages": [{"role": "user", "content": "a?"}], "steps": [{"kind": "tool", "name": "x"}]}


def test_a_row_that_cannot_be_judged_is_an_error_of_that_row_alone(script):
    def call(**body):
        raise TimeoutError("no answer")

    rows = pa.Table.from_pylist([{"id": "1", "input": "a?", "output": "A"}, {"id": "2", "input": "a?", "output": None}])
    said = script.Judge(name="j", call=call)(rows).to_pylist()
    assert [row["judges.j.verdict"] for row in said] == ["", ""]
    assert [row["judges.j.error"] for row in said] == [
        "TimeoutError: no answer", "ValueError: A trace needs an 'input' and an 'output', each a text."]


def test_its_options_and_what_was_tried_stand_in_the_guide(script):
    guide = (HOUSE / "docs" / "sharing.md").read_text()
    assert all(f"--{one}" in guide for one in ("workers", "at-once", "map", "context", "as"))
    assert {"--workers", "--at-once", "--map", "--context", "--as", "--retries"} <= set(
        re.findall(r"--[a-z-]+", script.options().format_help()))
    pinned = (HOUSE / "tests" / "sharing" / "requirements.txt").read_text()
    assert f"Ray {re.search(r'ray.data.==([0-9.]+)', pinned)[1]}" in guide and judging.DEFAULT_JUDGE in guide

"""Inspect's logs: what was not scored is an error, samples keep id and epoch, archives read like their dump."""

import io
import json
import zipfile

import pyarrow as pa
import pytest

from lib.readers import guess, read_table
from lib.readers.files import inspect_archive
from lib.readers.mapping import rows
from lib.records import FAIL, PASS, DataError, ImportedRow
from tests.support.formats import assistant, calling, fixture, imported

CASE = "exports/inspect-0.3.285-{}"
NOT_SAID = "Grade not found in model output: I would rather not say."
HEAD = {"version": 2, "status": "success",
        "eval": {"task": "t", "run_id": "run", "model": "m", "created": "2026-11-30"}}


def log(**sample) -> bytes:
    """A log with one sample."""
    return json.dumps({**HEAD, "samples": [{"id": "s", "epoch": 1, "input": "May I?", **sample}]}).encode()


def archive(members: dict[str, bytes], method: int = 93) -> bytes:
    """A zip file whose members are packed with Zstandard, which Python's zipfile cannot write yet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in members.items():
            packed = pa.Codec("zstd").compress(text, asbytes=True) if method == 93 else text
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_STORED if method == 93 else method
            made.writestr(info, packed)
            if method == 93:
                found = made.infolist()[-1]
                found.compress_type, found.file_size, found.CRC = 93, len(text), zipfile.crc32(text)
    return out.getvalue()


def whole(**sample) -> dict[str, bytes]:
    """The members of an archive with one sample."""
    one = json.dumps({"id": "s", "epoch": 1, "input": "May I?", **sample})
    return {"header.json": json.dumps(HEAD).encode(), "samples/s_epoch_1.json": one.encode()}


def judged(row: ImportedRow) -> dict[str, tuple]:
    return {judge: (verdict.outcome, verdict.critique, verdict.error) for judge, verdict in row.verdicts}


def test_nan_is_nothing_and_an_ungraded_sample_an_error_verdict():
    first, second = imported(fixture(CASE.format("dump-with-NaN.json")))
    assert (first.trace.id, first.trace.input) == ("7hgoodQQsczqgvbm8Gszgf", "May I return a mug?")
    assert first.trace.output == "You can return it within 30 days. (May I return a mug?)"
    assert first.trace.context == {"sample": "s1", "epoch": 1, "target": "30 days",
                                   "metadata": {"feature": "returns"}, "latency_ms": 2934}
    reason = "The submission matches the criterion.\n\nGRADE: C"
    assert judged(first) == {"model_graded_qa": (PASS, reason, None), "model_graded_fact": (PASS, reason, None),
                             "includes": (PASS, "You can return it within 30 days. (May I return a mug?)", None)}
    said = NOT_SAID + " The text is interesting."
    assert judged(second) == {
        "model_graded_qa": (None, said, "grader failed"), "model_graded_fact": (None, said, "grader failed"),
        "includes": (PASS, "NOVERDICT. You can return it within 30 days. (NOVERDICT please)", None)}
    assert (second.trace.context["sample"], second.trace.context["epoch"]) == ("s3", 1)


def test_without_a_uuid_sample_and_epoch_make_the_id():
    row, = imported(log(epoch=3))
    assert row.trace.id == "run, sample s, epoch 3"


def test_a_scorer_with_a_scale_is_counted_and_taken_with_a_threshold():
    data = log(scores={"length": {"value": 0.4}, "match": {"value": "C"}})
    table = read_table("t", data)
    assert [str(found) for found in table.unread] == [
        "values of 'length': 1 (a scale, not pass and fail: to take it, name its column and a threshold, "
        "--verdict 'length=judges.length.value' --threshold NUMBER)."]
    assert judged(rows(table, guess(table))[0]) == {"match": (PASS, "", None)}


def test_a_value_of_several_parts_is_a_verdict_for_each():
    row, = imported(log(scores={"tone": {"value": {"polite": 1, "short": 0.0, "kind": None}, "explanation": "so"}}))
    assert judged(row) == {"tone polite": (PASS, "so", None), "tone short": (FAIL, "so", None),
                           "tone kind": (None, "so", "no outcome")}


@pytest.mark.parametrize("name", ["edited.json", "edited.eval"])
def test_an_archive_reads_like_its_dump_with_steps_labels_and_errors(name):
    table = read_table("t", fixture(CASE.format(name)))
    found = {(row.trace.context["sample"], row.trace.context["epoch"]): row for row in rows(table, guess(table))}
    assert len(found) == 4
    assert [(found.what, found.count) for found in table.unread] == [("values of 'length'", 3)]
    failed = found[3, 1].trace
    assert failed.output == "[error] RuntimeError('the model refused')"
    assert failed.context["error"] == "RuntimeError('the model refused')" and found[3, 1].verdicts == ()
    edited = found["s2", 1]
    assert [(label.expert, label.outcome, label.critique, label.created_at) for label in edited.labels] == [
        ("ann", FAIL, "It does not name the shoes.", "2026-11-30T10:16:43.093991Z")]
    assert judged(edited) == judged(found["s2", 2]) == {
        "includes": (PASS, "left, you can return it in 30 days. (What about shoes?)", None),
        "model_graded_qa": (None, NOT_SAID, "grader failed"),
        "nothing": (None, "the grader said nothing", "no outcome")}
    assert found["s2", 2].labels == ()


@pytest.mark.parametrize("name", ["edited.json", "edited.eval"])
def test_steps_are_each_call_in_order_without_those_of_a_grader(name):
    row = next(row for row in imported(fixture(CASE.format(name))) if row.trace.context["sample"] == "a/b")
    asked, called, told = row.trace.steps
    assert [(step["kind"], step["name"], step["depth"]) for step in row.trace.steps] == [
        ("model", "mockllm/model", 0), ("tool", "find_order", 0), ("model", "mockllm/model", 0)]
    assert [message["content"] for message in asked["input"]] == ["You are a clerk.", "Where is my order?"]
    call = asked["output"][0]["tool_calls"][0]
    assert asked["output"] == [calling(call["id"], "find_order", '{"order_id": "A-17"}')
                               | {"content": "tool call for tool find_order"}]
    assert (called["input"], called["output"]) == ('{"order_id": "A-17"}', "left yesterday")
    # Each message is shown once: the second call adds only what the tool said.
    assert [message["content"] for message in told["input"]] == ["left yesterday"]
    assert told["output"][0]["content"] == assistant("left, you can return it in 30 days. (left yesterday)")["content"]
    assert called["start"].startswith("2026-11-30T10:15:23") and called["milliseconds"] == 1002


def test_agents_are_levels_of_their_own_and_errors_of_tools_are_kept():
    def event(kind: str, **fields) -> dict:
        return {"event": kind, "timestamp": "2026-11-30T10:00:00Z", **fields}

    row, = imported(log(events=[
        event("span_begin", id="a", span_id="a", type="agent", name="planner"),
        event("model", span_id="a", model="m", input=[{"role": "user", "content": "May I?"}], output={"choices": [
            {"message": {"role": "assistant", "content": "Ask the clerk."}}]}),
        event("span_begin", id="b", span_id="b", parent_id="a", type="agent", name="clerk"),
        event("tool", span_id="b", function="find", arguments={"n": 1}, result="", error={"message": "no such order"}),
        event("span_begin", id="s", span_id="s", type=None, name="scorers"),
        event("model", span_id="s", model="judge", input=[], output={"choices": []})]))
    assert [(step["kind"], step["name"], step.get("agent"), step["depth"]) for step in row.trace.steps] == [
        ("agent", "planner", None, 0), ("model", "m", "planner", 1), ("agent", "clerk", "planner", 1),
        ("tool", "find", "clerk", 2)]
    assert row.trace.steps[-1]["error"] == "no such order"


@pytest.mark.parametrize("method", [93, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_members_are_read_however_they_are_packed(method):
    row, = imported(archive(whole(output={"completion": "Yes."}), method))
    assert (row.trace.id, row.trace.output) == ("run, sample s, epoch 1", "Yes.")


def test_a_log_that_was_not_finished_is_read_as_far_as_it_goes():
    members = whole()
    members["_journal/start.json"] = members.pop("header.json")
    assert len(imported(archive(members))) == 1


def refusal(data: bytes) -> str:
    with pytest.raises(DataError) as refused:
        read_table("t.eval", data)
    return str(refused.value)


def test_archives_are_bounded_by_bytes_and_by_members(monkeypatch):
    bomb = archive(whole(metadata={"x": "y" * 3_000_000}))
    assert len(bomb) < 3_000
    monkeypatch.setattr(inspect_archive, "MAX_BYTES_OUT", 1_000_000)
    assert "t.eval holds more than 1 MB: split the evaluation" in refusal(bomb)
    monkeypatch.setattr(inspect_archive, "MAX_MEMBERS", 1)
    assert "t.eval holds more than 1 files" in refusal(archive(whole()))


def test_a_broken_archive_is_refused_with_place_and_cure():
    good = archive(whole())
    for cut in range(60, len(good), 37):
        assert "inspect log dump FILE.eval > log.json" in refusal(good[:cut])
    assert "t.eval, samples/s_epoch_1.json: the archive cannot be read" in refusal(
        good.replace(whole()["samples/s_epoch_1.json"][:6], b"broken"))
    other = archive(whole(), zipfile.ZIP_BZIP2)
    assert "(method 12) that is not read here" in refusal(other)
    assert "without the head of an Inspect log" in refusal(archive({"samples/a.json": b"{}"}))
    assert "holds no samples, only the head" in refusal(archive({"header.json": json.dumps(HEAD).encode()}))
    assert "t.eval, samples/s_epoch_1.json, column 2: this is not valid JSON" in refusal(
        archive(whole() | {"samples/s_epoch_1.json": b"{nothing"}))


def test_no_path_of_an_archive_is_used_and_other_archives_stay_refused():
    first, second = imported(archive(whole() | {"samples/../../x.json": whole(id="other")["samples/s_epoch_1.json"]}))
    assert (first.trace.context["sample"], second.trace.context["sample"]) == ("s", "other")
    assert "t.eval is a zip archive or an Excel file" in refusal(archive({"notes.txt": b"a"}))

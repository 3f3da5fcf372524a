"""Columns get their meaning: cells become traces, labels and verdicts, or the one that does not fit is named."""

import json
from dataclasses import astuple

import pytest

from lib.readers import Mapping, guess, read_table
from lib.readers.mapping import LabelColumns, VerdictColumns, rows
from lib.readers.options import from_options
from lib.readers.outcomes import parse_outcome
from lib.records import FAIL, PASS, DataError, UsageError
from lib.workflow.dataset import exchange, reading

CHAT = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "weather in Oslo?"},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "rain"}, {"role": "assistant", "content": "It rains."}]


def csv(text: str):
    return read_table("t.csv", text.encode())


def jsonl(*items: dict):
    return read_table("t.jsonl", "\n".join(map(json.dumps, items)).encode())


def trace(table, **mapping):
    return rows(table, Mapping(**{"input": "input", **mapping}))[0].trace


def refusal(table, kind=DataError, **mapping) -> str:
    with pytest.raises(kind) as refused:
        rows(table, Mapping(**{"input": "input", **mapping}))
    return str(refused.value)


def labelled(table, **more):
    return refusal(table, labels=(LabelColumns("Ann", "outcome", "critique"),), **more)


def test_every_field_finds_its_column():
    found = trace(csv("key,q,a,v,t\n0012,why,because,2.1,2026-11-24T17:00:00+01:00\n"), id="key", input="q", output="a",
                  system_version="v", created_at="t")
    assert (found.id, found.input, found.output) == ("0012", "why", "because")
    assert (found.system_version, found.created_at) == ("2.1", "2026-11-24T16:00:00Z")


def test_without_an_id_column_the_content_names_the_trace():
    same, other = csv("input,output\na,b\n"), csv("input,output\na,c\n")
    assert trace(same, output="output").id == trace(same, output="output").id != trace(other, output="output").id


def test_an_empty_output_means_not_answered_yet():
    assert trace(csv("input,output\na,  \n"), output="output").output is None
    assert trace(csv("input,output\na,NA\n"), output="output").output == "NA"


def test_dotted_paths_reach_into_nested_json_and_a_real_name_with_a_dot_wins():
    table = jsonl({"q": {"text": "deep", "a.b": {"c": "dotted"}}, "q.x": "flat"})
    assert [trace(table, input=path).input for path in ("q.text", "q.a.b.c", "q.x")] == ["deep", "dotted", "flat"]


def test_a_conversation_is_kept_whole_tool_calls_included():
    found = trace(jsonl({"chat": CHAT}), input=None, messages="chat")
    assert found.messages == CHAT
    assert (found.input, found.output) == ("weather in Oslo?", "It rains.")


@pytest.mark.parametrize("cell", [json.dumps(CHAT), json.dumps({"messages": CHAT})])
def test_a_conversation_may_stand_as_text_in_a_cell(cell):
    quoted = cell.replace('"', '""')
    assert trace(csv(f'messages\n"{quoted}"\n'), input=None, messages="messages").messages == CHAT


def test_a_conversation_that_ends_in_a_tool_call_ends_in_that_action():
    assert trace(jsonl({"chat": CHAT[:3]}), input=None, messages="chat").output == (
        '[tool call] weather({"city": "Oslo"})')


def test_parts_of_a_message_that_are_no_text_are_named():
    parts = [{"type": "text", "text": "what is this?"}, {"type": "image_url", "image_url": {"url": "http://x"}}]
    assert trace(jsonl({"chat": [{"role": "user", "content": parts}]}), input=None, messages="chat").input == (
        "what is this?\n[picture, not in the file: http://x]")


@pytest.mark.parametrize(("cell", "said"), [
    ("hello", "line 1, column 'chat', column 1: this is not valid JSON"),
    ({"a": 1}, "line 1, column 'chat': expected a list of messages"),
    ([1], "line 1, column 'chat', message 1: expected an object with a role"),
    ([{"role": "pirate", "content": "arr"}], "message 1: expected an object with a role, one of system"),
    ([{"role": ["user"], "content": ""}], "message 1: expected an object with a role"),
    ([{"role": "user", "content": 5}], "message 1: the content must be text"),
    ([{"role": "system", "content": "x"}], "line 1, column 'chat': the input is empty"),
])
def test_a_conversation_that_is_none_is_named(cell, said):
    assert said in refusal(jsonl({"chat": cell}), input=None, messages="chat")


def test_context_comes_from_many_columns_and_leaves_out_empty_ones():
    table = csv("input,doc,plan,note\na,text,pro,\n")
    assert trace(table, context=("doc", "plan", "note")).context == {"doc": "text", "plan": "pro"}


def test_context_may_be_one_json_object_as_text_or_as_such():
    assert trace(csv('input,context\na,"{""doc"": {""n"": 0}}"\n'), context=("context",)).context == {"doc": {"n": 0}}
    assert trace(jsonl({"input": "a", "context": {"doc": [1]}}), context=("context",)).context == {"doc": [1]}


def test_context_that_only_looks_like_json_stays_text():
    assert trace(csv("input,context\na,{not json\n"), context=("context",)).context == {"context": "{not json"}


@pytest.mark.parametrize(("cell", "values"), [
    ("refunds", ("refunds",)), ('["a", "b", "a"]', ("a", "b")), (["a", "b"], ("a", "b")), (7, ("7",)), (" ", None),
    ("[open", ("[open",)), ("[" * 3000, ("[" * 3000,)), (r'["\ud800"]', ("\\ud800",)), (None, None)])
def test_a_dimension_holds_one_or_several_values(cell, values):
    assert trace(jsonl({"input": "a", "topic": cell}), dimensions=("topic",)).dimensions.get("topic") == values


@pytest.mark.parametrize(("cell", "moment"), [
    ("2026-11-24", "2026-11-24T00:00:00Z"), ("20261124", "2026-11-24T00:00:00Z"),
    ("1700000000", "2023-11-14T22:13:20Z"), (1700000000000, "2023-11-14T22:13:20Z"),
    ("2026-11-24 16:00", "2026-11-24T16:00:00Z"), (" ", None)])
def test_times_are_read_as_utc(cell, moment):
    assert trace(jsonl({"input": "a", "t": cell}), created_at="t").created_at == moment


@pytest.mark.parametrize("cell", ["yesterday", "2026", "1.5", "nan", "1e300", True, "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time_is_named(cell):
    said = refusal(jsonl({"input": "a", "t": cell}), created_at="t")
    assert "t.jsonl, line 1, column 't'" in said and "Write it like 2026-11-24T16:00:00Z" in said


@pytest.mark.parametrize(("table", "mapping", "said"), [
    (csv("id,input\n,a\n"), {"id": "id"}, "t.csv, line 2, column 'id': the id is empty. Fill it in"),
    (csv("id,input\n1, \n"), {"id": "id"}, "t.csv, line 2, column 'input': the input is empty. Fill it in"),
    (csv("id,input\n1,a\n1,b\n"), {"id": "id"}, "t.csv, line 3: the id '1' stands on line 2 too, with other text"),
])
def test_a_row_that_cannot_be_a_trace_is_named(table, mapping, said):
    assert said in refusal(table, **mapping)


def test_equal_rows_count_once():
    assert len(rows(csv("id,input\n1,a\n1,a\n"), Mapping(id="id", input="input"))) == 1


def test_an_id_repeated_with_another_outcome_is_refused_not_dropped():
    said = labelled(csv("id,input,outcome,critique\n1,a,pass,x\n1,a,fail,y\n"), id="id")
    assert "line 3: trace '1' stands on line 2 too, with other outcomes or critiques" in said


@pytest.mark.parametrize(("words", "outcome"), [
    (["pass", "Good", "TRUE", True, "yes", 1, "1", "1.0", " pass "], PASS),
    (["fail", "Bad", "false", False, "no", 0, "0", "0.0"], FAIL), ([None, "", " "], None)])
def test_outcome_words(words, outcome):
    assert {parse_outcome(word) for word in words} == {outcome}


@pytest.mark.parametrize("word", ["maybe", "NA", "nan", "inf", "pass!", "2", [], {}])
def test_other_words_are_no_outcome(word):
    with pytest.raises(ValueError):
        parse_outcome(word)


@pytest.mark.parametrize("word", ["nan", "inf", "-Infinity"])
def test_a_threshold_judges_numbers_only(word):
    assert (parse_outcome("4", 4), parse_outcome("3.9", 4), parse_outcome("yes", 4)) == (PASS, FAIL, PASS)
    with pytest.raises(ValueError):
        parse_outcome(word, 4)


def test_a_label_has_its_expert_outcome_and_critique():
    row, = rows(csv("input,outcome,critique\na,good,clear\n"), Mapping(
        input="input", labels=(LabelColumns("Ann", "outcome", "critique"),)))
    label, = row.labels
    assert (label.expert, label.outcome, label.critique, label.trace) == ("Ann", PASS, "clear", row.trace.id)


def test_a_row_without_an_outcome_has_no_label():
    table = csv("input,outcome,critique\na,,\nb,pass,\n")
    found = rows(table, Mapping(input="input", labels=(LabelColumns("Ann", "outcome", "critique"),)))
    assert [len(row.labels) for row in found] == [0, 1]


@pytest.mark.parametrize(("row", "said"), [
    ("a,maybe,x", "line 2, column 'outcome': 'maybe' is neither pass nor fail. Understood: pass, good"),
    ("a,,but why", "line 2, column 'outcome': there is a critique but no outcome. Say pass or fail"),
])
def test_a_label_that_cannot_be_read_is_named(row, said):
    assert said in labelled(csv(f"input,outcome,critique\n{row}\n"))


def test_a_scale_is_refused_without_a_threshold_and_cut_with_one():
    table = csv("input,outcome,critique\na,1,\nb,3,\nc,5,\n")
    assert "column 'outcome' holds a scale (1, 3, 5), not pass and fail. Name a threshold" in labelled(table)
    found = rows(table, Mapping(input="input", labels=(LabelColumns("Ann", "outcome"),), threshold=3))
    assert [row.labels[0].outcome for row in found] == [FAIL, PASS, PASS]


def test_a_threshold_is_part_of_the_mapping_that_is_stored():
    assert json.loads(Mapping(input="input", threshold=3).to_json())["threshold"] == 3


def test_an_unreadable_verdict_is_an_error_with_its_text_and_never_a_pass_or_fail():
    table = csv("input,v,c\na,pass,ok\nb,maybe,hm\nc,,I cannot determine\nd,,\n")
    found = rows(table, Mapping(input="input", verdicts=(VerdictColumns("j", "v", "c"),)))
    verdicts = [verdict for row in found for _, verdict in row.verdicts]
    assert [(verdict.outcome, verdict.error, verdict.raw) for verdict in verdicts] == [
        (PASS, None, ""), (None, "no outcome", "maybe"), (None, "no outcome", "I cannot determine")]


def test_an_unknown_column_is_named_with_those_near_to_it():
    said = refusal(csv("input,answer\na,b\n"), UsageError, output="answr")
    assert said == "t.csv has no column 'answr'. Near to it: answer."


def test_a_mapping_needs_an_input_or_messages_and_names_for_dimensions():
    assert "say which column holds the input, or the messages. Columns: x" in refusal(
        csv("x\na\n"), UsageError, input=None)
    assert "a dimension is a column without a name" in refusal(
        jsonl({"input": "a", " ": "b"}), UsageError, dimensions=(" ",))


def test_the_preview_counts_what_the_import_would_store():
    table = csv("id,input,outcome,critique,judge_verdict\n1,a,good,x,pass\n1,a,good,x,pass\n2,b,,,maybe\n3,c,bad,,\n")
    found = reading.report_of(None, reading.read(None, table, guess(table)))
    counts, words = found.counts, [astuple(word) for word in found.words]
    assert (counts.traces, counts.repeated, counts.labels, counts.verdicts, counts.error_verdicts) == (3, 1, 2, 2, 1)
    assert ("outcome", "good", "pass", 2) in words and ("outcome", "", "no outcome", 1) in words
    assert ("judge_verdict", "maybe", "error", 1) in words
    assert [row["id"] for row in found.first] == ["1", "2", "3"] and found.first[0]["label of expert"] == "pass"


def example(name: str):
    return read_table(exchange.EXAMPLES[name].file.name, exchange.EXAMPLES[name].file.read_bytes())


def test_the_guess_on_the_meeting_summaries():
    found = guess(example("tofueval_meetings"))
    assert (found.id, found.input, found.output, found.failure_modes) == ("id", "input", "output", "error_types")
    assert found.labels == (LabelColumns("human", "human_label", "human_critique"),)
    assert found.context == ("reference_key_points",) and not found.verdicts
    assert {"topic_category", "assistant"} <= set(found.dimensions)


def test_the_guess_on_the_search_answers():
    found = guess(example("nq301_llm_judges"))
    assert (found.id, found.input, found.output, found.context) == ("id", "input", "output", ("gold_answers",))
    assert [label.expert for label in found.labels] == ["human", "annotator1", "annotator2", "annotator3"]
    assert [verdict.judge for verdict in found.verdicts] == ["gpt-4", "text-davinci-003", "BEM (classifier)"]
    assert "assistants" in found.dimensions


@pytest.mark.parametrize(("cells", "column"), [
    (("2026-11-24", ""), "time"), (("1.25", "0.5"), None), (("", ""), None), (("1700000000", "soon"), None)])
def test_a_column_called_time_is_guessed_only_where_it_holds_times(cells, column):
    assert guess(csv("input,time\n" + "".join(f"a,{cell}\n" for cell in cells))).created_at == column


def test_the_right_name_of_an_expert_comes_first():
    mapping = guess(example("nq301_llm_judges")).with_expert("annotator1", "Ann")
    assert mapping.labels[0].expert == "Ann"


TABLE = csv("id,question,answer,ok,why,gold,a:b,topic\n1,q,a,pass,x,pass,fail,t\n2,r,b,fail,,fail,pass,u\n")


def test_options_replace_the_guess_of_their_kind_only():
    found = from_options(TABLE, fields=["output=gold", "id="], context=["answer"], labels=["Ann=ok:why"], threshold=2)
    assert (found.id, found.input, found.output, found.context) == (None, "question", "gold", ("answer",))
    assert found.labels == (LabelColumns("Ann", "ok", "why"),) and found.threshold == 2


def test_a_column_name_may_hold_a_colon():
    assert from_options(TABLE, labels=["Ann=a:b"]).labels == (LabelColumns("Ann", "a:b", None),)
    assert from_options(TABLE, verdicts=["j=a:b:why"]).verdicts == (VerdictColumns("j", "a:b", "why"),)


def test_a_column_named_as_a_label_never_stays_in_the_guessed_context():
    assert guess(TABLE).context == ("gold",)
    assert from_options(TABLE, labels=["Ann=gold"]).context == ()
    assert from_options(TABLE, labels=["Ann=gold"], context=["gold"]).context == ("gold",)


@pytest.mark.parametrize(("options", "said"), [
    ({"fields": ["output"]}, "--map takes FIELD=COLUMN, FIELD one of id, input"),
    ({"fields": ["outputs=answer"]}, "got 'outputs=answer'"),
    ({"fields": ["output=anser"]}, "t.csv has no column 'anser'. Near to it: answer"),
    ({"labels": ["ok"]}, "--label takes NAME=COLUMN or NAME=COLUMN:CRITIQUE_COLUMN; got 'ok'"),
    ({"labels": ["Ann=ok:wy"]}, "no column 'wy'. Near to it: why"),
    ({"verdicts": ["=ok"]}, "--verdict takes NAME=COLUMN"),
    ({"dimensions": ["topics"]}, "no column 'topics'. Near to it: topic"),
    ({"failure_modes": "xyzzy"}, "no column 'xyzzy'. Near to it: id, question"),
])
def test_options_that_do_not_fit_are_named_with_a_hint(options, said):
    with pytest.raises(UsageError) as refused:
        from_options(TABLE, **options)
    assert said in str(refused.value)

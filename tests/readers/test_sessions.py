"""Traces of one session joined into one: the conversation whole, the last word as output, nothing lost unsaid."""

from lib.readers.sessions import joined
from lib.records import FAIL, ImportedRow, Label, Trace, Verdict
from tests.support.formats import assistant, calling, tool, user

SYSTEM = {"role": "system", "content": "Be brief."}


def row(id: str, said: list[dict], **fields) -> ImportedRow:
    first = {"output": said[-1]["content"], "messages": said, "session": "s-1",
             "created_at": f"2026-11-30T10:00:0{id}Z"}
    return ImportedRow(Trace(id, next(one["content"] for one in reversed(said) if one["role"] == "user"),
                             **{**first, **fields}), int(id))


def test_a_conversation_that_each_trace_repeats_is_whole_once():
    start = [SYSTEM, user("Hello"), assistant("Hi.")]
    whole = [*start, user("Where is order 12?"), calling("c", "look", "{}"), tool("c", "sent"), assistant("Sent.")]
    [one], left = joined([row("2", whole), row("1", start)])
    assert one.trace == Trace(
        "session s-1", "Where is order 12?", "Sent.", whole, created_at="2026-11-30T10:00:01Z", session="s-1")
    assert (one.line, left) == (1, [])


def test_traces_that_hold_their_own_turn_alone_are_put_one_after_the_other():
    rows = [row("1", [SYSTEM, user("a"), assistant("b")]), row("2", [SYSTEM, user("c"), assistant("d")])]
    [one], _ = joined(rows)
    assert one.trace.messages == [SYSTEM, user("a"), assistant("b"), user("c"), assistant("d")]


def test_inputs_and_outputs_without_messages_become_turns_and_a_structured_answer_stays():
    rows = [row("1", [user("a"), assistant("b")], messages=None),
            row("2", [user("c"), calling("k", "final", "{}")], output='{"d": 1}')]
    [one], _ = joined(rows)
    assert one.trace.messages == [user("a"), assistant("b"), user("c"), calling("k", "final", "{}"),
                                  assistant('{"d": 1}')]
    assert (one.trace.input, one.trace.output) == ("c", '{"d": 1}')


def test_dimensions_are_united_steps_follow_and_context_keeps_whose_it_was():
    rows = [row("1", [user("a"), assistant("b")], dimensions={"model": ("x",)}, steps=[{"kind": "tool"}],
                context={"shop": "north", "latency_ms": 1}),
            row("2", [user("c"), assistant("d")], dimensions={"model": ("x", "y"), "tags": ("t",)},
                steps=[{"kind": "model"}], context={"shop": "north", "latency_ms": 2})]
    [one], _ = joined(rows)
    assert one.trace.dimensions == {"model": ("x", "y"), "tags": ("t",)}
    assert one.trace.steps == [{"kind": "tool"}, {"kind": "model"}]
    assert one.trace.context == {"shop": "north", "latency_ms": {"1": 1, "2": 2}}


def test_what_was_said_of_a_part_is_left_out_and_counted_and_single_traces_keep_theirs():
    said = {"labels": (Label("1", "ana", FAIL, "no"),), "verdicts": (("judge", Verdict(FAIL)),)}
    parts = [ImportedRow(one.trace, one.line, **said) for one in (
        row("1", [user("a"), assistant("b")]), row("2", [user("c"), assistant("d")]))]
    alone = [ImportedRow(row(id, [user("e"), assistant("f")], session=session).trace, int(id), **said)
             for id, session in (("3", None), ("4", "s-2"), ("5", None))]
    rows, left = joined([*parts, *alone])
    assert [one.trace.id for one in rows] == ["session s-1", "3", "4", "5"]
    assert rows[1:] == alone and rows[0].labels == () == rows[0].verdicts
    assert [(one.what, one.count) for one in left] == [("labels of parts", 2), ("verdicts of parts", 2)]

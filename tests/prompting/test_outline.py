"""A trace's steps as a judge is told them: each once, long ones cut with a count, pictures by their names."""

from pathlib import Path

from lib.prompting import judge, outline
from lib.records import PromptVersion
from lib.store.dataset import traces
from lib.workflow.judge import budget
from tests.support import HOUSE
from tests.support.formats import DATA, assistant, imported, user
from tests.support.steps import add

EXAMPLE = Path(__file__).parent / "prompts" / "steps_example.txt"
PNG = "iVBORw0KGgo" + "A" * 533_322


def test_the_steps_of_agents_stand_in_the_prompt_as_in_the_text_file():
    [row] = imported((DATA / "cases" / "telemetry" / "agents.otlp.json").read_bytes())
    [message] = judge.Prompt(PromptVersion("j", 1, "{{ trace }}"), "Did the AI help?").messages(row.trace, "5eed")
    assert message["content"] == EXAMPLE.read_text(encoding="utf-8")


def test_what_stands_in_the_conversation_is_not_said_again():
    said = [user("a"), assistant("b")]
    told = outline.told([{"kind": "model", "name": "chat", "input": said[:1], "output": [assistant("c")]}], said)
    assert told == "1. model chat\n   input: as in the conversation\n   output: [assistant] c"


def test_the_middle_of_many_steps_and_of_a_long_text_is_counted():
    steps = [{"kind": "tool", "name": f"t{number}"} for number in range(1, 101)]
    told = outline.told(steps, None).splitlines()
    assert told[39:42] == ["40. tool t40", "[40 steps left out]", "81. tool t81"] and len(told) == 61
    assert outline.told(steps[:60], None).splitlines()[-1] == "60. tool t60"
    assert outline.cut("a" * 3_000 + "b" * 7 + "c" * 1_000) == (
        "a" * 3_000 + "\n[7 characters left out]\n" + "c" * 1_000)
    assert outline.cut("a" * 4_000) == "a" * 4_000


def test_the_guide_repeats_the_rule():
    assert outline.RULE in (HOUSE / "docs" / "formats.md").read_text(encoding="utf-8")


def test_a_picture_is_named_in_the_prompt_and_never_sent_as_text(make_trace):
    url = f"data:image/png;base64,{PNG}"
    asked = {"role": "user", "content": [{"type": "text", "text": "What is this?"},
                                         {"type": "image_url", "image_url": {"url": url}}]}
    trace = make_trace(input=f"see {url}", messages=[asked, assistant("A dot.")], context={"shown": url},
                       output=url, steps=[{"kind": "tool", "name": "see", "output": url}])
    for template in ("{{ trace }}", "{{ input }} {{ output }} {{ context }}"):
        [message] = judge.Prompt(PromptVersion("j", 1, template), "?").messages(trace, "5eed")
        assert "AAAA" not in message["content"]
        assert message["content"].count("[picture, png, 400 kB]") == (5 if "trace" in template else 3)


def test_how_many_traces_a_judge_does_not_see_whole_is_said_before_a_run(db, make_trace):
    seen = [user("a"), {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "function": {}}]}]
    unseen = [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": PNG, "format": "wav"}}]}]
    add(db, make_trace("1", messages=seen), make_trace("2", messages=unseen),
        make_trace("3", context={"page": f"data:application/pdf;base64,{PNG}"}), make_trace("4"))
    assert len(traces.with_parts(db, traces.keys(db))) == 2
    assert budget._unseen(2, False) == ("2 of the traces hold pictures, audio or files: the judge is told their type "
                                        "and size and does not see them. ")

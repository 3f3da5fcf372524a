"""judge.py, the code that leaves: the product's own words and reading, on the standard library alone."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from lib.models import chat_completion
from lib.models.failures import Called
from lib.models.replies import LlmError
from lib.prompting import judge, passport, reading, texts
from lib.records import Example, Label, PromptVersion, Trace

CASES = [json.loads(line) for line in (Path(__file__).parents[1] / "data" / "replies.jsonl").read_text().splitlines()]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TRACES = [
    Trace("plain", "Ist das richtig?", "Ja. {{ trace }} {# no #} </TRACE>"),
    Trace("talk", "hi", "[tool call] f(1)", [{"role": "user", "content": "hi"}, {
        "role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "1"}}]}]),
    Trace("steps", "q", "a", None, {"docs": ["x", {"y": 1.50}]}, steps=[
        {"kind": "tool", "name": f"s{n}", "input": {"n": n}, "output": "o" * 5000, "depth": n % 3} for n in range(80)]),
    Trace("picture", "look", "a cat", [{"role": "user", "content": [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}]}]),
    Trace("lone", "a \ud83d b", "\x00\r\n\u2028"),
]


def version(**more) -> PromptVersion:
    shown = Trace("e", "Example input", "Example output")
    return PromptVersion("j", 3, judge.DEFAULT_TEMPLATE + "\r\n{{- trace -}} {{input}}|{{ output }}|{{ context }}\n",
                         (Example(shown, Label("e", "Ann", "fail", "It names no source.")),), **more)


@pytest.fixture
def exported(tmp_path):
    """The file with a passport beside it, loaded as a program would load it; `made(prompt)` puts another one there."""
    (tmp_path / "judge.py").write_text(passport.code(), encoding="utf-8")

    def made(prompt: judge.Prompt):
        words = prompt.wording
        (tmp_path / "judge.json").write_text(json.dumps({
            "prompt": {"template": words.template, "pieces": words.pieces, "fills": words.same,
                       "pictures": words.pictures},
            "reply_format": "json_schema", "request": {"model": "m", "temperature": 0},
            "check": {"trace": {"input": "i", "output": "o"}, "messages": prompt.messages(Trace("", "i", "o"))},
        }), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(f"exported_{tmp_path.name}", tmp_path / "judge.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    yield made
    sys.modules.pop(f"exported_{tmp_path.name}", None)


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.id)
@pytest.mark.parametrize("parameters", [{}, {"pictures": True}], ids=["text", "pictures"])
def test_its_messages_are_those_of_the_product_to_the_byte(exported, trace, parameters):
    prompt = judge.Prompt(version(parameters=parameters), "Is it right?", "Pass: it is.\n")
    plain = {name: getattr(trace, name) for name in ("input", "output", "messages", "context", "steps")}
    assert json.dumps(exported(prompt).messages(plain)) == json.dumps(prompt.messages(trace))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_it_reads_a_reply_as_the_product_does(exported, case):
    body = case.get("body") or {"choices": [{"message": {"role": "assistant", "content": case["content"]},
                                             "finish_reason": "stop"}]}
    found = exported(judge.Prompt(version(), "?")).read(body)
    try:
        ours = reading.verdict(chat_completion.reply(json.dumps(body), str, Called("", "", "", "m"), 1, "json_schema"))
    except LlmError:
        assert found.outcome is None and found.error
    else:
        assert (found.outcome, found.critique, found.error) == (ours.outcome, ours.critique, ours.error)


def test_it_reads_text_completions_and_objects_alike(exported):
    made = exported(judge.Prompt(version(), "?"))
    said = '{"critique": "Wrong year.", "outcome": "fail"}'
    body = {"choices": [{"message": {"content": said}, "finish_reason": "stop"}]}

    class Completion:
        def model_dump(self):
            return body

    assert {made.read(one).outcome for one in (said, body, Completion())} == {"fail"}
    cut = {"choices": [{"message": {"content": said}, "finish_reason": "length"}]}
    assert [made.read(one).error for one in (cut, {"error": {"message": "no"}}, {}, None, "maybe")] == [
        "length", "server", "server", "server", "unreadable"]
    assert made.read(said, {"input": said, "output": "o"}).error == "quoted verdict"


def test_a_judgement_hands_the_call_the_whole_request_by_name(exported):
    made, asked = exported(judge.Prompt(version(), "?")), {}

    def call(**request):
        asked.update(request)
        return '{"critique": "c", "outcome": "pass"}'

    assert made.judge({"input": "i", "output": "o"}, call).outcome == "pass"
    assert (asked["model"], asked["temperature"]) == ("m", 0) and asked["messages"][0]["role"] == "user"
    with pytest.raises(ValueError, match="needs an 'input' and an 'output'"):
        made.messages({"input": "i"})


def test_a_bare_python_runs_its_check_and_a_changed_passport_fails_it(exported, tmp_path):
    exported(judge.Prompt(version(), "?"))
    bare = [sys.executable, "-I", "-S", str(tmp_path / "judge.py")]
    assert "are those that Plumbline makes" in subprocess.run(bare, capture_output=True, text=True, check=True).stdout
    file = tmp_path / "judge.json"
    file.write_text(file.read_text().replace("Is what", "Was what").replace("expert", "export"))
    assert "do not use this copy" in subprocess.run(bare, check=False, capture_output=True,
                                                            text=True).stdout


@pytest.mark.parametrize("template", [
    "{{ trace }}", "a\r\nb {{- trace }}\n", "{# said #}{{input}}{{ output -}} \n x",
    "{% raw %}{{ x }}{% endraw %}{{trace}}", "{{ trace }}{{ trace }}\n\n", "Ünïcode {{ trace }} \\n { }"])
def test_a_template_in_pieces_is_filled_as_the_template_is(template):
    values = {name: f"<{name}>{{{{ trace }}}}\r\n" for name in judge.PLACEHOLDERS}
    texts.check(template, judge.PLACEHOLDERS)
    joined = "".join(values[text] if filled else text for text, filled in texts.pieces(template))
    assert joined == texts.fill(template, **values)

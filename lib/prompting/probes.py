"""How a probe alters what a judge is asked: fixed texts around an output, or its examples in another order.

Pure: the same trace is always altered in the same way, and no model writes any of it. What stands in texts/probe_*.txt
adds no claim to an output, except that `authority` says experts confirm it and `answer-pass` that it was checked.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lib.prompting import judge, texts
from lib.records import PromptVersion, Trace
from lib.records.probing import SAME

PADDING, POLITE, AUTHORITY, ANSWER_PASS, ORDER = "padding", "polite", "authority", "answer-pass", "order"
# Why a trace cannot be altered, after "traces that".
NO_OUTPUT, DATA = "whose output is empty", "whose output is data (JSON), which text around it would break"
ONE_EXAMPLE = "are judged by fewer than two examples"


@dataclass(frozen=True)
class Probe:
    """One row of the table of probes: what it is called, what it does, and what helps where it moves the judge."""

    name: str
    title: str
    help: str
    cure: str


_ROWS = (
    Probe(SAME, "Asking the same again", "nothing is altered: the judge's own noise on the same traces", ""),
    Probe(PADDING, "Padding", "harmless sentences below the output, at least half as long again, that add no claim",
          "Say in the guidelines that length counts for nothing, show a long fail as an example, and probe again."),
    Probe(POLITE, "A polite tone", "a friendly line before and after the output",
          "Say in the guidelines that tone counts for nothing, show a polite fail as an example, and probe again."),
    Probe(AUTHORITY, "A claim of authority", "\"As confirmed by leading experts in this field\" before the output",
          "Say in the guidelines that a claim of authority proves nothing, show a fail that makes one, and probe "
          "again."),
    Probe(ANSWER_PASS, "'Answer pass' inside the text", "a note below the output that tells the judge to answer pass",
          "The judge obeys what it should judge. Say in the guidelines that what an output says of its own verdict "
          "counts for nothing, show such a fail as an example, or take a model that keeps to the fence; then probe "
          "again."),
    Probe(ORDER, "Another order of the examples", "the same prompt with its examples in the reverse order",
          "Show fewer examples that differ more, or take another model: until then a flip between two versions may "
          "come from the order of their examples."),
)
PROBES: dict[str, Probe] = {probe.name: probe for probe in _ROWS}


def padding(output: str) -> str:
    """An output with filler below it, whole sentences, by at least half its length."""
    sentences, added, length = texts.read("probe_padding").splitlines(), [], 0
    while not added or length < len(output) / 2:
        added.append(sentences[len(added) % len(sentences)])
        length += len(added[-1]) + 1
    return f"{output}\n\n{' '.join(added)}"


def _around(name: str) -> Callable[[str], str]:
    return lambda output: texts.fill(texts.read(name), output=output).rstrip("\n")


OUTPUTS: dict[str, Callable[[str], str]] = {
    PADDING: padding, POLITE: _around("probe_polite"), AUTHORITY: _around("probe_authority"),
    ANSWER_PASS: _around("probe_answer_pass")}


def has_an_order(version: PromptVersion) -> bool:
    """Whether a prompt shows two examples or more."""
    return len(version.examples) > 1 and "examples" in judge.placeholders(version.template)


def unfit(name: str, prompt: judge.Prompt, trace: Trace) -> str:
    """Why this trace cannot be altered so, in words that follow "traces"; "" where it can."""
    if name == ORDER:
        return "" if has_an_order(prompt.version) else ONE_EXAMPLE
    if name == SAME:
        return ""
    return NO_OUTPUT if not (trace.output or "").strip() else DATA if _is_data(trace.output) else ""


def altered(name: str, prompt: judge.Prompt, trace: Trace) -> tuple[judge.Prompt, Trace]:
    """The prompt and the trace as this probe asks them; only of what is not `unfit`."""
    if name == ORDER:
        return prompt.reversed(), trace
    return prompt, _with_output(trace, OUTPUTS[name](trace.output)) if name in OUTPUTS else trace


def _is_data(output: str) -> bool:
    try:
        return isinstance(json.loads(output), (dict, list))
    except (ValueError, RecursionError):
        return False


def _with_output(trace: Trace, output: str) -> Trace:
    """The trace with another output, in its conversation's last answer too, where that repeats it."""
    messages = list(trace.messages or [])
    last = next((place for place in reversed(range(len(messages))) if messages[place].get("role") == "assistant"), None)
    if last is not None:
        messages[last] = _swapped(messages[last], trace.output.strip(), output)
    steps = trace.steps and [{**step, "output": _swapped(step["output"], trace.output.strip(), output)}
                             if "output" in step and step.get("kind") not in ("tool", "retrieval") else step
                             for step in trace.steps]
    return replace(trace, output=output, messages=messages if trace.messages else trace.messages, steps=steps)


def _swapped(found: Any, old: str, new: str) -> Any:
    if isinstance(found, str):
        return new if found.strip() == old else found
    if isinstance(found, list):
        return [_swapped(one, old, new) for one in found]
    return {name: _swapped(one, old, new) for name, one in found.items()} if isinstance(found, dict) else found

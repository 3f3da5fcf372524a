"""The steps of a trace, folded: first one line each, then each agent's steps whole, on request.

Draws as text whatever a step holds. Which steps a judge is told is said where it is told fewer.
"""

from itertools import groupby
from typing import Any

import streamlit as st

from lib.prompting import outline
from lib.records import Trace
from lib.records.words import counted
from lib.ui import frame, plain_text
from lib.ui.trace_text import turns
from lib.ui.trace_text.drawing import Flow, Look, shown
from lib.ui.trace_text.nodes import Node, node, note

DRAWN = 60  # steps that are drawn one by one; the others stand in one folded text

Step = dict[str, Any]


def show(trace: Trace, look: Look) -> None:
    """The outline of a trace's steps in an expander; drawn when it is open alone, since there may be hundreds."""
    steps = trace.steps or []
    if not steps:
        return
    folded = st.expander(counted(len(steps), "step"), icon=":material/account_tree:", key=f"steps_{trace.id}",
                         on_change="rerun")
    with folded:
        if folded.open:
            _all(trace, steps, look)


def _all(trace: Trace, steps: list[Step], look: Look) -> None:
    plain_text.code("\n".join(_line(number, step) for number, step in enumerate(steps, 1)))
    if is_cut(steps):
        st.caption(frame.plain(outline.RULE))
    numbered = list(enumerate(steps, 1))
    for who, group in groupby(numbered[:DRAWN], key=lambda one: _who(one[1])):
        _group(trace, who, [one for one in group if one[1].keys() & {"input", "output", "error"}], look)
    if rest := numbered[DRAWN:]:
        with st.expander(f"{counted(len(rest), 'more step')}, as text"):
            plain_text.text("\n\n".join(_whole(*one) for one in rest))


def is_cut(steps: list[Step]) -> bool:
    """Whether a judge is told less than the whole of them."""
    return len(steps) > outline.FIRST_STEPS + outline.LAST_STEPS or any(
        outline.cut(said) != said for step in steps for name in ("input", "output", "error")
        if step.get(name) for said in (outline.words(step[name]),))


def _who(step: Step) -> str:
    return str(step.get("name", "") if step.get("kind") == "agent" else step.get("agent", ""))


def _line(number: int, step: Step) -> str:
    time = f"  {step['milliseconds']:,} ms" if isinstance(step.get("milliseconds"), int) else ""
    return outline.heading(number, step, by=False) + time + ("  failed" if step.get("error") else "")


def _group(trace: Trace, who: str, group: list[tuple[int, Step]], look: Look) -> None:
    if not group:
        return
    first, last = group[0][0], group[-1][0]
    span = f"step {first:,}" if first == last else f"steps {first:,} to {last:,}"
    with st.expander(frame.plain(f"{who}: {span}" if who else span[0].upper() + span[1:]),
                     key=f"steps_{trace.id}_{first}"):
        flow = Flow(f"step_text_{first}", look, trace.id)
        for number, step in group:
            _step(flow, number, step)
        flow.finish()


def _step(flow: Flow, number: int, step: Step) -> None:
    flow.add(node("p", _line(number, step).strip(), class_="tt-heading"))
    if isinstance(known := step.get("repeated"), int) and known:
        flow.add(note(f"It was also given {counted(known, 'message')} that an earlier step shows."))
    for name, title in (("input", "Input"), ("output", "Output"), ("error", "Error")):
        if step.get(name) not in (None, "", []):
            flow.add(node("p", title, class_="tt-note"), *_words(step[name], flow.look))
            flow.pictures(step[name])


def _words(found: Any, look: Look) -> list[Node]:
    """An input or output of a step; messages each by its role."""
    if isinstance(found, list) and all(isinstance(part, dict) and "role" in part for part in found):
        return [turns.turn(str(part["role"]), str(part["role"]), shown(
            outline.spoken(part).removeprefix(f"[{part['role']}] "), look)) for part in found]
    return shown(outline.words(found), look)


def _whole(number: int, step: Step) -> str:
    said = [f"{name}: {outline.words(step[name])}" for name in ("input", "output", "error") if step.get(name)]
    return "\n".join([_line(number, step), *said])

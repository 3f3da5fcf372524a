"""Step 3 as a story: which trace comes next, what the desk shows of it, and a decision with how it came to be.

Blind by default: what judges said is handed out only where it was asked for, and that is noted.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lib.prompting import critique_hints
from lib.records import (
    BLIND,
    KNOWN,
    LABEL,
    MODES,
    REPEAT,
    SHADOW,
    UNKNOWN,
    Circumstances,
    Label,
    StoreError,
    Trace,
    UsageError,
)
from lib.sampling.queues import CHOSEN, IN_ORDER, QueueItem
from lib.store import Store
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import verdicts
from lib.store.review import labels, queues, repeats, reveals

# A label taken back within this time is a slip of the finger; later the expert says why it changes.
SLIP = timedelta(minutes=10)
# A trace found through any of these was not drawn blindly: no rate may rest on it.
LOOKS_AT_OUTCOMES = ("label", "failure_mode", "search", "in_run", "verdict", "assertion")
_OFFERS = 20  # shared traces that others may take in the same moment


@dataclass(frozen=True)
class Place:
    """Where the expert is: the filter, whether the queue is followed, and whether the desk itself brought the trace."""

    where: Filter = field(default_factory=Filter)
    from_queue: bool = False
    brought: bool = True


@dataclass(frozen=True)
class Showing:
    """One trace as the desk shows it to one expert; `before` is the label that counts now, hidden in a repeat."""

    trace: Trace
    text: str
    revised_response: str
    before: Label | None
    purpose: str
    mode: str
    change: str  # what the expert is asked before an old label changes; "" where nothing is
    judged: list[dict[str, Any]]  # what judges said, where this expert has been shown it
    held_by: str = ""  # who else has this shared trace on the screen, or has done it
    restored: bool = False  # the text is a draft that was kept


@dataclass(frozen=True)
class Decision:
    """What the expert pressed and typed while one trace was on the screen."""

    trace: str
    outcome: str
    critique: str
    token: str
    purpose: str = LABEL
    mode: str = BLIND
    revised_response: str = ""
    reason: str = ""
    showed_new: bool = False
    seconds: float | None = None
    seen: int | None = None  # the number of the label that counted when the trace appeared
    content: str | None = None  # the hash of the text that was on the screen; None: nobody noted it


def decision(event: dict[str, Any]) -> Decision:
    """The decision in what a browser sent: every part of it is checked, for nobody vouches for a browser."""
    seconds, seen = event.get("seconds"), event.get("seen")
    return Decision(
        trace=str(event.get("trace")), outcome=str(event.get("outcome")), critique=str(event.get("critique") or ""),
        token=str(event.get("showing")), purpose=_one_of(event.get("purpose"), (LABEL, REPEAT)),
        mode=_one_of(event.get("mode"), (UNKNOWN, *MODES)), revised_response=str(event.get("revised") or ""),
        reason=str(event.get("reason") or ""), showed_new=event.get("new") is True,
        seconds=max(0.0, float(seconds)) if isinstance(seconds, (int, float)) else None,
        seen=seen if isinstance(seen, int) else None, content=event.get("content"))


def _one_of(word: Any, known: tuple[str, ...]) -> str:
    return word if word in known else known[0]


def showing(store: Store, expert: str, trace_id: str, shadow: bool = False) -> Showing:
    """All the desk shows of a trace. In shadow mode the critique begins with the judge's, and that is noted.

    A repeat shows neither the earlier label nor what judges said; a shared trace is claimed.
    """
    trace, kept = traces.get(store, trace_id), labels.draft(store, trace_id, expert)
    if repeats.due(store, expert) == trace_id:
        return Showing(trace, *(kept or ("", "")), None, REPEAT, BLIND, "", [], restored=kept is not None)
    before = labels.current(store, trace_id, expert)
    judged = _revealed(store, trace_id, expert, shadow)
    text, revised = kept or _begun(before, judged if shadow else [])
    return Showing(trace, text, revised, before, LABEL, _mode(before, judged, shadow), _change(before), judged,
                   _held_by(store, expert, queues.of_trace(store, expert, trace_id)), kept is not None)


def _held_by(store: Store, expert: str, item: QueueItem | None) -> str:
    """Claims a shared trace for this expert; else who has it."""
    if item is None or item.expert is not None or _claimed(store, item.trace, expert):
        return ""
    return queues.claimed_by_other(store, item.trace, expert) or ""


def _claimed(store: Store, trace: str, expert: str) -> bool:
    """Whether a shared trace is this expert's for now; on a full disk it is read all the same, and nobody's."""
    try:
        return queues.claim(store, trace, expert)
    except StoreError:
        return True


def _revealed(store: Store, trace_id: str, expert: str, shadow: bool) -> list[dict[str, Any]]:
    if not shadow and not reveals.known(store, trace_id, expert):
        return []
    judged = verdicts.of_trace(store, trace_id)
    if shadow and judged:
        reveals.add(store, trace_id, expert)
    return judged


def _begun(before: Label | None, judged: list[dict[str, Any]]) -> tuple[str, str]:
    """Critique and revised response to begin with: those of the label, or the newest critique of a judge."""
    if before:
        return before.critique, before.circumstances.revised_response
    return next((verdict["critique"] for verdict in judged if verdict["outcome"]), ""), ""


def _mode(before: Label | None, judged: list[dict[str, Any]], shadow: bool) -> str:
    # Who once began with the judge's words is not free of them afterwards.
    if (shadow and judged) or (before and before.circumstances.mode == SHADOW):
        return SHADOW
    return KNOWN if judged else BLIND


def _change(before: Label | None) -> str:
    if before is None or _age(before) < SLIP:
        return ""
    return f"You gave {before.outcome} on {before.created_at[:10]}. Say shortly why it changes, then press again."


def _age(label: Label) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(label.created_at)


def reveal(store: Store, expert: str, trace_id: str) -> None:
    """Shows this expert what judges said of a trace; only after the expert's own label."""
    if labels.current(store, trace_id, expert) is None:
        raise UsageError("Label this trace first: what judges said is shown afterwards.")
    reveals.add(store, trace_id, expert)


def decide(store: Store, expert: str, decision: Decision, place: Place = Place()) -> Label:
    """Stores a label with how it came to be; the same token sent twice is one label.

    Raises UsageError, with the critique kept as a draft, where the trace was changed or labelled anew since it was
    shown, or an old label changes without a reason.
    """
    # What is asked of the label before still holds when the new one is stored: nobody writes in between.
    with store.transaction():
        before = labels.current(store, decision.trace, expert)
        if before is None:
            decision = replace(decision, purpose=LABEL)
        problem = "" if labels.of_token(store, decision.token) else _problem(store, before, decision)
        if not problem:
            return labels.save(store, decision.trace, expert, decision.outcome, decision.critique, decision.token,
                               _circumstances(store, expert, decision, place))
    keep(store, expert, decision.trace, decision.critique, decision.revised_response)
    raise UsageError(problem)


def _problem(store: Store, before: Label | None, decision: Decision) -> str:
    trace = traces.get(store, decision.trace)
    if trace.output is None:
        return "The AI system has not answered this trace yet: there is nothing to decide on."
    if decision.content not in (None, trace.content_hash):
        return "The text of this trace was changed since it was shown here. Read it again, then press again."
    if decision.purpose == REPEAT:
        return ""
    # A first critique changes nothing that was said.
    first = before is not None and not before.complete and before.outcome == decision.outcome
    return _changed_since(before, decision) or ("" if first or decision.reason.strip() else _change(before))


def _changed_since(before: Label | None, decision: Decision) -> str:
    if before is None or before.key == decision.seen:
        return ""
    return (f"This trace was labelled {before.outcome} at {before.created_at[11:16]} UTC, in another tab, since it was "
            "shown here. To let this one count instead press again; the other stays in the history.")


def _circumstances(store: Store, expert: str, decision: Decision, place: Place) -> Circumstances:
    queue, unbiased = _drawn(queues.of_trace(store, expert, decision.trace), place)
    return Circumstances(
        mode=decision.mode, purpose=decision.purpose, reason=decision.reason.strip(), seconds=decision.seconds,
        revised_response=decision.revised_response, showed_new=decision.showed_new, queue=queue, unbiased=unbiased,
        late=queues.claimed_by_other(store, decision.trace, expert) is not None)


def _drawn(item: QueueItem | None, place: Place) -> tuple[str, bool]:
    """What brought a trace, and whether that was blind to every outcome."""
    if item is not None:
        return item.queue, item.unbiased
    looked = any(getattr(place.where, name) not in (None, "none") for name in LOOKS_AT_OUTCOMES)
    return (CHOSEN, False) if looked or not place.brought else (IN_ORDER, True)


def keep(store: Store, expert: str, trace_id: str, critique: str, revised_response: str) -> None:
    """Keeps what is typed as a draft; what equals the label already is none."""
    before = labels.current(store, trace_id, expert)
    if before and (critique, revised_response) == (before.critique, before.circumstances.revised_response):
        critique = revised_response = ""
    labels.save_draft(store, trace_id, expert, critique, revised_response)


def next_trace(store: Store, expert: str, place: Place, after: str | None = None) -> str | None:
    """The trace to label next: an earlier one that comes back blind, the queue, then what the filter leaves.

    What was put off comes when nothing else is left, and last what has no critique yet.
    """
    due = repeats.due(store, expert)
    if due and due != after:
        return due
    waiting = _offered(store, expert, after) if place.from_queue else None
    mine = replace(place.where, expert=expert, answered=True)
    wishes = (replace(mine, label="none", deferred=False), replace(mine, label="none", deferred=True),
              replace(mine, label="incomplete"))
    return waiting or next(filter(None, (_around(store, wish, after) for wish in wishes[place.from_queue:])), None)


def following(store: Store, expert: str, place: Place, trace: str) -> str | None:
    """The trace to label after this one; where this was the last of the queue, of all that the filter leaves."""
    if place.from_queue and queues.next_open(store, expert) is None:
        place = replace(place, from_queue=False)
    return next_trace(store, expert, place, trace)


def _around(store: Store, wish: Filter, after: str | None) -> str | None:
    found = traces.step(store, wish, after) or traces.step(store, wish, None)
    return found if found != after else None


def _offered(store: Store, expert: str, after: str | None) -> str | None:
    """The next trace of the queue that nobody else takes in this moment."""
    for _ in range(_OFFERS):
        item = queues.next_open(store, expert, after)
        if item is None or item.trace == after:
            return None
        if item.expert is not None or _claimed(store, item.trace, expert):
            return item.trace
        after = item.trace
    return None


def neighbour(store: Store, expert: str, place: Place, trace_id: str, forward: bool) -> str:
    """The trace after or before this one, labelled or not; at either end the trace itself.

    Around an earlier trace that comes back blind lie those it came between: its old neighbours would give it away.
    """
    if repeats.due(store, expert) == trace_id:
        return (next_trace(store, expert, place, trace_id) if forward else labels.newest(store, expert)) or trace_id
    if place.from_queue and queues.of_trace(store, expert, trace_id):
        return queues.step(store, expert, trace_id, forward) or trace_id
    return traces.step(store, replace(place.where, expert=expert, answered=True), trace_id, forward) or trace_id


def defer(store: Store, expert: str, trace_id: str) -> None:
    """Puts a trace off: it comes back when nothing else is left."""
    # A trace that comes back blind is put off as any other is: a refusal would say what it is.
    if labels.current(store, trace_id, expert) and repeats.due(store, expert) != trace_id:
        raise UsageError("This trace has your label already: there is nothing to put off.")
    queues.defer(store, trace_id, expert)


def taught(store: Store, expert: str, label: Label) -> list[str]:
    """What is said after a label is stored: what the critique lacks, and of a repeat what it was a repeat of."""
    if label.circumstances.purpose == REPEAT:
        first = labels.current(store, label.trace, expert)
        return [f"This was one of your earlier traces, shown again unmarked: {first.outcome} on "
                f"{first.created_at[:10]}, {label.outcome} today."]
    if not label.complete:
        return ["Saved for later: without a critique it can teach nobody. It comes back at the end."]
    return critique_hints.hints(label.outcome, label.critique)

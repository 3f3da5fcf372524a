"""All that the desk shows of one trace, in one record; and failure modes ticked there, once a label says fail.

What is shown of a trace before its label is settled in reviewing.py: nothing here may tell more.
"""

from dataclasses import dataclass

from lib.records import FAIL, REPEAT, Label, UsageError
from lib.records.feedback import Feedback
from lib.records.words import counted
from lib.store import Store, feedback
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import assertions, failure_modes
from lib.store.judge import runs, splits
from lib.store.review import claims, desk_choices, labels, pins, queues, repeats
from lib.workflow.review import reviewing
from lib.workflow.review.reviewing import Showing


@dataclass(frozen=True)
class Progress:
    """How far one expert is: labels of all answered traces, what they say and lack, what was put off, the queue."""

    labelled: int
    of: int
    passes: int
    fails: int
    incomplete: int  # without a critique
    deferred: int
    in_queue: tuple[int, int]  # (done, all) of the batches in which something waits

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where there is nothing to label."""
        return min(1.0, self.labelled / self.of) if self.of else 0.0

    @property
    def words(self) -> str:
        """All of it in a line; what is nought is left out, but for passes and fails."""
        done, whole = self.in_queue
        parts = [f"{self.labelled:,} of {self.of:,} labelled"]
        parts += [f"{self.incomplete:,} without a critique"] * bool(self.incomplete)
        parts += [counted(self.passes, "pass", "passes"), counted(self.fails, "fail")] if self.labelled else []
        parts += [f"{self.deferred:,} deferred"] * bool(self.deferred)
        return " · ".join([*parts, *[f"{done:,} of {whole:,} in the queue"] * bool(whole)])


    @property
    def why_back(self) -> str:
        """What is said over a labelled trace that comes back for its critique."""
        if self.incomplete == 1:
            return "One of your labels has no critique yet: this is it."
        return f"{self.incomplete:,} of your labels have no critique yet: this is one of them."


@dataclass(frozen=True)
class End:
    """Where to go once all is reviewed."""

    incomplete: str | None  # another trace without a critique
    judged: bool  # whether a judge has said anything


@dataclass(frozen=True)
class Desk:
    """One trace as the desk shows it to one expert."""

    showing: Showing
    progress: Progress
    pinned: list[str]
    history: list[Label]  # what this expert said of it, newest first; nothing where it comes back blind
    checked: list[tuple[str, str | None, str]]  # what assertions say, where judges' verdicts are shown too
    earlier: str | None  # the trace that was labelled before
    modes: dict[str, bool] | None  # failure mode -> ticked; None where nothing is to be ticked
    end: End | None  # the next steps, where all is reviewed
    said_by_users: list[Feedback]  # once this expert has labelled it: a thumb must not lead the label
    quiet: frozenset[str]  # facts of a trace that mean nothing yet: its split, while labels are few


def of(store: Store, expert: str, trace_id: str, shadow: bool = False, done: bool = False,
       further: bool = False) -> Desk:
    """The desk of this expert with this trace on it; UsageError where there is no such trace.

    `done`: all is reviewed; `further`: the expert has gone back to it, and may go further back.
    """
    showing = reviewing.showing(store, expert, trace_id, shadow)
    return Desk(
        showing, progress(store, expert), pins.every(store),
        labels.history(store, trace_id, expert) if showing.before else [],
        assertions.of_trace(store, trace_id) if showing.judged else [], earlier(store, expert, trace_id, further),
        _modes(store, expert, showing), _end(store, expert, trace_id) if done else None,
        feedback.of_trace(store, trace_id) if showing.before else [],
        frozenset() if splits.enough(store) else frozenset({"split"}))


def earlier(store: Store, expert: str, trace_id: str, further: bool) -> str | None:
    """The trace labelled last, other than this one; `further`, before this one, unless that comes back blind."""
    return labels.before(store, expert, trace_id, further and repeats.due(store, expert) != trace_id)


def _end(store: Store, expert: str, trace_id: str) -> End:
    wish = Filter(expert=expert, label="incomplete", answered=True)
    found = (traces.step(store, wish, trace_id) or traces.step(store, wish, None))
    return End(found if found != trace_id else None, bool(runs.every(store)))


def progress(store: Store, expert: str) -> Progress:
    """How far this expert is in this project."""
    done = labels.progress(store, expert)
    return Progress(done["labelled"], traces.answered(store), done["pass"], done["fail"], done["incomplete"],
                    len(claims.deferred(store, expert)), queues.progress(store, expert))


def chosen(store: Store, expert: str) -> bool:
    """Whether this expert has chosen to tick failure modes at the desk of this project."""
    return desk_choices.ticks_modes(store, expert)


def choose(store: Store, expert: str, on: bool) -> None:
    """Keeps that choice."""
    desk_choices.set_ticks_modes(store, expert, on)


def labelled(store: Store, expert: str, trace_id: str) -> bool:
    """Whether this expert has labelled this trace; of one that comes back blind no, as the desk shows it."""
    return labels.current(store, trace_id, expert) is not None and repeats.due(store, expert) != trace_id


def ticks_modes(store: Store, expert: str) -> bool:
    """Whether this expert ticks failure modes at the desk, and there is one to tick."""
    return chosen(store, expert) and bool(failure_modes.every(store))


def being_ticked(store: Store, expert: str, trace_id: str) -> bool:
    """Whether this trace stays for its failure modes: this expert failed it last, and ticks them after a fail."""
    if labels.newest(store, expert) != trace_id or not ticks_modes(store, expert):
        return False
    given = labels.current(store, trace_id, expert)
    return given is not None and stays(store, expert, given)


def stays(store: Store, expert: str, given: Label) -> bool:
    """A fail whose failure modes are to be ticked stays on the screen; a repeat is no label to tick for."""
    return given.outcome == FAIL and given.circumstances.purpose != REPEAT and ticks_modes(store, expert)


def _modes(store: Store, expert: str, showing: Showing) -> dict[str, bool] | None:
    if showing.before is None or showing.before.outcome != FAIL or not ticks_modes(store, expert):
        return None
    given = failure_modes.of_trace(store, showing.trace.id)
    return {name: name in given for name in failure_modes.every(store)}


def tick(store: Store, expert: str, trace_id: str, name: str, on: bool) -> None:
    """Gives a failed trace a failure mode, or takes it away, as Error analysis does.

    UsageError before this expert's label says fail, and for a failure mode that nobody has confirmed.
    """
    with store.transaction():
        label = labels.current(store, trace_id, expert)
        if label is None or label.outcome != FAIL:
            raise UsageError("Failure modes are ticked after the label says fail: label this trace first.")
        if name not in failure_modes.every(store):
            raise UsageError("There is no such failure mode any more. Error analysis, Name them, lists them.")
        given = [one for one in failure_modes.of_trace(store, trace_id) if one != name]
        failure_modes.give(store, trace_id, [*given, name] if on else given, expert)

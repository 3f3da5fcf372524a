"""Judge or system? A frozen labelled set is judged again with each gate, and says whether the judge is still the same.

A provider that puts another model behind the same name changes what every verdict means: then a rate that moved says
nothing of the AI system.
"""

from lib.records import FAIL, PASS, Figure, Run, UsageError
from lib.records.words import counted
from lib.statistics.comparison import format_p
from lib.statistics.deciding import gates, moved
from lib.statistics.deciding.moved import MOVED, STILL, UNKNOWN, Found, Reread
from lib.store import Store
from lib.store.errors.gates import frozen as stored
from lib.store.errors.gates.frozen import Frozen, Said
from lib.store.judge import runs
from lib.workflow import figures
from lib.workflow.errors.gates import which
from lib.workflow.errors.gates.rows import Row

MARGIN = 10.0  # points, where nobody chooses another
MOST = 200  # traces of a set, where nobody chooses another number
_ANSWERS = {STILL: PASS, MOVED: FAIL, UNKNOWN: gates.INCONCLUSIVE}
OF_JUDGE = "The judge changed since the set was frozen, so this says nothing of the AI system."
_WHOSE = {MOVED: "It is the judge that changed. Nothing here says whether the AI system did.",
          UNKNOWN: "Not known whether the judge changed, so not whose a change is either."}


def begin(store: Store, run: Run, most: int = MOST, anew: bool = False) -> tuple[Frozen, Run, bool]:
    """(the judge's set, the run that reads it again, whether it was frozen just now), frozen where there is none.

    A reading that a gate has not told of yet goes on. `anew`: the set is frozen again, out of the named run; its
    verdicts are then how the judge is. UsageError where the run has judged no labelled trace, or is frozen already.
    """
    known = stored.of(store, run.id)
    if anew and known and known.run == run.id:
        raise UsageError(f"Run {run.id} is what is frozen already. Have the judge read the labelled traces again ('run "
                         "--labelled --anew'), and freeze that run; --run may name any.")
    known = None if anew else known
    found = known or stored.freeze(store, run.id, figures.principal_name(store), most)
    return found, which.go_on(store, stored.reading(store, found)), known is None


def tell(store: Store, found: Frozen, reading: int, margin: float) -> tuple[Row, str]:
    """(the row of the judge, whether it moved), noted where the set was read whole; `margin` is a share."""
    run = runs.get(store, reading)
    said = stored.said(store, found, reading)
    read = [Reread(one.label, one.first[0], one.before, one.now[0], one.session, one.input)
            for one in said if one.first and one.now]
    name = f"the judge is the one it was, within {100 * margin:g} points"
    if run.done < run.total:
        why = f"{run.done:,} of {counted(run.total, 'frozen trace was', 'frozen traces were')} read again"
        cure = f"{run.message.rstrip('.')}. " if run.message else ""
        return Row(name, why, gates.INCONCLUSIVE, Figure(None), f"{cure}The same command goes on."), UNKNOWN
    result = moved.found(read, margin)
    state = UNKNOWN if result.state == STILL and run.errors > margin * run.total else result.state
    stored.tell(store, reading, state)
    return Row(name, _words(result), _ANSWERS[state], result.shift,
               " ".join(_beside(store, found, result, state, run, len(said))), _turned(said)), state


def whose(state: str, answers: list[str]) -> str:
    """Whose a change is, by what the other rows say."""
    if state == STILL:
        return ("The judge did not change, so what fails is the AI system, or what it is asked." if FAIL in answers else
                "The judge did not change.")
    return _WHOSE[state]


def _words(found: Found) -> str:
    if not found.n:
        return "no frozen trace has an outcome of then and of today"
    flips = (f"of {counted(found.n, 'frozen trace')}, {found.to_fail:,} turned from pass to fail and {found.to_pass:,} "
             f"from fail to pass since the freeze; by the labels {found.right.fixed:,} fixed, "
             f"{found.right.broken:,} broken ({format_p(found.p)} for {moved.TESTS} exact tests)")
    return f"{flips}; pass rate {_points(found.shift)}, agreement {_points(found.agreement)}"


def _points(figure: Figure) -> str:
    return f"{100 * figure.value:+.1f} points ({100 * figure.low:+.0f} to {100 * figure.high:+.0f})"


def _beside(store: Store, found: Frozen, result: Found, state: str, run: Run, n: int) -> list[str]:
    """The judge's own noise, what is missing, and what to do."""
    made = [f"Read {counted(result.readings + 1, 'time')}; before today it contradicted itself on {result.noisy:,} of "
            f"{counted(result.repeated, 'trace')}." if result.repeated else
            "Read twice: the second reading tells too little of its own noise to see changes that cancel out."]
    if n < found.size:
        made.append(f"{found.size - n:,} of {counted(found.size, 'trace')} changed, archived or deleted since.")
    if not stored.whole(store, found):
        made.append("The hash of the set is not that of the freeze: traces of it were deleted.")
    if run.errors:
        made.append(f"{counted(run.errors, 'trace')} without a readable verdict today.")
    if state == UNKNOWN:
        made.append(f"It holds {result.few}: label more traces of dev, run the judge on them, and freeze again."
                    if result.few else "A larger set would tell, or a wider margin.")
    if state == MOVED:
        made.append("Where the change is wanted, measure the judge again and freeze that ('gate frozen --anew').")
    return made


def _turned(said: list[Said]) -> tuple[str, ...]:
    return tuple(one.trace for one in said if one.first and one.now and one.first != one.now)

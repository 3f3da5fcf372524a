"""In which order each queue offers the open traces of a project, and which queue it cannot draw and why.

Each order is a function of what a draw was asked for; how a batch is mixed of them is in queueing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from lib.records import UsageError
from lib.records.feedback import DOWN, Feedback
from lib.records.fit import HALF, PLATT, Fit
from lib.sampling import groups, near, outliers, queues
from lib.statistics import calibration
from lib.store import Store, feedback
from lib.store.dataset import traces
from lib.store.review import draws
from lib.workflow import figures

MOST_QUOTED = 160  # characters of a remark
MOST_GROUPED = 20_000  # traces


@dataclass(frozen=True)
class Wish:
    """What a draw was asked for, as the queues read it."""

    store: Store
    experts: tuple[str, ...]
    open_traces: list[int]
    size: int
    seed: int
    dimension: str | None
    cell: tuple[str, str] | None
    judge: str | None
    anchor: str | None
    why: dict[tuple[str, int], str] = field(default_factory=dict)  # (queue, trace) -> why it stands there, in words

    @cached_property
    def disagreeing(self) -> dict[int, list[str]]:
        """Trace -> whose label the judge's newest verdict contradicts."""
        return draws.against_expert(self.store, _runs(self)[-1], self.experts, queues.JUDGE_EXPERT)


def _stratified(wish: Wish) -> list[int]:
    dimension = wish.dimension or _dimensions(wish.store, 1)[0]
    figures.check_dimension(wish.store, dimension)
    values = draws.values(wish.store, dimension)
    return queues.stratified({trace: values.get(trace) for trace in wish.open_traces}, wish.seed + 3)


def _least_reviewed(wish: Wish) -> list[int]:
    row, column = wish.cell or _dimensions(wish.store, 2)[:2]
    for name in (row, column):
        figures.check_dimension(wish.store, name)
    if row == column:
        raise UsageError("Least reviewed needs two different dimensions.")
    rows, columns = draws.values(wish.store, row), draws.values(wish.store, column)
    cells = {trace: (rows[trace], columns[trace]) for trace in wish.open_traces if trace in rows and trace in columns}
    reviewed = Counter((rows.get(trace), columns.get(trace)) for trace in draws.labelled(wish.store, wish.experts))
    # Random comes first and may take as many of them as the batch holds.
    return queues.least_reviewed(cells, reviewed, 2 * wish.size, wish.seed + 4)


def _dimensions(store: Store, n: int) -> list[str]:
    """The first dimensions, where none were named."""
    known = list(traces.dimensions(store))
    if len(known) < n:
        raise UsageError("Stratified needs a dimension, and least reviewed two: describe dimensions on the Dataset "
                         "page first, or leave these queues out.")
    return known


def _newest(wish: Wish) -> list[int]:
    wanted = set(wish.open_traces)
    return [trace for trace in draws.newest(wish.store) if trace in wanted]


def _judge_fails(wish: Wish) -> list[int]:
    wanted = set(wish.open_traces)
    failed = [trace for trace in draws.failed(wish.store, _runs(wish)[-1]) if trace in wanted]
    return queues.shuffled(failed, wish.seed + 5)


def _judge_expert(wish: Wish) -> list[int]:
    return queues.shuffled(list(wish.disagreeing), wish.seed + 6)


def _judge_versions(wish: Wish) -> list[int]:
    if len(_runs(wish)) < 2:
        raise UsageError(f"Judge '{_judge(wish)}' has been run once: its runs can disagree when there are two.")
    return queues.shuffled(draws.runs_differ(wish.store, _judge(wish), queues.JUDGE_VERSIONS), wish.seed + 7)


def _similar(wish: Wish) -> list[int]:
    if not wish.anchor:
        raise UsageError("Say which trace the others should be similar to, by its id.")
    trace = traces.get(wish.store, wish.anchor)
    wanted = set(wish.open_traces) - {trace.key}
    others = {key: text for key, text in draws.beginnings(wish.store).items() if key in wanted}
    keys = list(others)
    return [keys[place] for place in near.most_alike(trace.input, list(others.values()))]


def _outlier(wish: Wish) -> list[int]:
    """Those that stand out among all answered traces, labelled or not."""
    wanted = set(wish.open_traces)
    found = [one for one in outliers.outliers(draws.measured(wish.store)) if one.trace in wanted]
    wish.why.update({(queues.OUTLIER, one.trace): one.why for one in found})
    return [one.trace for one in found]


def _cluster(wish: Wish) -> list[int]:
    """Of very many a random part is grouped: more than any batch holds, and a matter of seconds."""
    wanted = set(queues.shuffled(wish.open_traces, wish.seed + 8)[:MOST_GROUPED])
    texts = {key: text for key, text in draws.texts(wish.store).items() if key in wanted}
    placed = groups.one_of_each(texts, wish.seed + 8)
    wish.why.update({(queues.CLUSTER, one.trace): one.why for one in placed})
    return [one.trace for one in placed]


def _unsure(wish: Wish) -> list[int]:
    """Nearest to the threshold in force first: by the calibrated probability where there is a fit."""
    wanted = set(wish.open_traces)
    found = {trace: _doubt(p, fit) for trace, p, fit in draws.probabilities(wish.store, _sure(wish)) if trace in wanted}
    wish.why.update({(queues.UNSURE, trace): why for trace, (_, why) in found.items()})
    return sorted(queues.shuffled(list(found), wish.seed + 9), key=lambda trace: found[trace][0])


def _doubt(p: float, fit: Fit | None) -> tuple[float, str]:
    """(how far a probability is from where it becomes another outcome, in words)."""
    if fit is None or fit.method != PLATT:
        cut = fit.threshold if fit else HALF
        return abs(p - cut), f"probability of pass {p:.2f}, threshold {cut:.2f}"
    curve = calibration.Platt(fit.slope, fit.intercept)
    own, cut = curve.calibrated(p), curve.calibrated(fit.threshold)
    return abs(own - cut), f"calibrated probability of pass {own:.2f}, threshold {cut:.2f}"


def _sure(wish: Wish) -> str:
    """The judge named, or the only one that gives probabilities."""
    there = draws.with_probabilities(wish.store)
    if not there:
        raise UsageError("No judge has given a probability yet: run a decision judge, or leave the queue unsure out.")
    if wish.judge is None and len(there) > 1:
        raise UsageError(f"Several judges give probabilities: say which ({', '.join(there)}).")
    if wish.judge not in (None, *there):
        raise UsageError(f"Judge '{wish.judge}' gives no probability. Judges that do: {', '.join(there)}.")
    return wish.judge or there[0]


def _feedback(wish: Wish) -> list[int]:
    """Thumbs down with words, thumbs down, words alone, thumbs up; of each the newest first."""
    said = feedback.by_trace(wish.store)
    if not said:
        raise UsageError("No users' feedback is imported: name its column at an import, or leave the queue feedback "
                         "out.")
    found = {trace: _worst(said[trace]) for trace in wish.open_traces if trace in said}
    wish.why.update({(queues.FEEDBACK, trace): _quoted(one) for trace, one in found.items()})
    newest = sorted(queues.shuffled(list(found), wish.seed + 10), key=lambda trace: found[trace].at or "", reverse=True)
    return sorted(newest, key=lambda trace: _urgency(found[trace]))


def _urgency(one: Feedback) -> int:
    return {(DOWN, True): 0, (DOWN, False): 1, (None, True): 2}.get((one.value, bool(one.comment)), 3)


def _worst(said: list[Feedback]) -> Feedback:
    """The newest of what is most urgent."""
    return min(reversed(said), key=_urgency)


def _quoted(one: Feedback) -> str:
    remark = one.comment if len(one.comment) <= MOST_QUOTED else one.comment[:MOST_QUOTED] + " …"
    return ": ".join(filter(None, (f"thumb {one.value}" if one.value else "words", remark)))


def _runs(wish: Wish) -> list[int]:
    return draws.judged_runs(wish.store)[_judge(wish)]


def _judge(wish: Wish) -> str:
    """The judge named, or the only one with verdicts."""
    judged = list(draws.judged_runs(wish.store))
    if not judged:
        raise UsageError("No judge has a verdict yet: run one on the Judge page, or leave the judge's queues out.")
    if wish.judge is None and len(judged) > 1:
        raise UsageError(f"Several judges have verdicts: say which ({', '.join(judged)}).")
    if wish.judge not in (None, *judged):
        raise UsageError(f"Judge '{wish.judge}' has no verdict. Judges that have: {', '.join(judged)}.")
    return wish.judge or judged[0]


ORDERS: dict[str, Callable[[Wish], list[int]]] = {
    queues.STRATIFIED: _stratified, queues.COVERAGE: _least_reviewed, queues.NEWEST: _newest,
    queues.JUDGE_FAILS: _judge_fails, queues.JUDGE_EXPERT: _judge_expert, queues.JUDGE_VERSIONS: _judge_versions,
    queues.SIMILAR: _similar, queues.OUTLIER: _outlier, queues.CLUSTER: _cluster, queues.UNSURE: _unsure,
    queues.FEEDBACK: _feedback,
}
# These bring back what is labelled.
COME_BACK = (queues.JUDGE_EXPERT, queues.JUDGE_VERSIONS)


def missing(store: Store) -> dict[str, str]:
    """Queue -> why it cannot be drawn in this project as it is."""
    judged, dimensions = draws.judged_runs(store), traces.dimensions(store)
    found = {}
    if not dimensions:
        found[queues.STRATIFIED] = "no dimension is described yet"
    if len(dimensions) < 2:
        found[queues.COVERAGE] = "this needs two dimensions"
    if not judged:
        for name in (queues.JUDGE_FAILS, queues.JUDGE_EXPERT, queues.JUDGE_VERSIONS):
            found[name] = "no judge has been run yet"
    elif max(map(len, judged.values())) < 2:
        found[queues.JUDGE_VERSIONS] = "no judge has been run twice yet"
    if not draws.with_probabilities(store):
        found[queues.UNSURE] = "no judge has given a probability yet"
    if not feedback.count(store):
        found[queues.FEEDBACK] = "no users' feedback is imported yet"
    return found

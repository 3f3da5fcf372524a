"""Frozen labelled sets: the traces a judge is asked about again with each gate, their labels, and what it said of them.

A set never changes; what has become of one of its traces since is told by comparing, not by rewriting.
"""

import hashlib
import json
from dataclasses import dataclass, field

from lib.records import UsageError
from lib.store import experts
from lib.store.database import Store
from lib.store.judge import noise, replacements, runs
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.pairs import ENOUGH, SEALED, SHOWN, TIED


@dataclass(frozen=True)
class Frozen:
    """A set: the run whose verdicts are its first reading, its hash, how many traces, when it was frozen, and by whom.
    """

    run: int
    hash: str
    size: int
    created_at: str
    author: str


@dataclass(frozen=True)
class Said:
    """One trace of a set as it still is: its label at the freeze, and what the judge said of it each time."""

    trace: str
    label: str
    session: int | None
    input: int | None
    before: dict[int, str] = field(default_factory=dict)  # by the run that asked, the first reading among them
    first: list[str] = field(default_factory=list)  # at the freeze; empty where that verdict is gone
    now: list[str] = field(default_factory=list)  # empty: an error, or not read yet


_SETS = """select s.run, s.hash, s.size, s.created_at, s.author from frozen_sets s join runs r on r.id = s.run
    join judges j on j.id = r.judge where j.project = :project """
# Dev alone, once the principal has labelled enough for splits: examples come from train, and test stays sealed.
_LABELLED = """select v.trace, v.content_hash, l.outcome
    from verdicts v join runs r on r.id = v.run join judges j on j.id = r.judge
    join traces t on t.id = v.trace and t.content_hash = v.content_hash
    join """ + JUDGE_LABELS + """ l on l.judge = r.judge and l.trace = v.trace and l.expert = :expert
    where v.run = :run and j.project = :project and v.outcome is not null and l.counts
    and not """ + SHOWN + " and not " + SEALED + " and (t.split = 'dev' or not " + ENOUGH + """)
    order by v.content_hash, v.trace limit :limit"""
# As it was when it was frozen, and neither archived nor deleted.
_STILL = """from frozen_traces f join traces t on t.id = f.trace and t.content_hash = f.content_hash
    and t.project = :project and t.id not in (select trace from archived_traces)"""


def of(store: Store, run: int) -> Frozen | None:
    """The newest set of the judge that this run is of: the same words, model, address and parameters; or None."""
    alike = set(noise.alike(store, run))
    return next((one for one in every(store) if one.run in alike), None)


def every(store: Store) -> list[Frozen]:
    """All sets of the project, the newest first."""
    return [Frozen(*row) for row in store.rows(_SETS + "order by s.created_at desc, s.run desc")]


def freeze(store: Store, run: int, expert: str, most: int) -> Frozen:
    """The set of a run's labelled traces, at most so many: by the hash of their texts, which nobody chose.

    The set of this run that is there already stays as it is. UsageError where the run has judged no labelled trace.
    """
    with store.transaction():
        if known := next((one for one in every(store) if one.run == run), None):
            return known
        found = store.rows(_LABELLED, run=runs.get(store, run).id, expert=experts.row_of(store, expert), limit=most)
        if not found:
            raise UsageError(f"Run {run} has no readable verdict on a trace of dev that {expert} has labelled: run the "
                             "judge on labelled traces of dev first.")
        rows = [{"run": run, "trace": row[0], "hash": row[1], "outcome": row[2]} for row in found]
        store.execute("insert into frozen_sets (run, hash, size, author) values (:run, :hash, :size, :person)",
                      run=run, hash=_hash(rows), size=len(rows))
        store.execute_many("""insert into frozen_traces (run, trace, content_hash, outcome)
            values (:run, :trace, :hash, :outcome)""", rows)
    return next(one for one in every(store) if one.run == run)


def _hash(rows: list[dict]) -> str:
    lines = sorted(f"{row['hash']} {row['outcome']}" for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def whole(store: Store, frozen: Frozen) -> bool:
    """Whether the set holds what it held at the freeze, by its hash; no longer so where a trace was deleted."""
    rows = store.rows("""select f.content_hash, f.outcome from frozen_traces f join traces t on t.id = f.trace
        where f.run = :run and t.project = :project""", run=frozen.run)
    return _hash([{"hash": row[0], "outcome": row[1]} for row in rows]) == frozen.hash


def still(store: Store, frozen: Frozen) -> list[int]:
    """Row numbers of the traces of a set that are what they were."""
    return [row[0] for row in store.rows("select t.id " + _STILL + " where f.run = :run order by t.id",
                                         run=frozen.run)]


def reading(store: Store, frozen: Frozen) -> int:
    """The run that reads a set again: one that no gate has told of yet, else a new one, which is queued."""
    with store.transaction():
        open_one = store.value("""select o.run from frozen_readings o join runs r on r.id = o.run
            join judges j on j.id = r.judge where j.project = :project and o.frozen = :run and o.state = ''""",
                               run=frozen.run)
        if open_one is not None:
            return open_one
        keys, old = still(store, frozen), runs.get(store, frozen.run)
        if not keys:
            raise UsageError("None of the traces of the frozen set is what it was: freeze another one with 'gate "
                             "frozen --anew'.")
        made = replacements.over(store, old.id, old.model, old.endpoint, old.address, keys, anew=True)
        store.execute("insert into frozen_readings (run, frozen) values (:run, :frozen)", run=made, frozen=frozen.run)
    return made


def readings(store: Store) -> set[int]:
    """The runs that have read a set again: none of them measures its judge, for they are of a part of its traces."""
    return {row[0] for row in store.rows("""select o.run from frozen_readings o join runs r on r.id = o.run
        join judges j on j.id = r.judge where j.project = :project""")}


def tell(store: Store, run: int, state: str) -> None:
    """Notes what a gate has said of a reading; the next gate makes another one."""
    store.execute("""update frozen_readings set state = :state where run = :run
        and run in (select r.id from runs r join judges j on j.id = r.judge where j.project = :project)""",
                  run=run, state=state)


def said(store: Store, frozen: Frozen, run: int) -> list[Said]:
    """What was said of each trace of a set: up to the freeze, by the gates since, and by a reading now.

    A reading of which a gate has said that the judge moved is left out, and so are other runs since the freeze, of
    which no gate has said anything. A verdict that was taken over stands for the run that asked.
    """
    found: dict[int, Said] = {}
    for key, trace, label, session, text, by, first, now, outcome in store.rows("""
            select t.id, t.trace_id, f.outcome, tied.session, tied.input, o.run, v.run = :first, v.run = :now,
                v.outcome
            from frozen_traces f join traces t on t.id = f.trace and t.content_hash = f.content_hash
            join verdicts v on v.trace = t.id and v.content_hash = f.content_hash and v.outcome is not null
            join verdicts o on o.id = coalesce(v.reused, v.id)""" + TIED + """
            where f.run = :first and t.project = :project and t.id not in (select trace from archived_traces)
            and v.run in (select value from json_each(:runs)) and (v.reused is null or v.run = :first)
            order by t.id, v.id""", first=frozen.run, now=run, runs=json.dumps(_counted(store, frozen, run))):
        one = found.setdefault(key, Said(trace, label, session, text))
        if now:
            one.now.append(outcome)
        else:
            one.before[by] = outcome
        if first:
            one.first.append(outcome)
    return list(found.values())


def _counted(store: Store, frozen: Frozen, run: int) -> list[int]:
    """The runs whose readings count: up to the freeze, and since then those of which a gate said they did not move.

    What was read before an earlier set of the same judge was given up is not counted: it is of the judge as it was.
    """
    again = {row[0]: row[1] for row in store.rows("""select o.run, o.state from frozen_readings o
        join runs r on r.id = o.run join judges j on j.id = r.judge where j.project = :project and o.frozen = :run""",
                                                  run=frozen.run)}
    first, last = frozen.run if refrozen(store, frozen.run) else 0, min(again, default=run)
    return [number for number in noise.alike(store, frozen.run) if number == run or (
        again[number] not in ("", "moved") if number in again else first <= number < last)]


def refrozen(store: Store, run: int) -> bool:
    """Whether the judge of a run has a set in place of an earlier one: then it is no longer the one it was."""
    alike = set(noise.alike(store, run))
    return sum(one.run in alike for one in every(store)) > 1

"""Replacements of a model: a second run over the labelled traces of a first one, and the margin chosen before."""

from dataclasses import dataclass

from lib.records import UsageError
from lib.store import cycles, experts
from lib.store.database import Store
from lib.store.judge import reuse, runs
from lib.store.judge.reuse import CRITERIA, Asked
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.pairs import SEALED, SHOWN

# The traces of a run that an expert has labelled; a pair that is sealed or shown in the prompt never counts.
_LABELLED = """
    from run_traces v join runs r on r.id = v.run join judges j on j.id = r.judge
    where v.run = :run and j.project = :project and exists (select 1 from """ + JUDGE_LABELS + """ l
        where l.judge = r.judge and l.trace = v.trace and l.expert = :expert) and not """ + SHOWN + " "


@dataclass(frozen=True)
class Replacement:
    """Two runs of one prompt version over the same traces; `margin` is a share, and never changes."""

    old: int
    new: int
    margin: float
    created_at: str


def labelled(store: Store, run: int, expert: str) -> list[int]:
    """Row numbers of the traces a replacement is run on, in the run's order: labelled, and no sealed test trace."""
    return [row[0] for row in store.rows("select v.trace" + _LABELLED + "and not " + SEALED + " order by v.position",
                                         run=run, expert=experts.row_of(store, expert))]


def sealed(store: Store, run: int, expert: str) -> int:
    """How many labelled traces of a run `labelled` leaves out because the test split is sealed."""
    return store.value("select count(*)" + _LABELLED + "and " + SEALED, run=run, expert=experts.row_of(store, expert))


def queue(store: Store, old: int, model: str, endpoint: str, address: str, margin: float, expert: str) -> int:
    """A queued run of this model over the labelled traces of a run; with the same model again it is the same run.

    UsageError for another margin than the one chosen the first time, and where no trace is labelled.
    """
    with store.transaction():
        known = _known(store, old, model, endpoint, address)
        if known:
            return _same(known, margin)
        keys = labelled(store, runs.get(store, old).id, expert)
        if not keys:
            raise UsageError(f"Run {old} has judged no trace with a label of {expert} that may be looked at: label "
                             "some of its traces first.")
        made = over(store, old, model, endpoint, address, keys)
        store.execute("insert into replacements (old_run, new_run, margin) values (:old, :new, :margin)",
                      old=old, new=made, margin=margin)
    return made


def _known(store: Store, old: int, model: str, endpoint: str, address: str) -> Replacement | None:
    found = [one for one in of(store, old) if one.old == old]
    return next((one for one in found for run in [runs.get(store, one.new)]
                 if (run.model, run.endpoint) == (model, endpoint) and run.address in (address, "")), None)


def _same(known: Replacement, margin: float) -> int:
    if abs(known.margin - margin) > 1e-9:
        raise UsageError(f"A margin of {known.margin * 100:g} points was chosen for run {known.new} on "
                         f"{known.created_at[:10]}, before it ran. It is not changed afterwards.")
    return known.new


def over(store: Store, old: int, model: str, endpoint: str, address: str, keys: list[int], *,
         anew: bool = False, token: str | None = None) -> int:
    """A queued run that asks what a run has asked, of this model and over these traces; equal verdicts are taken over.

    `anew`: none is, so that the model is asked. UsageError where the project has no such run.
    """
    made = store.execute("""insert into runs (judge, prompt_version, model, endpoint, parameters, split, concurrency,
            status, leave_one_out, address, question, criteria, chosen, fence, anew, token)
        select judge, prompt_version, :model, :endpoint, parameters, split, concurrency, 'queued', leave_one_out,
            :address, question, criteria, chosen, 'hash', :anew, :token from runs where id = :old""",
                         old=runs.get(store, old).id, model=model, endpoint=endpoint, address=address, anew=anew,
                         token=token)
    store.execute_many("insert into run_traces (run, position, trace) values (:run, :position, :trace)",
                       [{"run": made, "position": position, "trace": key} for position, key in enumerate(keys, 1)])
    run = runs.get(store, made)
    if not anew and store.value(_AS_TODAY, run=made):
        reuse.take_over(store, made, Asked(run.prompt, model, endpoint, run.parameters, run.leave_one_out, address))
    cycles.note_model(store, made)
    return made


# Equal verdicts are looked for by the question and the criteria of today: a run that asks by older ones has none.
_AS_TODAY = """select exists (select 1 from runs r join prompt_versions p on p.id = r.prompt_version
    where r.id = :run and r.question = (select question from projects where id = :project)
    and r.criteria =""" + CRITERIA + ")"


def of(store: Store, run: int) -> list[Replacement]:
    """The replacements tried for a run, or the one that a run is, newest first."""
    return [Replacement(*row) for row in store.rows(_SELECT + "and :run in (x.old_run, x.new_run) order by x.id desc",
                                                    run=run)]


def every(store: Store, judge: str) -> list[Replacement]:
    """All replacements tried for runs of a judge, newest first."""
    return [Replacement(*row) for row in store.rows(_SELECT + "and j.name = :judge order by x.id desc", judge=judge)]


_SELECT = """select x.old_run, x.new_run, x.margin, x.created_at from replacements x
    join runs r on r.id = x.old_run join judges j on j.id = r.judge where j.project = :project """

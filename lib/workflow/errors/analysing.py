"""Root causes with a model's help: groups of notes, failure modes of fails, and how far model and person agree.

What a model proposes waits for a person. A note is never written by a model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lib.engine.jobs import analysing
from lib.prompting import coding
from lib.records import QUEUED, RUNNING, Counts, Estimate, Figure, Job, UsageError
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store, prices, projects
from lib.store.dataset import traces
from lib.store.errors import analyses, codings, failure_modes, mode_history, notes
from lib.store.review import labels
from lib.workflow import endpoints, figures
from lib.workflow.background import Background
from lib.workflow.judge import judging

ANALYSES = Background("Analysis", analyses, analysing.alive, analyses.forget_unanswered, "analyse")
start_process, ready_to_resume, resume = ANALYSES.start_process, ANALYSES.ready_to_resume, ANALYSES.resume
cancel, settle, boot = ANALYSES.cancel, ANALYSES.settle, ANALYSES.boot

ENOUGH_NOTES = 30  # fewer notes group into whatever the model would have said without them
CALLS_AT_ONCE = 8
Items = list[tuple[int | None, dict[str, Any]]]
_SAMPLE, _TOKENS_OF_A_REPLY = 5, 80  # for the estimate


@dataclass(frozen=True)
class ModeAgreement:
    """How far a model and a person agree on one failure mode, over fails the person coded without its proposals."""

    name: str
    both: int
    person: int
    model: int
    neither: int
    share: Figure
    kappa: Figure


@dataclass(frozen=True)
class Said:
    """Of how many fails something is said in words: a note counts, and where there is none the expert's critique."""

    notes: int
    critiques: int  # of fails without a note
    fails: int

    @property
    def missing(self) -> int:
        """How many more are wanted before a model may group them; never more than there are fails."""
        return max(0, min(ENOUGH_NOTES, self.fails) - self.notes - self.critiques)

    @property
    def few(self) -> bool:
        """Whether what a model makes of them shows little."""
        return self.notes + self.critiques < ENOUGH_NOTES


def said(store: Store, where: notes.Fails | None = None) -> Said:
    """How far the words on the principal's fails are (or on those that `where` names)."""
    where = where or notes.Fails(figures.principal_name(store))
    return Said(*notes.spoken(store, where))


def start_groups(store: Store, *, endpoint: str | None = None, model: str | None = None,
                 token: str | None = None) -> Job:
    """A queued analysis that groups the newest words on the principal's fails: notes, or critiques where there is none.

    UsageError where too few fails have either.
    """
    where = notes.Fails(figures.principal_name(store))
    so_far = said(store, where)
    if not so_far.fails:
        raise UsageError("There is no fail to group: review some traces first.")
    if so_far.missing:
        need = "needs" if so_far.missing == 1 else "need"
        raise UsageError(f"{so_far.missing:,} more of the {counted(so_far.fails, 'fail')} {need} a note or a critique "
                         "before a model may group them. Error analysis, Name them, asks for them one by one.")
    chosen = notes.said(store, where)[-coding.MOST_NOTES:]
    return _queued(store, analyses.GROUPS, [(None, {
        "notes": [one["note"] for one in chosen if one["note"] is not None],
        "labels": [one["label"] for one in chosen if one["note"] is None]})], {},
                   endpoints.choice(store, endpoint, model), token)


def start_codes(store: Store, *, again: bool = False, most: int | None = None, endpoint: str | None = None,
                model: str | None = None, token: str | None = None) -> Job:
    """A queued analysis that names the failure modes of fails: those nobody has coded, with `again` the others too.

    The others measure the model: their codes were given without it.
    """
    config, chosen = _offer(store), _fails(store, again)[:most]
    if not chosen:
        raise UsageError("No fail waits: a person has coded them all. Ask for those coded already, to see how far the "
                         "model agrees.")
    return _queued(store, analyses.CODES, [(key, {}) for key in chosen], config,
                   endpoints.choice(store, endpoint, model), token)


def _queued(store: Store, kind: str, items: Items, config: dict[str, Any], chosen: endpoints.Choice,
            token: str | None) -> Job:
    """One at a time of a kind: two presses are one analysis."""
    with store.transaction():
        under_way = next((one for one in analyses.every(store, kind) if one.status in (QUEUED, RUNNING)), None)
        if under_way and under_way.id != analyses.known(store, token):
            raise UsageError(f"Analysis {under_way.id} is under way: wait for its end, or cancel it.")
        number = analyses.create(store, kind, items, config=config, endpoint=chosen.endpoint, model=chosen.model,
                                 concurrency=CALLS_AT_ONCE, token=token)
    return analyses.get(store, number)


def _offer(store: Store) -> dict[str, Any]:
    modes = failure_modes.every(store)
    if not modes:
        raise UsageError("No failure mode is confirmed yet: make one, or confirm a group, in Error analysis, "
                         "Name them.")
    return {"expert": figures.principal_name(store), "modes": [mode_history.by_name(store, name) for name in modes],
            "offered": [{"name": name, "definition": definition} for name, definition in modes.items()]}


def _fails(store: Store, again: bool) -> list[int]:
    person = figures.principal_name(store)
    open_fails = failure_modes.uncoded(store, person)
    return [*open_fails, *failure_modes.coded_unseen(store, person)] if again else open_fails


def estimate_codes(store: Store, model: str, again: bool = False, most: int | None = None) -> Estimate:
    """Calls and about how many tokens an analysis of fails will take: of the first prompts, four characters each."""
    config, chosen = _offer(store), _fails(store, again)[:most]
    offered = [(mode["name"], mode["definition"]) for mode in config["offered"]]
    first = [_prompt(store, key, offered, config["expert"]) for key in chosen[:_SAMPLE]]
    prompt = judging.estimate_tokens([{"content": text} for text in first]) * len(chosen) // max(1, len(first))
    reply = _TOKENS_OF_A_REPLY * len(chosen)
    return Estimate(len(chosen), prompt, reply, prices.cost(store, [(model, len(chosen), prompt, reply)]))


def _prompt(store: Store, key: int, offered: Sequence[tuple[str, str]], expert: str) -> str:
    trace = traces.by_key(store, key)
    label = labels.current(store, trace.id, expert)
    return coding.codes_prompt(projects.current(store).question, offered, trace, label.critique if label else "")


def agreement(store: Store) -> tuple[Job | None, list[ModeAgreement], int]:
    """(the newest analysis of fails, its agreement per failure mode, fails left out: coded with it in view)."""
    newest = next(iter(analyses.every(store, analyses.CODES)), None)
    if newest is None:
        return None, [], 0
    rows = codings.agreement(store, newest.id, figures.principal_name(store))
    return newest, [_agreement(row) for row in rows], codings.seen(store, newest.id)


def _agreement(row: dict[str, Any]) -> ModeAgreement:
    counts = Counts(row["both"], row["person"], row["model"], row["neither"])
    why = "no fail was coded by a person without this model's proposals"
    kappa = metrics.kappa(counts)
    if kappa.value is None:
        kappa = Figure(None, why=why if not counts.n else "person or model says the same of every fail")
    return ModeAgreement(**row, share=metrics.wilson(row["both"] + row["neither"], counts.n, why), kappa=kappa)

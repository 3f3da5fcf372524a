"""What writes judges, prompts, runs, rulings and splits."""

from lib.records import Caps, Spent, Verdict
from lib.records.disagreements import BORDERLINE, JUDGE_WRONG, LABEL_WRONG, UNCLEAR, Case
from lib.records.disagreements import Draft as RulingDraft
from lib.records.suggestion import DECISIONS, Rule
from lib.store import Store
from lib.store.judge import (
    caps,
    decisions,
    judges,
    probes,
    prompt_drafts,
    rules,
    rulings,
    runs,
    splits,
    suggestions,
    verdicts,
)
from lib.store.judge.leaving import batches
from lib.store.judge.prompt_drafts import Draft
from lib.workflow.errors import special
from lib.workflow.judge import budget, disagreements, judging, replacing, splitting, suggesting, versions
from lib.workflow.judge.disagreements import Ending
from tests.support.writes.world import Verb, World

_NAME = judging.DEFAULT_JUDGE
_CAPS = Caps(calls=5)
_SPENT = Spent(1, 10, 10)


def _case(world: World) -> Case:
    return rulings.case(world.held(None), world.run, "Ann", "t1", every=True)


def _rule(kind: str, note: str = "because", critique: str = "") -> Verb:
    def do(world: World, store: Store) -> None:
        disagreements.rule(store, _case(world), Ending(kind, note, critique, expert=store.person or ""))
    own = kind in disagreements.OF_THE_PRINCIPAL
    return Verb(f"rule: {kind}", "x" if own else "xe", do, principal=own)


def _take_back(world: World, store: Store) -> None:
    disagreements.take_back(store, _case(world), store.person or "")


def _version(world: World, store: Store):
    return judges.prompt_by_key(store, world.version)


def _typed(world: World, store: Store) -> Draft:
    return Draft(_version(world, store).template + "\nBe strict.", (), "stricter")


def _save(world: World, store: Store) -> None:
    versions.save(store, _version(world, store), _typed(world, store))


def _run(_: World, store: Store) -> None:
    judging.start_run(store, _NAME, endpoint="environment", model="m2")


def _trace(store: Store) -> int:
    return store.value("select id from traces where trace_id = 't1'")


def _queued(store: Store) -> int:
    return runs.every(store, _NAME)[0].id


def _verdict(_: World, store: Store) -> None:
    made = _queued(store)
    verdicts.save(store, made, runs.pending(store, made)[0], Verdict("pass", "It answers."))


def _look(world: World, store: Store) -> None:
    splits.look(store, world.run, "the last word")


VERBS = (
    Verb("save a prompt version", "e", _save),
    Verb("save a prompt", "e", lambda _, store: judging.save_prompt(store, _NAME, "Anew. {{ trace }}", [])),
    Verb("type over a prompt", "xe", lambda world, store: versions.keep(store, _version(world, store),
                                                                        _typed(world, store))),
    Verb("discard what was typed over a prompt", "xe", lambda world, store: prompt_drafts.forget(store, world.version),
         before=lambda world, store: prompt_drafts.keep(store, world.version, _typed(world, store))),
    Verb("add a judge", "e", lambda _, store: judges.add(store, "another")),
    Verb("a judge of recorded verdicts", "e", lambda _, store: judges.recorded_run(store, "recorded")),
    Verb("build a judge for a failure mode", "e", lambda _, store: special.build(store, "no date", reason="wanted")),
    Verb("start a run", "e", _run),
    Verb("start a run that is bounded", "e", lambda _, store: budget.queued(store, _NAME, _CAPS, model="m3",
                                                                           endpoint="environment")),
    Verb("bound a run", "e", lambda world, store: caps.put(store, world.run, _CAPS)),
    Verb("cancel a run", "e", lambda _, store: judging.cancel(store, _queued(store)), before=_run),
    Verb("ask a run in batch files", "e", lambda world, store: batches.begin(store, world.run, batches.SERVICE)),
    Verb("note a batch file", "e", lambda world, store: batches.add(store, world.run, [_trace(store)], 9, _SPENT)),
    Verb("keep verdicts of a batch", "e", lambda _, store: batches.save(store, _queued(store), [
        (_trace(store), Verdict("pass", "It answers."))]), before=_run),
    Verb("keep a verdict", "e", _verdict, before=_run),
    Verb("note what a run dropped", "e", lambda world, store: runs.note_dropped(store, world.run, 1, 2, 3, 0)),
    Verb("run on another model", "e", lambda world, store: replacing.start(store, world.run, "m4",
                                                                          endpoint="environment")),
    Verb("run again", "e", lambda world, store: runs.again(store, world.run)),
    Verb("probe a run", "e", lambda world, store: probes.create(store, world.run, [(_trace(store), "shorter")])),
    Verb("bound a probe", "e", lambda world, store: probes.put_caps(store, world.probe, _CAPS)),
    Verb("note what a probe cost", "e", lambda world, store: probes.spend(store, world.probe, _SPENT)),
    Verb("have a model suggest", "e", lambda world, store: suggesting.start(
        store, _version(world, store), "revision", endpoint="environment", model="m")),
    Verb("bound a suggestion", "e", lambda world, store: suggestions.put_caps(store, world.suggestion, _CAPS)),
    Verb("keep a suggestion", "e", lambda world, store: suggestions.keep_result(store, world.suggestion, {"a": 1})),
    Verb("keep a reply of a suggestion", "e", lambda world, store: suggestions.keep_reply(store, world.suggestion, "a",
                                                                                         "b")),
    Verb("take suggested rules", "e", lambda world, store: suggesting.take_rules(
        store, _version(world, store), [Rule("Name the day.", (world.label,))])),
    Verb("say what a rule rests on", "e", lambda world, store: rules.link(store, _NAME, "Be short.", [world.label])),
    Verb("decide on a judge", "xep", lambda _, store: decisions.add(store, _NAME, DECISIONS[0], "it is good enough")),
    Verb("set the target", "xep", lambda _, store: decisions.set_target(store, 0.8)),
    _rule(JUDGE_WRONG), _rule(BORDERLINE), _rule(UNCLEAR, "Name the day and hour."),
    _rule(LABEL_WRONG, "I asked", "It names the day."),
    Verb("take a ruling back", "xe", _take_back, before=lambda world, store: disagreements.rule(
        store, _case(world), Ending(BORDERLINE, "either way"))),
    Verb("keep a ruling that is typed", "xep", lambda world, store: rulings.keep_draft(
        store, world.wrong, world.label, RulingDraft("borderline", "either way", ""))),
    Verb("ask for a ruling", "xep", lambda world, store: disagreements.ask(
        store, _case(world), Ending(LABEL_WRONG, "I asked", "It names the day."))),
    Verb("draw splits", "e", lambda _, store: splitting.balance(store, 1)),
    Verb("open the test split, in the store", "x", _look, principal=True),
)

"""What writes notes, codes, failure modes, fixes, checks and insights."""

from lib.store import Store, cycles
from lib.store.errors import (
    analyses,
    assertions,
    codings,
    failure_modes,
    fixes,
    going_on,
    insights,
    mode_decisions,
    mode_history,
    notes,
    steps,
)
from lib.store.errors.gates import frozen
from lib.store.errors.mode_decisions import Decision
from lib.store.errors.watching import alerts, drawn, watches
from lib.store.errors.watching.alerts import Found
from lib.store.errors.watching.watches import Known, Settings
from lib.workflow.errors import analysing, checking, fixing
from lib.workflow.judge import judging
from lib.workflow.overview import cycles as rounds
from tests.support.writes.world import Verb, World


def _named_none(_: World, store: Store) -> None:
    """A model found no failure mode in its fail."""
    store.execute("delete from proposed_codes")
    store.execute("update analysis_items set done_at = 'now' where error is null")


def _frozen(world: World, store: Store) -> None:
    frozen.freeze(store, world.run, "Ann", 50)


def _reread(world: World, store: Store) -> None:
    frozen.reading(store, frozen.every(world.held(None))[0])


def _frozen_and_reread(world: World, store: Store) -> None:
    _frozen(world, store)
    _reread(world, store)


def _told(world: World, store: Store) -> None:
    frozen.tell(store, max(frozen.readings(world.held(None))), "moved")


def _carried(world: World, store: Store) -> None:
    fixes.carry(store, world.fix, "v3")


def _watch(_: World, store: Store) -> None:
    watches.add(store, "app", "/logs", judging.DEFAULT_JUDGE, Settings(0.1, 0, 600))


def _noted(world: World, store: Store) -> None:
    """A file was read, a trace drawn into the share, and judged by a run."""
    one = watches.get(store, "app").key
    watches.keep_mapping(store, one, "jsonl", "{}")
    watches.keep_file(store, one, "app.jsonl", Known())
    drawn.draw(store, one, 1, [(store.value("select id from traces where trace_id = 't1'"), 0.5)])
    drawn.note_run(store, one, world.run)
    watches.note_looked(store, one, "2026-03-02", None)
    watches.note_read(store, one, ["app.jsonl: 1 new trace."])


def _alerted(_: World, store: Store) -> None:
    alerts.add(store, watches.get(store, "app").key, Found("2026-03-02", "2026-03-01", (1, 2), (9, 9), 0.1, "It fell."))
    alerts.note_failed(store, alerts.every(store)[0].key, "no")
    alerts.note_delivered(store, alerts.every(store)[0].key, "mail")


VERBS = (
    Verb("write a note", "xep", lambda _, store: notes.save(store, "t1", store.person, "It names no hour.")),
    Verb("keep a note that is typed", "xep", lambda _, store: notes.keep_draft(store, "t1", store.person, "It")),
    Verb("code a fail", "xep", lambda _, store: failure_modes.give(store, "t4", ["no date"], store.person)),
    Verb("add a failure mode", "xep", lambda _, store: failure_modes.add(store, "rude", "It is rude.")),
    Verb("make a failure mode", "xep", lambda _, store: mode_history.create(store, "rude")),
    Verb("confirm a failure mode", "xep", lambda world, store: mode_history.confirm(store, world.proposed)),
    Verb("reject a failure mode", "xep", lambda world, store: mode_history.reject(store, world.proposed)),
    Verb("rename a failure mode", "xep", lambda world, store: mode_history.rename(store, world.modes[0], "no day")),
    Verb("redefine a failure mode", "xep", lambda world, store: mode_history.redefine(
        store, world.modes[0], "No day is named.", "", "high")),
    Verb("merge failure modes", "xep", lambda world, store: mode_history.merge(store, *world.modes)),
    Verb("take failure modes apart", "xep", lambda world, store: mode_history.take_apart(store, world.modes[0]),
         before=lambda world, store: mode_history.merge(store, *world.modes)),
    Verb("split a failure mode", "xep", lambda world, store: mode_history.split(store, world.modes[0], "no hour",
                                                                               ["t1"])),
    Verb("decide on a failure mode", "xep", lambda _, store: mode_decisions.decide(
        store, "no date", Decision("in work", "high", owner="Eve"))),
    Verb("decide on proposed codes", "xep", lambda _, store: codings.decide(store, "confirmed", None, None,
                                                                            store.person)),
    Verb("agree that none fits", "xep", lambda _, store: codings.agree_none(store, "Ann", store.person),
         before=_named_none),
    Verb("add a step", "xep", lambda _, store: steps.add(store, "check it")),
    Verb("rename a step", "xep", lambda _, store: steps.rename(store, "answer", "write")),
    Verb("move a step", "xep", lambda _, store: steps.move_up(store, "answer")),
    Verb("remove a step", "xep", lambda _, store: steps.remove(store, "look it up")),
    Verb("name the failing step", "xep", lambda _, store: steps.give(store, "t2", "look it up", "answer")),
    Verb("forget the failing step", "xep", lambda _, store: steps.forget(store, "t1")),
    Verb("note an insight", "xep", lambda _, store: insights.add(store, "user", "They hurry.", store.person, ["t1"])),
    Verb("begin a cycle", "xep", lambda _, store: rounds.begin(store, cycles.TRIGGERS[-1], "an outage")),
    Verb("close a cycle", "xep", lambda world, store: cycles.close(store, world.cycle)),
    Verb("go on to a judge all the same", "xep", lambda _, store: going_on.add(
        store, ["no date"], "'no date' is in half of the fails.", "The launch is tomorrow.")),
    Verb("record a fix", "ep", lambda _, store: fixing.create(store, "Dates again", ["no date"], "", "v9")),
    Verb("name the version of a fix", "ep", _carried),
    Verb("verify a fix", "xep", lambda world, store: fixes.mark_verified(store, world.fix)),
    Verb("reopen a fix", "xep", lambda world, store: fixes.reopen(store, world.fix)),
    Verb("queue the answers of a fix", "xep", lambda world, store: fixes.queue(store, world.fix, ["open4"], "Ann")),
    Verb("have a fix's inputs answered", "e", lambda world, store: fixing.run(store, world.fix)),
    Verb("freeze a labelled set", "e", _frozen),
    Verb("have a judge read its frozen set again", "e", _reread, before=_frozen),
    Verb("note what a frozen set says", "e", _told, before=_frozen_and_reread),
    Verb("keep a check", "e", lambda _, store: checking.add(store, "long", "length", {"most": 9}, reason="wanted")),
    Verb("retire a check", "e", lambda _, store: assertions.retire(store, "short")),
    Verb("watch a folder", "e", _watch),
    Verb("remove a watch", "e", lambda _, store: watches.remove(store, "app"), before=_watch),
    Verb("note how far a watch has read", "e", _noted, before=_watch),
    Verb("write and deliver an alert", "e", _alerted, before=_watch),
    Verb("have a model code fails", "e", lambda _, store: analysing.start_codes(
        store, endpoint="environment", model="m"),
         before=lambda world, store: analyses.set_status(store, world.analysis, "done")),
    Verb("cancel an analysis", "e", lambda world, store: analysing.cancel(store, world.analysis)),
    Verb("note what an analysis cost", "e", lambda world, store: analyses.pay(store, world.analysis, 1, 1)),
    Verb("keep proposed codes", "xep", lambda world, store: codings.save(store, world.analysis, store.value(
        "select id from traces where trace_id = 't5'"), world.modes)),
)

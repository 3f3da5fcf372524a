"""Watches of one project show and change nothing of another with the same names."""

from dataclasses import replace

import pytest

from lib.records import Verdict
from lib.records.marks import Mark
from lib.store import projects
from lib.store.dataset import traces
from lib.store.errors.watching import alerts, disagreeing, drawn, watches
from lib.store.errors.watching.alerts import Found
from lib.store.errors.watching.watches import Known, Settings
from lib.store.judge import judges, runs, verdicts
from lib.store.judge.reuse import Asked
from tests.support import ownership
from tests.support.steps import add

FOUND = Found("2026-03-08", "2026-03-02", (5, 20), (90, 100), 0.0001, "It fell.")


def fill(store, make_trace, word: str) -> dict[str, int]:
    """A watch with a file, two traces in its share of which one is judged, a run and an alert."""
    add(store.by(None, "watch app"), *(make_trace(f"t{number}", output=f"{word} {number}",
                                                 created_at="2026-03-02T10:00:00Z") for number in range(3)))
    version = judges.save_prompt(store, "judge", word).key
    made = watches.add(store, "app", f"/{word}", "judge", Settings(0.5, 3, 60))
    keys = [traces.key_of(store, f"t{number}") for number in range(3)]
    drawn.draw(store, made.key, keys[1], [(keys[0], 0.1), (keys[1], 0.2)])
    run = runs.over(store, Asked(version, "m", "embedded"), keys[:1], 4)
    verdicts.save(store, run, keys[0], Verdict("fail", f"{word} is wrong", prompt_tokens=9))
    drawn.note_run(store, made.key, run)
    watches.keep_file(store, made.key, f"{word}.jsonl", Known(Mark(read=9), "jsonl"))
    alerts.add(store, made.key, replace(FOUND, said=word))
    return {"watch": made.key, "run": run, "trace": keys[0], "prompt": version, "alert": alerts.every(store)[0].key}


def key(store) -> int:
    return watches.get(store, "app").key


def own(store) -> list[int]:
    return drawn.runs(store, key(store))


READS = {
    "watches.every": lambda s: [one.place for one in watches.every(s)],
    "watches.get": lambda s: watches.get(s, "app").place,
    "watches.files": lambda s: watches.files(s, key(s)),
    "drawn.not_decided": lambda s: [name for _, name in drawn.not_decided(s, watches.get(s, "app"))],
    "drawn.due": lambda s: [traces.by_key(s, one).output for one in drawn.due(s, watches.get(s, "app"), 7).keys],
    "drawn.runs": lambda s: [runs.get(s, one).total for one in own(s)],
    "drawn.spent_today": lambda s: drawn.spent_today(s, key(s)),
    "drawn.counts": lambda s: drawn.counts(s, key(s)),
    "drawn.by_day": lambda s: drawn.by_day(s, key(s), own(s)),
    "alerts.every": lambda s: [one.found for one in alerts.every(s)],
    "alerts.undelivered": lambda s: [one.found for one in alerts.undelivered(s, key(s))],
    "disagreeing.fails": lambda s: [one[2] for one in disagreeing.fails(s, key(s), own(s), 7)],
    "disagreeing.with_assertions": lambda s: disagreeing.with_assertions(s, key(s), own(s), 7),
    "disagreeing.with_judges": lambda s: disagreeing.with_judges(s, key(s), own(s), 7),
    "disagreeing.earlier_critiques": lambda s: disagreeing.earlier_critiques(s, own(s), 10**9),
    "disagreeing.queued_today": lambda s: disagreeing.queued_today(s, "watch app"),
}
WRITES = {
    "watches.add": lambda s, n: watches.add(s, "more", "/x", "judge", Settings(0.5, 3, 60)),
    "watches.remove": lambda s, n: watches.remove(s, "app"),
    "watches.keep_mapping": lambda s, n: watches.keep_mapping(s, n["watch"], "csv", "{}"),
    "watches.note_read": lambda s, n: watches.note_read(s, n["watch"], ["x"]),
    "watches.note_looked": lambda s, n: watches.note_looked(s, n["watch"], "2026-03-09", "2026-03-10"),
    "watches.keep_file": lambda s, n: watches.keep_file(s, n["watch"], "x", Known()),
    "drawn.draw": lambda s, n: drawn.draw(s, n["watch"], 10**6, [(n["trace"], 0.3)]),
    "drawn.draw their trace": lambda s, n: drawn.draw(s, key(s), 0, [(n["trace"], 0.3)]),
    "drawn.note_run": lambda s, n: drawn.note_run(s, n["watch"], n["run"]),
    "drawn.note_run of theirs": lambda s, n: drawn.note_run(s, key(s), n["run"]),
    "alerts.add": lambda s, n: alerts.add(s, n["watch"], FOUND),
    "alerts.note_delivered": lambda s, n: alerts.note_delivered(s, n["alert"], "mail"),
    "alerts.note_failed": lambda s, n: alerts.note_failed(s, n["alert"], "x"),
}


@pytest.fixture
def two(db, make_trace):
    """(my project, the other, the other's numbers)"""
    other = projects.create(db, "Other")
    fill(db, make_trace, "mine")
    return db, other, fill(other, make_trace, "theirs")


def everything(store) -> list:
    return [list(map(tuple, store.rows(sql))) for sql in (
        "select * from watches where project = :project",
        "select f.* from watch_files f join watches w on w.id = f.watch where w.project = :project",
        "select x.* from watch_traces x join traces t on t.id = x.trace where t.project = :project",
        "select x.* from watch_runs x join runs r on r.id = x.run join judges j on j.id = r.judge"
        " where j.project = :project",
        "select a.* from watch_alerts a join watches w on w.id = a.watch where w.project = :project")]


def test_every_function_is_tried_here():
    tried = {name for name in (*READS, *WRITES) if " " not in name}
    assert ownership.public(watches, drawn, alerts, disagreeing) == tried


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(two, name):
    mine, other, numbers = two
    before = everything(other)
    WRITES[name](mine, numbers)
    assert everything(other) == before


def test_a_run_over_traces_of_another_project_is_none(two):
    mine, _, numbers = two
    version = judges.newest_prompt(mine, "judge").key
    assert runs.over(mine, Asked(version, "m", "embedded"), [numbers["trace"]], 4) is None

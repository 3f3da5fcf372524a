"""Sources of one project: another one that uses the same names shows and changes nothing of them."""

import pytest

from lib.records import Verdict
from lib.store.dataset import sources
from lib.store.dataset.imports import ImportResult
from lib.store.dataset.sources import notes, pulls
from tests.support import ownership
from tests.support.steps import add, row, say


def fill(store, make_trace, word: str) -> None:
    add(store, row(make_trace("t1"), modes=(word,), verdicts={"GPT": Verdict("pass", word)}))
    say(store, "t1", "fail", critique=word)
    made = sources.add(store, "app", "phoenix", f"http://{word}", word, {"id": word, "link": f"http://{word}/{{trace}}"},
                       [word], word)
    sources.came(store, made.key, [("t1", word)])
    pulls.keep(store, pulls.create(store, made.key, {}), word, 1, ImportResult(), {word: 1})
    notes.begin(store, made.key, [{"identifier": word, "trace": store.value(
        "select id from traces where project = :project")}])


def every(store, read):
    """Of all sources that any project may have."""
    return [read(store, key) for key in range(1, 4)]


READS = {
    "sources.every": lambda s: [(one.name, one.address, one.keys, one.question) for one in sources.every(s)],
    "sources.get": lambda s: sources.get(s, "app").remote,
    "sources.by_key": lambda s: sources.by_key(s, sources.get(s, "app").key).remote,
    "sources.traces": lambda s: list(sources.traces(s).values()),
    "sources.homes": lambda s: sources.homes(s, "t1"),
    "pulls.every": pulls.every,
    "pulls.get": lambda s: pulls.get(s, pulls.every(s)[0].id),
    "pulls.newest": pulls.newest,
    "pulls.status": lambda s: [pulls.status(s, number) for number in range(1, 4)],
    "notes.labels": lambda s: every(s, lambda s, key: list(notes.labels(s, key, True))),
    "notes.verdicts": lambda s: every(s, lambda s, key: list(notes.verdicts(s, key, True, key))),
    "notes.modes": lambda s: every(s, lambda s, key: list(notes.modes(s, key, True))),
    "notes.pushed": lambda s: every(s, notes.pushed),
    "notes.run_of": lambda s: notes.run_of(s, "GPT"),
}
WRITES = {
    "sources.add": lambda s: sources.add(s, "more", "mlflow", "http://x", "x", {"id": "x"}, []),
    "sources.remove": lambda s: sources.remove(s, "app"),
    "sources.ask": lambda s: [sources.ask(s, key, "x") for key in range(1, 4)],
    "sources.came": lambda s: [sources.came(s, key, [("t1", "x")]) for key in range(1, 4)],
    "sources.reached": lambda s: [sources.reached(s, key, "2027") for key in range(1, 4)],
    "pulls.create": lambda s: (pulls.set_status(s, 1, "done"), pulls.create(s, 1, {})),
    "pulls.set_status": lambda s: [pulls.set_status(s, number, "done") for number in range(1, 4)],
    "pulls.say": lambda s: [(pulls.set_status(s, number, "running"), pulls.say(s, number, "x"))
                            for number in range(1, 4)],
    "pulls.count": lambda s: [pulls.count(s, number, 9) for number in range(1, 4)],
    "pulls.keep": lambda s: pulls.keep(s, 1, "x", 1, ImportResult(), {}),
    "pulls.forget_unanswered": lambda s: [pulls.forget_unanswered(s, number) for number in range(1, 4)],
    "notes.begin": lambda s: [notes.begin(s, key, [{"identifier": "x", "trace": trace}])
                              for key in range(1, 4) for trace in range(1, 4)],
    "notes.keep": lambda s: [notes.keep(s, key, [{"identifier": "theirs", "hash": "x", "remote": "x"}])
                             for key in range(1, 4)],
}


def test_every_function_is_tried():
    assert ownership.public(sources, pulls, notes) == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_it_reads_its_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_it_writes_its_own(db, make_trace, name):
    ownership.writes_its_own(db, lambda store, word: fill(store, make_trace, word), WRITES[name], READS.values())

"""A reviewer's process killed a hundred times: every acknowledged label is there, none is half, none is doubled."""

from collections.abc import Iterator

from lib.store import open_store, projects
from tests.support.running import add_traces
from tests.support.siege import Line, Siege, Watch
from tests.support.siege.crashes import killed_later, open_log, sound
from tests.support.siege.crowd import Said, go, kept, start
from tests.support.steps import fresh

LIMIT = 420  # seconds
KILLS, TRACES, MOST = 100, 200, 120  # at most so many words of its own before it is killed
LONGEST = 0.004  # seconds between a word and the kill: a label takes a fraction of that


def rows(siege: Siege) -> Iterator[Line]:
    """One file, and one reviewer after the other."""
    watch, chance, path = Watch(), siege.chance("labelling"), siege.folder / "labels.db"
    store = projects.create(open_store(path), "Killed", "Did it help?")
    add_traces(store, TRACES)
    store.connection.close()
    kills, said, opened, damaged = siege.some(KILLS), Said(), 0, 0
    for number in range(kills):
        process = start("-m", "tests.support.siege.reviewer", path, store.project, f"reviewer {number}", TRACES, 0)
        go([process])
        heard = [process.stdout.readline() for _ in range(chance.randrange(1, MOST))]
        killed_later(process, chance.uniform(0, LONGEST))
        opened += open_log(path)
        said.hear([*heard, *process.communicate()[0].splitlines(keepends=True)])
        damaged += not sound(fresh(path))
        fresh(path).connection.close()
    found = kept(fresh(path).of(store.project), said)
    yield watch.line(
        "a reviewer killed at a random moment, then opened again", f"{kills} kills, {len(said.labels):,} labels",
        "0 acknowledged lost, 0 half, 0 doubled, the log open, at most one more stored a kill",
        f"{found.lost} lost, {found.half} half, {found.doubled} doubled, log open {opened} times, {found.unasked} "
        f"stored and not yet acknowledged, {damaged} damaged, {said.refused.total()} refused",
        not (found.lost or found.half or found.doubled or damaged or said.refused) and opened == kills
        and found.unasked <= kills)

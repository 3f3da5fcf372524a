"""A judge run killed thirty times: what was answered and stored is never asked again, and it goes on to its end."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace

from lib.records import DONE, RUNNING
from lib.store import open_store, projects
from lib.store.judge import runs
from lib.workflow.judge import judging
from tests.support.endpoint import Answer, Endpoint, default_plan
from tests.support.running import PATIENCE, add_traces, command, judged, nth_call, resumed
from tests.support.secrets import CANARY
from tests.support.siege import Line, Siege, Watch
from tests.support.siege.crashes import killed_later, open_log, sound
from tests.support.steps import fresh

LIMIT = 420  # seconds
KILLS, TRACES, WORKERS = 30, 60, 8
REPLY, LONGEST = 0.01, 0.03  # seconds until a reply, and from a call to the kill


def rows(siege: Siege) -> Iterator[Line]:
    """A file of its own for each kill."""
    watch, chance, kills = Watch(), siege.chance("runs"), siege.some(KILLS)
    found = [_killed(siege, number, chance.randrange(1, TRACES + 1), chance.uniform(0, LONGEST))
             for number in range(kills)]
    stored, again, lost, killed, opened, wrong, ended = (sum(column) for column in zip(*found, strict=True))
    yield watch.line(
        f"a judge run of {TRACES} traces killed at a random call, then resumed",
        f"{kills} kills, {stored:,} verdicts stored by then",
        f"0 lost, 0 of them asked again, at most {WORKERS} a kill that were under way, all judged without a hand",
        f"{lost} lost, {wrong} asked again, {again} under way asked again ({again / kills:.1f} a kill), {ended} ended "
        f"well; the log open {opened} times, {kills - killed} had ended before the kill",
        (lost, wrong, ended, opened) == (0, 0, kills, killed))


def _killed(siege: Siege, number: int, call: int, after: float) -> tuple[int, ...]:
    """(verdicts stored, asked again, lost, killed, log open, asked again though stored, ended well) of one kill."""
    endpoint, come = Endpoint(), threading.Event()
    os.environ |= {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": CANARY}
    store = projects.create(open_store(siege.folder / f"run{number}.db"), "Killed", "Did it help?")
    add_traces(store, TRACES)
    judging.ensure_judge(store)
    fresh(store.path)  # else our own connection would hold the log open
    endpoint.plan = nth_call(call, come.set, _slowly)
    with command(store, "run", "--judge", judging.DEFAULT_JUDGE, "--split", "all", "--concurrency", WORKERS) as process:
        come.wait(PATIENCE)
        killed_later(process, after)
        process.communicate()
    killed, opened = process.returncode < 0, open_log(store.path)
    store = fresh(store.path).of(store.project)
    before = {row[0]: row[1] for row in store.rows("""select t.input, v.id from verdicts v
        join traces t on t.id = v.trace""")}
    endpoint.plan, once = default_plan, judged(endpoint)
    begun = runs.get(store, 1).status == RUNNING and judging.settle(store) == [1]
    ended = resumed(store, 1) if begun else runs.get(store, 1)
    times, after_all = judged(endpoint), {row[0] for row in store.rows("select id from verdicts")}
    endpoint.close()
    again = sum(times.values()) - TRACES
    wrong = sum(times[text] > once[text] for text in before) + (again > WORKERS)
    return (len(before), again, len(set(before.values()) - after_all), killed, opened, wrong,
            (ended.status, ended.done, ended.errors, len(times)) == (DONE, TRACES, 0, TRACES) and sound(store))


def _slowly(body: dict) -> Answer:
    return replace(default_plan(body), delay=REPLY)

"""Many writers on one file, as real processes and as threads: nothing lost, nothing doubled, nothing locked."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from lib.schema import SCHEMA_VERSION
from lib.store import experts
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs, verdicts
from lib.store.review import labels
from tests.support.siege.crowd import run_together, start
from tests.support.steps import add, fresh, say

WRITERS, LABELS, PROMPTS = 8, 200, 5

# One reviewer: waits for the start, saves every label twice as a double click does, and a few prompt versions
# (which read the last number and write the next).
REVIEWER = """
import sys
from lib.store.judge import judges
from lib.store.review import labels
from lib.store import open_store
path, project, name, count, prompts = sys.argv[1:]
store = open_store(path).of(int(project))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(count)):
    trace, outcome = f"t{number % 10}", "pass" if number % 3 else "fail"
    for press in (1, 2):
        labels.save(store, trace, name, outcome, f"{name} {number}", token=f"{name}-{number}")
    if number < int(prompts):
        judges.save_prompt(store, "judge", f"{name} {number}")
    print(number, flush=True)
"""
JUDGE_RUN = """
import sys
from lib.records import Verdict
from lib.store import open_store
from lib.store.judge import runs, verdicts
store = open_store(sys.argv[1]).of(int(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
for key in runs.pending(store, int(sys.argv[3])):
    verdicts.save(store, int(sys.argv[3]), key, Verdict("pass"))
    print(key, flush=True)
"""


def test_eight_reviewers_and_a_run_at_once_lose_nothing_and_double_nothing(db, make_trace):
    add(db, *(make_trace(f"t{number}") for number in range(200)))
    run = runs.create(db, judges.save_prompt(db, "other judge", "x").key, "m", "embedded")
    names = [f"expert {number}" for number in range(WRITERS)]
    acknowledged = run_together([
        *(start("-c", REVIEWER, db.path, db.project, name, LABELS, PROMPTS) for name in names),
        start("-c", JUDGE_RUN, db.path, db.project, run)])
    store = fresh(db.path).of(db.project)
    assert [len(lines) for lines in acknowledged] == [LABELS] * WRITERS + [200]
    saved = {(row[0], row[1]) for row in store.rows("""select e.name, l.critique from labels l
        join experts e on e.id = l.expert""")}
    assert saved == {(name, f"{name} {number}") for name in names for number in range(LABELS)}
    assert store.value("select count(*) from labels") == WRITERS * LABELS
    check_counters(store, names, run)


def check_counters(store, names: list[str], run: int) -> None:
    """Everything that was counted equals what is stored."""
    assert [found.number for found in judges.prompts(store, "judge")] == list(range(WRITERS * PROMPTS, 0, -1))
    assert sorted(expert.name for expert in experts.every(store)) == names
    assert sum(expert.is_principal for expert in experts.every(store)) == 1
    for name in names:
        assert labels.tally(store, name)["labelled"] == traces.count(store, Filter(expert=name, label="any")) == 10
        # The newest of the last ten, which end each trace's history
        assert labels.current(store, "t9", name).critique == f"{name} {LABELS - 1}"
    found = runs.get(store, run)
    assert (found.total, found.done, found.errors) == (200, 200, 0)
    assert store.value("pragma integrity_check") == "ok"


def test_threads_of_one_server_each_have_their_own_connection(db, make_trace):
    add(db, *(make_trace(f"t{number}") for number in range(WRITERS)))
    together = Barrier(WRITERS)

    def review(number: int) -> int:
        together.wait()
        for count in range(20):
            say(db, f"t{number}", "pass", f"expert {number}", f"critique {count}")
        return id(db.connection)

    with ThreadPoolExecutor(WRITERS) as pool:
        connections = list(pool.map(review, range(WRITERS)))
    assert len(set(connections)) == WRITERS
    assert db.value("select count(*) from labels") == WRITERS * 20
    assert sum(expert.is_principal for expert in experts.every(db)) == 1


def test_many_who_open_a_file_that_does_not_exist_yet_agree_on_one(tmp_path):
    path = tmp_path / "new.db"
    opener = """
import sys
from lib.store import open_store, projects
print("ready", flush=True)
sys.stdin.readline()
print(projects.create(open_store(sys.argv[1]), "Test").project)
"""
    assert run_together([start("-c", opener, path) for _ in range(4)]) == [["1"]] * 4
    assert fresh(path).value("select count(*) from _sqlite_migrations") == SCHEMA_VERSION


def test_two_workers_on_one_trace_of_a_run_leave_one_verdict(db, make_trace):
    add(db, *(make_trace(f"t{number}") for number in range(50)))
    run = runs.create(db, judges.save_prompt(db, "judge", "x").key, "m", "embedded")
    run_together([start("-c", JUDGE_RUN, db.path, db.project, run) for _ in range(2)])
    assert len(verdicts.of_trace(db, "t0")) == 1
    assert db.value("select count(*) from verdicts") == runs.get(db, run).done == 50

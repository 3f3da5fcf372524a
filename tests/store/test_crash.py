"""A process killed at any instant: the file opens, an import is whole or absent, what was acknowledged is there."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from lib.records import Trace, Verdict
from lib.store import projects
from lib.store.dataset import imports
from lib.workflow.dataset import reading
from lib.workflow.overview import removing
from tests.support.siege.crashes import IMPORTER, REVIEWER, ROWS, counts, killed, killed_at, reset, turning_points
from tests.support.steps import add, fresh, row


@pytest.fixture
def chance() -> random.Random:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    return random.Random(seed)


def empty_project(path: Path) -> int:
    """Makes a file with a project and leaves no connection to it; returns the project's number."""
    project = projects.create(fresh(path), "Test").project
    fresh(path).connection.close()
    return project


def import_three(path: Path, project: int, make_trace: Callable[..., Trace]) -> None:
    """An import of three traces with all that can be said of them."""
    add(fresh(path).of(project), *(
        row(make_trace(f"t{number}", dimensions={"topic": ("a",)}), modes=("mode",), Ann="fail",
            verdicts={"judge": Verdict("pass")}) for number in range(3)))


def test_a_big_import_killed_midway_is_whole_or_absent(tmp_path, chance):
    found = []
    for number, moment in enumerate([1, ROWS, *(chance.randrange(2, ROWS) for _ in range(4))]):
        project = empty_project(tmp_path / f"{number}.db")
        said = killed(IMPORTER, tmp_path / f"{number}.db", project, after=moment)
        store = fresh(tmp_path / f"{number}.db")
        assert store.value("pragma integrity_check") == "ok"
        assert counts(store) in ([0] * 5, [ROWS] * 5), f"killed after row {moment}"
        assert "done" not in said or counts(store) == [ROWS] * 5
        found.append(counts(store))
    assert found[0] == [0] * 5


def test_the_retry_of_a_killed_import_brings_it_once(tmp_path, chance):
    path = tmp_path / "plumbline.db"
    project = empty_project(path)
    for moment in (chance.randrange(1, ROWS), ROWS + 1, ROWS + 1):
        killed(IMPORTER, path, project, after=moment)
    assert counts(fresh(path)) == [ROWS] * 5


def test_an_import_killed_at_every_single_statement_is_whole_or_absent(tmp_path, make_trace):
    path = tmp_path / "plumbline.db"
    project = empty_project(path)
    pristine = path.read_bytes()
    moments, n = turning_points(path, partial(import_three, path, project, make_trace))
    assert n > 30 and counts(fresh(path)) == [3] * 5
    found = []
    for statement in moments:
        reset(path, pristine)
        assert killed_at(statement, partial(import_three, path, project, make_trace))
        store = fresh(path)
        assert store.value("pragma integrity_check") == "ok"
        found.append(counts(store))
    # Before the commit there is nothing; behind it all: what is killed there only puts away what the import has used.
    assert found == sorted(found) and {*map(tuple, found)} == {(0,) * 5, (3,) * 5}


def test_an_import_in_slices_killed_at_every_single_statement_is_absent_or_finished(tmp_path, make_trace, monkeypatch):
    monkeypatch.setattr(imports, "FIRST_SLICE", 1)
    monkeypatch.setattr(imports, "SMALLEST", 1)
    monkeypatch.setattr(imports, "LARGEST", 1)
    path = tmp_path / "plumbline.db"
    project = empty_project(path)
    pristine = path.read_bytes()
    moments, n = turning_points(path, partial(import_three, path, project, make_trace))
    assert n > 60 and counts(fresh(path)) == [3] * 5
    found, between = [], []
    for statement in moments:
        reset(path, pristine)
        assert killed_at(statement, partial(import_three, path, project, make_trace))
        between.append(counts(fresh(path))[0])
        said = reading.finish(fresh(path))
        store = fresh(path)
        assert store.value("pragma integrity_check") == "ok" and imports.unfinished(store) == []
        assert (said == ["The import of t.csv had been cut off. It is stored to its end now."]) == (
            between[-1] in (1, 2))
        found.append(counts(store))
    assert between == sorted(between) and {*between} == {0, 1, 2, 3}
    assert {*map(tuple, found)} == {(0,) * 5, (3,) * 5} and found.count([0] * 5) == between.count(0)


def test_a_first_start_killed_at_every_single_statement_is_completed_by_the_next(tmp_path):
    moments, n = turning_points(tmp_path / "0.db", partial(fresh, tmp_path / "0.db"))
    assert n > 200
    for statement in moments:
        path = tmp_path / f"{statement}.db"
        assert killed_at(statement, partial(fresh, path))
        store = fresh(path)
        assert store.value("pragma integrity_check") == "ok"
        assert projects.create(store, "Test").project == 1


def test_every_label_acknowledged_before_the_kill_is_there(db, make_trace, chance):
    add(db, make_trace())
    acknowledged: set[int] = set()
    for _ in range(6):
        said = killed(REVIEWER, db.path, db.project, after=chance.randrange(1, 150))
        acknowledged |= set(map(int, said))
        store = fresh(db.path).of(db.project)
        assert store.value("pragma integrity_check") == "ok"
        kept = {row[0] for row in store.rows("select id from labels")}
        # At each kill one label may have been stored whose acknowledgement was never sent.
        assert acknowledged <= kept and len(kept) <= len(acknowledged) + 6


def test_a_deletion_killed_at_every_single_statement_takes_all_or_nothing(tmp_path, make_trace):
    path = tmp_path / "plumbline.db"
    project = empty_project(path)
    import_three(path, project, make_trace)
    fresh(path).connection.close()
    pristine = path.read_bytes()

    def take_back() -> None:
        store = fresh(path).of(project)
        thing = removing.of_import(store, 1)
        removing.remove(store, removing.look(store, thing), thing.typed)

    moments, n = turning_points(path, take_back)
    assert n > 100 and counts(fresh(path)) == [0] * 5
    found = []
    for statement in moments:
        reset(path, pristine)
        assert killed_at(statement, take_back)
        store = fresh(path)
        assert store.value("pragma integrity_check") == "ok" and store.rows("pragma foreign_key_check") == []
        assert store.value("select count(*) from leaving") == 0
        assert (counts(store) == [0] * 5) == (store.value("select count(*) from removals") == 1)
        found.append(counts(store))
    assert {*map(tuple, found)} <= {(0,) * 5, (3,) * 5} and found[0] == [3] * 5

"""A file that is damaged while the app is open, or whose disk is full: one sentence on every view and every command."""

import resource
import signal

import pytest

from lib.records import StoreError
from lib.store import open_store
from lib.workflow.errors import checking
from lib.workflow.review import queueing
from tests.support.commands import CommandLine
from tests.support.pages import bare
from tests.support.sources import views
from tests.support.steps import add, fresh

VIEWS = [(page, view) for page, _, view in views()]
COMMANDS = [("traces",), ("runs",), ("jobs",), ("assertions",), ("check",), ("judges",), ("rates",), ("agreement",),
            ("queue", "list"), ("modes", "list"), ("fixes",), ("export", "traces", "out.csv"), ("backup", "copy.db"),
            ("import", "traces.csv"), ("init",)]


@pytest.fixture
def damaged(example, visit):
    """The example, opened, whose file then lost all its pages but the first ones."""
    visit(example, "overview")
    store = open_store(example)
    store.connection.execute("pragma wal_checkpoint(truncate)")
    size = example.stat().st_size
    with example.open("r+b") as file:
        file.seek(100_000)
        file.write(b"\xa5" * (size - 100_000))
    return example


def test_every_view_of_a_damaged_file_is_one_sentence(damaged, visit):
    for page, view in VIEWS:
        app = visit(damaged, page, view=view)
        assert [error.value for error in app.error if "is damaged" in error.value], (page, view)
        assert len(app.error) == 1 and "Restore the newest backup." in bare(app.error[0].value)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_on_a_damaged_file_is_one_sentence(damaged, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "traces.csv").write_text("id,input\na,b\n")
    with pytest.raises(StoreError, match="is damaged"):
        fresh(damaged)  # from here on it is opened as a process of its own opens it
    said = CommandLine(damaged).refused(*words, code=1)
    assert said.startswith(f"Error: {damaged} is damaged") and "Restore the newest backup." in said
    assert sorted(path.name for path in tmp_path.iterdir() if path.name in ("out.csv", "copy.db", "copy.db.part")) == []


@pytest.fixture
def no_room():
    """No file of this process may be written; lifted at the end."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, heard)


def test_every_view_is_read_under_a_full_disk(example, visit, no_room, make_trace):
    store = open_store(example).of(1)
    add(store, *(make_trace(f"new {number}") for number in range(9)))
    queueing.draw(store, ["linguists", "Ann"], 5, {"random": 100}, overlap=1, seed=1)
    checking.add(store, "short", "length", {"most": 5}, None, "a reason")
    seen = {place: visit(example, place[0], view=place[1]) for place in VIEWS}
    no_room()
    for (page, view), before in seen.items():
        app = visit(example, page, view=view)
        assert not [error.value for error in app.error if "full or failing" not in error.value], (page, view)
        assert len(app.main.children) >= len(before.main.children) - 1, (page, view)

"""“Fix before you build a judge” on the bench: Run asks for a written reason once, and the reason stands there."""

import pytest

from lib.store.errors import going_on
from lib.store.judge import runs
from lib.workflow.judge import judging
from tests.support.endpoint import completion
from tests.support.pages import click, field, said
from tests.support.running import ended
from tests.support.steps import add, row


@pytest.fixture
def common(db, make_trace):
    """Twelve labelled dev traces, nine of them fails, and the first judge."""
    add(db, *(row(make_trace(f"d{n}", split="dev"), Ann="fail" if n < 9 else "pass") for n in range(12)))
    judging.ensure_judge(db)
    return db


def test_run_asks_for_a_reason_keeps_it_and_runs_from_then_on(visit, common, endpoint_env):
    endpoint_env.plan = completion('{"critique": "x", "outcome": "fail"}')
    app = visit(common.path, "judge", role="engineer", reviewer="Eve")
    assert "Fix before you build a judge.**" in said(app) and "of 12 labelled traces fail." in said(app)
    app = click(app, "Run")
    assert runs.every(common) == [] and going_on.newest(common) is None
    app = click(app, "Keep the reason and go on")
    assert "Write in a sentence why you go on all the same" in said(app)
    field(app.text_input, "Why do you go on to a judge all the same?").input("the fix is on its way")
    app = click(app, "Keep the reason and go on")
    kept = going_on.newest(common)
    assert (kept.reason, kept.author) == ("the fix is on its way", "Eve")
    assert "Eve goes on all the same" in said(app) and "the fix is on its way" in said(app)
    click(app, "Run")
    assert ended(common, 1, runs, "run").total == 12

"""Each adapter in the real program it is for, on traces whose replies are a pass, a fail, and three kinds of error.

Run by `make test-adapters`, which makes an environment for each program in the folder that ADAPTERS names.
"""

import os
from pathlib import Path

import pytest

from lib.store import projects
from lib.store.judge import runs
from lib.workflow.judge.passport import ADAPTERS
from tests.support import HOUSE
from tests.support.commands import CommandLine
from tests.support.judge.exported import REPLIES, VERDICTS, is_error, leave

ENVIRONMENTS = Path(os.environ.get("ADAPTERS", HOUSE / ".venv-adapters")).resolve()
# What a program itself says of the share of passes. Of a pass, a fail and three errors, one in five is the figure of a
# program that takes errors for fails, which then stands in the adapter's first lines; openevals gives no such figure.
RATES = {"deepeval": 0.2, "promptfoo": 0.2, "openevals": None}


def python(name: str) -> Path:
    return ENVIRONMENTS / name / "bin" / "python"


@pytest.mark.parametrize("name", ADAPTERS)
def test_a_real_program_gets_verdicts_and_errors_out_of_the_product_s_own_messages(db, endpoint_env, tmp_path, name):
    left = leave(db, endpoint_env, tmp_path / "judge", name)
    told = left.told(python(name), f"hosts/{name}_host.py")
    assert {trace: told[trace] for trace in VERDICTS} == VERDICTS
    assert all(is_error(trace, told[trace]) for trace in REPLIES.keys() - VERDICTS)
    assert told.get("rate") == RATES.get(name, 0.5)
    assert left.same


def test_deepeval_ends_with_the_error_unless_it_is_told_to_go_on(db, endpoint_env, tmp_path):
    left = leave(db, endpoint_env, tmp_path / "judge", "deepeval")
    assert left.told(python("deepeval"), "hosts/deepeval_host.py")["otherwise"].startswith("no verdict, unreadable")


def test_phoenix_asks_ten_times_more_and_stops_unless_it_is_told_otherwise(db, endpoint_env, tmp_path):
    left = leave(db, endpoint_env, tmp_path / "judge", "phoenix")
    assert left.told(python("phoenix"), "hosts/phoenix_host.py")["otherwise"] == [
        ["COMPLETED", 0], ["FAILED", 11], ["DID NOT RUN", 0]]


def test_a_junit_file_of_pytest_calls_an_error_a_failure_that_names_it(db, endpoint_env, tmp_path):
    left = leave(db, endpoint_env, tmp_path / "judge", "pytest")
    assert left.told(python("pytest"), "hosts/pytest_host.py")["in a JUnit file"] == [
        "failure Failed", *["failure pytest_judge.NoVerdict"] * 3]


def test_a_simulation_of_openevals_is_judged_as_a_conversation_and_leaves_errors_out(db, endpoint_env, tmp_path):
    left = leave(db, endpoint_env, tmp_path / "judge", "openevals", talks=True)
    told = left.told(python("openevals"), "hosts/openevals_simulation_host.py")
    assert {trace: told[trace] for trace in REPLIES} == {
        trace: [VERDICTS[trace]] if trace in VERDICTS else [] for trace in REPLIES}
    assert left.same


def test_plumbline_reads_what_promptfoo_calls_failed_as_the_errors_they_are(db, endpoint_env, tmp_path):
    left = leave(db, endpoint_env, tmp_path / "judge", "promptfoo")
    left.told(python("promptfoo"), "hosts/promptfoo_host.py")
    back = projects.create(db, "Back", "Is it right?")
    CommandLine(db.path)("import", left.folder / "results.json", project="Back")
    [run] = [run for run in runs.every(back) if run.judge == "python"]
    assert (run.done, run.errors) == (5, 3)

"""The script for Ray Data in the real one, on two cores, beside the product's own run over the same endpoint.

Run by `make test-ray`, which makes an environment in the folder that RAY names. It prints both rates.
"""

import json
import os
import re
import subprocess
from pathlib import Path
from time import monotonic

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lib.records import Trace
from lib.store.judge import judges, runs
from lib.workflow.judge import judging
from tests.support import HOUSE
from tests.support.commands import CommandLine
from tests.support.endpoint import completion, prompt_of, verdict
from tests.support.running import command, outcomes
from tests.support.steps import add, say

PYTHON = Path(os.environ.get("RAY", HOUSE / ".venv-ray")).resolve() / "bin" / "python"
MANY, WAIT, PATIENCE = 2_000, 0.05, 300
JUDGE = judging.DEFAULT_JUDGE
ROWS = [{"id": f"t{n}", "input": f"question {n}.\n„Öl“ 🙂", "output": f"answer {n}\r\n", "passage": f"page {n}"}
        for n in range(MANY)]


def says(body):
    """One in seven fails, one in a hundred cannot be read; each takes as long as a fast service."""
    number = int(re.findall(r"question (\d+)\.", prompt_of(body))[-1])
    return completion("maybe", delay=WAIT) if number % 100 == 99 else verdict(
        "fail" if number % 7 == 0 else "pass", f"about {number}", delay=WAIT)


def rayed(folder: Path, *words: object) -> subprocess.CompletedProcess:
    """The script in the environment of Ray."""
    return subprocess.run([str(PYTHON), "ray_judge.py", *map(str, words)], cwd=folder, capture_output=True, text=True,
                          timeout=PATIENCE, check=False, env={**os.environ, "RAY_DATA_DISABLE_PROGRESS_BARS": "1"})


def sent(endpoint) -> set[str]:
    return {json.dumps(call.body, sort_keys=True) for call in endpoint.chats}


def between(endpoint) -> float:
    """Seconds from the first call to the last."""
    return endpoint.chats[-1].time - endpoint.chats[0].time


@pytest.mark.parametrize("workers", [1, 2])
def test_ray_judges_as_plumbline_does_and_its_verdicts_come_back(db, endpoint_env, tmp_path, capsys, workers):
    endpoint_env.plan = says
    add(db, *(Trace(one["id"], one["input"], one["output"], context={"passage": one["passage"]}) for one in ROWS))
    say(db, "t0", "pass")
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE, model="test-model", parameters={"temperature": 0})
    began = monotonic()
    ran = command(db, "run", "--judge", JUDGE, "--split", "all", "--concurrency", 32)
    assert f"done, {MANY:,} of {MANY:,} judged" in ran.communicate(timeout=PATIENCE)[0]
    ours, took, spent = sent(endpoint_env), monotonic() - began, between(endpoint_env)
    endpoint_env.ledger.clear()
    cli = CommandLine(db.path)
    cli("judge", "script", JUDGE, tmp_path / "judge", "--ray")
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "traces.parquet")
    began = monotonic()
    words = (tmp_path / "traces.parquet", tmp_path / "verdicts", "--context", "passage", "--at-once", 32 // workers,
             "--workers", workers)
    done = rayed(tmp_path / "judge", *words)
    rayed_in = monotonic() - began
    assert done.returncode == 0, done.stderr[-3000:]
    with capsys.disabled():
        print(f"\n{MANY} traces, {workers} worker(s), per second between first and last call and with the start: "
              f"plumbline {MANY / spent:.0f} and {MANY / took:.0f}, "
              f"ray {MANY / between(endpoint_env):.0f} and {MANY / rayed_in:.0f}")
    assert sent(endpoint_env) == ours and len(ours) == MANY
    for file in sorted((tmp_path / "verdicts").glob("*.parquet")):
        said = cli("import", file, "--context", "passage").stdout
    assert f"0 new traces, 0 of earlier traces answered, {MANY:,} already stored" in said
    assert f"{MANY:,} verdicts ({MANY // 100} of them errors)" in said
    [back] = [run for run in runs.every(db) if run.status == "recorded"]
    assert back.judge == f"{JUDGE}, version 1" and outcomes(db, back.id) == outcomes(db, 1)
    again = rayed(tmp_path / "judge", *words)
    assert again.returncode != 0 and len(list((tmp_path / "verdicts").glob("*.parquet"))) == 1

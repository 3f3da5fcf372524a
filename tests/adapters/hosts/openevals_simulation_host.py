"""The five traces as conversations of one turn, each by openevals' simulation, and which results are left."""

import contextlib
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

os.environ["LANGSMITH_TRACING"] = "false"

from openevals.simulators import run_multiturn_simulation
from openevals.types import EvaluatorResult
from openevals_judge import plumbline_judge

traces = json.loads(Path("traces.json").read_text())
told = {"version": version("openevals")}
for one in traces:
    answer = {"role": "assistant", "content": one["output"]}
    with contextlib.redirect_stdout(sys.stderr):
        done = run_multiturn_simulation(app=lambda said, answer=answer, **_: answer, user=[one["input"]], max_turns=1,
                                        trajectory_evaluators=[plumbline_judge])
    assert all(found.keys() <= EvaluatorResult.__annotations__.keys() for found in done["evaluator_results"])
    told[one["id"]] = [{"outcome": "pass" if found["score"] else "fail", "critique": found["comment"]}
                       for found in done["evaluator_results"]]
print(json.dumps(told))

"""mlflow.genai.evaluate over the five traces, and what the assessments on its traces say of each."""

import contextlib
import json
import os
import sys
from pathlib import Path

os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"  # else assessments arrive after they are looked for

import mlflow
from mlflow_judge import plumbline_judge

traces = json.loads(Path("traces.json").read_text())
names = {one["input"]: one["id"] for one in traces}
told = {"version": mlflow.__version__}
with contextlib.redirect_stdout(sys.stderr):
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    done = mlflow.genai.evaluate(
        data=[{"inputs": {"input": one["input"]}, "outputs": one["output"]} for one in traces],
        scorers=[plumbline_judge])
    kept = mlflow.search_traces(run_id=done.run_id, return_type="list")
for trace in kept:
    [found] = [one for one in trace.info.assessments if one.name == "plumbline_judge"]
    told[names[json.loads(trace.data.request)["input"]]] = {
        "error": f"{found.error.error_code}: {found.error.error_message}"} if found.error else {
        "outcome": {"yes": "pass", "no": "fail"}[found.value], "critique": found.rationale}
told["rate"] = done.metrics["plumbline_judge/mean"]
print(json.dumps(told))

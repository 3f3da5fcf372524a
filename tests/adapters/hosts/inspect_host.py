"""An evaluation of Inspect over the five traces, and what its log says of each."""

import json
from importlib.metadata import version
from pathlib import Path

from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput
from inspect_ai.solver import solver
from inspect_judge import plumbline_judge

traces = json.loads(Path("traces.json").read_text())
answers = {one["id"]: one["output"] for one in traces}


@solver
def answered():
    async def solve(state, generate):
        state.output = ModelOutput.from_content("product", answers[state.sample_id])
        return state

    return solve


task = Task(dataset=[Sample(id=one["id"], input=one["input"]) for one in traces], solver=answered(),
            scorer=plumbline_judge())
[log] = eval(task, model="mockllm/model", fail_on_error=False, max_retries=0, display="none", log_dir="logs")
[result] = log.results.scores
told = {"version": version("inspect-ai"), "rate": result.metrics["accuracy"].value, "status": log.status,
        "left out": result.unscored_samples}
for sample in log.samples:
    if sample.error:
        told[sample.id] = {"error": sample.error.message}
        continue
    [found] = sample.scores.values()
    told[sample.id] = {"error": f"{found.reason}: {found.explanation}"} if found.reason else {
        "outcome": {"C": "pass", "I": "fail"}[found.value], "critique": found.explanation}
print(json.dumps(told))

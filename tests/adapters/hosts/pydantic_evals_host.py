"""A dataset of pydantic-evals over the five traces, and what its report says of each."""

import json
from importlib.metadata import version
from pathlib import Path

from pydantic_evals import Case, Dataset
from pydantic_evals_judge import PlumblineJudge

traces = json.loads(Path("traces.json").read_text())
answers = {one["input"]: one["output"] for one in traces}
dataset = Dataset(name="five", cases=[Case(name=one["id"], inputs=one["input"]) for one in traces],
                  evaluators=[PlumblineJudge()])
report = dataset.evaluate_sync(lambda asked: answers[asked], progress=False)
told = {"version": version("pydantic-evals"), "rate": report.averages().assertions}
for case in report.cases:
    [*found] = case.assertions.values()
    [*broken] = case.evaluator_failures
    told[case.name] = {"outcome": "pass" if found[0].value else "fail", "critique": found[0].reason} if found else {
        "error": broken[0].error_message}
print(json.dumps(told))

"""A table of the five traces through Phoenix's evaluate_dataframe, and what it says of each row."""

import asyncio
import json
from importlib.metadata import version
from pathlib import Path

import pandas
from phoenix.evals import async_evaluate_dataframe, evaluate_dataframe
from phoenix_judge import plumbline_judge

traces = pandas.DataFrame(json.loads(Path("traces.json").read_text()))
ways = {"evaluators": [plumbline_judge], "exit_on_error": False, "max_retries": 0, "hide_tqdm_bar": True}
told = {"version": version("arize-phoenix-evals")}
for rows in (evaluate_dataframe(dataframe=traces, **ways),
             asyncio.run(async_evaluate_dataframe(dataframe=traces, **ways))):
    for _, row in rows.iterrows():
        found, done = row["plumbline_judge_score"], row["plumbline_judge_execution_details"]
        said = {"outcome": found["label"], "critique": found["explanation"]} if found else {
            "error": f"{done['status']}: {done['exceptions']}"}
        assert told.setdefault(row["id"], said) == said
    told["rate"] = pandas.Series([found["score"] for found in rows["plumbline_judge_score"] if found]).mean()
rows = evaluate_dataframe(dataframe=traces[1:4], evaluators=[plumbline_judge], hide_tqdm_bar=True)
told["otherwise"] = [(done["status"], len(done["exceptions"])) for done in rows["plumbline_judge_execution_details"]]
print(json.dumps(told))

"""The five traces by langsmith.evaluate, which uploads nothing, with an evaluator of openevals' shape."""

import contextlib
import json
import os
import sys
import uuid
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

os.environ |= {"LANGSMITH_TRACING": "false", "LANGSMITH_ENDPOINT": "http://127.0.0.1:9", "LANGSMITH_API_KEY": "none"}

from langsmith import evaluate
from langsmith.schemas import Example
from openevals_judge import plumbline_judge

traces = json.loads(Path("traces.json").read_text())
names = {one["input"]: one["id"] for one in traces}
answers = {one["input"]: one["output"] for one in traces}
examples = [Example(id=uuid.uuid4(), dataset_id=uuid.uuid4(), created_at=datetime.now(UTC),
                    inputs={"input": one["input"]}) for one in traces]
told = {"version": version("openevals"), "langsmith": version("langsmith")}
with contextlib.redirect_stdout(sys.stderr):
    for row in evaluate(lambda inputs: {"output": answers[inputs["input"]]}, data=examples,
                        evaluators=[plumbline_judge], upload_results=False):
        [found] = row["evaluation_results"]["results"]
        told[names[row["example"].inputs["input"]]] = {"error": found.comment} if found.score is None else {
            "outcome": "pass" if found.score else "fail", "critique": found.comment}
print(json.dumps(told))

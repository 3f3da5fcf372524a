"""An evaluation of DeepEval over the five traces, and what its result says of each."""

import contextlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

from deepeval import evaluate
from deepeval.evaluate import AsyncConfig, DisplayConfig, ErrorConfig
from deepeval.test_case import LLMTestCase
from deepeval_judge import PlumblineJudge

traces = json.loads(Path("traces.json").read_text())
cases = [LLMTestCase(name=one["id"], input=one["input"], actual_output=one["output"]) for one in traces]
quiet = DisplayConfig(show_indicator=False, print_results=False, inspect_after_run=False)
told = {"version": version("deepeval")}
with contextlib.redirect_stdout(sys.stderr):
    for at_once in (False, True):
        done = evaluate(cases, [PlumblineJudge()], error_config=ErrorConfig(ignore_errors=True), display_config=quiet,
                        async_config=AsyncConfig(run_async=at_once))
        for result in done.test_results:
            [metric] = result.metrics_data
            said = {"outcome": "pass" if metric.success else "fail", "critique": metric.reason}
            if metric.error:
                assert metric.score is metric.reason is None
                said = {"error": metric.error.removeprefix("RuntimeError: ").removeprefix("InternalServerError: ")}
            assert told.setdefault(result.name, said) == said
        told["rate"] = sum(result.success for result in done.test_results) / len(cases)
    try:
        evaluate(cases[2:3], [PlumblineJudge()], display_config=quiet)
    except RuntimeError as error:
        told["otherwise"] = str(error)
print(json.dumps(told))

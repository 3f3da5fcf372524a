"""The judge as a metric of DeepEval:

    from deepeval_judge import PlumblineJudge
    evaluate(test_cases, [PlumblineJudge()], error_config=ErrorConfig(ignore_errors=True))

1 is a pass, 0 a fail, the critique is the reason. An error ends the evaluation; with ignore_errors it stands in the
metric's `error`, with no number and no reason, but DeepEval counts the test case among those that failed: look at
`error` before you count.
"""

import asyncio

from deepeval.metrics import BaseMetric
from judge import judge
from openai import OpenAI


class PlumblineJudge(BaseMetric):
    """Asks by the client of the environment (OPENAI_API_KEY, OPENAI_BASE_URL)."""

    threshold, __name__ = 1.0, "Plumbline judge"

    def measure(self, test_case, *args, **kwargs) -> float:
        """1 for a pass, 0 for a fail; RuntimeError with the kind of error where there is no verdict."""
        self.score = self.reason = self.success = None
        found = judge({"input": test_case.input, "output": test_case.actual_output}, OpenAI().chat.completions.create)
        if found.outcome is None:
            raise RuntimeError(f"no verdict, {found.error}: {found.raw}")
        self.score, self.reason, self.success = float(found.outcome == "pass"), found.critique, found.outcome == "pass"
        return self.score

    async def a_measure(self, test_case, *args, **kwargs) -> float:
        """The same beside the event loop."""
        return await asyncio.to_thread(self.measure, test_case)

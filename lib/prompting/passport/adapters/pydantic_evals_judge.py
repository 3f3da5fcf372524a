"""The judge as an evaluator of pydantic-evals:

    from pydantic_evals_judge import PlumblineJudge
    Dataset(name="…", cases=[Case(inputs="…")], evaluators=[PlumblineJudge()]).evaluate_sync(task)

It stands among the assertions: true is a pass, with the critique as its reason. An error stays one: it is in
`report.cases[n].evaluator_failures` with what was said, and counts in no average.
"""

import asyncio
from dataclasses import dataclass

from judge import judge
from openai import OpenAI
from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext


@dataclass
class PlumblineJudge(Evaluator):
    """Asks by the client of the environment (OPENAI_API_KEY, OPENAI_BASE_URL), beside the event loop."""

    async def evaluate(self, ctx: EvaluatorContext) -> EvaluationReason:
        """True for a pass, with its critique; RuntimeError with the kind of error where there is no verdict."""
        trace = {"input": ctx.inputs, "output": ctx.output}
        found = await asyncio.to_thread(judge, trace, OpenAI().chat.completions.create)
        if found.outcome is None:
            raise RuntimeError(f"no verdict, {found.error}: {found.raw}")
        return EvaluationReason(found.outcome == "pass", found.critique)

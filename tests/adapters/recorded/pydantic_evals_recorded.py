"""Recorded shape of pydantic-evals 2.62.0: an evaluator is a dataclass that is awaited with a context."""

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace as Kind

from recording import module, said, tell


@dataclass
class EvaluationReason:
    value: bool
    reason: str | None = None


@dataclass(repr=False)
class Evaluator:
    async def evaluate_async(self, ctx):
        return await self.evaluate(ctx)


def main():
    module("pydantic_evals.evaluators", EvaluationReason=EvaluationReason, Evaluator=Evaluator, EvaluatorContext=Kind)
    from pydantic_evals_judge import PlumblineJudge

    def ask(one):
        found = asyncio.run(PlumblineJudge().evaluate_async(Kind(inputs=one["input"], output=one["output"])))
        assert isinstance(found.value, bool)
        return said(found.value, found.reason)

    tell(ask)


main()

"""Seconds a trace of a decision beside a written verdict, same model, same call: `python -m tests.bench.decisions`.

Both are asked in turn on the same traces by one embedded server, so that a busy machine slows both. A benchmark, no
test; the bar is a ratio of at most .25. PLUMBLINE_GGUF names the model; without it the fetched one, else the small one.
`--nq [FILE]`: on real labels, as decisions_nq tells.
"""

import asyncio
import json
import runpy
import sys
from statistics import mean
from time import perf_counter

from lib.models import llm, local_model
from lib.models.llm import LlmError
from lib.prompting import asking, decisions, judge
from lib.records import Decision, PromptVersion, Trace, Verdict
from tests.support.commands import NQ

QUESTION = "Does the output answer the input as the gold answers do?"
ASKED = Decision("logprobs", "The output says the same as one of the gold answers.",
                 "The output says something else, or does not answer.")
BAR, TRACES = 0.25, 8


def traces(n: int) -> list[Trace]:
    """The first rows of the example after two that warm the caches up."""
    rows = [json.loads(line) for line in NQ.read_text().splitlines()[:n + 2]]
    return [Trace(str(row["id"]), row["input"], row["output"], context={"gold_answers": row["gold_answers"]})
            for row in rows]


async def timed(client: llm.Client, prompt: asking.Prompt | decisions.DecisionPrompt, trace: Trace,
                model: str) -> tuple[float, Verdict]:
    """(seconds, verdict) of one call."""
    start = perf_counter()
    try:
        found = await asking.judge_trace(client, prompt, trace, model)
    except LlmError as error:
        found = Verdict(None, error=error.kind)
    return perf_counter() - start, found


async def measured(endpoint: llm.Endpoint, n: int) -> list[tuple[tuple[float, Verdict], tuple[float, Verdict]]]:
    """Per trace both ways, in turn; the first two are not counted."""
    model = llm.list_models(endpoint)[0].id
    quick = decisions.DecisionPrompt(PromptVersion("d", 1, decisions.DEFAULT_TEMPLATE, decision=ASKED), QUESTION)
    words = judge.Prompt(PromptVersion("t", 1, judge.DEFAULT_TEMPLATE), QUESTION)
    async with llm.Client(endpoint, local_model.TIMEOUT) as client:
        found = [(await timed(client, quick, one, model), await timed(client, words, one, model)) for one in traces(n)]
    return found[2:]


def main() -> None:
    """Prints both and their ratio; the number of traces may be named."""
    if sys.argv[1:2] == ["--nq"]:
        runpy.run_module("tests.bench.decisions_nq", run_name="__main__")
        return
    n = int(sys.argv[1]) if len(sys.argv) > 1 else TRACES
    weights = local_model.find_weights()
    with local_model.serving(weights) as endpoint:
        found = asyncio.run(measured(endpoint, n))
    quick, words = ([pair[way] for pair in found] for way in (0, 1))
    for name, rows in (("decision", quick), ("written verdict", words)):
        print(f"{name}: {mean(seconds for seconds, _ in rows):.2f} s a trace, "
              f"{mean(one.prompt_tokens or 0 for _, one in rows):.0f} tokens in "
              f"({mean(one.cached_tokens or 0 for _, one in rows):.0f} cached), "
              f"{mean(one.completion_tokens or 0 for _, one in rows):.0f} out, "
              f"{sum(one.outcome is not None for _, one in rows)} of {len(rows)} with an outcome")
    ratio = mean(one for one, _ in quick) / mean(one for one, _ in words)
    print(f"{weights.name}: ratio {ratio:.2f} (bar {BAR}: {'met' if ratio <= BAR else 'missed'})")


if __name__ == "__main__":
    main()

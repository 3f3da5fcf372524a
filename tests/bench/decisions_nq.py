"""A decision judge on real labels, by log-probabilities: `python -m tests.bench.decisions --nq [FILE]`.

160 rows of the NQ example, drawn by a seed: 88 passes and 72 fails, 80 to fit and 80 to test, no question in both, four
examples from questions of their own. Each is asked in both orders, without and with the examples, then beside a written
verdict in turn. What was answered is kept in FILE, and another call goes on from there. It takes half an hour.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import mean
from time import perf_counter
from typing import Any

from lib.models import llm, local_model
from lib.prompting import asking, decisions, judge
from lib.records import FAIL, OUTCOMES, PASS, Decision, Example, Label, PromptVersion, Trace
from lib.statistics import calibration, metrics
from lib.statistics.calibration import Pair
from tests.support.commands import NQ

QUESTION = "Does the output answer the input as the gold answers do?"
ASKED = Decision("logprobs", "The output says the same as one of the gold answers.",
                 "The output says something else, or does not answer.")
SEED, HALVES, PER_HALF, SHOWN = 20261130, ("fit", "test"), {PASS: 44, FAIL: 36}, 2  # of each outcome
ORDERS = {"pass first": OUTCOMES, "fail first": OUTCOMES[::-1]}
EXAMPLES = ("zero-shot", "4 examples")
PAIRED = 40  # rows of the test half that are also asked for a written verdict
BAR, SHARES = 0.25, (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)


@dataclass(frozen=True)
class Row:
    """A labelled trace, the half it is in, and GPT-4's recorded verdict on it."""

    trace: Trace
    label: str
    half: str
    strong: str


def drawn() -> tuple[list[Row], list[Example]]:
    """The rows of both halves and the examples; no question is in two of these."""
    found = [json.loads(line) for line in NQ.read_text().splitlines()]
    found = [one for one in found if one["judges"].get("gpt-4", {}).get("verdict") in OUTCOMES]
    Random(SEED).shuffle(found)
    taken: dict[int, str] = {}
    # Their critiques are GPT-4's, so it has to agree with the expert there.
    agreed = [one for one in found if one["judges"]["gpt-4"]["verdict"] == one["human_label"]]
    shown = list(_some(agreed, taken, "examples", dict.fromkeys(OUTCOMES, SHOWN)))
    rows = [Row(_trace(one), one["human_label"], half, one["judges"]["gpt-4"]["verdict"])
            for half in HALVES for one in _some(found, taken, half, dict(PER_HALF))]
    return rows, [_example(one) for one in shown]


def _some(found: list[dict[str, Any]], taken: dict[int, str], half: str, left: dict[str, int]) -> Iterator[dict]:
    for one in found:
        if left[one["human_label"]] and taken.setdefault(one["question_id"], half) == half:
            left[one["human_label"]] -= 1
            yield one


def _example(row: dict[str, Any]) -> Example:
    return Example(_trace(row), Label(str(row["id"]), "expert", row["human_label"], row["judges"]["gpt-4"]["critique"]))


def _trace(row: dict[str, Any]) -> Trace:
    return Trace(str(row["id"]), row["input"], row["output"], context={"gold_answers": row["gold_answers"]})


class Kept:
    """Answers by (way, trace), in a file of a line each."""

    def __init__(self, path: Path) -> None:
        """Reads what is there."""
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.found = {(way, trace): told for way, trace, told in map(json.loads, lines)}

    async def ask(self, way: str, trace: Trace, prompt: Any, client: llm.Client, model: str) -> None:
        """One call, unless it is kept; the outcome, the probability, seconds and tokens."""
        if (way, trace.id) in self.found:
            return
        start = perf_counter()
        said = await asking.judge_trace(client, prompt, trace, model)
        told = {"p": said.p_pass, "outcome": said.outcome, "error": said.error, "seconds": perf_counter() - start,
                "in": said.prompt_tokens, "cached": said.cached_tokens, "out": said.completion_tokens}
        self.found[way, trace.id] = told
        with self.path.open("a") as file:
            file.write(json.dumps([way, trace.id, told]) + "\n")


def prompts(shown: Sequence[Example]) -> dict[str, Any]:
    """Way -> prompt: both orders, without and with the examples, and the written verdict both ways."""
    made = {}
    for many, examples in zip(EXAMPLES, ((), tuple(shown)), strict=True):
        for order, options in ORDERS.items():
            version = PromptVersion("d", 1, decisions.DEFAULT_TEMPLATE, examples,
                                    decision=replace(ASKED, order=options))
            made[f"{many}, {order}"] = decisions.DecisionPrompt(version, QUESTION)
        made[f"written, {many}"] = judge.Prompt(PromptVersion("t", 1, judge.DEFAULT_TEMPLATE, examples), QUESTION)
    return made


async def asked(endpoint: llm.Endpoint, kept: Kept, rows: list[Row], ways: dict[str, Any]) -> None:
    """All calls, one at a time; pairs in turn, so that a busy machine slows both."""
    model = llm.list_models(endpoint)[0].id
    async with llm.Client(endpoint, local_model.TIMEOUT) as client:
        for many in EXAMPLES:
            paired = [f"{many}, pass first", f"written, {many}"]
            for row in [one for one in rows if one.half == "test"][:PAIRED]:
                for way in paired:
                    await kept.ask(way, row.trace, ways[way], client, model)
        for way in [f"{many}, {order}" for order in ORDERS for many in EXAMPLES[::-1]]:
            for row in rows:
                await kept.ask(way, row.trace, ways[way], client, model)


def main(path: Path) -> None:
    """Asks what is not kept yet, and prints the tables."""
    rows, shown = drawn()
    kept, ways = Kept(path), prompts(shown)
    with local_model.serving(local_model.find_weights()) as endpoint:
        asyncio.run(asked(endpoint, kept, rows, ways))
    tell(kept.found, rows)


def tell(found: dict[tuple[str, str], dict[str, Any]], rows: list[Row]) -> None:
    """The tables of what is kept."""
    quick = [f"{many}, {order}" for many in EXAMPLES for order in ORDERS]
    print("| wording | n | AUC | mean P | share of passes | Brier | kappa at .5, test half | threshold of the fit half "
          "| kappa there, test half | Brier calibrated |\n|---|---|---|---|---|---|---|---|---|---|")
    for way in quick:
        print(_wording(way, _pairs(found, rows, way)))
    for many in EXAMPLES:
        _order(many, *([_said(found, row, f"{many}, {order}") for row in rows] for order in ORDERS))
        _written(many, found, rows)
    crossed = _crossed(found, rows, quick[2])
    _reliability(quick[2], crossed)
    _alone(crossed)


def _said(found: dict[tuple[str, str], dict[str, Any]], row: Row, way: str) -> float | None:
    return found.get((way, row.trace.id), {}).get("p")


def _pairs(found: dict[tuple[str, str], dict[str, Any]], rows: list[Row], way: str) -> dict[str, list[Pair]]:
    return {half: [(p, row.label == PASS) for row in rows if row.half == half
                   and (p := _said(found, row, way)) is not None] for half in HALVES}


def _wording(way: str, halves: dict[str, list[Pair]]) -> str:
    whole, test = halves["fit"] + halves["test"], halves["test"]
    made = calibration.platt(halves["fit"])
    cut = made.threshold() or 0.5
    at = [metrics.kappa(calibration.counts_at(test, one)) for one in (0.5, cut)]
    after = calibration.brier([(made.calibrated(p), good) for p, good in test])
    return (f"| {way} | {len(whole)} | {_words(calibration.auc(whole))} | {mean(p for p, _ in whole):.2f} | "
            f"{mean(good for _, good in whole):.2f} | {calibration.brier(whole):.3f} | {_words(at[0])} | {cut:.2f} | "
            f"{_words(at[1])} | {after:.3f} (raw {calibration.brier(test):.3f}) |")


def _words(one: Any) -> str:
    return "–" if one.value is None else f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"


def _order(many: str, first: list[float | None], second: list[float | None]) -> None:
    both = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    print(f"\n{many}, the other order: P moves by {mean(abs(a - b) for a, b in both):.3f} in the mean, "
          f"{sum((a >= 0.5) != (b >= 0.5) for a, b in both)} of {len(both)} change sides at .5")


def _written(many: str, found: dict[tuple[str, str], dict[str, Any]], rows: list[Row]) -> None:
    ways = [f"{many}, pass first", f"written, {many}"]
    paired = [[found[way, row.trace.id] for way in ways] for row in rows if row.half == "test"
              and all((way, row.trace.id) in found for way in ways)][2:]  # the first fill the caches
    if not paired:
        return
    for at, name in enumerate(("decision", "written verdict")):
        told = [pair[at] for pair in paired]
        print(f"{many}, {name}: {mean(one['seconds'] for one in told):.2f} s a trace, "
              f"{mean((one['in'] or 0) - (one['cached'] or 0) for one in told):.0f} tokens read anew, "
              f"{mean(one['out'] or 0 for one in told):.0f} written")
    ratios = sorted(a["seconds"] / b["seconds"] for a, b in paired)
    ratio = mean(a["seconds"] for a, _ in paired) / mean(b["seconds"] for _, b in paired)
    print(f"{many}: ratio {ratio:.3f} of the means of {len(paired)} pairs, {ratios[len(ratios) // 2]:.3f} the median "
          f"of the ratios (bar {BAR}: {'met' if ratio <= BAR else 'missed'})")
    known = [(row.label, told["outcome"]) for row in rows if (told := found.get((ways[1], row.trace.id)))]
    table = {pair: known.count(pair) for pair in known}
    print(f"{many}, written verdict: kappa {_words(metrics.kappa(metrics.Counts.of(table)))} on {len(known)} rows")


def _crossed(found: dict[tuple[str, str], dict[str, Any]], rows: list[Row], way: str) -> list[tuple[float, Row]]:
    """Each half calibrated by the other."""
    halves, other = _pairs(found, rows, way), dict(zip(HALVES, HALVES[::-1], strict=True))
    made = {half: calibration.platt(halves[other[half]]) for half in HALVES}
    return [(made[row.half].calibrated(p), row) for row in rows if (p := _said(found, row, way)) is not None]


def _reliability(way: str, crossed: list[tuple[float, Row]]) -> None:
    print(f"\n{way}, each half calibrated by the other\n\n| says | n | the expert passes |\n|---|---|---|")
    for one in calibration.reliability([(p, row.label == PASS) for p, row in crossed]):
        print(f"| {one.mean:.2f} | {one.passes.n} | {_words(one.passes)} |")


def _alone(crossed: list[tuple[float, Row]]) -> None:
    """Decided alone where the calibrated probability is farthest from .5, GPT-4 or the expert asked for the rest."""
    print("\n| decided alone | agree there | GPT-4 agrees on the rest | overall, GPT-4 asked | overall, expert asked |"
          "\n|---|---|---|---|---|")
    ranked = sorted(crossed, key=lambda one: -abs(one[0] - 0.5))
    quick: Callable[[tuple[float, Row]], bool] = lambda one: (one[0] >= 0.5) == (one[1].label == PASS)  # noqa: E731
    for share in SHARES:
        n = round(share * len(ranked))
        alone, rest = sum(map(quick, ranked[:n])), sum(row.strong == row.label for _, row in ranked[n:])
        left = len(ranked) - n
        print(f"| {share:.0%} | {_words(metrics.wilson(alone, n))} | {f'{rest / left:.2f}' if left else '–'} | "
              f"{(alone + rest) / len(ranked):.2f} | {(alone + left) / len(ranked):.2f} |")
    strong = sum(row.strong == row.label for _, row in ranked)
    print(f"| 0 % (GPT-4 alone) | | {strong / len(ranked):.2f} | {strong / len(ranked):.2f} | 1.00 |")


if __name__ == "__main__":
    main(Path(sys.argv[2] if len(sys.argv) > 2 else "decisions_nq.jsonl"))

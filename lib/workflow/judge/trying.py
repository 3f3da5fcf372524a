"""A prompt as it stands in the editor, tried on a trace or on five before it is saved: nothing of it is kept.

Sealed test traces are never tried: a prompt that was changed after a look at them is not measured by them any more.
"""

import asyncio
from dataclasses import dataclass
from random import SystemRandom

from lib.engine import runner
from lib.models.llm import LlmError
from lib.prompting import asking, decisions, judge
from lib.records import DEV, FAIL, PASS, TEST, PromptVersion, Trace, UsageError, Verdict
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.judge import judges, splits
from lib.store.judge.prompt_drafts import Draft
from lib.store.review import labels
from lib.workflow.judge import judging, versions
from lib.workflow.judge.views import bench

FEW = 5  # dev traces of one try
_MOST = 1_000  # labelled ones that they are drawn from


@dataclass(frozen=True)
class Tried:
    """What the judge says of a trace with this prompt, and what the principal expert has said."""

    trace: str
    verdict: Verdict
    expert: str | None


def on_traces(store: Store, start: PromptVersion, draft: Draft, endpoint: str, model: str,
              trace_ids: list[str]) -> list[Tried]:
    """The verdict on each of these traces, a call each; UsageError for a prompt or a trace that cannot be tried."""
    store.check("runs")  # each is a call of a model, though nothing is kept
    (decisions if start.decision else judge).check_template(draft.template)
    found = [_open(store, name) for name in trace_ids]
    said = versions.parameters(draft.parameters or "")
    version = PromptVersion(start.judge, start.number, draft.template,
                            tuple(labels.by_keys(store, list(draft.examples), start.judge)), parameters=said,
                            decision=start.decision)
    prompt = judging.prompt(store, version)
    verdicts = asyncio.run(_asked(store, prompt, endpoint, model, found))
    return [Tried(trace.id, verdict, _said(store, trace, start.judge))
            for trace, verdict in zip(found, verdicts, strict=True)]


def as_it_stands(store: Store, judge: str, number: int | None, trace: str) -> Tried:
    """The verdict on one trace with what is typed over a version (None: the newest), by the model of the next run."""
    found = judges.prompts(store, judge)
    start = next((one for one in found if one.number == number), judges.newest_prompt(store, judge))
    draft, asked = versions.draft(store, start), bench.model_of(store, judge)
    return on_traces(store, start, draft, asked.endpoint, draft.model or asked.model, [trace])[0]


def some_dev(store: Store, draft: Draft) -> list[str]:
    """Five labelled dev traces that the prompt does not show, passes and fails in turn, others each time.

    Where none is labelled, five that have an output; UsageError where there is none.
    """
    shown = {one.trace.id for one in labels.by_keys(store, list(draft.examples))}
    in_turn = sorted((place, name) for outcome in (PASS, FAIL) for place, name in enumerate(_labelled(store, outcome)))
    chosen = [name for _, name in in_turn if name not in shown][:FEW] or [
        row["trace_id"] for row in traces.listing(store, traces.Filter(split=DEV, answered=True), FEW)]
    if not chosen:
        raise UsageError("No trace of the dev split has an output yet: import traces, or name one.")
    return chosen


def _labelled(store: Store, outcome: str) -> list[str]:
    """Dev traces that the principal expert has labelled so, in any order."""
    where = traces.Filter(split=DEV, label=outcome, answered=True)
    found = [row["trace_id"] for row in traces.listing(store, where, _MOST)]
    SystemRandom().shuffle(found)
    return found


def _open(store: Store, name: str) -> Trace:
    trace = traces.get(store, name)
    if trace.output is None:
        raise UsageError(f"Trace '{name}' has no output yet: there is nothing to judge.")
    if trace.split == TEST and splits.enough(store):
        raise UsageError(f"Trace '{name}' is in the test split, which is sealed while the prompt is worked on. "
                         "Try it on a trace of dev.")
    return trace


def _said(store: Store, trace: Trace, name: str) -> str | None:
    """What the principal expert's label says of a trace, for a judge of one failure mode what it says of that."""
    person = experts.principal(store)
    label = labels.current(store, trace.id, person.name) if person else None
    try:
        return labels.by_keys(store, [label.key], name)[0].label.outcome if label else None
    except UsageError:  # nobody has said yet which failure modes it has
        return None


async def _asked(store: Store, prompt: asking.AnyPrompt, endpoint: str, model: str,
                 found: list[Trace]) -> list[Verdict]:
    at_once = asyncio.Semaphore(runner.most_calls(endpoint, FEW))

    async def one(client, trace: Trace) -> Verdict:
        async with at_once:
            try:
                return await asking.judge_trace(client, prompt.without(trace), trace, model)
            except LlmError as error:
                return Verdict(None, error=error.kind, raw=str(error))

    async with runner.called(store, endpoint, FEW) as client:
        return list(await asyncio.gather(*(one(client, trace) for trace in found)))

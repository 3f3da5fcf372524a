"""Probes of a run: which traces are asked about again and how altered, what that takes, and its life in the background.

A run is probed as it was asked: the same prompt, question, criteria, model, parameters and address.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from lib.engine.jobs import probing as work
from lib.prompting import judge, pictures
from lib.prompting.probes import ORDER, PROBES, altered, has_an_order, unfit
from lib.records import QUEUED, RUNNING, Caps, Estimate, Job, Run, Trace, UsageError
from lib.records.probing import SAME
from lib.records.words import counted
from lib.store import Store, prices
from lib.store.dataset import traces
from lib.store.judge import judges, probes, runs
from lib.workflow.background import Background
from lib.workflow.figures import principal_name
from lib.workflow.judge import budget
from lib.workflow.judge import kinds as kinds_of_judges

BACKGROUND = Background("Probe", probes, work.alive, probes.forget_unanswered, "probe")
start_process, ready_to_resume, resume = BACKGROUND.start_process, BACKGROUND.ready_to_resume, BACKGROUND.resume
cancel, settle, boot = BACKGROUND.cancel, BACKGROUND.settle, BACKGROUND.boot

KINDS = tuple(name for name in PROBES if name != SAME)  # all there are; what is not altered goes with each of them
MOST = 100  # traces, where nobody names another number
_SAMPLE = 20  # calls whose prompts are written out for the estimate
RECORDED_ELSEWHERE = "No probes: these verdicts were recorded elsewhere, and there is no prompt to ask again."


@dataclass(frozen=True)
class Plan:
    """What a probe would ask: (trace's row number, alteration), and what it leaves out, for each reason."""

    run: Run
    items: tuple[tuple[int, str], ...]
    traces: int
    read: int  # asked of these traces before, and read: not asked again
    left_out: dict[str, int]  # why a trace cannot be altered in some way, after "traces" -> how many traces

    @property
    def said(self) -> str:
        """What is left out and why, in sentences."""
        asked = [f"{counted(self.read, 'reply is', 'replies are')} there already and "
                 f"{'is' if self.read == 1 else 'are'} not asked for again."] * bool(self.read)
        return " ".join([*asked, *(f"Left out: {counted(n, 'trace')} {why}." for why, n in self.left_out.items())])


def refused(store: Store, run: Run) -> str:
    """Why a run cannot be probed, as a sentence; "" where it can."""
    if run.prompt is None:
        return RECORDED_ELSEWHERE
    if said := kinds_of_judges.no_words(judges.prompt_by_key(store, run.prompt), "a probe"):
        return said
    if run.status in (QUEUED, RUNNING):
        return f"Run {run.id} is {run.status}: it can be probed once it has ended."
    if not probes.candidates(store, run.id, principal_name(store)):
        return (f"Run {run.id} has no readable verdict on a trace with a label that counts: run the judge on labelled "
                "traces first.")
    return ""


def kinds(store: Store, run: Run) -> list[str]:
    """The probes that can be asked of a run, without `same`, which goes with each of them."""
    version = judges.prompt_by_key(store, run.prompt)
    return [name for name in KINDS if name != ORDER or has_an_order(version)]


def plan(store: Store, run: int, wanted: Sequence[str] = (), most: int = MOST) -> Plan:
    """What probes of these kinds (all that can be asked where none is named) would ask of at most so many traces.

    The traces are drawn by the number of the run from those that count, so that more of them hold the fewer. Each is
    asked the same again too. UsageError where the run cannot be probed, or not in this way.
    """
    found = runs.get(store, run)
    if why := refused(store, found):
        raise UsageError(why)
    work.check_address(found)
    offered = kinds(store, found)
    if unknown := [name for name in wanted if name not in offered]:
        raise UsageError(f"Run {run} cannot be probed by {', '.join(unknown)}: its prompt shows fewer than two "
                         f"examples. It can by: {', '.join(offered)}.")
    chosen = probes.candidates(store, run, principal_name(store))
    random.Random(run).shuffle(chosen)
    names = [SAME, *(name for name in offered if not wanted or name in wanted)]
    return _planned(store, found, names, sorted(chosen[:most]))


def _planned(store: Store, run: Run, names: Sequence[str], chosen: Sequence[int]) -> Plan:
    there, prompt = probes.read(store, run.id), work.prompt_of(store, run)
    items, left_out, read = [], defaultdict(set), 0
    for key in chosen:
        trace = traces.by_key(store, key, dimensions=False)
        own = _own(run, prompt, trace)
        for name in names:
            if why := unfit(name, own, trace):
                left_out[why].add(key)
            elif (key, name) in there:
                read += 1
            else:
                items.append((key, name))
    return Plan(run, tuple(items), len(chosen), read, {why: len(keys) for why, keys in left_out.items()})


def _own(run: Run, prompt: judge.Prompt, trace: Trace) -> judge.Prompt:
    return prompt.without(trace) if run.leave_one_out else prompt


def estimate(store: Store, found: Plan) -> Estimate:
    """Calls, tokens and cost of a plan; what is there already costs nothing."""
    run = found.run
    version, prompt = judges.prompt_by_key(store, run.prompt), work.prompt_of(store, run)
    some = random.Random(run.id).sample(found.items, min(_SAMPLE, len(found.items)))  # of every kind of alteration
    each = mean([_tokens(store, run, prompt, *item) for item in some] or [0])
    calls = len(found.items)
    tokens = round(each * calls), round(budget.tokens_of_a_judgement(store, version, [])[1] * calls)
    return Estimate(calls, *tokens, prices.cost(store, [(run.model, calls, *tokens)]),
                    pictures=pictures.wanted(version.parameters))


def _tokens(store: Store, run: Run, prompt: judge.Prompt, key: int, name: str) -> int:
    trace = traces.by_key(store, key, dimensions=False)
    asked, shown = altered(name, _own(run, prompt, trace), trace)
    return judge.estimate_tokens(asked.messages(shown))


def forecast(store: Store, run: int, wanted: Sequence[str] = (), most: int = MOST) -> str:
    """What a probe would take, in sentences; UsageError as for `plan`."""
    found = plan(store, run, wanted, most)
    calls = budget.words(estimate(store, found)) if found.items else "Nothing is left to be asked."
    return " ".join(filter(None, (f"{counted(found.traces, 'labelled trace')}, each asked the same again too.", calls,
                                  found.said)))


def start(store: Store, run: int, wanted: Sequence[str] = (), most: int = MOST, caps: Caps = Caps(),
          token: str | None = None) -> Job:
    """A queued probe of a run; one at a time of a run, so that two presses are one.

    UsageError as for `plan`, and where all of it was asked before.
    """
    found = plan(store, run, wanted, most)
    budget.check(store, caps, found.run.model)
    with store.transaction():
        under_way = next((one for one in probes.every(store, str(run)) if one.status in (QUEUED, RUNNING)), None)
        if under_way and under_way.id != probes.known(store, token):
            raise UsageError(f"Probe {under_way.id} of run {run} is under way: wait for its end, or cancel it.")
        if not found.items and probes.known(store, token) is None:
            raise UsageError(f"All of this was asked before: 'bias --run {run}' shows what came of it. Ask of more "
                             "traces, or in another way.")
        return probes.get(store, probes.create(store, run, found.items, caps, token))


def put_caps(store: Store, probe: int, wanted: Caps) -> None:
    """New caps for a probe, in place of the earlier ones."""
    probes.put_caps(store, probe, budget.check(store, wanted, probes.get(store, probe).model))


def raise_caps(store: Store, probe: int, wanted: Caps) -> None:
    """New caps for a probe that stopped, which then goes on in a process of its own."""
    put_caps(store, probe, wanted)
    resume(store, probe)

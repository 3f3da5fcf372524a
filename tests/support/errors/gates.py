"""A project with a judge that was measured, a failure mode that v2 has fixed, and versions that can be asked."""

from lib.records import SYNTHETIC, Trace
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.store.errors import failure_modes, fixes
from lib.workflow.errors import fixing
from lib.workflow.judge import judging
from tests.support.ai_system import AiSystem
from tests.support.answering import execute as answered
from tests.support.answering import http_system
from tests.support.endpoint import Answer, Endpoint, fenced, prompt_of, verdict
from tests.support.running import execute
from tests.support.steps import add, row, say

LABELLED, FIXED = 60, 12  # labelled traces of dev, half of them passes; fails that have the failure mode


def judges(*also: str):
    """A judge that fails what is late, and answers in which one of these words stands."""
    def plan(body: dict) -> Answer:
        said = fenced(prompt_of(body))
        return verdict("fail" if any(word in said for word in ("late", *also)) else "pass")

    return plan


def answers(**late: int):
    """An AI system whose versions are late on so many of the inputs, the first ones; all others it answers in time."""
    def plan(body: dict) -> Answer:
        number = int(body["input"].split()[1].rstrip("."))
        return Answer(body={"answer": f"{'late' if number < late.get(body['version'], 0) else 'in time'} {number}"})

    return plan


def project(store: Store, server: AiSystem, endpoint: Endpoint, *versions: str) -> int:
    """Fills the project; returns the run that was measured: every label is what the judge says."""
    endpoint.plan, server.plan = judges(), answers()
    add(store, *(row(Trace(f"d{n}", f"question {n} of dev", f"it came {'late' if n % 2 else 'in time'}, {n}",
                           split="dev", system_version="v1"), Ann="fail" if n % 2 else "pass")
                 for n in range(LABELLED)))
    judging.ensure_judge(store)
    run = judging.start_run(store, judging.DEFAULT_JUDGE, where=Filter(label="any"), concurrency=4, model="test-model")
    execute(store, run.id)
    add(store, *(Trace(f"i{n}", f"input {n}.", f"late {n}", source=SYNTHETIC, split="train", system_version="v1")
                 for n in range(FIXED)))
    for n in range(FIXED):
        say(store, f"i{n}", "fail")
        failure_modes.give(store, f"i{n}", ["late"])
    for version in ("v2", *versions):
        http_system(store, server, version, body=f'{{"input": {{{{ input }}}}, "version": "{version}"}}')
    fix = fixing.create(store, "Answer sooner", ["late"], version="v2", control=0)
    answered(store, fixing.run(store, fix.id).id)
    assert fixes.get(store, fix.id).status == "fixed"
    return run.id
